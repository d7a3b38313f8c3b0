//! Inviting at the console: single, by lines, sent again and withdrawn; each with a fresh sign-in and nothing above one's own roles.

use std::time::Duration;

use symbolon::model::role::Role;

use super::{World, address, csrf};
use crate::harness::jar::{Jar, Page};

const PATH: &str = "/console/invitations";

async fn send(jar: &Jar, more: &[(&str, &str)]) -> Page {
    let token = csrf(&jar.open(PATH).await);
    let mut fields = vec![("csrf", token.as_str())];
    fields.extend_from_slice(more);
    jar.follow(jar.post(PATH, &fields).await).await
}

async fn mailed(world: &World) -> Vec<String> {
    world.server.mails().await.into_iter().map(|mail| mail.to).collect()
}

#[tokio::test]
async fn one_and_many_are_invited_sent_again_and_withdrawn() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let empty = jar.open(PATH).await;
    assert!(empty.has("invitations-none"), "{empty:?}");
    let sent = send(&jar, &[("action", "invite"), ("email", "one@new.example"), ("role", "auditor")]).await;
    assert!(sent.has("invitations-notice") && sent.body.contains("one@new.example"), "{sent:?}");
    let id = sent.attribute("invitation-resend-1", "value").expect("an id");
    let many = "two@new.example\nthree@new.example\n";
    let sent = send(&jar, &[("action", "many"), ("many", many)]).await;
    assert!(sent.has("invitations-notice") && sent.has("invitation-resend-3"), "{sent:?}");
    let csv = "email,roles\nfour@new.example,security;member\n";
    send(&jar, &[("action", "many"), ("many", csv)]).await;
    assert!(send(&jar, &[("resend", &id)]).await.has("invitations-notice"));
    assert!(send(&jar, &[("withdraw", &id)]).await.has("invitations-notice"));
    let again = send(&jar, &[("resend", &id)]).await;
    assert!(again.status == 422 && again.has("invitations-problems"), "{again:?}");
    let to = mailed(&world).await;
    let new: Vec<&str> = to.iter().map(String::as_str).filter(|to| to.ends_with("new.example")).collect();
    assert_eq!(
        new,
        ["one@new.example", "two@new.example", "three@new.example", "four@new.example", "one@new.example"]
    );
}

#[tokio::test]
async fn all_lines_are_taken_or_none_and_each_fault_is_named_by_its_line() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let before = world.rows(world.acme);
    for many in [
        "one@new.example\nnobody@\nONE@new.example\nmember@acme.example\n",
        "email,roles\none@new.example,emperor\n",
        "email,shoe\none@new.example,9\n",
    ] {
        let page = send(&jar, &[("action", "many"), ("many", many)]).await;
        assert!(page.status == 422 && page.has("invitations-problems"), "{many}: {page:?}");
    }
    let page = send(&jar, &[("action", "many"), ("many", "one@new.example\nnobody@\n")]).await;
    assert!(page.body.contains("Line 2:"), "{page:?}");
    assert_eq!(world.rows(world.acme)["invitations"], before["invitations"]);
    assert!(mailed(&world).await.iter().all(|to| !to.ends_with("new.example")));
}

#[tokio::test]
async fn p101_an_administrator_invites_nobody_above_themselves_at_the_console() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Admin)).await;
    let page = jar.open(PATH).await;
    assert!(!page.body.contains("value=\"owner\""), "what they may not offer is not offered: {page:?}");
    for role in ["owner", "admin", "security", "auditor"] {
        let page = send(&jar, &[("action", "invite"), ("email", "eve@new.example"), ("role", role)]).await;
        assert!(page.status == 422 && page.has("invitations-problems"), "{role}: {page:?}");
        let many = format!("email,roles\neve@new.example,{role}\n");
        let page = send(&jar, &[("action", "many"), ("many", &many)]).await;
        assert!(page.has("invitations-problems"), "{role}: {page:?}");
    }
    assert!(mailed(&world).await.iter().all(|to| !to.ends_with("new.example")));
}

#[tokio::test]
async fn p048_inviting_asks_for_a_fresh_sign_in() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    world.server.advance(Duration::from_mins(11)).await;
    let page = send(&jar, &[("action", "invite"), ("email", "eve@new.example"), ("role", "member")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    assert!(mailed(&world).await.iter().all(|to| !to.ends_with("new.example")));
}
