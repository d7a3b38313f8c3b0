//! Verdicts of the endpoints.

use std::rc::Rc;
use std::time::Duration;

use base64::Engine as _;
use reqwest::Method;
use symbolon::model::client::{Client, ClientKind};
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;
use tokio::task::LocalSet;

use super::Record;
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::tokens::basic;

const CALLBACK: &str = "https://app.example/callback";

struct Court {
    server: TestServer,
    wiki: Registered,
    spa: Registered,
}

/// What the caller learns: the status, and the error or the page.
fn verdict(page: &Page) -> String {
    let json = serde_json::from_str::<serde_json::Value>(&page.body).unwrap_or_default();
    let told = match (json["error"].as_str(), page.location()) {
        (Some(error), _) => error.to_owned(),
        (None, Some(to)) if to.starts_with(CALLBACK) => {
            let answer = page.answer();
            answer.get("error").cloned().unwrap_or_else(|| "code".to_owned())
        }
        (None, Some(to)) => to.split('?').next().unwrap_or_default().to_owned(),
        (None, None) => {
            page.marker().or_else(|| page.text_of("error-code")).unwrap_or_else(|| "-".to_owned())
        }
    };
    format!("{} {told}", page.status.as_u16())
}

impl Court {
    async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let acme = server.organisation("acme", &[]).await;
        for email in ["ada@acme.example", "straße@acme.example", "o'neil+x@acme.example"] {
            acme.person(email, &[Role::Member]).await;
        }
        let platform = server.platform().await;
        let open = |id: &str, kind| -> Client {
            let mut client = client(id, kind);
            client.metadata.tenants = OpenTo::All;
            client.metadata.grant_types.push("client_credentials".to_owned());
            client
        };
        let wiki = platform.register(open("wiki", ClientKind::Web)).await;
        let spa = platform.register(open("spa", ClientKind::Spa)).await;
        Self { server, wiki, spa }
    }

    async fn authorize(&self, jar: &Jar, changes: &[(&str, &str)]) -> Page {
        let usual = [
            ("client_id", "wiki"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid offline_access"),
            ("tenant", "acme"),
        ];
        let kept = usual.into_iter().filter(|(name, _)| !changes.iter().any(|(own, _)| own == name));
        let all = kept.chain(changes.iter().copied());
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        jar.get(&format!("/oauth2/authorize?{query}")).await
    }

    async fn sign_in(&self, jar: &Jar, email: &str, organisation: &str) -> Page {
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", email), ("organisation", organisation)]).await;
        if page.marker().as_deref() != Some("page-password") {
            return page;
        }
        jar.submit(&page, &[("password", PASSWORD)]).await
    }

    async fn ask(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let basic = basic("wiki", &self.wiki.secret);
        let headers = [("authorization", &*basic)];
        self.server.browser().send(Method::POST, path, Some(fields), &headers).await
    }

    async fn code(&self, jar: &Jar, changes: &[(&str, &str)]) -> String {
        let page = self.authorize(jar, changes).await;
        page.answer().remove("code").unwrap_or_else(|| panic!("{page:?}"))
    }
}

pub(super) async fn judge(record: &mut Record) {
    let court = Rc::new(Court::new().await);
    let ada = court.server.browser();
    court.sign_in(&ada, "ada@acme.example", "acme").await;
    names(record, &court).await;
    parameters(record, &court, &ada).await;
    programs(record, &court).await;
    races(record, &court, &ada).await;
    limits_of_time(record, &court, &ada).await;
}

