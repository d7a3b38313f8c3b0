//! `/api/v1/auth`: signing in by the forms of a platform client, under the rules of the pages (R15, D16).

use std::time::Duration;

use serde_json::{Value, json};
use symbolon::model::client::ClientKind;
use symbolon::model::policy::{Mfa, Networks, Policy};
use symbolon::model::resource_server::OpenTo;
use symbolon::storage::records::policies;

use super::codes::{ADA, Phone};
use super::{count, events, signed_in};
use crate::harness::TestServer;
use crate::harness::jar::client as http;
use crate::harness::oathtool::another;
use crate::harness::rows::{Everything, RECORD, without};
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::tokens::{basic, claims, text};

const LOGIN: &str = "/api/v1/auth/login";
const REFRESH: &str = "/api/v1/auth/refresh";
const LOGOUT: &str = "/api/v1/auth/logout";

/// A client that may take passwords.
async fn registered(server: &TestServer, id: &str, may: bool) -> Registered {
    let mut own = client(id, ClientKind::Web);
    own.metadata.tenants = OpenTo::All;
    own.metadata.first_party_login = may;
    own.metadata.scopes.push("account:read".to_owned());
    server.platform().await.register(own).await
}

struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    fn kind(&self) -> &str {
        self.body["type"].as_str().and_then(|kind| kind.strip_prefix("urn:symbolon:problem:")).unwrap_or("")
    }

    fn is_problem(&self, status: u16, kind: &str) -> bool {
        self.status == status && self.kind() == kind
    }
}

async fn send(
    server: &TestServer,
    path: &str,
    by: Option<&Registered>,
    (media, body): (&str, String),
) -> Answer {
    let mut request = http().post(server.url(path)).header("content-type", media).body(body);
    if let Some(client) = by {
        request = request.header("authorization", basic(client.id(), &client.secret));
    }
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.text().await.expect("a body");
    Answer { status, headers, body: serde_json::from_str(&body).unwrap_or_default() }
}

async fn post(server: &TestServer, path: &str, by: &Registered, body: &Value) -> Answer {
    send(server, path, Some(by), ("application/json", body.to_string())).await
}

fn first(email: &str, password: &str) -> Value {
    json!({"username": email, "password": password, "organisation": "acme", "scope": "openid account:read"})
}

/// What tells one refusal from another.
fn shape(answer: &Answer) -> (u16, Vec<String>, Value) {
    let mut body = answer.body.clone();
    body["instance"] = Value::Null;
    let named = |name: &str| !["date", "x-request-id", "content-length"].contains(&name);
    let headers = answer.headers.iter().filter(|(name, _)| named(name.as_str()));
    let mut headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    (answer.status, headers, body)
}

#[tokio::test]
async fn r15_a_login_refresh_and_logout_by_a_clients_own_form() {
    let server = TestServer::with().unlimited().start().await;
    let app = registered(&server, "app", true).await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    let tokens = post(&server, LOGIN, &app, &first(ADA, PASSWORD)).await;
    assert_eq!(tokens.status, 200, "{:?}", tokens.body);
    assert_eq!(tokens.headers["cache-control"], "no-store");
    assert!(!tokens.headers.contains_key("set-cookie"));
    let access = text(&tokens.body, "access_token");
    let held = claims(&access);
    assert_eq!((held["client_id"].as_str(), held["tenant"].as_str()), (Some("app"), Some("acme")), "{held}");
    assert_eq!(held["amr"], json!(["pwd"]));
    assert_eq!(claims(&text(&tokens.body, "id_token"))["sid"], held["sid"]);
    // It is a session like any other: listed, and ended from elsewhere.
    let bearer = format!("Bearer {access}");
    let listed = http().get(server.url("/api/v1/sessions")).header("authorization", &bearer);
    let listed: Value = listed.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(listed["items"][0]["id"], held["sid"], "{listed}");
    let refreshed =
        post(&server, REFRESH, &app, &json!({"refresh_token": text(&tokens.body, "refresh_token")})).await;
    assert_eq!(refreshed.status, 200, "{:?}", refreshed.body);
    assert_eq!(claims(&text(&refreshed.body, "access_token"))["sid"], held["sid"]);
    let token = text(&refreshed.body, "refresh_token");
    let gone = post(&server, LOGOUT, &app, &json!({"refresh_token": token})).await;
    assert_eq!((gone.status, gone.body), (204, Value::Null));
    for token in [token, text(&tokens.body, "refresh_token")] {
        let dead = post(&server, REFRESH, &app, &json!({"refresh_token": token})).await;
        assert!(dead.is_problem(400, "invalid-grant"), "{:?}", dead.body);
    }
    let userinfo = http().get(server.url("/api/v1/sessions")).header("authorization", &bearer);
    assert_eq!(userinfo.send().await.expect("an answer").status(), 401, "the access token is over");
    let seen = events(&server, &acme.scope).await;
    assert_eq!((count(&seen, "session.sign_in"), count(&seen, "session.sign_out")), (1, 1));
    assert!(seen.iter().any(|event| event.body.contains("\"grant_type\":\"first_party_login\"")));
}

