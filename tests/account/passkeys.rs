//! Passkeys on the pages of their owner: in the account that was named, once for each form, and never less than the tenant
//! asks for (P048, P052).

use std::collections::BTreeSet;

use serde_json::Value;
use symbolon::model::policy::Policy;
use symbolon::model::session::Factor;
use symbolon::storage::records::policies;

use super::{ADA, BOB, World, field, prove};
use crate::harness::authenticator::Authenticator;
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;

impl World {
    async fn rule(&self, policy: Policy) {
        let now = self.server.now();
        let put = self.server.database().write(&self.acme, move |tx| policies::put(tx, &policy, now));
        put.await.expect("set");
    }

    fn passkeys(&self) -> i64 {
        Everything::open(self.server.storage()).count("passkeys")
    }
}

/// What the page asks, answered by this device and ready to be sent.
fn answered(device: &mut Authenticator, page: &Page) -> Vec<(String, String)> {
    let options = page.attribute("passkey-form", "data-options").expect("a question");
    let options: Value = serde_json::from_str(&options).expect("options");
    let mut fields = page.form_of("passkey-form").fields;
    fields.retain(|(name, _)| name != "answer");
    fields.push(("answer".to_owned(), device.make(&options).to_string()));
    fields.push(("name".to_owned(), "Laptop".to_owned()));
    fields
}

async fn send(jar: &Jar, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    jar.post("/account/passkeys/new", &fields).await
}

async fn add(world: &World, jar: &Jar) -> Page {
    let page = jar.open("/account/passkeys/new").await;
    send(jar, &answered(&mut Authenticator::at(world.server.issuer()), &page)).await
}

#[tokio::test]
async fn p052_a_passkey_form_that_is_sent_twice_is_answered_alike_and_adds_one() {
    let world = World::new().await;
    let jar = world.ada().await;
    let page = jar.open("/account/factors").await;
    let list = jar.open(&page.attribute("passkeys-manage", "href").expect("a link")).await;
    let new = jar.open(&list.attribute("passkey-add", "href").expect("a link")).await;
    assert!(new.has("nav-sessions") && new.has("passkey-form"), "{new:?}");
    let fields = answered(&mut Authenticator::at(world.server.issuer()), &new);
    let (first, second) = (send(&jar, &fields).await, send(&jar, &fields).await);
    for answer in [&first, &second] {
        assert_eq!(
            (answer.status.as_u16(), answer.marker().as_deref()),
            (200, Some("page-passkey-added")),
            "{answer:?}"
        );
    }
    assert!(first.has("recovery-codes") && !first.has("passkey-again"), "{first:?}");
    assert!(second.has("passkey-again") && second.has("codes-manage"), "{second:?}");
    assert_eq!((world.passkeys(), world.events("factor.added").await.len()), (1, 1));
    // Of another person the very same form adds nothing.
    let bob = world.browser(BOB, PASSWORD).await;
    let csrf = field(&bob.open("/account/profile").await, "csrf");
    let mut theirs = fields;
    theirs.retain(|(name, _)| name != "csrf" && name != "account");
    theirs.push(("csrf".to_owned(), csrf));
    let refused = send(&bob, &theirs).await;
    assert_eq!((refused.status.as_u16(), world.passkeys()), (422, 1), "{refused:?}");
}

#[tokio::test]
async fn a_passkey_that_is_taken_away_twice_is_gone_and_told_alike() {
    let world = World::new().await;
    let jar = world.ada().await;
    add(&world, &jar).await;
    let list = jar.open("/account/passkeys").await;
    let renamed = jar.submit(&list, &[("action", "rename"), ("name", "Blue key")]).await;
    assert!(renamed.has("passkeys-notice") && renamed.body.contains("Blue key"), "{renamed:?}");
    for _ in 0..2 {
        let gone = jar.submit(&list, &[("action", "remove")]).await;
        assert!(gone.has("passkeys-notice") && gone.has("passkeys-none"), "{gone:?}");
    }
    assert_eq!(world.events("factor.removed").await.len(), 1);
    let codes = Everything::open(world.server.storage()).count("recovery_codes");
    assert_eq!(codes, 0, "there is nothing left that can be lost");
    let renamed = jar.submit(&list, &[("action", "rename"), ("name", "x")]).await;
    assert_eq!(renamed.status.as_u16(), 404, "{renamed:?}");
}

