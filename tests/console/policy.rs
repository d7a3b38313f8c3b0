//! The sign-in policy in the console: shown, tried, saved, and what must not work (R24, P102); and what the page of a person does
//! with factors, tokens and links (D33, P101).

use symbolon::model::role::Role;
use symbolon::storage::records::policies;

use super::{OLGA, World, act, address, csrf};
use crate::harness::jar::{Jar, Page};

const PATH: &str = "/console/policy";

impl World {
    async fn stored(&self) -> symbolon::model::policy::Policy {
        let scope = self.server.scope_of("acme").await.scope.clone();
        self.server.database().read(&scope, policies::find).await.expect("a policy")
    }
}

/// What stands in the visible fields while nothing is changed.
const FIELDS: [(&str, &str); 8] = [
    ("registration", "0"),
    ("method-password", "on"),
    ("method-passkey", "on"),
    ("method-totp", "on"),
    ("method-magic_link", "on"),
    ("min_length", "12"),
    ("idle", "8h"),
    ("absolute", "7d"),
];

/// Sends the form of the policy with these fields changed.
async fn send(jar: &Jar, page: &Page, fields: &[(&str, &str)]) -> Page {
    let form = page.form_of("policy-form");
    let mut all: Vec<(&str, &str)> =
        form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend(FIELDS);
    all.retain(|(name, _)| !fields.iter().any(|(own, _)| own == name));
    all.extend_from_slice(fields);
    jar.follow(jar.post(PATH, &all).await).await
}

#[tokio::test]
async fn r24_an_owner_tries_the_policy_and_then_saves_it() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    world.browser(&address(Role::Member)).await;
    let page = jar.open(PATH).await;
    assert_eq!(page.marker().as_deref(), Some("page-console-policy"), "{page:?}");
    let before = world.stored().await;
    let tried = send(&jar, &page, &[("role-member", "on"), ("action", "try")]).await;
    assert!(tried.has("policy-tried"), "{tried:?}");
    assert!(tried.body.contains(&address(Role::Member)) && tried.body.contains("mfa.roles"), "{tried:?}");
    assert_eq!(world.stored().await, before, "trying changes nothing");
    assert!(tried.attribute("mfa-member", "checked").is_some(), "what was tried stays in the form");
    let networks = ("trusted", "10.0.0.0/8\r\n2001:db8::/32");
    let saved =
        send(&jar, &tried, &[("min_length", "16"), ("remember_days", "14"), networks, ("action", "save")])
            .await;
    assert!(saved.has("policy-notice"), "{saved:?}");
    let now = world.stored().await;
    assert_eq!((now.password.min_length, now.networks.trusted.len()), (16, 2));
    assert_eq!(now.remembered_devices.days, 14);
    let again = send(&jar, &tried, &[("min_length", "20"), ("action", "save")]).await;
    assert_eq!(again.status, 409, "of another version: {again:?}");
    assert!(again.has("policy-problem"));
    assert_eq!(world.stored().await, now);
}

#[tokio::test]
async fn d27_what_cannot_be_taken_is_named_and_stays_in_its_field() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let page = jar.open(PATH).await;
    let before = world.stored().await;
    for (name, value) in [
        ("sign_in", "<script>alert(1)</script>"),
        ("min_length", "8"),
        ("min_length", "many"),
        ("idle", "90d"),
        ("access", "2h"),
        ("remember_days", "31"),
        ("remember_days", "ever"),
        ("grace_until", "soon"),
        ("email_domains", "not_a_domain"),
        ("registration", "1"),
    ] {
        for action in ["try", "save"] {
            let page = send(&jar, &page, &[(name, value), ("action", action)]).await;
            assert_eq!(page.status, 422, "{name}={value}: {page:?}");
            assert!(page.has("policy-problem"), "{page:?}");
            assert!(!page.body.contains("<script>alert"), "{page:?}");
        }
    }
    assert_eq!(world.stored().await, before);
}

