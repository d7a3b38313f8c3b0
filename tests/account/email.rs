//! The address of one's own account (P036, P057 to P062, P068).

use reqwest::Method;
use symbolon::model::policy::{Policy, Registration};
use symbolon::model::user::User;
use symbolon::storage::records::{policies, users};

use super::{ADA, BOB, World, field, prove};
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;

const NEW: &str = "Ada@Newly.example";

impl World {
    async fn person(&self, email: &'static str) -> Option<User> {
        self.server
            .database()
            .write(&self.acme, move |tx| users::find_by_email(tx, email))
            .await
            .expect("read")
    }

    /// Asks for this address; gives the page that says so.
    async fn wants(&self, jar: &Jar, email: &str) -> Page {
        let page = jar.open("/account/email").await;
        jar.submit(&page, &[("email", email), ("action", "change")]).await
    }

    /// The path of the link in the last mail to this address, if it has one.
    async fn link_to(&self, address: &str) -> String {
        let mails = self.server.mails().await;
        let mail = mails.iter().rev().find(|mail| mail.to == address);
        mail.unwrap_or_else(|| panic!("no mail to {address}")).path(self.server.issuer())
    }

    async fn mails_to(&self, address: &str) -> usize {
        self.server.mails().await.iter().filter(|mail| mail.to == address).count()
    }

    /// Ada, of whose address nobody knows whether it is hers.
    async fn doubt_ada(&self) {
        let ada = self.ada;
        let doubted = self.server.database().write(&self.acme, move |tx| {
            let user = users::find(tx, ada)?.expect("ada");
            users::update(tx, &User { email_verified: false, ..user })
        });
        doubted.await.expect("stored");
    }
}

/// Follows a link and presses the button.
async fn confirm(jar: &Jar, path: &str) -> Page {
    let page = jar.open(path).await;
    if page.marker().as_deref() != Some("page-email-confirm") || !page.has("email-confirm") {
        return page;
    }
    jar.submit(&page, &[("action", "continue")]).await
}

#[tokio::test]
async fn p060_the_old_address_stays_until_the_new_one_is_confirmed_and_is_told_of_both() {
    let world = World::new().await;
    let jar = world.ada().await;
    let asked = world.wants(&jar, NEW).await;
    assert!(asked.has("email-notice") && asked.has("email-pending"), "{asked:?}");
    assert!(world.person("ada@newly.example").await.is_none(), "nothing has changed");
    assert_eq!(world.mails_to(ADA).await, 1, "the old address is told");
    let link = world.link_to(NEW).await;

    let done = confirm(&jar, &link).await;
    assert_eq!(done.marker().as_deref(), Some("page-email"), "{done:?}");
    assert!(done.has("email-notice") && !done.has("email-pending"), "{done:?}");
    let now = world.person("ada@newly.example").await.expect("changed");
    assert_eq!((now.id, now.email.as_str(), now.email_verified), (world.ada, NEW, true));
    assert_eq!(world.mails_to(ADA).await, 2, "the old address is told again");
    let changes = world.events("user.changed").await;
    assert_eq!(changes.iter().filter(|event| event.body.contains("email_changed")).count(), 1);
    assert!(changes.iter().all(|event| !event.body.contains("newly")), "addresses can be erased");

    world.browser("ADA@newly.EXAMPLE", PASSWORD).await;
    let old = world.sign_in(&world.server.browser(), ADA, PASSWORD).await;
    assert_eq!(old.marker().as_deref(), Some("page-password"), "{old:?}");
}

#[tokio::test]
async fn p060_an_old_session_asks_for_no_change() {
    let world = World::new().await;
    let jar = world.ada().await;
    let csrf = field(&jar.open("/account/email").await, "csrf");
    world.later().await;
    let fields = [("csrf", csrf.as_str()), ("email", NEW), ("action", "change")];
    let sent = jar.post("/account/email", &fields).await;
    let to = sent.location().expect("a redirect");
    assert!(to.starts_with("/login/factor?interaction="), "{to}");
    assert!(world.server.mails().await.iter().all(|mail| mail.to != NEW));
    let page = prove(&jar, &jar.open(&to).await).await;
    assert_eq!(page.marker().as_deref(), Some("page-email"), "{page:?}");
    assert!(!page.has("email-pending"), "what was typed was not taken: {page:?}");
}

