//! The sign-in policy: read, tried and changed (R24, R26, D27), and nobody locks everybody out (P102).

use serde_json::{Value, json};
use symbolon::model::role::Role;

use super::world::{World, address, assert_problem, every_rule};
use crate::harness::jar::Page;

const PATH: &str = "/api/v1/policy";

impl World {
    async fn set(&self, token: &str, policy: Value) -> Page {
        self.call("PUT", PATH, token, Some(&json!({"policy": policy}))).await
    }
}

/// The default with these keys changed.
fn with(changes: &Value) -> Value {
    let mut rules = every_rule();
    for (key, value) in changes.as_object().expect("keys") {
        rules[key] = value.clone();
    }
    rules
}

#[tokio::test]
async fn r24_the_policy_is_one_object_with_a_version_that_two_cannot_change_at_once() {
    let world = World::new().await;
    let token = world.of_role(Role::Security).await;
    let first = world.get(PATH, &token).await;
    let tag = first.header("etag").expect("a version").to_owned();
    assert_eq!(first.json()["policy"]["methods"], json!(["password", "passkey", "totp", "magic_link"]));
    let bearer = format!("Bearer {token}");
    let longer = json!({"policy": with(&json!({"password": {"min_length": 16}}))});
    let headers = [("authorization", bearer.as_str()), ("if-match", tag.as_str())];
    let second = world.send("PUT", PATH, &headers, Some(&longer)).await;
    assert_eq!(second.status, 200, "{second:?}");
    assert_eq!(second.json()["policy"]["password"]["min_length"], 16);
    assert_ne!(second.header("etag"), Some(tag.as_str()));
    let other = json!({"policy": with(&json!({"password": {"min_length": 20}}))});
    assert_problem(&world.send("PUT", PATH, &headers, Some(&other)).await, 412, "changed-meanwhile");
    assert_eq!(world.get(PATH, &token).await.body, second.body);
    let same = world.set(&token, longer["policy"].clone()).await;
    assert_eq!(same.header("etag"), second.header("etag"), "what is so already is no change");
    let events = world.events(world.acme);
    let noted: Vec<&String> = events.iter().filter(|event| event.contains("policy.changed")).collect();
    assert_eq!(noted.len(), 1);
    assert!(noted[0].contains("password.min_length"), "{noted:?}");
}

#[tokio::test]
async fn d27_each_key_is_judged_as_in_a_declaration_and_nothing_is_repeated() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let before = world.rows(world.acme);
    for (changes, pointer) in [
        (json!({"methods": ["totp"]}), "/policy/methods"),
        (json!({"methods": ["password", "carrier_pigeon"]}), "/policy/methods/1"),
        (json!({"methods": ["connection", "password"]}), "/policy/methods/0"),
        (json!({"registration": "domain"}), "/policy"),
        (json!({"email_domains": ["not a domain"]}), "/policy/email_domains/0"),
        (json!({"networks": {"sign_in": ["10.0.0.0/8", "zq9mark"]}}), "/policy/networks/sign_in/1"),
        (json!({"networks": {"trusted": ["10.0.0.1/8"]}}), "/policy/networks/trusted/0"),
        (json!({"password": {"min_length": 8}}), "/policy/password/min_length"),
        (json!({"session": {"idle": "2d", "absolute": "1d"}}), "/policy/session"),
        (json!({"session": {"idle": "zq9mark"}}), "/policy/session/idle"),
        (json!({"tokens": {"access": "2h"}}), "/policy/tokens/access"),
        (json!({"mfa": {"roles": ["emperor"]}}), "/policy/mfa/roles/0"),
        (json!({"mfa": {"grace_until": "soon"}}), "/policy/mfa/grace_until"),
        (json!({"remembered_devices": true}), "/policy/remembered_devices"),
        (json!({"remembered_devices": {"days": 31}}), "/policy/remembered_devices/days"),
        (json!({"connections": []}), "/policy"),
        (json!({"guests": true}), "/policy/guests"),
        (json!({"guests": {"allowed": "no"}}), "/policy/guests/allowed"),
    ] {
        for (method, path) in [("PUT", PATH), ("POST", "/api/v1/policy/simulate")] {
            let page = world.call(method, path, &token, Some(&json!({"policy": with(&changes)}))).await;
            assert_problem(&page, 400, "invalid-request");
            assert_eq!(page.json()["errors"][0]["pointer"], pointer, "{changes}: {page:?}");
            assert!(!page.body.contains("zq9mark") && !page.body.contains("pigeon"), "{page:?}");
        }
    }
    assert_eq!(world.rows(world.acme), before);
}

/// Those who see it try it; those who may change it change it, and nobody else.
#[tokio::test]
async fn p100_the_policy_is_changed_by_owners_and_security() {
    let world = World::new().await;
    for role in Role::ALL {
        let token = world.of_role(role).await;
        let wanted = with(&json!({"password": {"min_length": 13 + (role as u32)}}));
        let page = world.set(&token, wanted.clone()).await;
        if matches!(role, Role::Owner | Role::Security) {
            assert_eq!(page.status, 200, "{role:?}: {page:?}");
        } else {
            assert_problem(&page, 403, "forbidden");
        }
        let tried =
            world.call("POST", "/api/v1/policy/simulate", &token, Some(&json!({"policy": wanted}))).await;
        if matches!(role, Role::Member | Role::ReadOnly) {
            assert_problem(&tried, 403, "forbidden");
        } else {
            assert_eq!(tried.status, 200, "{role:?}: {tried:?}");
        }
    }
}

