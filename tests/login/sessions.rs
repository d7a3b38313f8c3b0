//! Sessions: whose they are, how long they live, what ends them (P069, P074, P075, P076, P077, P104).

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use symbolon::flows::provision;
use symbolon::model::audit::Actor;
use symbolon::model::ids::UserId;
use symbolon::model::policy::{Policy, SessionLimits};
use symbolon::model::role::Role;
use symbolon::model::session::{Factor, Proof, Session, SessionRef};
use symbolon::model::time::Timestamp;
use symbolon::storage::TenantScope;
use symbolon::storage::records::sessions::Whereabouts;
use symbolon::storage::records::{audit, browser_sessions, policies, sessions};

use super::{authorize, is_signed_in, sign_in, signed_in, started};
use crate::harness::TestServer;
use crate::harness::rows::Everything;
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
    server.suspend_user(acme.id(), ada).await;
    for jar in &jars {
        assert!(!is_signed_in(jar).await);
        let answer = jar.open(&authorize("notes", "&prompt=none")).await.answer();
        assert_eq!(answer.get("error").map(String::as_str), Some("login_required"));
    }
}

/// Signs a person in in so many browsers, each a second after the other, without asking anybody.
async fn many_sessions(server: &TestServer, scope: &TenantScope, user: UserId, count: i64) {
    let (call, begun) = (server.operator(), server.now());
    for from in (0..count).step_by(250) {
        let (call, scope) = (call.clone(), scope.clone());
        server
            .as_operator(move |tx| {
                for n in from..count.min(from + 250) {
                    let now = Timestamp::from_unix(begun.unix() - count + n);
                    let (browser, id) = (call.id(), call.id());
                    browser_sessions::insert(tx, browser, &format!("cookie-{n}"), now)?;
                    let account = SessionRef { tenant_id: scope.id(), sid: id };
                    browser_sessions::add_account(tx, browser, account, now)?;
                    let session = Session {
                        address: None,
                        tenant_id: scope.id(),
                        id,
                        browser_session_id: browser,
                        user_id: user,
                        proofs: vec![Proof { factor: Factor::Password, at: now }],
                        created_at: now,
                        last_seen_at: now,
                        ended_at: None,
                        device: None,
                    };
                    sessions::insert(&mut tx.enter(&scope)?, &session, Whereabouts::default())?;
                }
                Ok(())
            })
            .await;
    }
}

/// P074: an emergency does not fail for being a large one.
#[tokio::test]
async fn p074_thousands_of_sessions_end_at_once() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("root@acme.example", &[Role::Owner]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    many_sessions(&server, &acme.scope, ada, 5000).await;
    let (call, clock) = (server.operator(), Arc::clone(&server.edge.clock));
    let patient = server.database().with_patience(Duration::from_secs(10));
    let suspended =
        patient.write(&acme.scope, move |tx| provision::suspend(tx, (&call, &clock), &Actor::Operator, ada));
    let suspended = suspended.await.expect("in time").expect("was active");
    assert_eq!(suspended.sessions, 5001);
    assert!(!is_signed_in(&jar).await);
    let rows = Everything::open(server.storage()).all();
    assert!(rows["browser_session_accounts"].is_empty(), "no browser remembers it");
    let events = server.database().read(&acme.scope, |tx| audit::after(tx, 0, 1000)).await.expect("events");
    let ended = events.iter().filter(|event| event.body.contains("\"session.revoked\""));
    assert_eq!(ended.count(), 1);
}

/// P132: whoever signs in again and again keeps the newest sessions.
#[tokio::test]
async fn p132_a_person_has_a_hundred_sessions_at_most() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let first = signed_in(&server, "ada@acme.example", "acme").await;
    server.advance(Duration::from_mins(10)).await;
    many_sessions(&server, &acme.scope, ada, 98).await;
    let second = signed_in(&server, "ada@acme.example", "acme").await;
    assert!(is_signed_in(&first).await, "a hundred");
    let third = signed_in(&server, "ada@acme.example", "acme").await;
    assert!(!is_signed_in(&first).await, "the oldest gave way");
    assert!(is_signed_in(&second).await && is_signed_in(&third).await);
    let open = server.database().read(&acme.scope, move |tx| sessions::open_but(tx, ada, 100)).await;
    assert_eq!(open.expect("a list"), []);
}

#[tokio::test]
async fn p104_nobody_of_a_suspended_tenant_is_signed_in() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    server.suspend_tenant(acme.id()).await;
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

/// A server with Ada of `acme`, whose policy sets these limits.
async fn limited(session: SessionLimits) -> TestServer {
    let (server, _) = started().await;
    let scope = {
        let acme = server.organisation("acme", &[]).await;
        acme.person("ada@acme.example", &[]).await;
        acme.scope.clone()
    };
    let (policy, now) = (Policy { session, ..Policy::default() }, server.now());
    server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    server
}

#[tokio::test]
async fn p076_the_server_enforces_idle_and_total_limits() {
    let server = limited(SessionLimits { idle_seconds: 600, absolute_seconds: 1500 }).await;
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

/// Nobody knows how old a session from the future is. Clocks of nodes may differ a little.
#[tokio::test]
async fn p076_a_clock_that_is_set_back_makes_no_session_live_longer() {
    let server = limited(SessionLimits { idle_seconds: 600, absolute_seconds: 1500 }).await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    let start = server.now();
    server.clock.set(start - Duration::from_secs(20));
    server.refresh().await;
    assert!(is_signed_in(&jar).await);
    server.clock.set(start - Duration::from_hours(1));
    server.refresh().await;
    assert!(!is_signed_in(&jar).await);
    server.clock.set(start + Duration::from_mins(5));
    server.refresh().await;
    assert!(is_signed_in(&jar).await);
}

/// A use counts for the idle limit, however short that is and however often somebody comes.
#[tokio::test]
async fn p076_a_session_in_use_does_not_end_by_a_short_idle_limit() {
    let server = limited(SessionLimits { idle_seconds: 20, absolute_seconds: 600 }).await;
    let busy = signed_in(&server, "ada@acme.example", "acme").await;
    for _ in 0..6 {
        server.advance(Duration::from_secs(7)).await;
        let used = busy.open(&authorize("notes", "&prompt=none")).await;
        assert!(used.answer().contains_key("code"), "{used:#?}");
    }
    server.advance(Duration::from_secs(21)).await;
    assert!(!is_signed_in(&busy).await, "unused for longer than the limit");
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
