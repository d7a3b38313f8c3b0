//! A person's data, taken along and deleted by themselves (P144, P145).

use std::time::Duration;

use symbolon::model::role::Role;
use symbolon::storage::records::users;

use super::{ADA, BOB, World, field, is_signed_in, prove};
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;

async fn ask(jar: &Jar, action: &str, confirm: &str) -> Page {
    let csrf = field(&jar.open("/account/data").await, "csrf");
    let sent = jar.post("/account/data", &[("csrf", &csrf), ("action", action), ("confirm", confirm)]).await;
    jar.follow(sent).await
}

/// P144: what is theirs, and nothing that opens something or is of somebody else.
#[tokio::test]
async fn p144_the_file_holds_ones_own_data_without_secrets_and_without_others() {
    let world = World::new().await;
    let (jar, bob) = (world.ada().await, world.browser(BOB, PASSWORD).await);
    world.tokens(&jar, &world.shop, "openid email").await;
    let page = jar.open("/account/tokens/new").await;
    let made = jar.submit(&page, &[("name", "backup"), ("days", "30"), ("grant-1", "account:read")]).await;
    let token = made.text_of("token").expect("a token");
    let codes = jar.open("/account/factors/recovery-codes").await;
    jar.submit(&codes, &[("action", "make")]).await;
    let file = ask(&jar, "download", "").await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"my-data.json\""), "{file:?}");
    assert!(file.header("cache-control").is_some_and(|it| it.contains("no-store")), "{file:?}");
    let data = file.json();
    assert_eq!(data["account"]["email"], ADA);
    assert_eq!(data["profile"]["name"], "Ada Lovelace");
    assert_eq!(data["consents"][0]["client_id"], "shop");
    assert_eq!(data["access_tokens"][0]["name"], "backup");
    assert_eq!(data["sessions"].as_array().map(Vec::len), Some(1));
    assert!(data["history"].as_array().is_some_and(|all| all.len() >= 3), "{data:#}");
    let cookie = jar.cookie("symbolon").expect("a cookie");
    for secret in [token.as_str(), "syp_", "$argon2", "sealed1.", cookie.as_str(), BOB, PASSWORD] {
        assert!(!file.body.contains(secret), "{secret}: {}", file.body);
    }
    let mut below = Everything::open(world.server.storage());
    for row in ["passwords", "personal_access_tokens", "recovery_codes"] {
        for stored in &below.all()[row] {
            for word in stored.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 40) {
                assert!(!file.body.contains(word), "{row}: {word}");
            }
        }
    }
    assert_eq!(world.events("user.exported").await.len(), 1);
    assert!(!ask(&bob, "download", "").await.body.contains(ADA));
}

/// P048: neither with a session that was left open.
#[tokio::test]
async fn p048_an_old_session_takes_no_data_along_and_deletes_nothing() {
    let world = World::new().await;
    let jar = world.ada().await;
    world.later().await;
    for action in ["download", "delete"] {
        let asked = ask(&jar, action, ADA).await;
        assert_eq!(asked.marker().as_deref(), Some("page-password"), "{action}: {asked:?}");
    }
    assert!(world.events("user.exported").await.is_empty() && is_signed_in(&jar).await);
    let asked = ask(&jar, "download", "").await;
    assert_eq!(prove(&jar, &asked).await.marker().as_deref(), Some("page-data"));
}

/// P145: nothing of the account opens any more, its owner is told, and who administers can bring it back for a while.
#[tokio::test]
async fn p145_an_account_that_its_owner_deletes_opens_nothing() {
    let world = World::new().await;
    let (jar, phone) = (world.ada().await, world.ada().await);
    let tokens = world.tokens(&phone, &world.notes, "openid offline_access").await;
    for typed in ["", "yes", BOB, "ada@acme.exampl"] {
        let refused = ask(&jar, "delete", typed).await;
        assert_eq!(
            (refused.status.as_u16(), refused.has("data-confirm-problem")),
            (422, true),
            "{refused:?}"
        );
    }
    let gone = ask(&jar, "delete", " ADA@acme.example ").await;
    assert_eq!(gone.marker().as_deref(), Some("page-account-deleted"), "{gone:?}");
    assert!(!is_signed_in(&jar).await && !is_signed_in(&phone).await);
    assert!(!world.opens(&tokens).await && !world.refreshes(&world.notes, &tokens).await);
    let again = world.sign_in(&world.server.browser(), ADA, PASSWORD).await;
    assert_eq!(again.marker().as_deref(), Some("page-password"), "{again:?}");
    assert!(world.subjects().await.iter().any(|subject| subject.contains("deleted")));
    let id = world.ada;
    let call = world.server.operator();
    let restored = world.server.database().write(&world.acme, move |tx| {
        let ada = users::find(tx, id)?.expect("her row");
        let actor = symbolon::model::audit::Actor::Operator;
        symbolon::flows::provision::restore_user(tx, &call, &actor, &ada)
    });
    assert!(restored.await.expect("an answer").is_ok());
    world.server.advance(Duration::from_secs(1)).await;
    assert!(!is_signed_in(&jar).await, "what ended stays ended");
}

/// P102: the last owner cannot leave.
#[tokio::test]
async fn p102_the_last_owner_does_not_delete_their_own_account() {
    let world = World::new().await;
    let acme = world.server.scope_of("acme").await;
    acme.person("owner@acme.example", &[Role::Owner]).await;
    let jar = world.browser("owner@acme.example", PASSWORD).await;
    assert!(jar.open("/account/data").await.has("data-last-owner"));
    let refused = ask(&jar, "delete", "owner@acme.example").await;
    assert_eq!((refused.status.as_u16(), refused.has("data-last-owner")), (409, true), "{refused:?}");
    assert!(is_signed_in(&jar).await);
    acme.person("second@acme.example", &[Role::Owner]).await;
    let gone = ask(&jar, "delete", "owner@acme.example").await;
    assert_eq!(gone.marker().as_deref(), Some("page-account-deleted"), "{gone:?}");
}
