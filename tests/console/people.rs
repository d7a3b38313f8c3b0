//! What owners and admins see and do to people in the console, and where they end (P101, P102, R39).

use symbolon::model::role::Role;

use super::{OLGA, World, act, address, csrf};
use crate::harness::seed::PASSWORD;

/// What a form sends.
type Fields<'a> = &'a [(&'a str, &'a str)];

#[tokio::test]
async fn people_are_searched_and_leafed_through() {
    let world = World::new().await;
    let acme = world.server.scope_of("acme").await;
    for n in 0..60 {
        acme.person(&format!("worker{n:02}@acme.example"), &[Role::Member]).await;
    }
    let jar = world.browser(&address(Role::Admin)).await;
    let mut page = jar.open("/console").await;
    assert_eq!(page.marker().as_deref(), Some("page-console-people"), "{page:?}");
    let mut seen = page.body.matches("worker").count();
    assert!(!page.has("people-first"));
    while let Some(next) = page.attribute("people-next", "href") {
        page = jar.open(&next.replace("&amp;", "&")).await;
        seen += page.body.matches("worker").count();
        assert!(page.has("people-first"), "{page:?}");
    }
    assert_eq!(seen, 60);
    let list = jar.open("/console/people").await;
    for (filled, own, other) in [
        ([("search", "OLGA@"), ("status", ""), ("role", "")], OLGA, "worker"),
        ([("search", "worker5"), ("status", "active"), ("role", "member")], "worker55", "worker44"),
        ([("search", ""), ("status", ""), ("role", "auditor")], "auditor@acme.example", "worker"),
    ] {
        let found = jar.submit(&list, &filled).await;
        let table = found.body.split("<tbody>").nth(1).expect("a table");
        assert!(table.contains(own) && !table.contains(other), "{filled:?}: {found:?}");
    }
    for (search, status) in [("100%", ""), ("_orker", ""), ("'; --", ""), ("worker", "suspended")] {
        let found = jar.submit(&list, &[("search", search), ("status", status)]).await;
        assert!(found.has("people-none"), "{search}: {found:?}");
    }
    for bad in ["status=unknown", "role=emperor", "cursor=x", "search=%00"] {
        assert_eq!(jar.open(&format!("/console/people?{bad}")).await.status.as_u16(), 400, "{bad}");
    }
}

/// Each action does what the API does, and is recorded once with who did it.
#[tokio::test]
async fn an_owner_suspends_resumes_unlocks_signs_out_and_gives_roles() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let member = world.of(Role::Member);
    let owner = world.of(Role::Owner).to_string();
    let theirs = world.browser(&address(Role::Member)).await;
    let mut page = world.page(&jar, member).await;
    assert!(page.body.contains("member@acme.example") && page.has("session-end-1"), "{page:?}");
    let steps: [(Fields<'_>, &str, &str); 5] = [
        (
            &[("action", "roles"), ("role-member", "on"), ("role-auditor", "on")],
            "person-notice",
            "user.changed",
        ),
        (&[("action", "suspend")], "person-resume", "user.changed"),
        (&[("action", "resume")], "person-suspend", "user.changed"),
        (&[("action", "unlock")], "person-notice", ""),
        (&[("action", "end-sessions")], "person-notice", ""),
    ];
    for (fields, id, kind) in steps {
        let before = world.events(world.acme);
        page = world.page(&jar, member).await;
        let version = page.form_of("roles-form").fields.into_iter().find(|(name, _)| name == "version");
        let version = version.expect("a version").1;
        let mut fields = fields.to_vec();
        fields.push(("version", &version));
        page = jar.follow(act(&jar, member, &csrf(&page), &fields).await).await;
        assert!(page.has(id) && page.has("person-notice"), "{fields:?}: {page:?}");
        let events = world.events(world.acme);
        let new: Vec<_> = events.iter().filter(|event| !before.contains(event)).collect();
        if !kind.is_empty() {
            let changes = new.iter().filter(|event| event.contains(kind) && event.contains(&owner)).count();
            assert_eq!(changes, 1, "{fields:?}: {new:#?}");
        }
    }
    assert!(page.has("role-auditor") && page.body.contains("id=\"role-auditor\""), "{page:?}");
    assert!(!theirs.open("/").await.has("home-sign-out"), "the suspension ended the session");
    let stale =
        act(&jar, member, &csrf(&page), &[("action", "roles"), ("version", "old"), ("role-owner", "on")])
            .await;
    assert_eq!((stale.status.as_u16(), stale.has("person-problem")), (409, true), "{stale:?}");
}