/// P045, P046, P047: the second factor is asked for as on the pages, and nothing opens without it.
#[tokio::test]
async fn p045_the_second_factor_is_asked_for_by_the_api_too() {
    let phone = Phone::new().await;
    let app = registered(&phone.server, "app", true).await;
    let server = &phone.server;
    let step = async || {
        let more = post(server, LOGIN, &app, &first(ADA, PASSWORD)).await;
        assert_eq!(
            (more.status, more.body["challenge"].as_str()),
            (200, Some("second_factor")),
            "{:?}",
            more.body
        );
        assert!(more.body.get("access_token").is_none());
        assert_eq!(more.body["methods"], json!(["totp", "recovery_code"]));
        text(&more.body, "handle")
    };
    let code = |handle: &str, code: &str| json!({"handle": handle, "factor": "totp", "code": code});
    let handle = step().await;
    let other = registered(server, "other", true).await;
    let stolen = post(server, LOGIN, &other, &code(&handle, &phone.shows())).await;
    assert!(stolen.is_problem(403, "login-expired"), "the handle is the client's: {:?}", stolen.body);
    let wrong = post(server, LOGIN, &app, &code(&handle, "000000")).await;
    assert!(wrong.is_problem(403, "sign-in-refused"), "{:?}", wrong.body);
    let done = post(server, LOGIN, &app, &code(&handle, &phone.shows())).await;
    assert_eq!(claims(&text(&done.body, "access_token"))["acr"], "urn:symbolon:acr:2", "{:?}", done.body);
    let again = post(server, LOGIN, &app, &code(&handle, &phone.shows_then(1))).await;
    assert!(again.is_problem(403, "login-expired"), "a handle is good once: {:?}", again.body);
    let replayed = step().await;
    let replayed = post(server, LOGIN, &app, &code(&replayed, &phone.shows())).await;
    assert!(replayed.is_problem(403, "sign-in-refused"), "P046: {:?}", replayed.body);
    let sheet = json!({"handle": step().await, "factor": "recovery_code", "code": phone.sheet[0]});
    let by_sheet = post(server, LOGIN, &app, &sheet).await;
    assert_eq!(claims(&text(&by_sheet.body, "access_token"))["amr"], json!(["pwd", "recovery"]));
    // A browser's interaction is none of the client's, nor the other way round.
    let (jar, page) = phone.past_the_password().await;
    let theirs = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("a field").1;
    let secret = step().await;
    let secret = secret.rsplit('.').next().expect("a secret");
    let mixed = post(server, LOGIN, &app, &code(&format!("{theirs}.{secret}"), &phone.shows_then(1))).await;
    assert!(mixed.is_problem(403, "login-expired"), "{:?}", mixed.body);
    let own = step().await;
    let (own, _) = own.rsplit_once('.').expect("a handle");
    assert_eq!(jar.open(&format!("/login/totp?interaction={own}")).await.status, 400);
}

