//! Sign-ins by the hundred: how many a second beside the hashes that they cannot avoid, what memory they take, and how long a
//! refresh waits meanwhile (P039).

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::task::{JoinSet, LocalSet};

use crate::browser::{ADA, Browser, Entered, VERIFIER};
use crate::crowd::colleague;
use crate::deployment::{Deployment, REDIRECT, SECRET, Server};
use crate::http::{Connection, post, post_json};
use crate::size::size;

/// People who sign in at once in a steady load: the one whose password is hashed, and those whose pages are served meanwhile.
const STEADY: u32 = 8;
/// How long somebody in the flood waits who was told to come back.
const PATIENCE: Duration = Duration::from_millis(500);

/// What a flood came to.
pub(crate) struct Flooded {
    /// Resident memory two seconds after the start, and the most there was, in bytes.
    pub(crate) idle: u64,
    pub(crate) peak: u64,
    /// The 99th percentile of a refresh before it, and during it.
    pub(crate) quiet: Duration,
    pub(crate) during: Duration,
    /// How often somebody was told to come back.
    pub(crate) turned_away: u32,
}

/// How people sign in.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// On the pages, from the authorization request to the code.
    Pages,
    /// By a client's own form: `POST /api/v1/auth/login`, tokens included.
    Api,
}

impl Way {
    async fn sign_in(
        self,
        (address, issuer): (SocketAddr, &str),
        person: &str,
    ) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Pages => {
                Browser::signed_in(address, issuer, person).await?;
            }
            Self::Api => {
                let typed =
                    serde_json::json!({"username": person, "password": SECRET, "scope": "openid notes"});
                let request = post_json("/api/v1/auth/login", &portal(), &typed.to_string());
                let answer = Connection::open(address).await?.send(&request).await?;
                if answer.status != 200 || !answer.text().contains("access_token") {
                    return Err(format!("the sign-in ended with {} {}", answer.status, answer.text()).into());
                }
            }
        }
        Ok(())
    }
}

/// Sign-ins a second, without a pause.
pub(crate) async fn sign_ins(deployment: &Deployment, way: Way) -> Result<f64, Box<dyn Error>> {
    let (address, issuer) = (deployment.address, deployment.issuer());
    way.sign_in((address, &issuer), ADA).await?;
    let begun = Instant::now();
    let local = LocalSet::new();
    let mut people = JoinSet::new();
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..STEADY {
        let (issuer, next) = (issuer.clone(), Arc::clone(&next));
        let person = async move {
            let mut done = 0_u32;
            while begun.elapsed() < size().steady {
                let person = colleague(next.fetch_add(1, Ordering::Relaxed));
                way.sign_in((address, &issuer), &person).await.map_err(|error| error.to_string())?;
                done += 1;
            }
            Ok::<u32, String>(done)
        };
        people.spawn_local_on(person, &local);
    }
    let done = local.run_until(async { people.join_all().await }).await;
    let done: u32 = done.into_iter().sum::<Result<u32, String>>()?;
    Ok(f64::from(done) / begun.elapsed().as_secs_f64())
}

/// Lets as many people as make a flood send their passwords at the same moment to a server that was just started, and again until all are in.
pub(crate) async fn flood(deployment: &Deployment, server: &Server) -> Result<Flooded, Box<dyn Error>> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = server.resident()?;
    let (address, issuer) = (deployment.address, deployment.issuer());
    let mut refresher = Refresher::start(deployment).await?;
    for _ in 0..size().quiet {
        refresher.refresh().await?;
    }
    let quiet = refresher.percentile()?;
    let mut ready = Vec::new();
    for number in 0..size().flood {
        ready.push(Browser::at_the_password(address, &issuer, &colleague(number)).await?);
    }
    let turned_away = Arc::new(AtomicU32::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let local = LocalSet::new();
    let mut people = JoinSet::new();
    for (mut browser, page) in ready {
        let turned_away = Arc::clone(&turned_away);
        let person = async move {
            while let Entered::Busy =
                browser.enter_the_password(&page).await.map_err(|error| error.to_string())?
            {
                turned_away.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(PATIENCE).await;
            }
            Ok::<(), String>(())
        };
        people.spawn_local_on(person, &local);
    }
    let ended = Arc::clone(&over);
    let refreshing = async move {
        while !ended.load(Ordering::Relaxed) {
            refresher.refresh().await?;
        }
        refresher.percentile()
    };
    let refreshing = local.spawn_local(refreshing);
    let during = local
        .run_until(async {
            let people = people.join_all().await;
            over.store(true, Ordering::Relaxed);
            people.into_iter().collect::<Result<(), String>>()?;
            refreshing.await.map_err(|error| error.to_string())?
        })
        .await?;
    Ok(Flooded {
        idle,
        peak: server.most_resident()?,
        quiet,
        during,
        turned_away: turned_away.load(Ordering::Relaxed),
    })
}

/// An application that refreshes its tokens again and again, on one connection.
struct Refresher {
    connection: Connection,
    token: String,
    took: Vec<Duration>,
}

impl Refresher {
    async fn start(deployment: &Deployment) -> Result<Self, Box<dyn Error>> {
        let mut browser = Browser::signed_in(deployment.address, &deployment.issuer(), ADA).await?;
        let code = browser.code().await?;
        let connection = Connection::open(deployment.address).await?;
        let mut refresher = Self { connection, token: String::new(), took: Vec::new() };
        let exchange = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        refresher.token = refresher.ask(&exchange).await?;
        Ok(refresher)
    }

    async fn refresh(&mut self) -> Result<(), String> {
        let (begun, token) = (Instant::now(), std::mem::take(&mut self.token));
        self.token = self.ask(&[("grant_type", "refresh_token"), ("refresh_token", &token)]).await?;
        self.took.push(begun.elapsed());
        Ok(())
    }

    /// The refresh token that the token endpoint gives for this.
    async fn ask(&mut self, fields: &[(&str, &str)]) -> Result<String, String> {
        let authorization = portal();
        let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = post("/oauth2/token", &authorization, &form);
        let answer = self.connection.send(&request).await.map_err(|error| error.to_string())?;
        let body: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        let token = body.get("refresh_token").and_then(serde_json::Value::as_str);
        token.map(str::to_owned).ok_or_else(|| answer.text())
    }

    /// The 99th percentile since the last call.
    fn percentile(&mut self) -> Result<Duration, String> {
        let mut took = std::mem::take(&mut self.took);
        took.sort();
        took.get(took.len() * 99 / 100).copied().ok_or_else(|| "nothing measured".to_owned())
    }
}

/// The header by which the application proves itself.
fn portal() -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("portal:{SECRET}")))
}
