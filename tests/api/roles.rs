//! Who may do what to whom (P101), and the last owner (P102).

use std::time::Duration;

use serde_json::{Value, json};
use symbolon::model::role::Role;
use symbolon::model::user::User;
use symbolon::model::workspace::Group;
use symbolon::storage::records::{audit, groups, users};

use super::world::{World, address, assert_problem};
use crate::harness::jar::Page;
use crate::harness::rows::Rows;
use crate::harness::tokens::text;

impl World {
    async fn set_roles(&self, token: &str, user: &str, roles: &[&str]) -> Page {
        let path = format!("/api/v1/users/{}/roles", self.id(user));
        self.call("PUT", &path, token, Some(&json!({"roles": roles}))).await
    }

    async fn act(&self, token: &str, user: &str, action: &str) -> Page {
        let path = format!("/api/v1/users/{}", self.id(user));
        match action {
            "delete" => self.call("DELETE", &path, token, None).await,
            action => self.call("POST", &format!("{path}/{action}"), token, None).await,
        }
    }
}

/// Every role gives every role to somebody: owners alone give any, nobody gives to themselves.
#[tokio::test]
async fn p101_roles_are_given_by_owners_and_never_to_oneself() {
    let world = World::new().await;
    for giver in Role::ALL {
        let token = world.of_role(giver).await;
        for given in Role::ALL {
            let before = world.rows(world.acme);
            let page = world.set_roles(&token, "member@acme.example", &[given.as_str()]).await;
            if giver == Role::Owner {
                assert_eq!(page.status, 200, "{giver:?} gives {given:?}: {page:?}");
                assert_eq!(page.json()["roles"], json!([given.as_str()]));
            } else {
                assert_problem(&page, 403, "forbidden");
                assert_eq!(world.rows(world.acme), before, "{giver:?} gives {given:?}");
            }
            let own = world.set_roles(&token, &address(giver), &[given.as_str()]).await;
            let kind = if giver == Role::Owner { "own-account" } else { "forbidden" };
            assert_problem(&own, 403, kind);
        }
        let owner = world.of_role(Role::Owner).await;
        assert_eq!(world.set_roles(&owner, "member@acme.example", &["member"]).await.status, 200);
        // Behind every cut-off of these roles.
        world.server.advance(Duration::from_mins(1)).await;
    }
}

/// An account is made with plain roles by whoever makes accounts, and with all others by owners.
#[tokio::test]
async fn p101_a_new_account_gets_no_role_that_its_maker_could_not_give() {
    let world = World::new().await;
    for maker in [Role::Owner, Role::Admin] {
        let token = world.of_role(maker).await;
        for given in Role::ALL {
            let email = format!("{}-{}@acme.example", maker.as_str(), given.as_str());
            let body = json!({"email": email, "roles": [given.as_str()]});
            let page = world.call("POST", "/api/v1/users", &token, Some(&body)).await;
            if maker == Role::Owner || matches!(given, Role::Member | Role::ReadOnly) {
                assert_eq!(page.status, 201, "{maker:?} {given:?}: {page:?}");
                assert_eq!(page.json()["email_verified"], json!(false));
            } else {
                assert_problem(&page, 403, "above-your-role");
            }
        }
    }
}

/// None but owners act upon an owner, be they one by themselves or by a group.
#[tokio::test]
async fn p101_nobody_acts_upon_an_owner_but_another_owner() {
    let world = World::new().await;
    let (call, scope, by_group) = (world.server.operator(), world.acme, world.of(Role::ReadOnly));
    world
        .server
        .as_operator(move |tx| {
            let scope = tx.tenant(scope)?.expect("acme");
            let mut tx = tx.enter(&scope)?;
            let group = Group { id: call.id(), name: "board".into(), roles: [Role::Owner].into() };
            groups::put(&mut tx, &group)?;
            groups::set_of_user(&mut tx, by_group, &[group.id].into())
        })
        .await;
    let (admin, security) = (world.of_role(Role::Admin).await, world.of_role(Role::Security).await);
    let before = world.rows(world.acme);
    for owner in ["olga@acme.example", "readonly@acme.example"] {
        for action in ["suspend", "resume", "delete"] {
            assert_problem(&world.act(&admin, owner, action).await, 403, "above-your-role");
        }
        for token in [&admin, &security] {
            assert_problem(&world.act(token, owner, "unlock").await, 403, "above-your-role");
        }
        let path = format!("/api/v1/users/{}", world.id(owner));
        let renamed = json!({"profile": {"name": "Somebody Else"}});
        assert_problem(&world.call("PATCH", &path, &admin, Some(&renamed)).await, 403, "above-your-role");
    }
    assert_eq!(world.rows(world.acme), before);
    let owner = world.of_role(Role::Owner).await;
    assert_eq!(world.act(&owner, "readonly@acme.example", "suspend").await.status, 200);
}