async fn names(record: &mut Record, court: &Court) {
    record.section("who signs in");
    for email in [
        "ada@acme.example",
        "ADA@Acme.Example",
        "  ada@acme.example\t",
        "ada@acme.example.",
        "\u{ff41}da@acme.example",
        "ada\u{ff20}acme.example",
        "ada@acme\u{3002}example",
        "ada@acme.example\u{200b}",
        "ada@acme.example\0",
        "a\u{301}da@acme.example",
        "аda@acme.example",
        "ad a@acme.example",
        "ada@acme.example@acme.example",
        "strasse@acme.example",
        "STRASSE@acme.example",
        "stra\u{1e9e}e@acme.example",
        "straße@acme.example",
        "O'NEIL+X@acme.example",
        "oneil+x@acme.example",
        "o%neil+x@acme.example",
        "\u{130}da@acme.example",
        "\u{1f600}@acme.example",
        "ada@\u{1d41a}cme.example",
    ] {
        let page = court.sign_in(&court.server.browser(), email, "acme").await;
        record.note(email, verdict(&page));
    }
    let long = format!("{}@acme.example", "a".repeat(3000));
    for email in
        [&format!("{}@acme.example", "a".repeat(64)), &format!("{}@acme.example", "a".repeat(65)), &long]
    {
        let page = court.sign_in(&court.server.browser(), email, "acme").await;
        record.note(email, verdict(&page));
    }
    record.section("which organisation");
    let long = "a".repeat(3000);
    for slug in [
        "acme",
        "ACME",
        " acme",
        "acme ",
        "acm\u{e9}",
        "аcme",
        "acme\0",
        "acme%",
        "acm_",
        "\u{ff41}cme",
        "nowhere",
        &long,
    ] {
        let page = court.sign_in(&court.server.browser(), "ada@acme.example", slug).await;
        record.note(slug, verdict(&page));
    }
}

async fn parameters(record: &mut Record, court: &Court, ada: &Jar) {
    record.section("parameters of an authorization request, signed in");
    let long = "x".repeat(3000);
    for (name, value) in [
        ("client_id", "wiki"),
        ("client_id", "WIKI"),
        ("client_id", "wiki "),
        ("client_id", "w\u{131}ki"),
        ("client_id", "wiki\0"),
        ("client_id", "wik_"),
        ("client_id", &long),
        ("tenant", "acme"),
        ("tenant", "Acme"),
        ("tenant", "acme "),
        ("tenant", "acme\0"),
        ("tenant", &long),
        ("redirect_uri", "https://app.example/Callback"),
        ("redirect_uri", "https://app.example/callback "),
        ("scope", "openid"),
        ("scope", "OpenID"),
        ("scope", "openid\0"),
        ("scope", "openid openid"),
        ("max_age", "0"),
        ("max_age", "4294967296"),
        ("max_age", "9999999999"),
        ("max_age", "18446744073709551616"),
        ("resource", "https://x.example/\u{0}"),
        ("resource", &format!("https://x.example/{long}")),
        ("login_hint", &long),
        ("claims", r#"{"id_token":{"a\u0000b":null}}"#),
        ("id_token_hint", &long),
    ] {
        record.note(&format!("{name}={value}"), verdict(&court.authorize(ada, &[(name, value)]).await));
    }
    record.section("what is kept while a person signs in comes back as it was");
    for state in [
        "\u{1f600}",
        "\u{ffff}",
        "\u{feff}x",
        "\u{202e}x",
        "a\u{301}",
        "\u{e1}",
        "x ",
        " x",
        "'\"\\",
        "%00",
        "\u{7f}",
        "\r\n",
        "\u{2028}",
        &"s".repeat(2048),
        &"\u{1f600}".repeat(512),
        &"s".repeat(2049),
    ] {
        let jar = court.server.browser();
        let page = court.authorize(&jar, &[("state", state), ("nonce", state)]).await;
        let page = jar.follow(page).await;
        if page.marker().as_deref() != Some("page-login") {
            record.note(state, verdict(&page));
            continue;
        }
        let page = jar.submit(&page, &[("username", "ada@acme.example"), ("action", "cancel")]).await;
        let same = page.answer().get("state").is_some_and(|came| came == state);
        record.note(state, format!("{} {}", verdict(&page), if same { "unchanged" } else { "changed" }));
    }
}

async fn programs(record: &mut Record, court: &Court) {
    record.section("what programs present");
    let long = "x".repeat(10_000);
    let interaction = format!("/login?interaction={long}");
    for (path, fields) in [
        (
            "/oauth2/token",
            vec![("grant_type", "authorization_code"), ("code", &*long), ("redirect_uri", CALLBACK)],
        ),
        (
            "/oauth2/token",
            vec![("grant_type", "authorization_code"), ("code", "sya_\u{0}"), ("redirect_uri", CALLBACK)],
        ),
        ("/oauth2/token", vec![("grant_type", "refresh_token"), ("refresh_token", &*long)]),
        ("/oauth2/token", vec![("grant_type", "client_credentials"), ("scope", "profile ")]),
        ("/oauth2/token", vec![("grant_type", "client_credentials"), ("scope", "PROFILE")]),
        ("/oauth2/token", vec![("grant_type", "client_credentials"), ("resource", "https://x.example/'")]),
        ("/oauth2/token", vec![("grant_type", "Client_Credentials")]),
        ("/oauth2/introspect", vec![("token", &*long)]),
        ("/oauth2/introspect", vec![("token", "\u{1f600}")]),
        ("/oauth2/revoke", vec![("token", &*long)]),
        ("/oauth2/revoke", vec![("token", "\u{0}")]),
    ] {
        let case: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        record.note(&format!("{path} {}", case.join(" ")), verdict(&court.ask(path, &fields).await));
    }
    record.note("a long handle", verdict(&court.server.browser().get(&interaction).await));
    for id in ["wiki", "Wiki", "wiki ", "wiki%", "spa", &long[..3000]] {
        let basic = basic(id, &court.wiki.secret);
        let fields = [("grant_type", "client_credentials"), ("scope", "profile")];
        let headers = [("authorization", &*basic)];
        let page = court.server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &headers).await;
        record.note(&format!("client {id}"), verdict(&page));
    }
}

