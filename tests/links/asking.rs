//! Whoever asks for a mail learns nothing of accounts, and nobody gets more mails than the limit (P036, P068, P043).

use std::collections::BTreeSet;

use symbolon::model::policy::Policy;
use symbolon::model::session::Factor;
use symbolon::model::status::Status;
use symbolon::storage::records::users;

use super::{ADA, Post, at_password};
use crate::harness::TestServer;
use crate::harness::jar::Page;

/// A page without what is new each time and without the address.
fn masked(page: &Page, email: &str) -> (u16, BTreeSet<String>, String) {
    let mut body = page.body.replace(email, "ADDRESS");
    let fields = page.form().fields;
    for (_, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        body = body.replace(value.as_str(), "FIELD");
    }
    let interaction: String = fields.iter().find(|(name, _)| name == "interaction").expect("it").1.clone();
    let body = body.replace(&interaction, "FIELD");
    let names = page.headers.keys().map(ToString::to_string).collect();
    (page.status.as_u16(), names, body)
}

#[tokio::test]
async fn p036_asking_for_a_mail_looks_the_same_for_every_account() {
    let post = Post::new().await;
    let since = post.server.now();
    let acme = post.server.scope_of("acme").await;
    let (bob, dan) = (acme.person("bob@acme.example", &[]).await, acme.person("dan@acme.example", &[]).await);
    post.within(move |tx| {
        for (id, status) in [(bob, Status::Suspended { since }), (dan, Status::Deleted { since })] {
            let mut user = users::find(tx, id)?.expect("the person");
            user.status = status;
            users::update(tx, &user)?;
        }
        Ok(())
    })
    .await;
    for by in ["login-link", "login-reset"] {
        let mut expected = None;
        for (email, organisation) in [
            (ADA, "acme"),
            ("bob@acme.example", "acme"),
            ("dan@acme.example", "acme"),
            ("nobody@acme.example", "acme"),
            ("ada@acme.example", "nowhere"),
            ("ada@acme.example", "platform"),
        ] {
            let jar = post.server.browser();
            let page = at_password(&jar, email, organisation).await;
            let asked = jar.open(&page.attribute(by, "href").expect("offered to all")).await;
            let sent = post.ask(&jar, &page, by).await;
            assert!(sent.has("link-sent"), "{sent:?}");
            let seen = [masked(&asked, email), masked(&sent, email)];
            assert_eq!(expected.get_or_insert_with(|| seen.clone()), &seen, "{email} of {organisation}");
        }
    }
    let mails = post.server.mails().await;
    let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, [ADA, ADA], "mail goes to real owners only");
}

/// P043: where the policy does not admit what a link leads to, none is mailed, and none that is out works.
#[tokio::test]
async fn p043_no_link_leads_past_the_methods_of_the_policy() {
    let post = Post::new().await;
    let (jar, link) = post.mailed("login-link").await;
    let (other, reset) = post.mailed("login-reset").await;
    let methods = BTreeSet::from([Factor::Passkey]);
    post.policy(Policy { methods, ..Policy::default() }).await;
    for by in ["login-link", "login-reset"] {
        let (jar, page) = post.before(ADA).await;
        assert!(post.ask(&jar, &page, by).await.has("link-sent"), "as for anybody");
    }
    assert_eq!(post.server.mails().await.len(), 2, "no new mail");
    let page = jar.open(&link).await;
    assert_eq!(jar.submit(&page, &[]).await.status, 410);
    assert!(!super::is_signed_in(&jar).await);
    assert_eq!(other.open(&reset).await.status, 410);
    let refused = post.events("link.mailed").await;
    assert!(refused.iter().any(|event| event.body.contains("\"reason\":\"methods\"")), "{refused:?}");
}

/// P043: the same for the networks of the policy.
#[tokio::test]
async fn p043_no_link_leads_past_the_networks_of_the_policy() {
    let post = Post::new().await;
    let (jar, link) = post.mailed("login-link").await;
    let mut policy = Policy::default();
    policy.networks.sign_in = vec!["10.0.0.0/8".parse().expect("a network")];
    post.policy(policy).await;
    let (asking, page) = post.before(ADA).await;
    for by in ["login-link", "login-reset"] {
        post.ask(&asking, &page, by).await;
    }
    assert_eq!(post.server.mails().await.len(), 1);
    let page = jar.open(&link).await;
    assert_eq!(jar.submit(&page, &[]).await.status, 410);
}

/// P068: over all doors together, whatever spelling is typed.
#[tokio::test]
async fn p068_fifty_asks_over_all_doors_bring_five_mails() {
    let post = Post::on(TestServer::with().unlimited().start().await).await;
    for n in 0..50 {
        let email = if n % 2 == 0 { ADA } else { "ADA@Acme.Example" };
        let (jar, page) = post.before(email).await;
        let by = if n % 4 < 2 { "login-link" } else { "login-reset" };
        let sent = post.ask(&jar, &page, by).await;
        assert!(sent.status == 200 && sent.has("link-sent"), "{n}: {sent:?}");
    }
    assert_eq!(post.server.mails().await.len(), 5);
}

/// P068: who asks where nobody has the address uses up no mail of whoever has it elsewhere.
#[tokio::test]
async fn p068_asks_in_vain_silence_nobody_elsewhere() {
    let post = Post::on(TestServer::with().unlimited().start().await).await;
    post.server.organisation("globex", &[]).await;
    for _ in 0..6 {
        let jar = post.server.browser();
        let page = at_password(&jar, ADA, "globex").await;
        assert!(post.ask(&jar, &page, "login-link").await.has("link-sent"));
    }
    assert!(post.server.mails().await.is_empty());
    let (jar, page) = post.before(ADA).await;
    post.ask(&jar, &page, "login-link").await;
    assert_eq!(post.server.mails().await.len(), 1);
}

/// P068: one address that asks for many.
#[tokio::test]
async fn p068_one_address_asks_only_so_often() {
    let post = Post::on(TestServer::with().set("limits.mail_address", "3 per 10m").start().await).await;
    let acme = post.server.scope_of("acme").await;
    let mut statuses = Vec::new();
    for name in ["u", "v", "w", "x", "y"] {
        let email = format!("{name}@acme.example");
        acme.person(&email, &[]).await;
        let (jar, page) = post.before(&email).await;
        statuses.push(post.ask(&jar, &page, "login-link").await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(post.server.mails().await.len(), 3);
}
