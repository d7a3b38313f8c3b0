//! What is measured, one function each.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon::verify::{RevocationPolicy, Verifier};

use crate::browser::{ADA, Browser, VERIFIER};
use crate::deployment::{Deployment, REDIRECT, RESOURCE, SECRET, Server};
use crate::http::{Answer, Connection, Load, Requests, always, get, load, post};
use crate::raw;
use crate::size::size;

/// Connections of a load: enough that the server never waits for the next request.
const CONNECTIONS: usize = 32;

type Measured = Result<f64, Box<dyn Error>>;

/// Access tokens by client credentials, a second.
pub(crate) async fn client_credentials(deployment: &Deployment) -> Measured {
    let requests = always(machine_request());
    load(deployment.address, CONNECTIONS, size().warm, Arc::clone(&requests)).await?;
    sound(&load(deployment.address, CONNECTIONS, size().load, requests).await?)
}

/// Codes exchanged for an access, an ID and a refresh token, a second.
pub(crate) async fn code_exchange(deployment: &Deployment) -> Measured {
    let mut browser = Browser::signed_in(deployment.address, &deployment.issuer(), ADA).await?;
    let mut codes = VecDeque::new();
    let begun = Instant::now();
    // As many as fit into half of a code's life.
    while begun.elapsed() < Duration::from_secs(25) && codes.len() < size().codes {
        codes.push_back(browser.code().await?);
    }
    let authorization = format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("portal:{SECRET}")));
    let requests: VecDeque<Arc<[u8]>> = codes
        .into_iter()
        .map(|code| {
            let form: String = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([
                    ("grant_type", "authorization_code"),
                    ("code", &code),
                    ("redirect_uri", REDIRECT),
                    ("code_verifier", VERIFIER),
                ])
                .finish();
            post("/oauth2/token", &authorization, &form).into()
        })
        .collect();
    let waiting = Mutex::new(requests);
    let next: Requests = Arc::new(move || waiting.lock().ok()?.pop_front());
    sound(&load(deployment.address, CONNECTIONS, size().load, next).await?)
}

/// Answers to a GET, for each second of the server's processor time: the load generator, on the other core, is no
/// faster than the server here, so that answers a second would measure the generator.
pub(crate) async fn document(deployment: &Deployment, server: &Server, path: &str) -> Measured {
    let requests = always(get(path));
    load(deployment.address, CONNECTIONS, size().warm, Arc::clone(&requests)).await?;
    let before = server.processor()?;
    let load = load(deployment.address, CONNECTIONS, size().load, requests).await?;
    let used = server.processor()?.saturating_sub(before).as_secs_f64();
    Ok(sound(&load)? * load.took.as_secs_f64() / used)
}

/// Tokens verified a second by the library, revocation list and all, on the core of this process.
pub(crate) async fn verification(deployment: &Deployment) -> Measured {
    let token = access_token(deployment).await?;
    let verifier = Verifier::builder(&deployment.issuer())
        .audience(RESOURCE)
        .revocations(RevocationPolicy::FailClosed)
        .start()
        .await?;
    verifier.verify(&token).await.map_err(|refusal| format!("{refusal:?}"))?;
    raw::rate(|| futures_now(verifier.verify(&token)).is_some_and(|result| result.is_ok()))
}

/// How long a whole sign-in takes, from the authorization request to the code: the median of many.
pub(crate) async fn sign_in(deployment: &Deployment) -> Result<Duration, Box<dyn Error>> {
    let mut took = Vec::new();
    for _ in 0..size().sign_ins {
        let begun = Instant::now();
        Browser::signed_in(deployment.address, &deployment.issuer(), ADA).await?;
        took.push(begun.elapsed());
    }
    took.sort();
    took.get(took.len() / 2).copied().ok_or_else(|| "nothing measured".into())
}

fn machine_request() -> Vec<u8> {
    let authorization =
        format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("bench.job:{SECRET}")));
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("grant_type", "client_credentials"), ("scope", "notes"), ("resource", RESOURCE)])
        .finish();
    post("/oauth2/token", &authorization, &form)
}

async fn access_token(deployment: &Deployment) -> Result<String, Box<dyn Error>> {
    let mut connection = Connection::open(deployment.address).await?;
    let answer: Answer = connection.send(&machine_request()).await?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
    let token = body.get("access_token").and_then(serde_json::Value::as_str);
    Ok(token.ok_or_else(|| answer.text())?.to_owned())
}

/// The rate of a load without a single unwanted answer.
fn sound(load: &Load) -> Measured {
    if load.failed > 0 || load.answered == 0 {
        return Err(format!("{} answers were not 200, {} were", load.failed, load.answered).into());
    }
    Ok(load.rate())
}

/// The result of a future that has nothing to wait for.
fn futures_now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}