/// P045, P058: a code by mail is asked for, mailed and judged under the handle of the challenge.
#[tokio::test]
async fn p058_a_code_by_mail_is_asked_for_by_the_api_too() {
    let server = TestServer::with().unlimited().start().await;
    let app = registered(&server, "app", true).await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    let (scope, now) = (acme.scope.clone(), server.now());
    let policy = Policy {
        methods: Policy::METHODS.into(),
        mfa: Mfa { everybody: true, ..Mfa::default() },
        ..Policy::default()
    };
    server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    let more = post(&server, LOGIN, &app, &first(ADA, PASSWORD)).await;
    assert_eq!(more.body["methods"], json!(["email_code"]), "{:?}", more.body);
    assert!(server.mails().await.is_empty(), "none is sent before it is asked for");
    let handle = text(&more.body, "handle");
    let ask = json!({"handle": handle, "factor": "email_code"});
    let other = registered(&server, "other", true).await;
    let stolen = post(&server, LOGIN, &other, &ask).await;
    assert!(stolen.is_problem(403, "login-expired"), "{:?}", stolen.body);
    let asked = post(&server, LOGIN, &app, &ask).await;
    assert_eq!((asked.status, &asked.body), (200, &more.body));
    let code = server.mails().await.last().expect("a mail").code();
    let proof = |handle: &str, code: &str| json!({"handle": handle, "factor": "email_code", "code": code});
    let wrong = post(&server, LOGIN, &app, &proof(&handle, &another(&code))).await;
    assert!(wrong.is_problem(403, "sign-in-refused"), "{:?}", wrong.body);
    let elsewhere = post(&server, LOGIN, &app, &first(ADA, PASSWORD)).await;
    let elsewhere = post(&server, LOGIN, &app, &proof(&text(&elsewhere.body, "handle"), &code)).await;
    assert!(elsewhere.is_problem(403, "sign-in-refused"), "another login: {:?}", elsewhere.body);
    let done = post(&server, LOGIN, &app, &proof(&handle, &code)).await;
    let held = claims(&text(&done.body, "access_token"));
    assert_eq!((&held["acr"], &held["amr"]), (&json!("urn:symbolon:acr:2"), &json!(["pwd", "email", "otp"])));
    let again = post(&server, LOGIN, &app, &ask).await;
    assert!(again.is_problem(403, "login-expired"), "the login is over: {:?}", again.body);
    // P068: so many, and no more.
    let more = post(&server, LOGIN, &app, &first(ADA, PASSWORD)).await;
    let ask = json!({"handle": text(&more.body, "handle"), "factor": "email_code"});
    let mut enough = 0;
    for _ in 0..10 {
        enough += usize::from(post(&server, LOGIN, &app, &ask).await.is_problem(429, "too-many-requests"));
    }
    let codes = server.mails().await.iter().filter(|mail| mail.subject.contains("code")).count();
    assert_eq!((enough, codes), (6, 5));
}

/// P047: guesses by the API count with those at the pages, over all logins.
#[tokio::test]
async fn p047_guesses_count_over_all_logins_and_doors() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "4 per 10m").start().await;
    let phone = Phone::on(server).await;
    let app = registered(&phone.server, "app", true).await;
    for _ in 0..2 {
        let more = post(&phone.server, LOGIN, &app, &first(ADA, PASSWORD)).await;
        let guess = json!({"handle": text(&more.body, "handle"), "factor": "totp", "code": "000000"});
        assert!(post(&phone.server, LOGIN, &app, &guess).await.is_problem(403, "sign-in-refused"));
    }
    for _ in 0..2 {
        let (jar, page) = phone.past_the_password().await;
        jar.submit(&page, &[("code", "000000")]).await;
    }
    let locked = post(&phone.server, LOGIN, &app, &first(ADA, PASSWORD)).await;
    assert!(locked.is_problem(429, "too-many-requests"), "{:?}", locked.body);
    assert_eq!(locked.headers["retry-after"], "600");
}

#[tokio::test]
async fn p036_no_answer_of_the_api_tells_whether_an_account_exists() {
    let server = TestServer::with().unlimited().start().await;
    let app = registered(&server, "app", true).await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    let gone = acme.person("bob@acme.example", &[]).await;
    server.suspend_user(acme.id(), gone).await;
    let away = server.organisation("away", &[]).await;
    away.person("eve@away.example", &[]).await;
    let (scope, now) = (away.scope.clone(), server.now());
    let office = Networks { sign_in: vec!["10.0.0.0/8".parse().expect("a network")], ..Networks::default() };
    let policy = Policy { networks: office, ..Policy::default() };
    server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    let expected = shape(&post(&server, LOGIN, &app, &first(ADA, "wrong password")).await);
    assert_eq!(
        (expected.0, expected.2["type"].as_str()),
        (403, Some("urn:symbolon:problem:sign-in-refused"))
    );
    for (email, organisation, password) in [
        ("bob@acme.example", "acme", PASSWORD),
        ("nobody@acme.example", "acme", PASSWORD),
        (ADA, "nowhere", PASSWORD),
        (ADA, "platform", PASSWORD),
        // P043: nobody knows where they are, so a rule that asks for a place keeps them out.
        ("eve@away.example", "away", PASSWORD),
        (ADA, "acme", &"x".repeat(200)),
    ] {
        let body = json!({"username": email, "organisation": organisation, "password": password});
        assert_eq!(shape(&post(&server, LOGIN, &app, &body).await), expected, "{email} {organisation}");
    }
}