/// How many of `tries` equal requests at the same time succeed.
async fn winners(court: &Rc<Court>, tries: usize, fields: Vec<(&'static str, String)>) -> String {
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..tries)
        .map(|_| {
            let (court, fields) = (Rc::clone(court), fields.clone());
            local.spawn_local(async move {
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                if fields.iter().any(|(name, _)| *name == "client_id") {
                    court.server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await
                } else {
                    court.ask("/oauth2/token", &fields).await
                }
            })
        })
        .collect();
    local.await;
    let mut won = 0;
    for task in tasks {
        let page = task.await.expect("an answer");
        assert!(matches!(page.status.as_u16(), 200 | 400), "{page:?}");
        won += usize::from(page.status == 200);
    }
    format!("{won} of {tries}")
}

async fn races(record: &mut Record, court: &Rc<Court>, ada: &Jar) {
    record.section("races");
    let exchange = |code: String| {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", CALLBACK.to_owned()),
        ]
    };
    for _ in 0..3 {
        let code = court.code(ada, &[]).await;
        record.note("one code, ten times at once", winners(court, 10, exchange(code)).await);
    }
    let verifier = "a-verifier-that-has-more-than-forty-three-characters";
    let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(symbolon::model::digest::sha256(verifier.as_bytes()));
    let pkce = [("client_id", "spa"), ("code_challenge", &*challenge), ("code_challenge_method", "S256")];
    for _ in 0..3 {
        let code = court.code(ada, &pkce).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", CALLBACK),
            ("client_id", court.spa.id()),
            ("code_verifier", verifier),
        ];
        let tokens =
            court.server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &[]).await.json();
        let refresh = tokens["refresh_token"].as_str().expect("a refresh token").to_owned();
        let fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", refresh),
            ("client_id", "spa".to_owned()),
        ];
        record.note(
            "one refresh token of a public client, five times at once",
            winners(court, 5, fields).await,
        );
    }
}

async fn limits_of_time(record: &mut Record, court: &Court, ada: &Jar) {
    record.section("the last moment");
    for (what, micros) in [("a microsecond before the end", 59_999_999), ("at the end", 60_000_000)] {
        let code = court.code(ada, &[]).await;
        court.server.advance(Duration::from_micros(micros)).await;
        let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
        record.note(&format!("a code {what}"), verdict(&court.ask("/oauth2/token", &fields).await));
    }
}