/// One session is ended, and the other stays.
#[tokio::test]
async fn one_session_of_somebody_is_ended_alone() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Admin)).await;
    let (one, other) =
        (world.browser(&address(Role::Member)).await, world.browser(&address(Role::Member)).await);
    let page = world.page(&jar, world.of(Role::Member)).await;
    let sid = page.attribute("session-end-1", "value").expect("a session");
    let page = jar.follow(act(&jar, world.of(Role::Member), &csrf(&page), &[("end", &sid)]).await).await;
    assert!(page.has("person-notice") && !page.has("session-end-2"), "{page:?}");
    let left = [&one, &other];
    let mut signed_in = 0;
    for jar in left {
        signed_in += usize::from(jar.open("/").await.has("home-sign-out"));
    }
    assert_eq!(signed_in, 1);
}

/// P101: the ladder. An admin acts upon nobody who is an owner and gives no role at all; the forms are not even shown, and
/// sent all the same they change nothing.
#[tokio::test]
async fn p101_an_admin_gives_no_roles_and_touches_no_owner() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Admin)).await;
    let own = world.of(Role::Admin);
    let token = csrf(&jar.open("/console/people").await);
    let before = world.rows(world.acme);
    let owners = world.page(&jar, world.olga).await;
    for id in ["person-suspend", "person-unlock", "person-end-sessions", "roles-save"] {
        assert!(!owners.has(id), "{id}: {owners:?}");
    }
    for action in ["suspend", "resume", "unlock", "end-sessions"] {
        let page = act(&jar, world.olga, &token, &[("action", action)]).await;
        assert_eq!((page.status.as_u16(), page.has("person-problem")), (403, true), "{action}: {page:?}");
    }
    for user in [world.olga, own, world.of(Role::Member)] {
        for role in Role::ALL {
            let field = format!("role-{}", role.as_str());
            let page = act(&jar, user, &token, &[("action", "roles"), (&field, "on")]).await;
            assert_eq!(page.status.as_u16(), 403, "{role:?}: {page:?}");
        }
    }
    let page = act(&jar, own, &token, &[("action", "suspend")]).await;
    assert_eq!((page.status.as_u16(), page.has("person-problem")), (403, true), "{page:?}");
    assert_eq!(world.rows(world.acme), before);
}

/// P102: nobody demotes or suspends themselves, and two owners at once leave one.
#[tokio::test]
async fn p102_an_owner_stays_whatever_the_console_is_sent() {
    for action in [&[("action", "suspend")][..], &[("action", "roles"), ("role-member", "on")]] {
        let world = World::new().await;
        let owner = world.of(Role::Owner);
        let (ours, theirs) = (world.browser(&address(Role::Owner)).await, world.browser(OLGA).await);
        let tokens = (csrf(&ours.open("/console/people").await), csrf(&theirs.open("/console/people").await));
        let page = act(&ours, owner, &tokens.0, action).await;
        assert_eq!((page.status.as_u16(), page.has("person-problem")), (403, true), "{page:?}");
        let (first, second) =
            tokio::join!(act(&ours, world.olga, &tokens.0, action), act(&theirs, owner, &tokens.1, action));
        let done = |page: &crate::harness::jar::Page| page.location().is_some_and(|to| to.contains("done="));
        assert!(done(&first) != done(&second), "{first:?} {second:?}");
        let left = world.rows(world.acme)["users"]
            .iter()
            .filter(|row| row.contains("owner\\\"]") || row.contains("[\"owner\"]"))
            .filter(|row| !row.contains("suspended"))
            .count();
        assert_eq!(left, 1, "{:?}", world.rows(world.acme)["users"]);
    }
}

/// What is shown of a person holds nothing that opens anything.
#[tokio::test]
async fn the_page_of_a_person_shows_no_secret() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let page = world.page(&jar, world.of(Role::Member)).await;
    for secret in [PASSWORD, "$argon2", "sealed"] {
        assert!(!page.body.contains(secret), "{page:?}");
    }
    assert!(page.header("cache-control").is_some_and(|kept| kept.contains("no-store")), "{page:?}");
}