/// P102: nobody locks every owner out, and who locks themselves out says so.
#[tokio::test]
async fn p102_a_policy_that_locks_out_is_not_saved_by_accident() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    world.browser(OLGA).await;
    let page = jar.open(PATH).await;
    let before = world.stored().await;
    let all = send(&jar, &page, &[("everybody", "on"), ("accept", "on"), ("action", "save")]).await;
    assert_eq!(all.status, 409, "{all:?}");
    let elsewhere = [("administration", "203.0.113.0/24"), ("action", "save")];
    let own = send(&jar, &page, &elsewhere).await;
    assert!(own.status == 409 && own.has("policy-accept"), "{own:?}");
    assert_eq!(world.stored().await, before);
    let fields = [("administration", "203.0.113.0/24"), ("accept", "on"), ("action", "save")];
    let meant = send(&jar, &own, &fields).await;
    assert_eq!(meant.status, 403, "it is saved, and keeps them out: {meant:?}");
    assert_ne!(world.stored().await, before);
}

/// Admins see and try it; only those whose role has it save it.
#[tokio::test]
async fn p100_an_admin_tries_the_policy_and_does_not_save_it() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Admin)).await;
    let page = jar.open(PATH).await;
    assert!(page.has("policy-try") && !page.has("policy-save"), "{page:?}");
    let before = world.stored().await;
    assert!(send(&jar, &page, &[("action", "try")]).await.has("policy-tried"));
    let saved = send(&jar, &page, &[("min_length", "20"), ("action", "save")]).await;
    assert_eq!(saved.status, 403, "{saved:?}");
    assert_eq!(world.stored().await, before);
}

/// The page of a person: what is done there is done as at the API, and owners' things by owners alone.
#[tokio::test]
async fn p101_factors_and_links_of_a_person_from_the_console() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Admin)).await;
    let member = world.of(Role::Member);
    let page = world.page(&jar, member).await;
    for id in ["factor-reset-1", "person-factor-link", "person-reset-mail"] {
        assert!(page.has(id), "{id}: {page:?}");
    }
    let token = csrf(&page);
    for action in ["factor-link", "reset-mail"] {
        let page = jar.follow(act(&jar, member, &token, &[("action", action)]).await).await;
        assert!(page.has("person-notice"), "{action}: {page:?}");
    }
    let mails = world.server.mails().await;
    assert_eq!(mails.iter().filter(|mail| mail.to == address(Role::Member)).count(), 2, "{mails:?}");
    let reset = jar.follow(act(&jar, member, &token, &[("reset", "password")]).await).await;
    assert!(reset.has("person-notice") && reset.has("person-no-factors"), "{reset:?}");
    for more in [("reset", "password"), ("reset", "x"), ("revoke", "x")] {
        let gone = jar.follow(act(&jar, member, &token, &[more]).await).await;
        assert_eq!(gone.status, 404, "{more:?}: {gone:?}");
    }
    let before = world.rows(world.acme)["passwords"].clone();
    for more in [("reset", "password"), ("action", "factor-link"), ("action", "reset-mail")] {
        let page = jar.follow(act(&jar, world.olga, &token, &[more]).await).await;
        assert_eq!(page.status, 403, "{more:?}: {page:?}");
        let own = jar.follow(act(&jar, world.of(Role::Admin), &token, &[more]).await).await;
        assert_eq!(own.status, 403, "{more:?}: {own:?}");
    }
    assert_eq!(world.rows(world.acme)["passwords"], before);
}

#[tokio::test]
async fn the_home_page_leads_those_to_the_console_who_administer() {
    let world = World::new().await;
    for role in Role::ALL {
        let jar = world.browser(&address(role)).await;
        let may = matches!(role, Role::Owner | Role::Admin);
        assert_eq!(jar.open("/").await.has("home-console"), may, "{role:?}");
    }
}

/// Whoever comes to the console signs in and is there, past a mistyped password too; `then` leads nowhere else.
#[tokio::test]
async fn whoever_signs_in_for_the_console_comes_to_the_console() {
    let world = World::new().await;
    let jar = world.server.browser();
    let page = jar.open(PATH).await;
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:?}");
    let owner = address(Role::Owner);
    let page = jar.submit(&page, &[("username", &owner), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", "not the password")]).await;
    let inside = jar.submit(&page, &[("password", crate::harness::seed::PASSWORD)]).await;
    assert_eq!(inside.marker().as_deref(), Some("page-console-people"), "{inside:?}");
    for then in ["https://evil.example", "//evil.example", "/oauth2/logout", "account"] {
        let page = world.server.browser().open(&format!("/login?then={then}")).await;
        assert!(!page.body.contains("name=\"then\""), "{then}: {page:?}");
    }
}