/// D16: the platform's own, proved, marked clients, and nobody else.
#[tokio::test]
async fn d16_only_confidential_platform_clients_that_were_given_it_may() {
    let server = TestServer::with().unlimited().start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    let plain = registered(&server, "plain", false).await;
    let app = registered(&server, "app", true).await;
    let mut tenants = client("acme.app", ClientKind::Web);
    tenants.metadata.first_party_login = true;
    let tenants = acme.register(tenants).await;
    let mut asked = client("asked", ClientKind::Web);
    (asked.metadata.first_party, asked.metadata.first_party_login) = (false, true);
    asked.metadata.tenants = OpenTo::All;
    let asked = server.platform().await.register(asked).await;
    let mut public = client("public", ClientKind::Spa);
    public.metadata.first_party_login = true;
    public.metadata.tenants = OpenTo::All;
    server.platform().await.register(public).await;
    let before = without(Everything::open(server.storage()).all(), &RECORD);
    for by in [&plain, &tenants, &asked] {
        for (path, body) in [
            (LOGIN, first(ADA, PASSWORD)),
            (REFRESH, json!({"refresh_token": "x"})),
            (LOGOUT, json!({"refresh_token": "x"})),
        ] {
            let refused = post(&server, path, by, &body).await;
            assert!(refused.is_problem(403, "first-party-login"), "{} {path}: {:?}", by.id(), refused.body);
        }
    }
    let named = json!({"client_id": "public", "username": ADA, "organisation": "acme", "password": PASSWORD});
    let public = send(&server, LOGIN, None, ("application/json", named.to_string())).await;
    assert!(public.is_problem(403, "first-party-login"), "{:?}", public.body);
    for by in [
        None,
        Some(&Registered { client: app.client.clone(), secret: "wrong-secret-of-some-length".to_owned() }),
    ] {
        let body = ("application/json", first(ADA, PASSWORD).to_string());
        let unproved = send(&server, LOGIN, by, body).await;
        assert!(unproved.is_problem(401, "invalid-client"), "{:?}", unproved.body);
        assert!(unproved.headers["www-authenticate"].to_str().expect("text").starts_with("Basic "));
    }
    let after = without(Everything::open(server.storage()).all(), &RECORD);
    assert_eq!(after.get("sessions"), before.get("sessions"));
    assert_eq!(after.get("interactions"), before.get("interactions"));
    // P035: no script of any origin.
    let preflight = http()
        .request(reqwest::Method::OPTIONS, server.url(LOGIN))
        .header("origin", "https://app.example")
        .header("access-control-request-method", "POST");
    let preflight = preflight.send().await.expect("an answer");
    assert_eq!(
        (preflight.status().as_u16(), preflight.headers().get("access-control-allow-origin")),
        (405, None)
    );
}

