//! Tokens of the real server before the stock libraries of four languages, by the programs that the guide shows.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use symbolon::effects::{Clock as _, SystemClock};
use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;

use super::programs::Language;
use crate::harness::seed::{Registered, client};
use crate::harness::server::TestServer;

const API: &str = "https://notes.example";
const OTHER_API: &str = "https://graph.example";

/// Sets the server's clock to that of the machine, which the foreign libraries read, or to so long before.
pub(super) async fn set_to_machine_time(server: &TestServer, before: Duration) {
    server.clock.set(SystemClock.now() - before);
    server.refresh().await;
}

async fn service(server: &TestServer) -> Registered {
    let acme = server.organisation("acme", &["notes:read"]).await;
    acme.resource(API, Some("notes"), &["notes"], OpenTo::OwnerOnly).await;
    acme.resource(OTHER_API, None, &["graph"], OpenTo::OwnerOnly).await;
    let mut service = client("acme.report", ClientKind::Service);
    service.metadata.scopes = ["notes", "graph"].map(str::to_owned).into_iter().collect();
    service.metadata.resources = [API, OTHER_API].map(str::to_owned).into_iter().collect();
    acme.register(service).await
}

async fn token(server: &TestServer, service: &Registered, resource: &str, scope: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the test is a client of its own")]
    let http = reqwest::Client::new();
    let form = [("grant_type", "client_credentials"), ("scope", scope), ("resource", resource)];
    let request = http.post(server.url("/oauth2/token")).basic_auth(service.id(), Some(&service.secret));
    let answer = request.form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let body: Value = answer.json().await.unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

/// The same token with one character of its claims changed.
fn tampered(token: &str) -> String {
    let (header, rest) = token.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let last = if claims.ends_with('A') { "Q" } else { "A" };
    format!("{header}.{}{last}.{signature}", &claims[..claims.len() - 1])
}

#[tokio::test]
async fn stock_libraries_of_four_languages_judge_our_tokens_as_the_guide_says() {
    let server = TestServer::start().await;
    set_to_machine_time(&server, Duration::from_hours(2)).await;
    let service = service(&server).await;
    let expired = token(&server, &service, API, "notes").await;
    set_to_machine_time(&server, Duration::ZERO).await;
    let good = token(&server, &service, API, "notes").await;
    let for_other = token(&server, &service, OTHER_API, "graph").await;
    let (changed, issuer) = (tampered(&good), server.issuer());
    for language in Language::ALL {
        let output = language.verify(issuer, &good, API);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{language:?} refuses a good token: {said}");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(printed.trim(), "acme.report of tenant acme", "{language:?}");
        for (what, token, audience) in [
            ("for another service", &for_other, API),
            ("before another service", &good, OTHER_API),
            ("expired", &expired, API),
            ("changed", &changed, API),
        ] {
            let output = language.verify(issuer, token, audience);
            assert_eq!(output.status.code(), Some(1), "{language:?} takes a token that is {what}");
        }
    }
}