#[tokio::test]
async fn p059_p058_a_link_is_shown_often_used_once_and_replaced_by_a_newer_one() {
    let world = World::new().await;
    let jar = world.ada().await;
    world.wants(&jar, "ada@first.example").await;
    let first = world.link_to("ada@first.example").await;
    world.wants(&jar, NEW).await;
    let second = world.link_to(NEW).await;
    assert_eq!(confirm(&jar, &first).await.status, 410, "a newer one was asked for");
    for method in [Method::HEAD, Method::GET, Method::GET] {
        assert_eq!(jar.send(method, &second, None, &[]).await.status, 200);
    }
    let token = second.split_once("token=").expect("a token").1;
    for page in ["/link", "/reset", "/invitation"] {
        assert_eq!(jar.open(&format!("{page}?token={token}")).await.status, 410, "{page}: for nothing else");
    }
    assert!(world.person("ada@newly.example").await.is_none());
    let form = jar.open(&second).await;
    assert_eq!(jar.submit(&form, &[("action", "continue")]).await.marker().as_deref(), Some("page-email"));
    assert_eq!(jar.submit(&form, &[("action", "continue")]).await.status, 410, "used");
    assert_eq!(jar.open(&second).await.status, 410);
}

#[tokio::test]
async fn p058_a_link_dies_with_the_password_with_its_hour_and_when_it_is_taken_back() {
    let world = World::new().await;
    let jar = world.ada().await;
    world.wants(&jar, NEW).await;
    let link = world.link_to(NEW).await;
    let page = jar.open("/account/email").await;
    assert!(jar.submit(&page, &[("action", "withdraw")]).await.has("email-notice"));
    assert_eq!(jar.open(&link).await.status, 410, "withdrawn");

    world.wants(&jar, NEW).await;
    let link = world.link_to(NEW).await;
    let page = jar.open("/account/password").await;
    jar.submit(&page, &[("password", "violet anchor museum tram")]).await;
    assert_eq!(jar.open(&link).await.status, 410, "another password");

    world.wants(&jar, NEW).await;
    let link = world.link_to(NEW).await;
    world.server.advance(world.server.edge.links.lives.verify_email).await;
    assert_eq!(jar.open(&link).await.status, 410, "too old");
    assert!(world.person("ada@newly.example").await.is_none());
}

/// Whoever has the mailbox of a mistyped address has nothing by it, and is told nothing of the account.
#[tokio::test]
async fn p060_a_link_works_only_where_its_person_is_signed_in() {
    let world = World::new().await;
    let jar = world.ada().await;
    world.wants(&jar, NEW).await;
    let link = world.link_to(NEW).await;
    for stranger in [world.server.browser(), world.browser(BOB, PASSWORD).await] {
        let page = stranger.open(&link).await;
        assert!(page.has("email-elsewhere") && !page.has("email-confirm"), "{page:?}");
        assert!(!page.body.contains("newly") && !page.body.contains("ada@"), "{page:?}");
        let csrf = field(&stranger.open("/login").await, "csrf");
        let token = link.split_once("token=").expect("a token").1;
        let fields = [("csrf", csrf.as_str()), ("token", token), ("action", "continue")];
        assert_eq!(stranger.post("/email", &fields).await.status, 403);
    }
    assert_eq!(confirm(&jar, &link).await.marker().as_deref(), Some("page-email"), "it is still good");
}

#[tokio::test]
async fn p036_p062_an_address_of_somebody_else_gets_no_link_and_nobody_sees_a_difference() {
    let world = World::new().await;
    let jar = world.ada().await;
    let free = world.wants(&jar, "eve@acme.example").await;
    for spelling in ["bob@acme.example", "BOB@ACME.example", "ｂob@acme.example"] {
        let taken = world.wants(&jar, spelling).await;
        let without = |page: &Page, address: &str| page.body.replace(address, "");
        assert_eq!((taken.status, taken.has("email-pending")), (free.status, true), "{taken:?}");
        let hidden = |page: &Page| field(page, "csrf");
        let (taken_words, free_words) = (without(&taken, spelling), without(&free, "eve@acme.example"));
        assert_eq!(taken_words.replace(&hidden(&taken), ""), free_words.replace(&hidden(&free), ""));
    }
    assert_eq!((world.mails_to(BOB).await, world.mails_to("eve@acme.example").await), (0, 1));
    assert!(world.server.mails().await.iter().all(|mail| mail.to == ADA || mail.to == "eve@acme.example"));
}

/// Two ask for the same free address, and both have its mailbox: one gets it.
#[tokio::test]
async fn p062_of_two_who_confirm_one_address_at_once_one_gets_it() {
    let world = World::new().await;
    let (ada, bob) = (world.ada().await, world.browser(BOB, PASSWORD).await);
    world.wants(&ada, NEW).await;
    let first = world.link_to(NEW).await;
    world.wants(&bob, "ada@newly.EXAMPLE").await;
    let second = world.link_to("ada@newly.EXAMPLE").await;
    let (one, other) = tokio::join!(confirm(&ada, &first), confirm(&bob, &second));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410], "{one:?} {other:?}");
    let changes = world.events("user.changed").await;
    assert_eq!(changes.iter().filter(|event| event.body.contains("email_changed")).count(), 1);
}

