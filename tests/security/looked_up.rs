//! Who sent a request is looked up for browsers in which somebody has signed in, and for those only so often (R71, P132).

use reqwest::Method;
use symbolon::storage::records::audit;

use super::{ADA, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;
use crate::harness::statements;

/// What a page of another site makes a browser send along.
const FORGED: [(&str, &str); 3] =
    [("origin", "https://evil.example"), ("sec-fetch-site", "same-site"), ("sec-fetch-dest", "iframe")];

/// Every page that takes forms of ours alone.
const PAGES: [&str; 6] =
    ["/login", "/login/password", "/login/accounts", "/setup", "/consent", "/oauth2/logout"];

async fn server(limits: &[(&str, &str)]) -> TestServer {
    statements::watch();
    let server = limits
        .iter()
        .fold(TestServer::with().unlimited(), |all, (key, rate)| all.set(&format!("limits.{key}"), *rate))
        .start()
        .await;
    furnish(&server).await;
    server
}

async fn signed_in(server: &TestServer) -> Jar {
    let jar = server.browser();
    let page = jar.open(&authorize("s")).await;
    let page = jar.submit(&page, &[("username", ADA)]).await;
    assert!(jar.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"));
    jar
}

async fn forge(jar: &Jar, path: &str) -> Page {
    jar.send(Method::POST, path, Some(&[("decision", "confirm"), ("pending", "x")]), &FORGED).await
}

/// What the server asks its database meanwhile.
async fn asked(server: &TestServer, work: impl Future<Output = ()>) -> usize {
    let before = statements::asked_of(server.storage());
    work.await;
    statements::asked_of(server.storage()) - before
}

#[tokio::test]
async fn p132_strangers_make_the_server_look_up_nobody() {
    let server = server(&[("authorize_address", "1 per 10m")]).await;
    let stranger = server.browser();
    let page = stranger.open(&authorize("s")).await;
    let fields = page.form().fields;
    let mut fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend([("decision", "allow"), ("account", "0191c7a0-0000-7000-8000-000000000000")]);
    let interaction = page.path.split_once('?').expect("the interaction").1;
    assert!(stranger.cookie("symbolon").is_some(), "it has a cookie of ours");
    let questions = asked(&server, async {
        for path in PAGES {
            assert_eq!(forge(&stranger, path).await.status, 403, "{path}");
        }
        for path in ["/login/accounts", "/consent"] {
            assert_eq!(stranger.get(&format!("{path}?{interaction}")).await.status, 400, "{path}");
            assert_eq!(stranger.post(path, &fields).await.status, 400, "{path}");
        }
        assert_eq!(stranger.get(&authorize("s")).await.status, 429);
        assert_eq!(stranger.get(&format!("/oauth2/authorize/resume?{interaction}")).await.status, 429);
        assert_eq!(stranger.get("/").await.status, 200);
    });
    assert_eq!(questions.await, 0);
}

#[tokio::test]
async fn p132_forged_requests_are_looked_up_and_recorded_only_so_often() {
    // One for each page, and one for the request to sign out itself.
    let server = server(&[("logout_browser", "7 per 10m")]).await;
    let (ada, again) = (signed_in(&server).await, signed_in(&server).await);
    let questions = asked(&server, async {
        for path in PAGES {
            assert_eq!(forge(&ada, path).await.status, 403, "{path}");
        }
    });
    assert!(questions.await > 0, "who sent them is looked up");
    let questions = asked(&server, async {
        for path in PAGES {
            let page = forge(&ada, path).await;
            assert_eq!(page.status, 429, "{path}");
            assert!(page.header("retry-after").is_some(), "{path}");
        }
    });
    assert_eq!(questions.await, 0);
    let scope = server.scope_of("acme").await.scope;
    let events = server.database().read(&scope, |tx| audit::after(tx, 0, 1000)).await.expect("the events");
    let recorded =
        events.iter().filter(|event| event.body.contains("\"kind\":\"session.cross_site\"")).count();
    assert_eq!(recorded, PAGES.len());
    assert_eq!(forge(&again, "/consent").await.status, 403, "another browser has a share of its own");
    // What another page sends takes nothing away from who is there.
    let question = ada.open("/oauth2/logout").await;
    let done = ada.submit(&question, &[("decision", "confirm")]).await;
    assert_eq!(done.marker().as_deref(), Some("page-logged-out"));
}

#[tokio::test]
async fn p133_signing_out_has_a_limit_and_strangers_keep_nobody_from_it() {
    let server = server(&[("logout_address", "3 per 10m"), ("logout_browser", "4 per 10m")]).await;
    let (ada, again) = (signed_in(&server).await, signed_in(&server).await);
    let stranger = server.browser();
    for n in 0..3 {
        assert_eq!(stranger.get("/oauth2/logout").await.status, 200, "{n}");
    }
    assert_eq!(stranger.get("/oauth2/logout").await.status, 429);
    assert_eq!(server.browser().post("/oauth2/logout", &[("state", "s")]).await.status, 429, "by POST too");
    for n in 0..4 {
        let page = ada.get("/oauth2/logout").await;
        assert_eq!(page.marker().as_deref(), Some("page-logout-confirm"), "{n}");
    }
    let questions = asked(&server, async { assert_eq!(ada.get("/oauth2/logout").await.status, 429) });
    assert_eq!(questions.await, 0);
    let question = again.open("/oauth2/logout").await;
    let done = again.submit(&question, &[("decision", "confirm")]).await;
    assert_eq!(done.marker().as_deref(), Some("page-logged-out"));
}

#[tokio::test]
async fn p132_a_browser_past_its_limit_at_authorization_is_not_looked_up() {
    // One is the way back from the sign-in.
    let server = server(&[("authorize_person", "3 per 10m")]).await;
    let ada = signed_in(&server).await;
    for n in 0..2 {
        assert!(ada.get(&authorize("s")).await.answer().contains_key("code"), "{n}");
    }
    let questions = asked(&server, async { assert_eq!(ada.get(&authorize("s")).await.status, 429) });
    assert_eq!(questions.await, 0);
}

/// Frames of a page elsewhere on the same site bring the cookie along.
#[tokio::test]
async fn p133_a_page_elsewhere_uses_up_no_share_of_a_person() {
    let server = server(&[("authorize_person", "3 per 10m"), ("logout_browser", "3 per 10m")]).await;
    let ada = signed_in(&server).await;
    let frame =
        [("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
    for path in [&*authorize("evil"), "/oauth2/logout"] {
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(ada.send(Method::GET, path, None, &frame).await.status.as_u16());
        }
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 1, "{path}: {statuses:?}");
    }
    assert!(ada.get(&authorize("s")).await.answer().contains_key("code"));
    let question = ada.open("/oauth2/logout").await;
    assert_eq!(question.marker().as_deref(), Some("page-logout-confirm"));
}
