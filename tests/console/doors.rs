//! Who comes into the console (P070, P098, P100, D32).

use std::time::Duration;

use reqwest::Method;
use symbolon::model::policy::Policy;
use symbolon::model::role::Role;
use symbolon::server::routes;
use symbolon::storage::records::policies;

use super::{World, act, address, csrf};
use crate::harness::rows::Everything;

/// Every route of the console with its methods, from the server's own map; an id in a path names nobody.
fn routes_of_the_console() -> Vec<(String, bool, bool)> {
    let table = routes::table();
    let routes: Vec<_> = table
        .iter()
        .filter(|route| route.path().starts_with("/console"))
        .map(|route| {
            let takes = |name: &str| route.gate().methods.iter().any(|method| method.as_str() == name);
            (route.path().to_owned(), takes("GET"), takes("POST"))
        })
        .collect();
    assert!(routes.len() > 2, "{routes:?}");
    routes
}

#[tokio::test]
async fn p100_whoever_is_not_signed_in_is_sent_to_do_so() {
    let world = World::new().await;
    let before = world.rows(world.acme);
    for (path, gets, posts) in routes_of_the_console() {
        let jar = world.server.browser();
        if gets {
            let page = jar.get(&path).await;
            assert_eq!(page.location().as_deref(), Some("/login?then=console"), "{path}: {page:?}");
        }
        if posts {
            let token = csrf(&jar.open("/login").await);
            let page = jar.post(&path, &[("csrf", &token), ("action", "suspend")]).await;
            assert_eq!(page.location().as_deref(), Some("/login?then=console"), "{path}: {page:?}");
        }
    }
    assert_eq!(world.rows(world.acme), before);
}

/// Somebody between two factors has no session, and so no console.
#[tokio::test]
async fn p045_a_pending_first_factor_opens_no_console() {
    let world = World::new().await;
    let scope = world.server.scope_of("acme").await.scope.clone();
    let mut policy = Policy::default();
    policy.mfa.everybody = true;
    let call = world.server.operator();
    world
        .server
        .database()
        .write(&scope, move |tx| policies::put(tx, &policy, call.now))
        .await
        .expect("a policy");
    let jar = world.server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", &address(Role::Owner)), ("organisation", "acme")]).await;
    jar.submit(&page, &[("password", crate::harness::seed::PASSWORD)]).await;
    for (path, ..) in routes_of_the_console() {
        let page = jar.get(&path).await;
        assert_eq!(page.location().as_deref(), Some("/login?then=console"), "{path}: {page:?}");
    }
}

/// The ladder: owners and admins see the console, nobody else does, whatever they send; and a denial is recorded.
#[tokio::test]
async fn p100_owners_and_admins_come_in_and_nobody_else() {
    let world = World::new().await;
    for role in Role::ALL {
        let jar = world.browser(&address(role)).await;
        let token = csrf(&jar.open("/login").await);
        let member = world.of(Role::Member).to_string();
        let (before, events) = (world.rows(world.acme), world.events(world.acme));
        for (path, _, posts) in routes_of_the_console().into_iter().filter(|(path, ..)| path != "/console") {
            let page = jar.open(&format!("{path}?user={member}")).await;
            let may = matches!(role, Role::Owner | Role::Admin);
            let (status, marker) = (page.status.as_u16(), page.marker().unwrap_or_default());
            assert_eq!(status, if may { 200 } else { 403 }, "{role:?} {path}: {page:?}");
            assert_eq!(marker == "page-error", !may, "{role:?} {path}: {page:?}");
            if !may && posts {
                for action in ["suspend", "resume", "unlock", "end-sessions", "roles"] {
                    let fields = [("csrf", &*token), ("user", &*member), ("action", action)];
                    let page = jar.follow(jar.post(&path, &fields).await).await;
                    assert_eq!(page.status.as_u16(), 403, "{role:?} {path} {action}: {page:?}");
                }
            }
            if !may {
                let new = world.events(world.acme);
                let denied = |event: &&String| event.contains("access.denied") && event.contains("console");
                assert!(
                    new.iter().filter(|event| !events.contains(event)).any(|event| denied(&event)),
                    "{new:?}"
                );
            }
        }
        assert_eq!(world.rows(world.acme), before, "{role:?} changed something");
    }
}

/// A role that nobody knows is `readonly`, and sees nothing here.
#[tokio::test]
async fn p100_an_unknown_role_sees_no_console() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let spoil = format!("UPDATE users SET roles = '[\"emperor\"]' WHERE id = '{}'", world.of(Role::Owner));
    Everything::open(world.server.storage()).tamper(&spoil);
    assert_eq!(jar.open("/console/people").await.status.as_u16(), 403);
}

/// Roles are read at each request.
#[tokio::test]
async fn p074_a_role_that_was_taken_away_is_gone_at_once() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Admin)).await;
    assert_eq!(jar.open("/console/people").await.status.as_u16(), 200);
    let demote = format!("UPDATE users SET roles = '[\"member\"]' WHERE id = '{}'", world.of(Role::Admin));
    Everything::open(world.server.storage()).tamper(&demote);
    assert_eq!(jar.open("/console/people").await.status.as_u16(), 403);
}

/// D32: the networks for administering hold here as at the API, and a session that began inside opens nothing outside.
#[tokio::test]
async fn d32_the_console_is_open_from_the_networks_for_it_alone() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    assert_eq!(jar.open("/console/people").await.status.as_u16(), 200);
    let scope = world.server.scope_of("acme").await.scope.clone();
    for (network, status) in [("203.0.113.0/24", 403), ("127.0.0.0/8", 200)] {
        let mut policy = Policy::default();
        policy.networks.administration = vec![network.parse().expect("a network")];
        let call = world.server.operator();
        world
            .server
            .database()
            .write(&scope, move |tx| policies::put(tx, &policy, call.now))
            .await
            .expect("a policy");
        for path in ["/console/people".to_owned(), format!("/console/people/person?user={}", world.olga)] {
            assert_eq!(jar.open(&path).await.status.as_u16(), status, "{network} {path}");
        }
    }
}

