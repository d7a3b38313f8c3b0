//! An administrator's link by which somebody sets up their first second factor: after the first one, once, in one browser, for this
//! person alone (D33, P045, P058, P059).

use std::time::Duration;

use symbolon::flows::links::by_admin::{AdminLink, NotMailed, send};
use symbolon::model::audit::Actor;
use symbolon::model::policy::{Mfa, Policy};
use symbolon::storage::records::users;

use super::{ADA, Post, is_signed_in};
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool::code;
use crate::harness::seed::PASSWORD;

impl Post {
    async fn asks_for_two(&self) {
        self.policy(Policy { mfa: Mfa { everybody: true, ..Mfa::default() }, ..Policy::default() }).await;
        self.server.refresh().await;
    }

    async fn send(&self, wanted: AdminLink) -> Result<(), NotMailed> {
        let (call, terms, ada) = (self.server.operator(), self.server.edge.links.clone(), self.ada);
        self.within(move |tx| {
            let user = users::find(tx, ada)?.expect("ada");
            send(tx, &call, &terms, (Actor::Operator, &user), wanted)
        })
        .await
    }

    /// The path of a fresh link.
    async fn factor_link(&self) -> String {
        assert_eq!(self.send(AdminLink::FirstFactor).await, Ok(()));
        self.path(self.server.mails().await.last().expect("a mail"))
    }
}

