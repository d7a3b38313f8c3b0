//! A person's data, taken along and deleted by themselves (P144, P145).

use std::time::Duration;

use symbolon::model::role::Role;
use symbolon::model::user::User;
use symbolon::storage::records::{tenants, users};

use super::{ADA, BOB, World, field, is_signed_in, prove};
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::wait::until;

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
    assert!(jar.open("/account/data").await.has("data-stays"));
    let refused = ask(&jar, "delete", "owner@acme.example").await;
    assert_eq!((refused.status.as_u16(), refused.has("data-stays")), (409, true), "{refused:?}");
    assert!(is_signed_in(&jar).await);
    acme.person("second@acme.example", &[Role::Owner]).await;
    let gone = ask(&jar, "delete", "owner@acme.example").await;
    assert_eq!(gone.marker().as_deref(), Some("page-account-deleted"), "{gone:?}");
}

/// P102: the account for emergencies is the declaration's to take away, though there are other owners.
#[tokio::test]
async fn p102_the_account_for_emergencies_is_not_deleted_by_whoever_is_signed_in_to_it() {
    let world = World::new().await;
    let acme = world.server.scope_of("acme").await;
    acme.person("second@acme.example", &[Role::Owner]).await;
    let id = acme.person("owner@acme.example", &[Role::Owner]).await;
    let marked = world.server.database().write(&world.acme, move |tx| {
        let user = users::find(tx, id)?.expect("the owner");
        users::update(tx, &User { break_glass: true, ..user })
    });
    assert!(marked.await.expect("stored"));
    let jar = world.browser("owner@acme.example", PASSWORD).await;
    assert!(jar.open("/account/data").await.has("data-stays"));
    let csrf = field(&jar.open("/account/data").await, "csrf");
    let fields = [("csrf", csrf.as_str()), ("action", "delete"), ("confirm", "owner@acme.example")];
    let refused = jar.post("/account/data", &fields).await;
    assert_eq!((refused.status.as_u16(), refused.has("data-stays")), (409, true), "{refused:?}");
    assert!(is_signed_in(&jar).await);
}

/// R75, D20: a profile that is saved at the same time keeps nobody from stopping the account. Whoever administers holds the
/// tenants and then the person; so does the page.
#[tokio::test]
async fn p101_a_profile_that_is_being_saved_keeps_nobody_from_stopping_the_account() {
    let world = World::new().await;
    let jar = world.ada().await;
    let page = jar.open("/account/profile").await;
    let database = world.server.database().with_patience(Duration::from_mins(1));
    let (acme, ada) = (world.acme.clone(), world.ada);
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let stopping = tokio::spawn(async move {
        let stopped = database.write(&acme, move |tx| {
            tenants::hold(tx)?;
            let _waiting = inside.send(());
            let _opened = gate.recv();
            users::hold_active(tx, ada)
        });
        stopped.await
    });
    entered.await.expect("the tenants are held");
    let meanwhile = async {
        let mut everything = Everything::open(world.server.storage());
        until(Duration::from_secs(20), "the profile waits", async || everything.anybody_waits()).await;
        open.send(()).expect("somebody holds the tenants");
    };
    let fields = [("name", "Ada")];
    let (saved, ()) = tokio::join!(jar.submit(&page, &fields), meanwhile);
    let stopped = stopping.await.expect("it ended");
    assert!(stopped.expect("nobody waits for each other"), "the person is held");
    assert!(saved.has("profile-saved"), "{saved:?}");
}
