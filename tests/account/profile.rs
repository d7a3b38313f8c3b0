//! What people say of themselves, and what they cannot (P063).

use symbolon::model::user::User;
use symbolon::storage::records::users;

use super::{World, field};
use crate::harness::rows::{Everything, RECORD, without};

impl World {
    async fn read_ada(&self) -> User {
        let id = self.ada;
        let found = self.server.database().read(&self.acme, move |tx| users::find(tx, id)).await;
        found.expect("read").expect("ada")
    }
}

#[tokio::test]
async fn people_say_how_they_are_called_and_in_which_language_they_read() {
    let world = World::new().await;
    let jar = world.ada().await;
    let page = jar.open("/account/profile").await;
    assert_eq!(page.marker().as_deref(), Some("page-profile"), "{page:?}");
    assert_eq!(page.attribute("profile-name", "value").as_deref(), Some("Ada Lovelace"));
    let typed = [
        ("name", "  Ada King  "),
        ("nickname", "Countess"),
        ("picture", "https://people.example/ada.jpg"),
        ("zoneinfo", "Europe/London"),
        ("locale", "de"),
        ("family_name", ""),
    ];
    let page = jar.submit(&page, &typed).await;
    assert!(page.has("profile-saved"), "{page:?}");
    assert!(page.body.contains("<html lang=\"de\""), "the pages are in her language: {page:?}");
    let ada = world.read_ada().await;
    assert_eq!(ada.profile.name.as_deref(), Some("Ada King"));
    assert_eq!(ada.profile.nickname.as_deref(), Some("Countess"));
    assert_eq!(ada.profile.locale.as_deref(), Some("de"));
    assert_eq!(ada.profile.updated_at, Some(world.server.now().unix()));
    let page = jar.submit(&page, &[("name", "")]).await;
    assert!(page.has("profile-saved"), "{page:?}");
    assert_eq!(world.read_ada().await.profile.name, None, "an empty field takes away what was there");
    let events = world.events("user.changed").await;
    assert_eq!(events.len(), 2);
    assert!(events.iter().all(|event| event.body.contains(&world.ada.to_string())), "{events:?}");
    assert!(events.iter().all(|event| !event.body.contains("Countess")), "{events:?}");
}

/// What has no claim on the page stays as it was.
#[tokio::test]
async fn what_the_page_does_not_ask_for_stays() {
    let world = World::new().await;
    let (id, jar) = (world.ada, world.ada().await);
    let put = move |tx: &mut symbolon::storage::TenantTx<'_>| {
        let mut ada = users::find(tx, id)?.expect("ada");
        ada.profile.phone_number = Some("+49 30 901820".to_owned());
        ada.profile.phone_number_verified = Some(true);
        ada.profile.preferred_username = Some("ada".to_owned());
        users::update(tx, &ada)
    };
    world.server.database().write(&world.acme, put).await.expect("stored");
    let page = jar.open("/account/profile").await;
    jar.submit(&page, &[("name", "Ada")]).await;
    let ada = world.read_ada().await;
    assert_eq!(ada.profile.phone_number.as_deref(), Some("+49 30 901820"));
    assert_eq!(ada.profile.phone_number_verified, Some(true));
    assert_eq!(ada.profile.preferred_username.as_deref(), Some("ada"));
}

/// P063: members of the account that are not theirs to say are refused, and nothing of the form is stored.
#[tokio::test]
async fn p063_nobody_says_of_themselves_what_others_have_to() {
    let world = World::new().await;
    let jar = world.ada().await;
    let page = jar.open("/account/profile").await;
    let csrf = field(&page, "csrf");
    let before = without(Everything::open(world.server.storage()).all(), &RECORD);
    for extra in [
        "id",
        "user",
        "user_id",
        "sub",
        "role",
        "roles",
        "groups",
        "tenant_id",
        "is_admin",
        "email",
        "email_verified",
        "phone_number",
        "phone_number_verified",
        "preferred_username",
        "status",
        "break_glass",
        "password",
        "password_hash",
        "created_at",
        "updated_at",
        "external_id",
        "profile",
        "Name",
    ] {
        let sent = jar.post("/account/profile", &[("csrf", &csrf), ("name", "Eve"), (extra, "owner")]).await;
        assert_eq!(sent.status.as_u16(), 400, "{extra}: {sent:?}");
        assert!(!sent.body.contains("owner"), "{extra}: {sent:?}");
    }
    assert_eq!(without(Everything::open(world.server.storage()).all(), &RECORD), before);
}

#[tokio::test]
async fn what_breaks_its_rule_is_told_beside_its_field_and_stores_nothing() {
    let world = World::new().await;
    let jar = world.ada().await;
    for (name, text, problem) in [
        ("name", "a\u{202e}b", "profile-name-problem"),
        ("name", "two\nlines", "profile-name-problem"),
        ("given_name", "\u{200b}", "profile-given-name-problem"),
        ("nickname", "<script>\u{7}", "profile-nickname-problem"),
        ("picture", "javascript:alert(1)", "profile-picture-problem"),
        ("picture", "data:text/html,x", "profile-picture-problem"),
        ("website", "people.example", "profile-website-problem"),
        ("locale", "English", "profile-locale-problem"),
        ("zoneinfo", "Europe/Berlin; DROP", "profile-zoneinfo-problem"),
    ] {
        let page = jar.open("/account/profile").await;
        let page = jar.submit(&page, &[(name, text), ("family_name", "Mallory")]).await;
        assert_eq!((page.status.as_u16(), page.has(problem)), (422, true), "{name}: {page:?}");
        assert!(page.body.contains("Mallory"), "what was typed stays: {page:?}");
        assert!(!page.body.contains("<script>\u{7}"), "{page:?}");
    }
    let long = "x".repeat(201);
    let page = jar.open("/account/profile").await;
    assert!(jar.submit(&page, &[("name", &long)]).await.has("profile-name-problem"));
    assert_eq!(world.read_ada().await.profile.family_name, None);
}