/// The last way in by the tenant's own rules: a password that opens nothing is none.
#[tokio::test]
async fn p048_the_only_way_in_that_the_tenant_allows_stays() {
    let world = World::new().await;
    let jar = world.ada().await;
    add(&world, &jar).await;
    let methods = BTreeSet::from([Factor::Passkey, Factor::Totp]);
    let page = jar.open("/account/passkeys").await;
    let device = crate::webauthn::device(&world.server, &world.acme, world.ada).await;
    world.rule(Policy { methods, ..Policy::default() }).await;
    assert_eq!(jar.open("/account/passkeys").await.marker().as_deref(), Some("page-login"));
    let jar = world.server.browser();
    crate::webauthn::sign_in(&jar, &device).await;
    let list = jar.open("/account/passkeys").await;
    let first = jar.submit(&list, &[("action", "remove")]).await;
    assert!(first.has("passkey-name-1") && !first.has("passkey-name-2"), "another one is left: {first:?}");
    let stays = jar.submit(&first, &[("action", "remove")]).await;
    assert!(stays.has("passkeys-notice") && stays.body.contains("your only way to sign in"), "{stays:?}");
    assert_eq!(world.passkeys(), 1);
    drop(page);
}

/// What the tenant asks a second factor for: without the passkey a password would be alone.
#[tokio::test]
async fn p048_the_second_factor_that_the_tenant_asks_for_stays() {
    let world = World::new().await;
    let device = crate::webauthn::device(&world.server, &world.acme, world.ada).await;
    let mut policy = Policy::default();
    policy.mfa.everybody = true;
    world.rule(policy).await;
    let jar = world.server.browser();
    crate::webauthn::sign_in(&jar, &device).await;
    let list = jar.open("/account/passkeys").await;
    let stays = jar.submit(&list, &[("action", "remove")]).await;
    assert!(stays.body.contains("asks for a second way to sign in"), "{stays:?}");
    assert_eq!(world.passkeys(), 1);
    world.rule(Policy::default()).await;
    let gone = jar.submit(&list, &[("action", "remove")]).await;
    assert!(gone.has("passkeys-none"), "{gone:?}");
}

/// D1: where several accounts are signed in in a browser, the pages are about the one that was named.
#[tokio::test]
async fn the_passkeys_are_those_of_the_account_that_was_named() {
    let world = World::new().await;
    let jar = world.ada().await;
    add(&world, &jar).await;
    world.sign_in(&jar, BOB, PASSWORD).await;
    assert_eq!(jar.open("/account/passkeys").await.marker().as_deref(), Some("page-account"));
    let chooser = jar.open("/account").await;
    for n in ["account-1", "account-2"] {
        let factors = jar.open(&chooser.attribute(n, "href").expect("an account")).await;
        let list = jar.open(&factors.attribute("passkeys-manage", "href").expect("a link")).await;
        assert_eq!(list.has("passkey-name-1"), list.body.contains(ADA), "{list:?}");
        let new = jar.open(&list.attribute("passkey-add", "href").expect("a link")).await;
        assert_eq!(new.body.contains(ADA), list.body.contains(ADA), "{new:?}");
        let fields = answered(&mut Authenticator::at(world.server.issuer()), &new);
        assert_eq!(send(&jar, &fields).await.status.as_u16(), 200);
    }
    assert_eq!(world.passkeys(), 3);
}

/// P048: adding and taking away wants a proof of a moment ago; seeing and naming does not.
#[tokio::test]
async fn p048_an_old_session_adds_and_removes_no_passkey() {
    let world = World::new().await;
    let jar = world.ada().await;
    add(&world, &jar).await;
    let list = jar.open("/account/passkeys").await;
    let new = jar.open("/account/passkeys/new").await;
    world.later().await;
    let removed = jar.submit(&list, &[("action", "remove")]).await;
    assert!(removed.marker().as_deref().is_some_and(|marker| marker != "page-passkeys"), "{removed:?}");
    let sent = send(&jar, &answered(&mut Authenticator::at(world.server.issuer()), &new)).await;
    assert!(sent.location().is_some_and(|to| to.starts_with("/login/factor")), "{sent:?}");
    assert_eq!(world.passkeys(), 1);
    let named = jar.submit(&list, &[("action", "rename"), ("name", "Old phone")]).await;
    assert!(named.body.contains("Old phone"), "{named:?}");
    let asked = jar.open("/account/passkeys/new").await;
    let others = jar.open(&asked.attribute("factor-other", "href").expect("another way")).await;
    let asked = jar.open(&others.attribute("factor-password", "href").expect("the password")).await;
    // One factor does not add another where there are two.
    assert_eq!(prove(&jar, &asked).await.marker().as_deref(), Some("page-passkey"));
    assert_eq!(world.passkeys(), 1);
}