/// Acme's owners have passwords alone: a policy that asks them for two factors, or for none of what they have, stays out,
/// whatever the caller accepts.
#[tokio::test]
async fn p102_no_policy_leaves_a_tenant_without_an_owner_who_can_sign_in() {
    let world = World::new().await;
    let token = world.of_role(Role::Security).await;
    // They signed in, and so it is known from where.
    world.of_role(Role::Owner).await;
    world.token("olga@acme.example", "people:read").await;
    let before = world.rows(world.acme);
    for changes in [
        json!({"mfa": {"required": "everybody"}}),
        json!({"mfa": {"roles": ["owner"]}}),
        json!({"methods": ["passkey"]}),
    ] {
        for accept in [false, true] {
            let body = json!({"policy": with(&changes), "accept_lock_out": accept});
            assert_problem(&world.call("PUT", PATH, &token, Some(&body)).await, 409, "locks-out-owners");
        }
    }
    // Where people may be is the owners' to say; and not even they shut all of them out.
    let owner = world.of_role(Role::Owner).await;
    for networks in [json!({"sign_in": ["203.0.113.0/24"]}), json!({"administration": ["127.0.0.0/8"]})] {
        let body = json!({"policy": with(&json!({"networks": networks})), "accept_lock_out": true});
        assert_eq!(world.call("PUT", PATH, &token, Some(&body)).await.status, 403, "{networks}");
    }
    let elsewhere = with(&json!({"networks": {"sign_in": ["203.0.113.0/24"]}}));
    let body = json!({"policy": elsewhere, "accept_lock_out": true});
    assert_problem(&world.call("PUT", PATH, &owner, Some(&body)).await, 409, "locks-out-owners");
    let after = world.rows(world.acme);
    assert_eq!(after["policies"], before["policies"]);
    let later = json!({"mfa": {"required": "everybody", "grace_until": "2030-01-01T00:00:00Z"}});
    assert_eq!(world.set(&token, with(&later)).await.status, 200, "a grace period lets them in");
}

#[tokio::test]
async fn p102_whoever_locks_themselves_out_says_that_they_mean_it() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let elsewhere = with(&json!({"networks": {"administration": ["203.0.113.0/24"]}}));
    assert_problem(&world.set(&token, elsewhere.clone()).await, 409, "locks-out-caller");
    assert_eq!(world.get(PATH, &token).await.status, 200);
    let meant = json!({"policy": elsewhere, "accept_lock_out": true});
    assert_eq!(world.call("PUT", PATH, &token, Some(&meant)).await.status, 200);
    assert_problem(&world.get(PATH, &token).await, 403, "policy");
}

#[tokio::test]
async fn r24_a_draft_is_tried_on_the_sign_ins_of_late_and_explained_and_changes_nothing() {
    let world = World::new().await;
    let token = world.of_role(Role::Auditor).await;
    world.of_role(Role::Member).await;
    let before = world.rows(world.acme);
    let draft = with(&json!({"mfa": {"roles": ["member"]}}));
    let page = world.call("POST", "/api/v1/policy/simulate", &token, Some(&json!({"policy": draft}))).await;
    let told = page.json();
    assert_eq!((page.status.as_u16(), &told["locked_out"]), (200, &json!(1)), "{page:?}");
    assert_eq!(told["affected"][0]["user"], json!(world.of(Role::Member)), "{told}");
    assert_eq!(told["affected"][0]["rules"], json!(["mfa.roles"]));
    assert!(!page.body.contains("@acme.example"), "addresses are for people:read: {page:?}");
    let asked =
        json!({"user": world.of(Role::Member), "with": ["password"], "from": "203.0.113.7", "policy": draft});
    let answer = world.call("POST", "/api/v1/policy/explain", &token, Some(&asked)).await.json();
    assert_eq!(
        answer["doors"][0],
        json!({
            "door": "sign_in", "verdict": "second_factor", "rule": "mfa.roles", "break_glass": false,
        })
    );
    let now = json!({"user": world.of(Role::Member)});
    let answer = world.call("POST", "/api/v1/policy/explain", &token, Some(&now)).await.json();
    assert_eq!(answer["doors"][0]["verdict"], "pass", "{answer}");
    let foreign = json!({"user": world.hank});
    let page = world.call("POST", "/api/v1/policy/explain", &token, Some(&foreign)).await;
    assert_problem(&page, 404, "not-found");
    let nowhere = json!({"user": world.of(Role::Member), "from": "here"});
    let page = world.call("POST", "/api/v1/policy/explain", &token, Some(&nowhere)).await;
    assert_problem(&page, 400, "invalid-request");
    assert_eq!(world.rows(world.acme), before);
    assert!(
        !world
            .events(world.acme)
            .iter()
            .any(|event| event.contains(&address(Role::Member)) && event.contains("policy"))
    );
}