/// Opens the link and goes on to the password.
async fn opened(jar: &Jar, link: &str) -> Page {
    let page = jar.open(link).await;
    assert_eq!(page.marker().as_deref(), Some("page-factor-link"), "{page:?}");
    let page = jar.submit(&page, &[("action", "continue")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    page
}

/// Sets up an authenticator on the page for that.
async fn enrol(post: &Post, jar: &Jar, page: &Page) -> Page {
    let form = page.form_of("passkey-form");
    let mut fields: Vec<(&str, &str)> =
        form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.retain(|(name, _)| !matches!(*name, "question" | "answer"));
    fields.push(("action", "begin"));
    let shown = jar.post("/login/enrol", &fields).await;
    let key = shown.text_of("totp-key").unwrap_or_else(|| panic!("no key: {shown:?}"));
    jar.submit(&shown, &[("code", &code(&key, post.server.now())), ("action", "confirm")]).await
}

#[tokio::test]
async fn d33_a_link_lets_its_person_set_up_a_second_factor_after_the_first() {
    let post = Post::new().await;
    post.asks_for_two().await;
    let link = post.factor_link().await;
    let jar = post.server.browser();
    let page = opened(&jar, &link).await;
    assert!(!is_signed_in(&jar).await, "the link signs nobody in");
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-enrol"), "{page:?}");
    assert!(!is_signed_in(&jar).await, "one factor is no session");
    let codes = enrol(&post, &jar, &page).await;
    assert_eq!(codes.marker().as_deref(), Some("page-enrolled"), "{codes:?}");
    assert!(is_signed_in(&jar).await);
    assert_eq!(post.events("link.mailed").await.len(), 1);
    assert_eq!(post.events("factor.added").await.len(), 1);
    let again = post.send(AdminLink::FirstFactor).await;
    assert_eq!(again, Err(NotMailed::HasFactor));
}

/// P059: a scanner opens it with GET and HEAD, and it is as good as before; with POST it is used, once.
#[tokio::test]
async fn p058_the_link_works_once_and_only_the_newest() {
    let post = Post::new().await;
    post.asks_for_two().await;
    let older = post.factor_link().await;
    let link = post.factor_link().await;
    let scanner = post.server.browser();
    assert_eq!(scanner.get(&older).await.status, 410, "the newest only");
    for _ in 0..2 {
        assert_eq!(scanner.get(&link).await.status, 200);
    }
    let (jar, other) = (post.server.browser(), post.server.browser());
    let form = other.open(&link).await;
    opened(&jar, &link).await;
    assert_eq!(other.submit(&form, &[("action", "continue")]).await.status, 410);
    assert_eq!(jar.open(&link).await.status, 410);
}

#[tokio::test]
async fn p058_the_link_dies_with_its_time_a_factor_a_new_password_and_the_account() {
    let post = Post::new().await;
    post.asks_for_two().await;
    let link = post.factor_link().await;
    let minutes = post.server.edge.links.lives.first_factor;
    post.server.advance(minutes + Duration::from_secs(1)).await;
    assert_eq!(post.server.browser().open(&link).await.status, 410, "its time is over");
    let (first, second) = (post.factor_link().await, post.server.browser());
    let page = opened(&second, &first).await;
    let page = second.submit(&page, &[("password", PASSWORD)]).await;
    enrol(&post, &second, &page).await;
    let post = Post::new().await;
    let link = post.factor_link().await;
    assert_eq!(post.send(AdminLink::PasswordReset).await, Ok(()));
    let reset = post.path(post.server.mails().await.last().expect("a mail"));
    for (page, token) in [("/reset", &link), ("/link", &link), ("/factor-link", &reset)] {
        let token = token.split_once('?').expect("a token").1;
        assert_eq!(post.server.browser().open(&format!("{page}?{token}")).await.status, 410, "{page}");
    }
    let jar = post.server.browser();
    let page = jar.open(&reset).await;
    jar.submit(&page, &[("password", "violet anchor museum kettle")]).await;
    assert_eq!(post.server.browser().open(&link).await.status, 410, "the password is another");
    let link = post.factor_link().await;
    post.server.suspend_user(post.scope.id(), post.ada).await;
    assert_eq!(post.server.browser().open(&link).await.status, 410, "the account is off");
    assert_eq!(post.send(AdminLink::FirstFactor).await, Err(NotMailed::NotActive));
}

/// Whoever has the link of one person and the password of another sets up nothing for the other.
#[tokio::test]
async fn d33_the_link_of_one_person_enrols_nobody_else() {
    let post = Post::new().await;
    let acme = post.server.scope_of("acme").await;
    acme.person("bob@acme.example", &[]).await;
    post.asks_for_two().await;
    let link = post.factor_link().await;
    let jar = post.server.browser();
    let page = opened(&jar, &link).await;
    let handle = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("one").1;
    let page = jar.open(&format!("/login?interaction={handle}")).await;
    let page = jar.submit(&page, &[("username", "bob@acme.example"), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_ne!(page.marker().as_deref(), Some("page-enrol"), "{page:?}");
    let enrol = jar.open(&format!("/login/enrol?interaction={handle}")).await;
    assert_ne!(enrol.marker().as_deref(), Some("page-enrol"), "{enrol:?}");
    assert!(!is_signed_in(&jar).await);
}

/// What it stands on is looked at behind each door: another browser, a wrong password, no link at all.
#[tokio::test]
async fn d33_without_the_link_in_this_browser_a_password_enrols_nothing() {
    let post = Post::new().await;
    post.asks_for_two().await;
    let link = post.factor_link().await;
    let (jar, other) = (post.server.browser(), post.server.browser());
    let page = opened(&jar, &link).await;
    let handle = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("one").1;
    let stolen = other.open(&format!("/login/password?interaction={handle}")).await;
    assert_ne!(stolen.marker().as_deref(), Some("page-password"), "{stolen:?}");
    let wrong = jar.submit(&page, &[("password", "not the password")]).await;
    assert_eq!(wrong.marker().as_deref(), Some("page-password"), "{wrong:?}");
    let (fresh, page) = post.before(ADA).await;
    let refused = fresh.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(refused.marker().as_deref(), Some("page-password"), "{refused:?}");
    assert!(!is_signed_in(&fresh).await);
}

/// P068: the mails of an administrator are counted with those that strangers ask for.
#[tokio::test]
async fn p068_links_of_an_administrator_are_counted_with_the_other_mails() {
    let server = crate::harness::TestServer::with().unlimited().set("limits.mail_recipient", "3 per 10m");
    let post = Post::on(server.start().await).await;
    let mut sent = 0;
    for turn in 0..10 {
        let wanted = if turn % 2 == 0 { AdminLink::FirstFactor } else { AdminLink::PasswordReset };
        match post.send(wanted).await {
            Ok(()) => sent += 1,
            Err(why) => assert_eq!(why, NotMailed::Enough),
        }
    }
    assert_eq!((sent, post.server.mails().await.len()), (3, 3));
}
