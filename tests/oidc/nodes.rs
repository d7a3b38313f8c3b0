//! Two nodes on one database: what one has seen, the other knows (P149); what both are asked at once happens once (P151).

use std::time::Duration;

use reqwest::Method;
use reqwest::header::RETRY_AFTER;
use serde_json::Value;
use symbolon::storage::records::audit;

use super::party::{CALLBACK, NOTES, VERIFIER, World, assert_error, basic, claims, text};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page, client};
use crate::harness::seed::{PASSWORD, Registered};
use crate::harness::wait::{EVERYWHERE, until};

/// A request of a client at the token endpoint of this node.
async fn token(node: &TestServer, client: &Registered, fields: &[(&str, &str)]) -> Page {
    let (jar, basic) = (node.browser(), basic(client.id(), &client.secret));
    if client.secret.is_empty() {
        let fields = [fields, &[("client_id", client.id())]].concat();
        jar.send(Method::POST, "/oauth2/token", Some(&fields), &[]).await
    } else {
        jar.send(Method::POST, "/oauth2/token", Some(fields), &[("authorization", &basic)]).await
    }
}

async fn exchange(node: &TestServer, client: &Registered, code: &str) -> Page {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    token(node, client, &fields).await
}

async fn refresh(node: &TestServer, client: &Registered, refresh: &str) -> Page {
    token(node, client, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
}

async fn userinfo(node: &TestServer, access: &str) -> u16 {
    let (jar, header) = (node.browser(), format!("Bearer {access}"));
    jar.send(Method::GET, "/userinfo", None, &[("authorization", &header)]).await.status.as_u16()
}

/// The same browser at another node: a load balancer is all that stands between.
fn moved(jar: &Jar, node: &TestServer) -> Jar {
    let there = node.browser();
    for (name, value) in jar.cookie_header().split("; ").filter_map(|pair| pair.split_once('=')) {
        there.set_cookie(name, value);
    }
    there
}

/// Of two who presented the same at two nodes at the same time one was given tokens, and the other took them away again.
async fn assert_one_won_and_lost_it_all(nodes: [&TestServer; 2], client: &Registered, both: [Page; 2]) {
    let (won, lost): (Vec<_>, Vec<_>) = both.into_iter().partition(|page| page.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 1), "{won:#?} {lost:#?}");
    assert_error(&lost[0], 400, "invalid_grant");
    let tokens = won[0].json();
    for node in nodes {
        assert_eq!(userinfo(node, &text(&tokens, "access_token")).await, 401);
        let refused = refresh(node, client, &text(&tokens, "refresh_token")).await;
        assert_error(&refused, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn p149_a_code_used_on_one_node_is_spent_on_the_other_at_once() {
    let world = World::new().await;
    let other = world.server.another_node().await;
    for client in [&world.wiki, &world.spa] {
        let code = world.code(client).await;
        let first = exchange(&world.server, client, &code).await.json();
        assert_error(&exchange(&other, client, &code).await, 400, "invalid_grant");
        // The replay on one node kills what the other has issued (P010).
        assert_error(
            &refresh(&world.server, client, &text(&first, "refresh_token")).await,
            400,
            "invalid_grant",
        );
        assert_eq!(userinfo(&world.server, &text(&first, "access_token")).await, 401);

        let code = world.code(client).await;
        let (here, there) =
            tokio::join!(exchange(&world.server, client, &code), exchange(&other, client, &code));
        assert_one_won_and_lost_it_all([&world.server, &other], client, [here, there]).await;
    }
}

#[tokio::test]
async fn p149_a_refresh_token_used_on_one_node_is_spent_on_the_other_at_once() {
    let world = World::new().await;
    let other = world.server.another_node().await;
    let first = text(&world.tokens(&world.spa).await, "refresh_token");
    let second = refresh(&world.server, &world.spa, &first).await.json();
    assert_error(&refresh(&other, &world.spa, &first).await, 400, "invalid_grant");
    for node in [&world.server, &other] {
        let token = text(&second, "refresh_token");
        assert_error(&refresh(node, &world.spa, &token).await, 400, "invalid_grant");
        assert_eq!(userinfo(node, &text(&second, "access_token")).await, 401);
    }

    let first = text(&world.tokens(&world.spa).await, "refresh_token");
    let (here, there) =
        tokio::join!(refresh(&world.server, &world.spa, &first), refresh(&other, &world.spa, &first));
    assert_one_won_and_lost_it_all([&world.server, &other], &world.spa, [here, there]).await;
}

/// The page after an attempt to sign in at this node.
async fn attempt(node: &TestServer, password: &str) -> Page {
    let jar = node.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    jar.submit(&page, &[("password", password), ("action", "continue")]).await
}

#[tokio::test]
async fn p149_failures_on_one_node_lock_the_name_on_the_other() {
    let builder = TestServer::with().set("limits.sign_in_account", "3 per 10m");
    let world = World::on(builder).await;
    let other = world.server.another_node().await;
    for node in [&world.server, &other, &world.server] {
        assert!(attempt(node, "a wrong password").await.has("password-problem"));
    }
    for node in [&other, &world.server] {
        assert_eq!(attempt(node, PASSWORD).await.status, 429, "the right password does not help");
    }
}

#[tokio::test]
async fn p149_who_signs_out_or_is_suspended_on_one_node_is_out_on_the_other() {
    let world = World::new().await;
    let other = world.server.another_node().await;
    let jar = world.server.browser();
    let code = world.authorize(&jar, &world.wiki, &[]).await["code"].clone();
    let tokens = world.exchange(&world.wiki, &code).await.json();
    let there = moved(&jar, &other);
    assert!(there.open("/").await.has("home-sign-out"), "one session, wherever it is asked");
    assert_eq!(userinfo(&other, &text(&tokens, "access_token")).await, 200);

    let page = jar.open("/oauth2/logout").await;
    jar.submit(&page, &[("decision", "confirm")]).await;
    assert!(!there.open("/").await.has("home-sign-out"));
    assert_eq!(userinfo(&other, &text(&tokens, "access_token")).await, 401);

    world.server.advance(Duration::from_secs(10)).await;
    other.refresh().await;
    let tokens = world.tokens(&world.wiki).await;
    world.server.suspend_user(world.acme, world.ada).await;
    assert_eq!(userinfo(&other, &text(&tokens, "access_token")).await, 401);
    let refused = refresh(&other, &world.wiki, &text(&tokens, "refresh_token")).await;
    assert_error(&refused, 400, "invalid_grant");
    assert_eq!(attempt(&other, PASSWORD).await.marker().as_deref(), Some("page-password"));
}

#[tokio::test]
async fn p149_a_suspended_client_is_refused_on_the_other_node_within_five_seconds() {
    let world = World::new().await;
    let other = world.server.another_node().await;
    let grant = [("grant_type", "client_credentials")];
    assert_eq!(token(&other, &world.job, &grant).await.status, 200, "remembered");
    world.server.suspend_client("acme", "acme.job").await;
    until(EVERYWHERE, "the other node refuses the client", async || {
        token(&other, &world.job, &grant).await.status == 401
    })
    .await;
}

/// P151: no 5xx but 503 with the time to come again, and every token that was given is on record once.
#[tokio::test]
async fn p151_a_hundred_writers_on_two_nodes_lose_nothing_and_break_nothing() {
    let world = World::new().await;
    let other = world.server.another_node().await;
    let (mut given, mut refused) = (Vec::new(), 0);
    let (clients, nodes) = ([&world.job, &world.stranger], [&world.server, &other]);
    let asked: Vec<_> = (0..100)
        .map(|n| (nodes[n % 2].url("/oauth2/token"), clients[n / 2 % 2]))
        .map(|(url, of)| client().post(url).basic_auth(of.id(), Some(&of.secret)))
        .map(|request| request.form(&[("grant_type", "client_credentials"), ("resource", NOTES)]))
        .map(|request| tokio::spawn(request.send()))
        .collect();
    for task in asked {
        let answer = task.await.expect("no panic").expect("an answer");
        let says_when = answer.headers().contains_key(RETRY_AFTER);
        match answer.status().as_u16() {
            200 => {
                let body: Value = answer.json().await.expect("JSON");
                given.push(text(&claims(&text(&body, "access_token")), "jti"));
            }
            503 if says_when => refused += 1,
            other => panic!("{other}, Retry-After: {says_when}"),
        }
    }
    assert_eq!(given.len() + refused, 100);
    assert!(given.len() >= 50, "{refused} refused");
    let mut recorded = String::new();
    for slug in ["acme", "globex"] {
        let scope = world.server.scope_of(slug).await.scope;
        let events =
            world.server.database().read(&scope, |tx| audit::after(tx, 0, 1000)).await.expect("events");
        recorded.extend(events.iter().map(|event| event.body.as_str()));
    }
    for jti in &given {
        assert_eq!(recorded.matches(jti.as_str()).count(), 1, "{jti}");
    }
}