/// Nobody suspends or deletes themselves, whatever they are.
#[tokio::test]
async fn p102_nobody_removes_themselves() {
    let world = World::new().await;
    for role in [Role::Owner, Role::Admin] {
        let token = world.of_role(role).await;
        for action in ["suspend", "delete"] {
            assert_problem(&world.act(&token, &address(role), action).await, 403, "own-account");
        }
    }
}

/// Two owners take each other away at the same moment, in every way: one of them stays.
#[tokio::test]
async fn p102_two_owners_at_once_leave_one() {
    for way in ["suspend", "delete", "demote"] {
        let world = World::new().await;
        let (one, other) = ("owner@acme.example", "olga@acme.example");
        let (ours, theirs) = (
            world.token(one, "people:write people:read").await,
            world.token(other, "people:write people:read").await,
        );
        let take = async |token: &str, user: &str| match way {
            "demote" => world.set_roles(token, user, &["member"]).await,
            way => world.act(token, user, way).await,
        };
        let (first, second) = tokio::join!(take(&ours, other), take(&theirs, one));
        let done = [&first, &second].iter().filter(|page| page.status.is_success()).count();
        assert_eq!(done, 1, "{way}: {first:?} {second:?}");
        let refused = if first.status.is_success() { &second } else { &first };
        assert!(matches!(refused.status.as_u16(), 401 | 403 | 409), "{way}: {refused:?}");
        let auditor = world.of_role(Role::Auditor).await;
        let left = world.get("/api/v1/users?role=owner&status=active", &auditor).await.json();
        assert_eq!(left["items"].as_array().map(Vec::len), Some(1), "{way}: {left}");
    }
}

/// P101: what a request may do is judged behind whoever takes its rights away, also where it waited for them: nothing that
/// somebody did as an owner stands in the trail behind the record that they are none any more.
#[tokio::test]
async fn p101_a_right_that_was_lost_while_a_change_waited_is_gone() {
    let world = World::new().await;
    let (olga, member) = (world.id("olga@acme.example").to_string(), address(Role::Member));
    let losing = world.token("olga@acme.example", "people:write people:read").await;
    let taking = world.of_role(Role::Owner).await;
    let give = async |role: &'static str| world.set_roles(&losing, &member, &[role]).await;
    let (.., taken) = tokio::join!(
        give("admin"),
        give("auditor"),
        give("owner"),
        give("readonly"),
        give("admin"),
        give("auditor"),
        world.set_roles(&taking, "olga@acme.example", &["member"]),
    );
    assert_eq!(taken.status, 200, "{taken:?}");
    assert!(matches!(give("owner").await.status.as_u16(), 401 | 403));
    let scope = world.server.scope_of("acme").await.scope;
    let events =
        world.server.database().read(&scope, |tx| audit::after(tx, 0, 10_000)).await.expect("events");
    let changes: Vec<Value> = events
        .iter()
        .map(|event| serde_json::from_str::<Value>(&event.body).expect("JSON"))
        .filter(|body| body["kind"] == "user.changed" && body["result"] == "success")
        .collect();
    let lost = changes.iter().position(|body| body["target"]["id"] == olga).expect("the record of the loss");
    let after: Vec<&Value> = changes[lost..].iter().filter(|body| body["actor"]["id"] == olga).collect();
    assert!(after.is_empty(), "{after:#?}");
}

/// P102: the account for emergencies stays, whoever asks; the declaration alone changes it.
#[tokio::test]
async fn p102_the_account_for_emergencies_stays() {
    let world = World::new().await;
    let (acme, olga) = (world.acme, world.id("olga@acme.example"));
    let marked = world.server.as_operator(move |tx| {
        let scope = tx.tenant(acme)?.expect("acme");
        let mut tx = tx.enter(&scope)?;
        let user = users::find(&mut tx, olga)?.expect("olga");
        users::update(&mut tx, &User { break_glass: true, ..user })
    });
    assert!(marked.await);
    let before = world.rows(world.acme);
    let token = world.of_role(Role::Owner).await;
    for action in ["suspend", "delete"] {
        assert_problem(&world.act(&token, "olga@acme.example", action).await, 409, "break-glass");
    }
    assert_problem(&world.set_roles(&token, "olga@acme.example", &["member"]).await, 409, "break-glass");
    let password = format!("/api/v1/users/{olga}/factors/password");
    assert_problem(&world.call("DELETE", &password, &token, None).await, 409, "break-glass");
    let users = |rows: &Rows| rows["users"].clone();
    assert_eq!(users(&world.rows(world.acme)), users(&before));
}

