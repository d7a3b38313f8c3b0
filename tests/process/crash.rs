//! The server killed again and again under load: what was acknowledged is there, what is single-use is used once (P147,
//! invariant 5).

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Client;
use serde_json::Value;
use symbolon::effects::{Random, SeededRandom};
use symbolon::model::digest::sha256;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::Home;
use crate::harness::jar::{Jar, client};
use crate::harness::program::Serving;
use crate::harness::tokens::{claims, text};

const KILLS: u32 = 100;
/// Refreshes of one family before it is done with.
const REFRESHES: usize = 3;

const VERIFIER: &str = "a-verifier-that-has-more-than-forty-three-characters";
const CALLBACK: &str = "http://127.0.0.1:9095/callback";
const SECRET: &str = "a-secret-of-the-job-9f8Q2xLm7Rk4Zt1Wc6Vb3Nd5Hs0Jp";

const DECLARATION: &str = "apiVersion: symbolon/v1
plans: [{key: none, name: None, entitlements: {}}]
platform:
  resources:
    - identifier: https://notes.example
      name: Notes
      tenants: all
      scopes: [{name: notes, description: Read your notes}]
  clients:
    - client_id: app
      name: App
      kind: spa
      first_party: true
      tenants: all
      redirect_uris: [\"http://127.0.0.1:9095/callback\"]
      scopes: [openid, offline_access]
tenants:
  - slug: acme
    name: Acme
    plan: none
    users:
      - {email: ada@acme.example, roles: [owner], password: {env: ADA_PASSWORD}}
    clients:
      - client_id: acme.job
        name: Job
        kind: service
        scopes: [notes]
        resources: [\"https://notes.example\"]
        token_endpoint_auth_method: client_secret_basic
        secret: {env: JOB_SECRET}
";

fn home() -> Home {
    let mut home = Home::new();
    home.program.write("crash.yaml", DECLARATION);
    home.program = home
        .program
        .variable("ADA_PASSWORD", "ada stands on a green hill")
        .variable("JOB_SECRET", SECRET)
        .set("tokens.code_lifetime", "10m")
        .set("limits.authorize_address", "100000 per 1m")
        .set("limits.token_client", "100000 per 1m")
        .set("log.requests", "false");
    home.program.ok(&["apply", "crash.yaml"]);
    home
}

/// How a request ended.
#[derive(Debug)]
enum Outcome {
    /// The whole answer came.
    Answered(u16, Value),
    /// It was cut off: whether it was done, nobody knows yet.
    Unknown,
}

/// What every request of a round has at hand.
#[derive(Clone)]
struct Door {
    http: Client,
    base: String,
    cookies: String,
}

impl Door {
    fn of(serving: &Serving, jar: &Jar) -> Self {
        Self { http: client(), base: serving.url(""), cookies: jar.cookie_header() }
    }

    async fn post(&self, fields: &[(&str, &str)]) -> Outcome {
        let request = self.http.post(format!("{}/oauth2/token", self.base)).form(fields);
        let Ok(answer) = request.send().await else { return Outcome::Unknown };
        let status = answer.status().as_u16();
        match answer.json().await {
            Ok(body) => Outcome::Answered(status, body),
            Err(_) => Outcome::Unknown,
        }
    }

    async fn exchange(&self, code: &str) -> Outcome {
        let grant = ("grant_type", "authorization_code");
        self.post(&[
            grant,
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", "app"),
        ])
        .await
    }

    async fn refresh(&self, token: &str) -> Outcome {
        self.post(&[("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "app")]).await
    }

    /// Presents what the family has to present next.
    async fn advance(&self, family: &Family) -> Outcome {
        match &family.state {
            State::Code => self.exchange(&family.code).await,
            State::Token(token) => self.refresh(token).await,
        }
    }

    async fn machine(&self) -> Outcome {
        let request =
            self.http.post(format!("{}/oauth2/token", self.base)).basic_auth("acme.job", Some(SECRET));
        let Ok(answer) = request.form(&[("grant_type", "client_credentials")]).send().await else {
            return Outcome::Unknown;
        };
        let status = answer.status().as_u16();
        answer.json().await.map_or(Outcome::Unknown, |body| Outcome::Answered(status, body))
    }

    /// A code of the person who is signed in; none when the answer was cut off.
    async fn code(&self) -> Option<Family> {
        let request = self.http.get(format!("{}{}", self.base, authorize("&prompt=none")));
        let answer = request.header("cookie", &self.cookies).send().await.ok()?;
        let target = answer.headers().get("location").expect("a redirect").to_str().expect("text").to_owned();
        let target = url::Url::parse(&target).expect("a URL");
        let code = target.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
        let code = code.unwrap_or_else(|| panic!("no code: {target}"));
        Some(Family { code, used: Vec::new(), state: State::Code, unsure: false })
    }
}

fn authorize(more: &str) -> String {
    let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
    let challenge = URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()));
    format!(
        "/oauth2/authorize?response_type=code&client_id=app&redirect_uri={callback}&scope=openid+offline_access&state=s\
         &tenant=acme&code_challenge={challenge}&code_challenge_method=S256{more}"
    )
}

/// A code that was acknowledged, and what came of it.
struct Family {
    code: String,
    /// Refresh tokens that were used, and acknowledged as used.
    used: Vec<String>,
    state: State,
    /// Whether what comes next was presented already and nobody knows whether that was done.
    unsure: bool,
}

/// What a family has to present next.
enum State {
    Code,
    Token(String),
}

impl Family {
    /// Takes an answer in; false when there is nothing more to present. An answer that refuses is right only where the
    /// same was presented before: then it was done, and what it gave was never seen.
    fn take(&mut self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Unknown => self.unsure = true,
            Outcome::Answered(200, body) => {
                let next = State::Token(text(body, "refresh_token"));
                if let State::Token(old) = std::mem::replace(&mut self.state, next) {
                    self.used.push(old);
                }
                self.unsure = false;
            }
            refused @ Outcome::Answered(..) => {
                assert!(self.unsure, "what was acknowledged is lost: {refused:?}");
                assert_refused(refused);
                return false;
            }
        }
        true
    }
}

/// What was handed out and what became of it.
#[derive(Default)]
struct Ledger {
    families: Vec<Family>,
    /// Access tokens that were acknowledged, by their `jti`.
    issued: BTreeSet<String>,
    /// Replays that were refused.
    replays: usize,
}

impl Ledger {
    /// Notes the access token of an answer.
    fn note(&mut self, outcome: &Outcome) {
        if let Outcome::Answered(200, body) = outcome {
            self.issued.insert(text(&claims(&text(body, "access_token")), "jti"));
        }
    }

    /// After a restart: what was acknowledged is there, and what was used is used.
    async fn check(&mut self, door: &Door) {
        for mut family in std::mem::take(&mut self.families) {
            if family.unsure || matches!(family.state, State::Token(_)) {
                let outcome = door.advance(&family).await;
                assert!(!matches!(outcome, Outcome::Unknown), "the server answers");
                self.note(&outcome);
                if !family.take(&outcome) {
                    continue;
                }
            }
            if family.used.len() < REFRESHES {
                self.families.push(family);
            } else {
                self.replay(door, &family).await;
            }
        }
    }

    /// A used code or token is refused, and kills the family (P010, P013).
    async fn replay(&mut self, door: &Door, family: &Family) {
        let replayed = match family.used.first() {
            Some(token) if self.replays.is_multiple_of(2) => door.refresh(token).await,
            Some(_) | None => door.exchange(&family.code).await,
        };
        assert_refused(&replayed);
        assert_refused(&door.advance(family).await);
        self.replays += 1;
    }

    /// Issues, exchanges and refreshes at once, until the server is killed: so many answers have come by then, and so
    /// much time has gone by since the last of them.
    async fn load(&mut self, door: &Door, serving: Serving, (answers, after): (u8, Duration)) {
        let (answered, mut seen) = unbounded_channel();
        let spawn = Spawner { door, answered };
        let codes: Vec<_> = (0..2).map(|_| spawn.task(async |door| door.code().await)).collect();
        let machines: Vec<_> = (0..3).map(|_| spawn.task(async |door| door.machine().await)).collect();
        let families: Vec<_> = std::mem::take(&mut self.families)
            .into_iter()
            .map(|family| {
                spawn.task(async move |door| {
                    let outcome = door.advance(&family).await;
                    (family, outcome)
                })
            })
            .collect();
        for _ in 0..answers {
            seen.recv().await;
        }
        tokio::time::sleep(after).await;
        serving.kill();
        for task in families {
            let (mut family, outcome) = task.await.expect("no panic");
            self.note(&outcome);
            assert!(family.take(&outcome));
            self.families.push(family);
        }
        for task in machines {
            self.note(&task.await.expect("no panic"));
        }
        for task in codes {
            self.families.extend(task.await.expect("no panic"));
        }
    }
}

/// Starts requests, and tells of each that has ended.
struct Spawner<'a> {
    door: &'a Door,
    answered: UnboundedSender<()>,
}

impl Spawner<'_> {
    fn task<T: 'static>(&self, work: impl AsyncFnOnce(Door) -> T + 'static) -> JoinHandle<T> {
        let (door, answered) = (self.door.clone(), self.answered.clone());
        tokio::task::spawn_local(async move {
            let outcome = work(door).await;
            let _killed_already = answered.send(());
            outcome
        })
    }
}

