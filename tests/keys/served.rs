//! Keys and revocations as services meet them: over HTTP, on two nodes, judged by the verifier.

use std::sync::Arc;
use std::time::Duration;

use symbolon::effects::Clock as _;
use symbolon::flows::Call;
use symbolon::flows::keys::{self, FreshKey};
use symbolon::flows::revocation::{self, Within};
use symbolon::model::audit::Actor;
use symbolon::model::client::ClientKind;
use symbolon::model::ids::TenantId;
use symbolon::model::resource_server::OpenTo;
use symbolon::model::signing_key::KeyPurpose;
use symbolon::protocol::revocation_feed::RevokedKind;
use symbolon::verify::{HttpSource, Refusal, TokenFault, Verifier};

use crate::harness::TestServer;
use crate::harness::jar::client;
use crate::harness::seed::{self, Registered};

const NOTES: &str = "https://notes.example";

/// A service account of tenant acme that may read notes.
async fn service(server: &TestServer) -> Registered {
    let acme = server.organisation("acme", &["notes:read"]).await;
    acme.resource(NOTES, Some("notes"), &["notes"], OpenTo::OwnerOnly).await;
    let mut client = seed::client("acme.job", ClientKind::Service);
    client.metadata.scopes = ["notes"].map(str::to_owned).into_iter().collect();
    client.metadata.resources = vec![NOTES.to_owned()];
    acme.register(client).await
}