/// P047: nobody makes their own account forget wrong guesses, nor anybody's with a personal access token.
#[tokio::test]
async fn p047_nobody_unlocks_themselves() {
    let world = World::new().await;
    let admin = world.of_role(Role::Admin).await;
    assert_problem(&world.act(&admin, &address(Role::Admin), "unlock").await, 403, "own-account");
    let new = json!({"name": "keys", "scopes": ["people:write"], "expires_at": "2027-06-01T00:00:00Z"});
    let made = world.call("POST", "/api/v1/tokens", &admin, Some(&new)).await.json();
    let kept = text(&made, "token");
    assert_problem(&world.act(&kept, &address(Role::Member), "unlock").await, 403, "personal-token");
}

/// P074, P115: whoever ends what somebody has ends their personal access tokens too.
#[tokio::test]
async fn p115_ending_all_that_a_person_has_ends_their_personal_access_tokens() {
    let world = World::new().await;
    let admin = world.of_role(Role::Admin).await;
    let new = json!({"name": "keys", "scopes": ["people:read"], "expires_at": "2027-06-01T00:00:00Z"});
    let made = world.call("POST", "/api/v1/tokens", &admin, Some(&new)).await.json();
    let kept = text(&made, "token");
    assert_eq!(world.get("/api/v1/users", &kept).await.status, 200);
    world.server.advance(Duration::from_secs(1)).await;
    let owner = world.of_role(Role::Owner).await;
    let path = format!("/api/v1/users/{}/sessions", world.of(Role::Admin));
    assert_eq!(world.call("DELETE", &path, &owner, None).await.status, 200);
    assert_eq!(world.get("/api/v1/users", &kept).await.status, 401);
}

/// The last owner by a group: whoever is left is not taken away, in five ways.
#[tokio::test]
async fn p102_the_last_owner_stays() {
    let world = World::new().await;
    let token = world.token("olga@acme.example", "people:write people:read").await;
    // Another hand has switched the first owner off; the second is suspended while her request is under way.
    world.server.suspend_user(world.acme, world.of(Role::Owner)).await;
    for action in ["suspend", "delete"] {
        assert_problem(&world.act(&token, "olga@acme.example", action).await, 403, "own-account");
    }
    assert_problem(&world.set_roles(&token, "olga@acme.example", &[]).await, 403, "own-account");
    let admin = world.of_role(Role::Admin).await;
    for action in ["suspend", "delete"] {
        assert_problem(&world.act(&admin, "olga@acme.example", action).await, 403, "above-your-role");
    }
    let left = world.get("/api/v1/users?role=owner&status=active", &token).await.json();
    assert_eq!(left["items"][0]["email"], "olga@acme.example", "{left}");
}

/// What an account went through is in its record, each once, with who did it.
#[tokio::test]
async fn each_change_of_a_person_leaves_one_record_of_who_made_it() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let user = "member@acme.example";
    let owner = world.of(Role::Owner).to_string();
    let steps: [(&str, u16); 6] = [
        ("suspend", 200),
        ("suspend", 409),
        ("resume", 200),
        ("delete", 204),
        ("restore", 200),
        ("restore", 409),
    ];
    for (action, status) in steps {
        let before = world.events(world.acme);
        let page = world.act(&token, user, action).await;
        assert_eq!(page.status.as_u16(), status, "{action}: {page:?}");
        let events = world.events(world.acme);
        let new: Vec<&String> = events.iter().filter(|event| !before.contains(event)).collect();
        let changes = new.iter().filter(|event| event.contains("user.changed")).count();
        assert_eq!(changes, usize::from(status < 300), "{action}: {new:#?}");
        assert!(new.iter().all(|event| event.contains(&owner)), "{action}: {new:#?}");
    }
    let shown: Value = world.get(&format!("/api/v1/users/{}", world.id(user)), &token).await.json();
    assert_eq!((&shown["status"], &shown["roles"]), (&json!("active"), &json!(["member"])));
}
