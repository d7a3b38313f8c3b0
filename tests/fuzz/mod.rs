//! Requests at random, at every route of the server (P131, P130): never a 5xx, an echo, or an answer in a
//! foreign shape, and the server works afterwards.
//!
//! The seed is fixed, so that a run says the same twice; `SYMBOLON_FUZZ_SEED` and `SYMBOLON_FUZZ_CASES` take others.

mod answers;
mod requests;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;
use symbolon::server::routes;

use self::requests::{Aim, Caller, Stock, requests};
use crate::authorize::{ADA, CALLBACK, request, sign_in};
use crate::harness::jar::Jar;
use crate::harness::seed::{Registered, client};
use crate::harness::tokens::basic;
use crate::harness::{TestServer, raw};

const SEED: u64 = 20_261_122;
/// On the two databases together fifty thousand.
const CASES: u32 = 25_000;
/// Requests of one stock of sign-ins, codes and tokens.
const ROUND: u32 = 250;

#[expect(clippy::disallowed_methods, reason = "whoever hunts for more says so by these variables")]
fn setting<T: std::str::FromStr>(name: &str, usual: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn rng(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().zip(seed.to_be_bytes()) {
        *place = byte;
    }
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

fn owned(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// Requests that a path takes, before something in them is changed.
fn good(path: &str, interaction: &str, tokens: &serde_json::Value) -> Vec<Vec<(&'static str, String)>> {
    let text = |name: &str| tokens[name].as_str().expect("a token");
    let (access, refresh, id_token) = (text("access_token"), text("refresh_token"), text("id_token"));
    let asked = [
        ("client_id", "notes"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "s"),
        ("tenant", "acme"),
    ];
    match path {
        "/oauth2/authorize" => vec![
            owned(&asked),
            owned(&[&asked[..], &[("prompt", "none"), ("id_token_hint", id_token)]].concat()),
            owned(&[&asked[..], &[("prompt", "select_account"), ("response_mode", "form_post")]].concat()),
        ],
        "/login" => vec![
            owned(&[("interaction", interaction), ("username", ADA)]),
            owned(&[("username", ADA), ("organisation", "acme")]),
        ],
        "/login/accounts" => vec![owned(&[("interaction", interaction), ("action", "other")])],
        "/consent" => vec![owned(&[("interaction", interaction), ("decision", "allow")])],
        "/setup" => vec![owned(&[("token", "x"), ("email", ADA), ("password", "violet anchor museum")])],
        "/invitation" => {
            vec![owned(&[("token", "x"), ("name", "Ada"), ("password", "violet anchor museum")])]
        }
        "/account/email" => vec![owned(&[("action", "change"), ("email", "ada@new.example")])],
        "/email" => vec![owned(&[("action", "continue"), ("token", "x")])],
        "/signup" => vec![owned(&[("organisation", "acme"), ("email", ADA)])],
        "/oauth2/logout" => {
            vec![owned(&[("id_token_hint", id_token), ("post_logout_redirect_uri", "https://app.example/")])]
        }
        "/oauth2/token" => vec![
            owned(&[("grant_type", "client_credentials"), ("scope", "profile")]),
            owned(&[("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", CALLBACK)]),
            owned(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]),
        ],
        "/oauth2/introspect" | "/oauth2/revoke" => {
            vec![owned(&[("token", access), ("token_type_hint", "access_token")])]
        }
        "/userinfo" => vec![Vec::new(), owned(&[("access_token", access)])],
        _ => vec![owned(&[("interaction", interaction)])],
    }
}

/// A path of the table with something that may stand in its places.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{name}" => "style.css",
        "{client}" => "notes",
        "{id}" | "{user}" | "{session}" | "{token}" | "{invitation}" | "{group}" | "{factor}" => {
            "0191c7a0-0000-7000-8000-000000000000"
        }
        unknown if unknown.contains('{') => panic!("nothing to put into {unknown} of {path}"),
        literal => literal,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Every route with every method of it.
fn aims(interaction: &str, tokens: &serde_json::Value) -> Vec<Aim> {
    let mut aims = Vec::new();
    for route in routes::table() {
        let path = filled(route.path());
        let posts = route.gate().methods.iter().any(|method| method.as_str() == "POST");
        let gets = route.gate().methods.iter().any(|method| method.as_str() == "GET");
        for good in good(&path, interaction, tokens) {
            for (takes, method) in [(gets, "GET"), (posts, "POST")] {
                if takes {
                    aims.push(Aim { method, path: path.clone(), good: good.clone() });
                }
            }
        }
    }
    aims
}

/// What requests are made of, for an owner of their own: one who is signed in may well change their password on the way.
async fn stock(server: &TestServer, notes: &Registered, round: u32) -> Stock {
    let owner = format!("owner{round}@acme.example");
    server.scope_of("acme").await.person(&owner, &[Role::Owner]).await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    let back = sign_in(&jar, page, &owner).await;
    let basic = basic(notes.id(), &notes.secret);
    let code = back.answer().remove("code").expect("a code");
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    let headers = [("authorization", &*basic)];
    let tokens =
        server.browser().send(reqwest::Method::POST, "/oauth2/token", Some(&fields), &headers).await.json();
    let chooser = jar.open(&request(&[("prompt", "select_account")])).await;
    let hidden = chooser.form().fields;
    let field = |name: &str| hidden.iter().find(|(own, _)| own == name).expect("a hidden field").1.clone();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let issuer = server.issuer().to_owned();
    let person = Caller {
        headers: vec![("Cookie", jar.cookie_header()), ("Origin", issuer.clone())],
        fields: vec![("csrf", field("csrf"))],
    };
    let program = |value: String| Caller { headers: vec![("Authorization", value)], fields: Vec::new() };
    let nobody = Caller { headers: Vec::new(), fields: Vec::new() };
    let interaction = field("interaction");
    let real = [code, interaction.clone(), field("csrf"), issuer, owner];
    Stock {
        aims: aims(&interaction, &tokens),
        callers: vec![person.clone(), person, program(basic), program(bearer), nobody],
        real: real.to_vec(),
    }
}

async fn furnished() -> (TestServer, Registered) {
    let server = TestServer::with().unlimited().set("server.body_timeout", "1s").start().await;
    server.organisation("acme", &[]).await.person(ADA, &[Role::Owner]).await;
    let mut notes = client("notes", ClientKind::Web);
    notes.metadata.tenants = OpenTo::All;
    notes.metadata.grant_types.push("client_credentials".to_owned());
    let notes = server.platform().await.register(notes).await;
    (server, notes)
}

async fn signs_in(server: &TestServer) {
    let jar: Jar = server.browser();
    let page = jar.open(&request(&[])).await;
    assert!(sign_in(&jar, page, ADA).await.answer().contains_key("code"), "a normal sign-in works");
}

/// P131: no request whatever makes the server fail, repeat what it was sent, or answer in another protocol's words.
#[tokio::test]
async fn p131_no_request_breaks_the_server_or_comes_back() {
    let (server, notes) = furnished().await;
    let (seed, cases) = (setting("SYMBOLON_FUZZ_SEED", SEED), setting("SYMBOLON_FUZZ_CASES", CASES));
    println!("{cases} requests from seed {seed}");
    let answered = RefCell::new(BTreeMap::<u16, usize>::new());
    let mut left = cases;
    while left > 0 {
        // Sign-ins end and codes are used up on the way: from time to time everybody begins anew.
        let round = left.min(ROUND);
        let config =
            Config { cases: round, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
        let asked = requests(stock(&server, &notes, left).await);
        let mut runner = TestRunner::new_with_rng(config, rng(seed.wrapping_add(u64::from(left))));
        let tried = runner.run(&asked, |sent| {
            let text = raw::ask(server.address, &sent.bytes(), Duration::from_secs(5));
            let status = answers::check(&sent, &text).map_err(TestCaseError::fail)?;
            *answered.borrow_mut().entry(status).or_default() += 1;
            Ok(())
        });
        tried.unwrap_or_else(|failure| panic!("seed {seed}, {left} of {cases} left: {failure}"));
        left -= round;
    }
    println!("{:?}", answered.borrow());
    // Requests that all end at the first check would prove nothing.
    for status in [200, 303, 400, 401, 403, 404, 405, 415, 422] {
        assert!(answered.borrow().contains_key(&status), "nothing was answered by {status}: {answered:?}");
    }
    signs_in(&server).await;
}
