//! The first owner, through a link that works once (docs/pages.md, P040).

use std::time::Duration;

use reqwest::StatusCode;
use symbolon::flows::setup::issue_link;
use symbolon::protocol::opaque::{self, TenantKind};
use symbolon::storage::tx::Transaction as _;

use super::{count, events, is_signed_in, sign_in, signed_in, started};
use crate::harness::TestServer;
use crate::harness::html::tags;

const CHOSEN: &str = "violet anchor museum kettle";

async fn link(server: &TestServer) -> Option<String> {
    let call = server.operator();
    let issued = server.as_operator(move |tx| issue_link(&mut tx.directory(), &call)).await;
    issued.ok().map(|token| token.expose().clone())
}

#[tokio::test]
async fn the_link_makes_one_owner_and_is_dead_then() {
    let (server, _) = started().await;
    let token = link(&server).await.expect("a link");
    let jar = server.browser();
    let page = jar.open(&format!("/setup?token={token}")).await;
    assert_eq!(page.marker().as_deref(), Some("page-setup"), "{page:#?}");
    let done = jar.submit(&page, &[("email", "Root@Example.com"), ("password", CHOSEN)]).await;
    assert_eq!(done.marker().as_deref(), Some("page-setup-done"), "{done:#?}");
    let again = jar.submit(&page, &[("email", "eve@example.com"), ("password", CHOSEN)]).await;
    assert_eq!((again.status, again.marker().as_deref()), (StatusCode::GONE, Some("page-error")));
    assert_eq!(jar.open(&format!("/setup?token={token}")).await.status, StatusCode::GONE);
    assert!(link(&server).await.is_none(), "there is an owner");
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("root@example.com", "platform"), CHOSEN).await;
    assert!(is_signed_in(&jar).await);
}

#[tokio::test]
async fn two_who_press_at_once_make_one_owner() {
    let (server, _) = started().await;
    let token = link(&server).await.expect("a link");
    let (one, two) = (server.browser(), server.browser());
    let (page_one, page_two) =
        (one.open(&format!("/setup?token={token}")).await, two.open(&format!("/setup?token={token}")).await);
    let (filled_one, filled_two) = (
        [("email", "one@example.com"), ("password", CHOSEN)],
        [("email", "two@example.com"), ("password", CHOSEN)],
    );
    let (a, b) = tokio::join!(one.submit(&page_one, &filled_one), two.submit(&page_two, &filled_two));
    let made = [&a, &b].into_iter().filter(|page| page.status == StatusCode::OK).count();
    assert_eq!(made, 1, "{a:#?} {b:#?}");
}