async fn token(server: &TestServer, service: &Registered) -> String {
    let answer = client()
        .post(server.url("/oauth2/token"))
        .basic_auth(service.id(), Some(&service.secret))
        .form(&[("grant_type", "client_credentials"), ("scope", "notes"), ("resource", NOTES)])
        .send()
        .await
        .unwrap();
    let body: serde_json::Value = answer.json().await.unwrap();
    body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// A service that fetches from this node.
async fn verifier(server: &TestServer, node: &TestServer) -> Verifier {
    let clock = Arc::clone(&server.clock);
    let verifier = Verifier::builder(server.issuer())
        .audience(NOTES)
        .keys_url(node.url("/.well-known/jwks.json"))
        .revocations_url(node.url("/.well-known/revocations"))
        .source(HttpSource::with_client(client()))
        .time(move || clock.now())
        .build()
        .unwrap();
    verifier.refresh().await;
    verifier
}

async fn revoke_active_key(server: &TestServer) -> String {
    let call: Call = server.operator();
    let stolen = server.edge.keys.current(call.now).unwrap().tokens().kid().to_owned();
    let sealer = server.edge.keys.sealer();
    let fresh = FreshKey::make_all(vec![KeyPurpose::Tokens], sealer, &call).await.unwrap().remove(0);
    let kid = stolen.clone();
    server
        .as_operator(move |tx| keys::revoke(tx, &call, &Actor::Operator, &kid, fresh))
        .await
        .expect("the key is revoked");
    stolen
}

/// P025, P149: within five seconds no node shows the withdrawn key, and no service takes its tokens; the ones issued
/// next are good everywhere.
#[tokio::test]
async fn p025_tokens_of_a_withdrawn_key_are_refused_on_every_node() {
    let server = TestServer::start().await;
    let service = service(&server).await;
    server.refresh().await;
    let other = server.another_node().await;
    let verifiers = [verifier(&server, &server).await, verifier(&server, &other).await];
    let old = token(&server, &service).await;
    for verifier in &verifiers {
        verifier.verify(&old).await.unwrap();
    }

    let stolen = revoke_active_key(&server).await;
    server.clock.advance(Duration::from_secs(1));
    for (node, verifier) in [&server, &other].into_iter().zip(&verifiers) {
        node.refresh().await;
        let listed = node.browser().get("/.well-known/jwks.json").await;
        assert!(!listed.body.contains(&stolen));
        assert!(!["\"d\"", "\"p\"", "\"q\"", "\"dp\""].iter().any(|member| listed.body.contains(member)));
        // What a verifier does by itself every two seconds; its key set may be old still.
        verifier.refresh().await;
        let refused = verifier.verify(&old).await;
        assert!(matches!(refused, Err(Refusal::InvalidToken(_))), "{refused:?}");
    }
    server.clock.advance(Duration::from_secs(10));
    for (node, verifier) in [&server, &other].into_iter().zip(&verifiers) {
        node.refresh().await;
        verifier.refresh().await;
        verifier.verify(&token(node, &service).await).await.unwrap();
    }
}

#[tokio::test]
async fn p149_what_one_node_revokes_the_services_of_another_refuse() {
    let server = TestServer::start().await;
    let service = service(&server).await;
    server.refresh().await;
    let other = server.another_node().await;
    let verifier = verifier(&server, &other).await;
    let old = token(&server, &service).await;
    verifier.verify(&old).await.unwrap();

    let (now, id) = (server.now(), service.id().to_owned());
    server
        .as_operator(move |tx| {
            revocation::revoke(tx, &Within::default(), [(RevokedKind::Client, id.as_str())], now)
        })
        .await;
    server.clock.advance(Duration::from_secs(2));
    other.refresh().await;
    verifier.refresh().await;
    assert_eq!(verifier.verify(&old).await.unwrap_err(), Refusal::InvalidToken(TokenFault::Revoked));
    // A token issued after the cut-off is later, and good.
    server.refresh().await;
    verifier.verify(&token(&server, &service).await).await.unwrap();
}

/// Ends a session of a person of this tenant.
async fn sign_out(server: &TestServer, tenant: TenantId, person: String) {
    let now = server.now();
    server
        .as_operator(move |tx| {
            let session = [(RevokedKind::Session, person.as_str())];
            revocation::revoke(tx, &Within::subject(tenant, &person), session, now)
        })
        .await;
}

/// D14: a feed that is too small for all names the oldest more coarsely, and whoever signs out then takes nobody else's
/// tokens along, neither new ones nor those that were good a moment ago.
#[tokio::test]
async fn when_the_feed_is_full_a_sign_out_takes_nobody_elses_tokens() {
    let server = TestServer::start().await;
    let service = service(&server).await;
    server.refresh().await;
    let verifier = verifier(&server, &server).await;
    let mut good = vec![token(&server, &service).await];
    let acme = verifier.verify(&good[0]).await.unwrap().claims().tenant_id;
    let now = server.now();
    for part in 0..22 {
        let at = now - Duration::from_mins(55) + Duration::from_secs(part * 60);
        server
            .as_operator(move |tx| {
                for n in 0..100 {
                    let person = format!("{part}-{n}");
                    let session = [(RevokedKind::Session, person.as_str())];
                    revocation::revoke(tx, &Within::subject(acme, &person), session, at)?;
                }
                Ok(())
            })
            .await;
    }
    for second in 0..8 {
        sign_out(&server, acme, format!("late-{second}")).await;
        server.refresh().await;
        verifier.refresh().await;
        good.push(token(&server, &service).await);
        for token in &good {
            verifier.verify(token).await.unwrap();
        }
        server.clock.advance(Duration::from_secs(3));
    }
}

#[tokio::test]
async fn the_documents_are_cached_as_they_may_be() {
    let server = TestServer::start().await;
    let keys = server.browser().get("/.well-known/jwks.json").await;
    assert_eq!(keys.header("cache-control"), Some("public, max-age=300"));
    let etag = keys.header("etag").unwrap().to_owned();
    let url = server.url("/.well-known/jwks.json");
    let again = client().get(&url).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    revoke_active_key(&server).await;
    server.refresh().await;
    let changed = client().get(&url).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(changed.status(), 200);

    let feed = server.browser().get("/.well-known/revocations").await;
    assert_eq!(feed.header("content-type"), Some("application/jwt"));
    assert_eq!(feed.header("cache-control"), Some("no-store"));
    assert_eq!(feed.body.split('.').count(), 3);
}

/// D25: a node that has not read the database for five seconds signs no list and shows no keys.
#[tokio::test]
async fn a_node_without_news_answers_503() {
    let server = TestServer::start().await;
    server.clock.advance(Duration::from_mins(1));
    // The node reads twice a second by itself: the answers come before or after that.
    let mut answers = Vec::new();
    for path in ["/.well-known/revocations", "/.well-known/jwks.json"] {
        answers.push(server.browser().get(path).await.status.as_u16());
    }
    assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    server.refresh().await;
    assert_eq!(server.browser().get("/.well-known/revocations").await.status, 200);
}
