//! Password hashing on a server of its own: what each refusal costs (P036, P038), and what a flood may take (P039).

use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, ORIGIN, RETRY_AFTER};
use serde_json::Value;

use super::Home;
use crate::harness::jar::{Jar, Page, client};
use crate::harness::program::Serving;

pub(super) const ISSUER: &str = "http://localhost:8080";
pub(super) const PASSWORD: &str = "a password on a green hill";

const DECLARATION: &str = "apiVersion: symbolon/v1
plans: [{key: none, name: None, entitlements: {}}]
platform:
  clients:
    - {client_id: app, name: App, kind: spa, first_party: true, tenants: all, redirect_uris: [\"http://127.0.0.1:9095/callback\"], scopes: [openid]}
tenants:
  - slug: acme
    name: Acme
    plan: none
    users:
      - {email: ada@acme.example, roles: [owner], password: {env: PASSWORD}}
      - {email: bob@acme.example, password: {env: PASSWORD}}
      - {email: cat@acme.example}
";

/// Passwords hashed at once in the flood, each with 19 MiB, and those that may wait.
const WORKERS: u64 = 2;
const QUEUE: u64 = 20;
const EACH: u64 = 19 * 1024;
/// Sign-ins at once (P039).
const FLOOD: usize = 500;
/// What so many connections take besides, in KiB.
const BESIDES: u64 = 96 * 1024;
/// By then everybody else is answered (P039): half of them at least, where the machine is busy with other tests.
const ANSWERED: Duration = Duration::from_secs(1);

/// `acme` with Ada, Bob who is suspended, and Cat who has no password, without limits but those of the hashes.
pub(super) fn home() -> Home {
    let mut home = Home::new();
    home.program.write("hashing.yaml", DECLARATION);
    home.program = home.program.variable("PASSWORD", PASSWORD).set("server.metrics_listen", "127.0.0.1:0");
    for limit in ["sign_in_address", "sign_in_account", "authorize_address"] {
        home.program = home.program.set(&format!("limits.{limit}"), "1000000 per 1m");
    }
    home.program = home
        .program
        .set("limits.hash_workers", WORKERS.to_string())
        .set("limits.hash_queue", QUEUE.to_string());
    home.program.ok(&["apply", "hashing.yaml"]);
    home.program.ok(&["users", "suspend", "--tenant", "acme", "bob@acme.example"]);
    home
}

/// A browser before the password field of this account.
pub(super) async fn before_the_password(
    serving: &Serving,
    (email, organisation): (&str, &str),
) -> (Jar, Page) {
    let jar = Jar::at(&serving.url(""), ISSUER);
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", email), ("organisation", organisation)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    (jar, page)
}

/// The passwords that this server has hashed, as it counts them itself.
async fn hashes(serving: &Serving) -> u64 {
    metric(serving, "symbolon_password_hash_total").await
}

/// What this server counts under a name.
pub(super) async fn metric(serving: &Serving, name: &str) -> u64 {
    let said: Value = serde_json::from_str(&serving.logged("\"message\":\"metrics\"")).expect("JSON");
    let metrics = format!("http://{}/metrics", said["address"].as_str().expect("an address"));
    let text = client().get(metrics).send().await.expect("an answer").text().await.expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0, |count| count.parse().expect("a number"))
}

#[tokio::test]
async fn p036_every_refusal_costs_one_hash_whoever_is_named() {
    let home = home();
    let serving = home.program.serve();
    for (account, password, shown, cost) in [
        (("ada@acme.example", "acme"), "wrong password", "password-problem", 1),
        (("bob@acme.example", "acme"), PASSWORD, "password-problem", 1),
        (("bob@acme.example", "acme"), "wrong password", "password-problem", 1),
        (("cat@acme.example", "acme"), "wrong password", "password-problem", 1),
        (("nobody@acme.example", "acme"), "wrong password", "password-problem", 1),
        (("ada@acme.example", "nowhere"), PASSWORD, "password-problem", 1),
        (("ada@acme.example", "platform"), PASSWORD, "password-problem", 1),
        (("ada@acme.example", "acme"), PASSWORD, "page-home", 1),
        // P038: what is longer than any password may be is never hashed, for whomever it is sent.
        (("ada@acme.example", "acme"), &"x".repeat(4000), "password-problem", 0),
        (("nobody@acme.example", "acme"), &"x".repeat(4000), "password-problem", 0),
    ] {
        let (jar, page) = before_the_password(&serving, account).await;
        let before = hashes(&serving).await;
        let answer = jar.submit(&page, &[("password", password)]).await;
        assert!(answer.has(shown), "{account:?}: {answer:?}");
        assert_eq!(hashes(&serving).await - before, cost, "{account:?} {shown}");
    }
    serving.kill();
}

/// A line of `/proc/PID/status`, in KiB.
fn memory(serving: &Serving, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.id())).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the line");
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().expect("a number")
}

/// P039: five hundred sign-ins at once take the memory of the hashes that run and no more; who does not fit is told when
/// to come again, and everybody else is served meanwhile.
#[tokio::test]
async fn p039_a_flood_of_sign_ins_leaves_memory_bounded_and_others_served() {
    let home = home();
    let serving = home.program.serve();
    let (jar, page) = before_the_password(&serving, ("ada@acme.example", "acme")).await;
    let form = page.form();
    let fields: Vec<(String, String)> =
        form.fields.into_iter().chain([("password".to_owned(), "wrong password".to_owned())]).collect();
    let (http, url, cookies) = (client(), serving.url(&form.action), jar.cookie_header());
    let before = memory(&serving, "VmRSS");
    let flood: Vec<_> = (0..FLOOD)
        .map(|_| http.post(&url).header(COOKIE, &cookies).header(ORIGIN, ISSUER).form(&fields))
        .map(|request| tokio::spawn(request.send()))
        .collect();
    let mut waited = Vec::new();
    while flood.iter().any(|task| !task.is_finished()) {
        let begun = Instant::now();
        let form = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "app")];
        let (health, refresh) = tokio::join!(
            http.get(serving.url("/healthz")).send(),
            http.post(serving.url("/oauth2/token")).form(&form).send()
        );
        assert_eq!(health.expect("an answer").status(), 200);
        // An unknown token: judged, and never told to come again.
        assert_eq!(refresh.expect("an answer").status(), 400);
        waited.push(begun.elapsed());
    }
    let (mut judged, mut refused) = (0, 0);
    for task in flood {
        let answer = task.await.expect("no panic").expect("an answer");
        match answer.status().as_u16() {
            // Back to the page of the password, which says that it is wrong.
            303 => judged += 1,
            503 if answer.headers().contains_key(RETRY_AFTER) => refused += 1,
            status => panic!("{status}"),
        }
    }
    let peak = memory(&serving, "VmHWM");
    println!(
        "{judged} judged, {refused} refused, {before} KiB before, {peak} KiB at most; others waited {waited:?}"
    );
    assert!(judged >= WORKERS + QUEUE && refused > 0, "{judged} judged, {refused} refused");
    assert!(peak - before < WORKERS * EACH + BESIDES, "{before} KiB before, {peak} KiB at most");
    waited.sort_unstable();
    assert!(waited.len() >= 5 && waited[waited.len() / 2] < ANSWERED, "{waited:?}");
    serving.kill();
}