#[tokio::test]
async fn a_link_is_dead_after_an_hour_after_a_newer_one_and_when_it_is_made_up() {
    let (server, _) = started().await;
    let old = link(&server).await.expect("a link");
    let new = link(&server).await.expect("a link");
    let mut made_up = new.clone();
    made_up.replace_range(20..24, "AAAA");
    for token in [old.as_str(), made_up.as_str(), "", "syl_", "../../etc/passwd"] {
        let page = server.browser().open(&format!("/setup?token={token}")).await;
        assert_eq!(
            (page.status, page.marker().as_deref()),
            (StatusCode::GONE, Some("page-error")),
            "{token}"
        );
    }
    assert_eq!(server.browser().open(&format!("/setup?token={new}")).await.status, StatusCode::OK);
    server.advance(Duration::from_hours(1)).await;
    assert_eq!(server.browser().open(&format!("/setup?token={new}")).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn p040_a_weak_password_is_refused_and_the_link_stays() {
    let (server, _) = started().await;
    let token = link(&server).await.expect("a link");
    let jar = server.browser();
    let page = jar.open(&format!("/setup?token={token}")).await;
    for weak in ["", "s4ort", "passwordpassword", "aaaaaaaaaaaaaaaa", "root@example.com", &"x".repeat(200)] {
        let answer = jar.submit(&page, &[("email", "root@example.com"), ("password", weak)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        assert!(answer.has("password-problem"), "{weak}");
        assert!(weak.is_empty() || weak.contains('@') || !answer.body.contains(weak));
    }
    let answer = jar.submit(&page, &[("email", "nobody"), ("password", CHOSEN)]).await;
    assert!(answer.has("email-problem"));
    let done = jar.submit(&page, &[("email", "root@example.com"), ("password", CHOSEN)]).await;
    assert_eq!(done.marker().as_deref(), Some("page-setup-done"));
}

#[tokio::test]
async fn every_fault_of_the_form_is_shown_at_once_beside_its_field() {
    let (server, _) = started().await;
    let token = link(&server).await.expect("a link");
    let jar = server.browser();
    let page = jar.open(&format!("/setup?token={token}")).await;
    let long = "x".repeat(129);
    let faulty = ["email", "password"];
    for (email, password, faults) in [
        ("root@", "s4ort", &faulty[..]),
        ("", "", &faulty),
        ("root@example", &long, &faulty),
        ("somebody", "passwordpassword", &faulty),
        // Little more than the address that was typed, faulty as that is.
        ("maximiliane.hohenlohe", "maximiliane.hohenlohe", &faulty),
        ("root@", CHOSEN, &faulty[..1]),
        ("root@example.com", "s4ort", &faulty[1..]),
    ] {
        let answer = jar.submit(&page, &[("email", email), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email} {password}");
        let all = tags(&answer.body);
        let named = |id: &str| all.iter().find(|tag| tag.get("id") == Some(id));
        for field in faulty {
            let (tag, problem) = (named(field).expect("the field"), format!("{field}-problem"));
            let told = tag.get("aria-describedby").is_some_and(|ids| ids.split(' ').any(|id| id == problem));
            let seen = (tag.get("aria-invalid") == Some("true"), named(&problem).is_some(), told);
            let wanted = faults.contains(&field);
            assert_eq!(seen, (wanted, wanted, wanted), "{field}: {email} {password}");
        }
        assert_eq!(named("email").expect("the field").get("value"), Some(email), "what was typed stays");
        assert_eq!(named("password").expect("the field").get("value"), None, "and the password does not");
        assert!(password.len() < 13 || password == email || !answer.body.contains(password));
    }
}

/// P074: an account that was there before loses everything that was given to it.
#[tokio::test]
async fn p074_the_account_that_becomes_the_owner_is_signed_out_where_it_was() {
    let (server, _) = started().await;
    server.platform().await.person("root@example.com", &[]).await;
    let before = signed_in(&server, "root@example.com", "platform").await;
    let token = link(&server).await.expect("a link");
    let jar = server.browser();
    let page = jar.open(&format!("/setup?token={token}")).await;
    let done = jar.submit(&page, &[("email", "root@example.com"), ("password", CHOSEN)]).await;
    assert_eq!(done.marker().as_deref(), Some("page-setup-done"), "{done:#?}");
    assert!(!is_signed_in(&before).await);
}

/// D23: anybody can write what looks like a link. A flood of them is counted and does not fill the platform's chain.
#[tokio::test]
async fn p132_links_that_are_made_up_fill_no_chain() {
    let server = TestServer::with().unlimited().set("limits.platform_events", "3 per 1h").start().await;
    let platform = server.platform().await;
    let jar = server.browser();
    let form = jar.open("/login").await.form();
    let csrf = form.fields.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    for n in 0..10 {
        let link = opaque::issue(TenantKind::SetupLink, platform.id(), &[n; 32]);
        let fields = [("csrf", &*csrf), ("token", link.expose()), ("email", "eve@example.com")];
        assert_eq!(jar.post("/setup", &fields).await.status, StatusCode::GONE);
    }
    let seen = events(&server, &platform.scope).await;
    assert_eq!(count(&seen, "deployment.setup_completed"), 3);
}
