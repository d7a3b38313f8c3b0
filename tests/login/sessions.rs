//! Sessions: whose they are, how long they live, what ends them (P069, P074, P075, P076, P077, P104).

use std::time::Duration;

use reqwest::StatusCode;
use symbolon::model::policy::{Policy, SessionLimits};
use symbolon::model::status::Status;
use symbolon::storage::records::{policies, tenants, users};

use super::{authorize, is_signed_in, sign_in, signed_in, started};
use crate::harness::seed::PASSWORD;

const COOKIE: &str = "symbolon";

#[tokio::test]
async fn p069_the_cookie_changes_at_a_sign_in_and_foreign_values_are_not_taken_over() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    let invented = format!("syb_{}", "A".repeat(48));
    jar.set_cookie(COOKIE, &invented);
    let page = jar.open(&authorize("notes", "")).await;
    let before = jar.cookie(COOKIE).expect("a cookie before the sign-in");
    assert_ne!(before, invented);
    let fixed = jar.copy();
    sign_in(&jar, &page, ("ada@acme.example", "acme"), PASSWORD).await;
    let after = jar.cookie(COOKIE).expect("a cookie after the sign-in");
    assert_ne!(after, before);
    assert!(is_signed_in(&jar).await);
    assert!(!is_signed_in(&fixed).await, "the value from before is worth nothing");
    jar.set_cookie(COOKIE, &before);
    assert!(!is_signed_in(&jar).await);
}

#[tokio::test]
async fn p074_a_suspended_account_is_signed_out_everywhere() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let jars = [
        signed_in(&server, "ada@acme.example", "acme").await,
        signed_in(&server, "ada@acme.example", "acme").await,
    ];
    let (scope, since) = (acme.scope.clone(), server.now());
    server
        .as_operator(move |tx| {
            let mut tx = tx.enter(&scope)?;
            let mut user = users::find(&mut tx, ada)?.expect("the user");
            user.status = Status::Suspended { since };
            users::update(&mut tx, &user)
        })
        .await;
    for jar in &jars {
        assert!(!is_signed_in(jar).await);
        let answer = jar.open(&authorize("notes", "&prompt=none")).await.answer();
        assert_eq!(answer.get("error").map(String::as_str), Some("login_required"));
    }
}

#[tokio::test]
async fn p104_nobody_of_a_suspended_tenant_is_signed_in() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    let (id, since) = (acme.id(), server.now());
    server
        .as_operator(move |tx| {
            let mut tenant = tx.tenant(id)?.expect("the tenant").tenant().clone();
            tenant.status = Status::Suspended { since };
            tenants::update(tx, &tenant)
        })
        .await;
    assert!(!is_signed_in(&jar).await);
}

#[tokio::test]
async fn p075_a_session_of_another_browser_cannot_be_chosen() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    acme.person("bob@acme.example", &[]).await;
    let victim = signed_in(&server, "ada@acme.example", "acme").await;
    let chooser = victim.open(&authorize("notes", "&prompt=select_account")).await;
    let (_, after) = chooser.body.split_once("name=\"account\" value=\"").expect("a choice");
    let sid = after.split('"').next().expect("a value").to_owned();
    let thief = signed_in(&server, "bob@acme.example", "acme").await;
    let page = thief.open(&authorize("notes", "&prompt=select_account")).await;
    let answer = thief.submit(&page, &[("account", &sid)]).await;
    assert_eq!(answer.marker().as_deref(), Some("page-accounts"), "{answer:#?}");
    assert!(!answer.body.contains("ada@acme.example"));
}

#[tokio::test]
async fn p076_the_server_enforces_idle_and_total_limits() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let (scope, now) = (acme.scope.clone(), server.now());
    let policy =
        Policy { session: SessionLimits { idle_seconds: 600, absolute_seconds: 1500 }, ..Policy::default() };
    server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    let idle = signed_in(&server, "ada@acme.example", "acme").await;
    let busy = signed_in(&server, "ada@acme.example", "acme").await;
    for _ in 0..2 {
        server.advance(Duration::from_mins(9)).await;
        let used = busy.open(&authorize("notes", "&prompt=none")).await;
        assert!(used.answer().contains_key("code"), "{used:#?}");
    }
    assert!(!is_signed_in(&idle).await, "unused for longer than the limit");
    assert!(is_signed_in(&busy).await);
    server.advance(Duration::from_mins(8)).await;
    let answer = busy.open(&authorize("notes", "&prompt=none")).await.answer();
    assert_eq!(answer.get("error").map(String::as_str), Some("login_required"), "in use, but too old");
}

#[tokio::test]
async fn p077_cookies_are_for_our_server_alone() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    let page = jar.get("/login").await;
    assert_eq!(page.status, StatusCode::OK);
    let lines: Vec<&str> =
        page.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("text")).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for line in lines {
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(line.contains(attribute), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
}