fn assert_refused(outcome: &Outcome) {
    match outcome {
        Outcome::Answered(400, body) => assert_eq!(body["error"], "invalid_grant", "{body}"),
        Outcome::Answered(..) | Outcome::Unknown => panic!("used twice: {outcome:?}"),
    }
}

async fn sign_in(serving: &Serving) -> Jar {
    let jar = Jar::at(&serving.url(""), "http://localhost:8080");
    let page = jar.open(&authorize("")).await;
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("action", "continue")]).await;
    let page = jar.submit(&page, &[("password", "ada stands on a green hill"), ("action", "continue")]).await;
    assert!(page.answer().contains_key("code"), "{page:#?}");
    jar
}

#[tokio::test]
async fn p147_killed_again_and_again_nothing_acknowledged_is_lost_and_nothing_is_used_twice() {
    let home = home();
    let serving = home.program.serve();
    let jar = sign_in(&serving).await;
    serving.kill();

    let random: &dyn Random = &SeededRandom::new(147);
    let mut ledger = Ledger::default();
    let rounds = tokio::task::LocalSet::new();
    rounds
        .run_until(async {
            for _ in 0..KILLS {
                let serving = home.program.serve();
                let door = Door::of(&serving, &jar);
                ledger.check(&door).await;
                let [answers, after] = random.bytes();
                let after = Duration::from_micros(u64::from(after) * 30);
                ledger.load(&door, serving, (answers % 5, after)).await;
            }
            let serving = home.program.serve();
            ledger.check(&Door::of(&serving, &jar)).await;
        })
        .await;
    println!("{} tokens acknowledged, {} replays refused", ledger.issued.len(), ledger.replays);
    assert!(ledger.issued.len() > 100 && ledger.replays > 10, "too little was done to prove anything");

    let sound = home.program.ok(&["audit", "verify"]).out;
    assert!(sound.lines().count() == 2 && sound.lines().all(|line| line.contains("sound")), "{sound}");
    let trail = home.program.ok(&["audit", "export", "--tenant", "acme"]).out;
    let missing: Vec<&String> = ledger.issued.iter().filter(|jti| !trail.contains(*jti)).collect();
    assert!(missing.is_empty(), "tokens without a record: {missing:?}");
    assert_whole(&home, &trail);
}

/// A code that was used, its family, its tokens and its record are there together or not at all.
fn assert_whole(home: &Home, trail: &str) {
    let exchanged = trail
        .lines()
        .filter(|line| {
            line.contains("oauth.token\\\"")
                && line.contains("authorization_code")
                && line.contains("success")
        })
        .count();
    let exchanged = i64::try_from(exchanged).expect("a small number");
    let count = |table: &str| home.count(table);
    assert_eq!(count("refresh_families"), exchanged, "families and records of exchanges");
    assert_eq!(count("authorization_codes WHERE consumed_at IS NOT NULL"), exchanged);
    assert_eq!(count("authorization_codes WHERE consumed_at IS NOT NULL AND family_id IS NULL"), 0);
    assert_eq!(count("refresh_tokens WHERE family_id NOT IN (SELECT id FROM refresh_families)"), 0);
    assert_eq!(count("refresh_families WHERE id NOT IN (SELECT family_id FROM refresh_tokens)"), 0);
}