/// P070: a form of another site, or with the token of another browser, changes nothing.
#[tokio::test]
async fn p070_forms_of_other_sites_change_nothing() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let token = csrf(&world.page(&jar, world.olga).await);
    let foreign = csrf(&world.server.browser().open("/login").await);
    let before = world.rows(world.acme);
    let user = world.olga.to_string();
    let issuer = world.server.issuer().to_owned();
    for path in ["/console/people", "/console/people/person"] {
        for (csrf, headers) in [
            ("", vec![("origin", issuer.as_str())]),
            ("wrong", vec![("origin", issuer.as_str())]),
            (foreign.as_str(), vec![("origin", issuer.as_str())]),
            (token.as_str(), vec![("origin", "https://evil.example")]),
            (token.as_str(), vec![("origin", "null")]),
            (token.as_str(), vec![("origin", issuer.as_str()), ("sec-fetch-site", "cross-site")]),
        ] {
            let fields = [("csrf", csrf), ("user", &*user), ("action", "suspend")];
            let page = jar.send(Method::POST, path, Some(&fields), &headers).await;
            assert_eq!(page.status.as_u16(), 403, "{path} {headers:?}: {page:?}");
        }
    }
    assert_eq!(world.rows(world.acme), before);
    let page = act(&jar, world.olga, &token, &[("action", "suspend")]).await;
    assert!(
        page.location().is_some_and(|to| to.contains("done=suspended")),
        "the right form works: {page:?}"
    );
}

/// P098: ids of another tenant, and the session of somebody there, are as good as invented ones.
#[tokio::test]
async fn p098_ids_of_another_tenant_are_unknown_here() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let hank = world.browser("hank@globex.example").await;
    let token = csrf(&world.page(&jar, world.olga).await);
    let sid = Everything::open(world.server.storage()).of_tenant(world.globex)["sessions"].concat();
    let sid = sid.split('\'').chain(sid.split('"')).find(|part| part.len() == 36).map(str::to_owned);
    let before = world.rows(world.globex);
    let nobody = world.server.operator().id();
    for user in [world.hank, nobody] {
        assert_eq!(world.page(&jar, user).await.status.as_u16(), 404);
        for action in ["suspend", "resume", "unlock", "end-sessions", "roles"] {
            let page = act(&jar, user, &token, &[("action", action)]).await;
            assert_eq!(page.status.as_u16(), 404, "{action}: {page:?}");
        }
        if let Some(sid) = &sid {
            for of in [user, world.olga] {
                let page = act(&jar, of, &token, &[("end", sid)]).await;
                assert_eq!(page.status.as_u16(), 404, "{page:?}");
            }
        }
    }
    assert_eq!(world.rows(world.globex), before);
    let list = jar.open("/console/people?search=hank").await;
    assert!(list.has("people-none") && !list.body.contains("hank@globex"), "{list:?}");
    assert_eq!(hank.open("/console/people").await.status.as_u16(), 200);
}

/// Where several are signed in in one browser it is asked who is meant, and each sees the own tenant alone.
#[tokio::test]
async fn two_accounts_in_one_browser_administer_each_their_own() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    world.signs_in(&jar, "hank@globex.example").await;
    let page = jar.open("/console/people").await;
    assert_eq!(page.marker().as_deref(), Some("page-console"), "{page:?}");
    for (account, own, other) in
        [("account-1", "olga@acme.example", "hank@globex"), ("account-2", "hank@globex.example", "olga@acme")]
    {
        let link = page.attribute(account, "href").expect("a link").replace("&amp;", "&");
        let list = jar.open(&link).await;
        let table = list.body.split("<main").nth(1).expect("a page");
        assert!(table.contains(own) && !table.contains(other), "{list:?}");
    }
}

/// P048: with a session alone, stolen or left open, nothing of weight is done; whoever proves a factor comes back to the page.
#[tokio::test]
async fn p048_an_old_session_suspends_nobody() {
    let world = World::new().await;
    let jar = world.browser(&address(Role::Owner)).await;
    let token = csrf(&world.page(&jar, world.olga).await);
    world.server.advance(Duration::from_mins(11)).await;
    let before = world.rows(world.acme);
    for more in [
        &[("action", "suspend")][..],
        &[("action", "roles"), ("role-member", "on")],
        &[("action", "end-sessions")],
    ] {
        let page = act(&jar.copy(), world.olga, &token, more).await;
        let to = page.location().unwrap_or_else(|| panic!("{more:?}: {page:?}"));
        assert!(to.starts_with("/login/factor?interaction="), "{more:?}: {to}");
    }
    let users = |rows: &crate::harness::rows::Rows| rows["users"].clone();
    assert_eq!(users(&world.rows(world.acme)), users(&before));
    let asked = jar.follow(act(&jar, world.olga, &token, &[("action", "suspend")]).await).await;
    assert_eq!(asked.marker().as_deref(), Some("page-password"), "{asked:?}");
    let back = jar.submit(&asked, &[("password", crate::harness::seed::PASSWORD)]).await;
    assert_eq!(back.marker().as_deref(), Some("page-console-person"), "{back:?}");
    assert!(back.body.contains("olga@acme.example"), "{back:?}");
    let done = jar.submit(&back, &[("action", "suspend")]).await;
    assert!(done.has("person-notice") && done.has("person-resume"), "{done:?}");
}