#[tokio::test]
async fn p061_an_address_is_confirmed_by_its_mail_alone() {
    let world = World::new().await;
    world.doubt_ada().await;
    let jar = world.ada().await;
    let page = jar.open("/account/email").await;
    let fields = [("action", "verify"), ("email_verified", "true"), ("email", NEW)];
    let page = jar.submit(&page, &fields).await;
    assert!(page.has("email-notice") && page.has("email-verify"), "{page:?}");
    assert!(!world.person(ADA).await.expect("ada").email_verified);
    let link = world.link_to(ADA).await;
    let stranger = world.server.browser();
    assert!(confirm(&stranger, &link).await.has("email-elsewhere"));
    let done = confirm(&jar, &link).await;
    assert!(done.has("email-notice") && !done.has("email-verify"), "{done:?}");
    assert!(world.person(ADA).await.expect("ada").email_verified);
    world.browser(ADA, PASSWORD).await;
    let page = jar.open("/account/email").await;
    let before = world.mails_to(ADA).await;
    let again = jar.submit(&page, &[("action", "verify")]).await;
    assert_eq!(
        (again.status.as_u16(), world.mails_to(ADA).await),
        (200, before),
        "nothing is left to confirm"
    );
}

#[tokio::test]
async fn p068_neither_address_gets_more_mails_than_the_limit() {
    let world = World::new().await;
    let jar = world.ada().await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(world.wants(&jar, NEW).await.status.as_u16());
    }
    assert_eq!(statuses, [200; 8]);
    assert_eq!((world.mails_to(NEW).await, world.mails_to(ADA).await), (5, 5));
    world.wants(&jar, "somebody@else.example").await;
    assert_eq!(
        world.mails_to("somebody@else.example").await,
        0,
        "the limit of her own address holds for all of hers"
    );
}

#[tokio::test]
async fn p057_links_lead_to_the_issuer_whatever_the_request_says() {
    let world = World::new().await;
    let jar = world.ada().await;
    let csrf = field(&jar.open("/account/email").await, "csrf");
    let fields = [("csrf", csrf.as_str()), ("email", NEW), ("action", "change")];
    for (name, value) in
        [("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example;proto=https")]
    {
        let headers = [("origin", world.server.issuer()), ("sec-fetch-site", "same-origin"), (name, value)];
        jar.send(Method::POST, "/account/email", Some(&fields), &headers).await;
        // Panics where the link is anywhere else.
        world.link_to(NEW).await;
        assert!(world.server.mails().await.iter().all(|mail| !mail.text.contains("evil")));
    }
}

#[tokio::test]
async fn what_is_no_address_or_none_of_the_domains_is_told_beside_the_field() {
    let world = World::new().await;
    let policy = Policy {
        registration: Registration::Domain,
        email_domains: ["acme.example".to_owned()].into(),
        ..Policy::default()
    };
    let now = world.server.now();
    world.server.database().write(&world.acme, move |tx| policies::put(tx, &policy, now)).await.expect("set");
    let jar = world.ada().await;
    for wrong in
        ["", "ada", "ada@@acme.example", "ada@acme.example", "ADA@acme.example", "ada@private.example"]
    {
        let page = world.wants(&jar, wrong).await;
        assert_eq!((page.status.as_u16(), page.has("email-problem")), (422, true), "{wrong}: {page:?}");
    }
    assert!(world.server.mails().await.is_empty());
    assert!(world.wants(&jar, "countess@acme.example").await.has("email-pending"));
}

/// P036: what the asker sees depends on what they asked for alone, not on what others did with the other address.
#[tokio::test]
async fn p036_what_strangers_asked_for_shows_nothing_to_whoever_wants_the_address() {
    let world = World::new().await;
    for _ in 0..6 {
        let stranger = world.server.browser();
        let page = stranger.open("/login").await;
        let page = stranger.submit(&page, &[("username", BOB), ("organisation", "acme")]).await;
        let asked = stranger.open(&page.attribute("login-link", "href").expect("a way")).await;
        stranger.submit(&asked, &[("action", "continue")]).await;
    }
    assert_eq!(world.mails_to(BOB).await, 5, "no more for now");
    let jar = world.ada().await;
    for wanted in [BOB, "eve@acme.example"] {
        let page = world.wants(&jar, wanted).await;
        assert!(page.has("email-notice") && page.has("email-pending"), "{wanted}: {page:?}");
    }
    assert_eq!((world.mails_to(BOB).await, world.mails_to(ADA).await), (5, 2));
}

/// P102: the declaration knows the account for emergencies by its address.
#[tokio::test]
async fn p102_the_account_for_emergencies_keeps_its_address() {
    let world = World::new().await;
    let jar = world.ada().await;
    let ada = world.ada;
    let marked = world.server.database().write(&world.acme, move |tx| {
        let user = users::find(tx, ada)?.expect("ada");
        users::update(tx, &User { break_glass: true, ..user })
    });
    assert!(marked.await.expect("stored"));
    let page = world.wants(&jar, NEW).await;
    assert_eq!((page.status.as_u16(), page.has("email-problem")), (422, true), "{page:?}");
    assert_eq!(world.mails_to(NEW).await, 0);
}