/// P041, P044: fourteen bodies at each step, and none moves anything on.
#[tokio::test]
async fn p041_no_malformed_body_moves_a_login_on() {
    const JSON: &str = "application/json";
    const BODIES: [(&str, &str); 14] = [
        (JSON, ""),
        (JSON, "null"),
        (JSON, "[]"),
        (JSON, "0"),
        (JSON, "{}"),
        (JSON, "{"),
        (JSON, r#"{"username":null,"password":null}"#),
        (JSON, r#"{"username":["ada@acme.example"],"password":["x"]}"#),
        (JSON, r#"{"username":"ada@acme.example","password":true,"organisation":"acme"}"#),
        (JSON, r#"{"username":"ada@acme.example","password":"","organisation":"acme"}"#),
        (JSON, r#"{"username":"ada@acme.example","username":"bob@acme.example","password":"x"}"#),
        (JSON, r#"{"username":"ada@acme.example","password":"x","organisation":"acme","roles":["owner"]}"#),
        ("application/x-www-form-urlencoded", "username=ada%40acme.example&password=x&organisation=acme"),
        (JSON, r#"["ada@acme.example","x"]"#),
    ];
    let phone = Phone::new().await;
    let (server, app) = (&phone.server, registered(&phone.server, "app", true).await);
    let more = post(server, LOGIN, &app, &first(ADA, PASSWORD)).await;
    let handle = text(&more.body, "handle");
    let rows = || without(Everything::open(server.storage()).all(), &RECORD);
    let before = rows();
    for (media, body) in BODIES {
        for path in [LOGIN, REFRESH, LOGOUT] {
            let answer = send(server, path, Some(&app), (media, body.to_owned())).await;
            assert!(matches!(answer.status, 400 | 415), "{path} {body}: {} {:?}", answer.status, answer.body);
        }
    }
    let shows = phone.shows();
    for next in [
        json!({"handle": null, "factor": "totp", "code": shows}),
        json!({"handle": [handle], "factor": "totp", "code": shows}),
        json!({"handle": handle}),
        json!({"handle": handle, "factor": "totp"}),
        json!({"handle": handle, "factor": "totp", "code": null}),
        json!({"handle": handle, "factor": "totp", "code": ""}),
        json!({"handle": handle, "factor": "totp", "code": [shows]}),
        json!({"handle": handle, "factor": "totp", "code": shows.parse::<u32>().expect("digits")}),
        json!({"handle": handle, "factor": "TOTP", "code": shows}),
        json!({"handle": handle, "factor": ["totp"], "code": shows}),
        json!({"handle": handle, "factor": "password", "code": PASSWORD}),
        json!({"handle": handle, "factor": "passkey", "question": "x"}),
        json!({"handle": handle, "factor": "passkey", "question": "x", "answer": "y"}),
        json!({"handle": handle, "factor": "totp", "code": shows, "username": ADA}),
    ] {
        let answer = post(server, LOGIN, &app, &next).await;
        assert!(matches!(answer.status, 400 | 403), "{next}: {} {:?}", answer.status, answer.body);
        assert!(!answer.body.to_string().contains(&shows), "{:?}", answer.body);
    }
    assert_eq!(rows(), before, "nothing changed");
    let in_url = format!("{LOGIN}?password=x");
    assert_eq!(post(server, &in_url, &app, &first(ADA, PASSWORD)).await.status, 400);
    assert_eq!(http().get(server.url(&in_url)).send().await.expect("an answer").status(), 405);
    let done = post(server, LOGIN, &app, &json!({"handle": handle, "factor": "totp", "code": shows})).await;
    assert_eq!(done.status, 200, "the handle was good all the time: {:?}", done.body);
}

/// The tokens that are asked for are judged too, and a login that can give none leaves no session.
#[tokio::test]
async fn a_login_for_tokens_that_nobody_may_have_leaves_no_session() {
    let server = TestServer::with().unlimited().start().await;
    let app = registered(&server, "app", true).await;
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    for (wanted, kind) in [
        (json!({"scope": "people:write"}), "invalid-scope"),
        (json!({"scope": "openid", "resource": ["https://elsewhere.example"]}), "invalid-target"),
    ] {
        let mut body = first(ADA, PASSWORD);
        body.as_object_mut().expect("an object").extend(wanted.as_object().expect("an object").clone());
        assert!(post(&server, LOGIN, &app, &body).await.is_problem(400, kind), "{wanted}");
    }
    let open = Everything::open(server.storage()).count("sessions WHERE ended_at IS NULL");
    assert_eq!(open, 0);
    // A handle that nobody goes on with is nothing after its time, and a session of the person's own is untouched.
    let jar = signed_in(&server, ADA, "acme").await;
    server.advance(Duration::from_mins(1)).await;
    assert!(super::is_signed_in(&jar).await);
}

/// The token of another client's login ends nothing, and is noted.
#[tokio::test]
async fn p098_no_client_ends_or_refreshes_the_login_of_another() {
    let server = TestServer::with().unlimited().start().await;
    let (app, other) = (registered(&server, "app", true).await, registered(&server, "other", true).await);
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    let tokens = post(&server, LOGIN, &app, &first(ADA, PASSWORD)).await;
    let token = text(&tokens.body, "refresh_token");
    let mine = json!({"refresh_token": token});
    assert_eq!(post(&server, LOGOUT, &other, &mine).await.status, 204);
    assert!(post(&server, REFRESH, &other, &mine).await.is_problem(400, "invalid-grant"));
    assert_eq!(post(&server, LOGOUT, &app, &json!({"refresh_token": "syr_made_up"})).await.status, 204);
    assert_eq!(post(&server, REFRESH, &app, &mine).await.status, 200, "it goes on");
    let noted = events(&server, &server.platform().await.scope).await;
    assert!(
        noted
            .iter()
            .any(|event| event.body.contains("access.denied") && event.body.contains("refresh_family"))
    );
}
