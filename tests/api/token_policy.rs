//! A tenant's policy at the doors of tokens: the API with a personal access token, its exchange, and the strength behind a token
//! (P043, P045, P077, D32).

use std::collections::BTreeSet;

use serde_json::json;
use symbolon::model::policy::{Mfa, Networks, Policy};
use symbolon::model::role::Role;
use symbolon::model::session::Factor;

use super::tokens::PEOPLE_AND_NOTES;
use super::world::{NOTES, World, address, assert_problem};
use crate::harness::jar::Page;
use crate::harness::seed::Registered;

/// What a personal access token opens.
struct Opened {
    people: Page,
    own: Page,
    exchanged: Page,
}

impl World {
    async fn opened(&self, gateway: &Registered, token: &str) -> Opened {
        Opened {
            people: self.get("/api/v1/users", token).await,
            own: self.get("/api/v1/tokens", token).await,
            exchanged: self.exchange(gateway, token, &[("resource", NOTES)]).await,
        }
    }
}

fn elsewhere() -> Vec<ipnet::IpNet> {
    vec!["203.0.113.0/24".parse().expect("a network")]
}

fn assert_not_exchanged(page: &Page, rule: &str) {
    assert_eq!((page.status.as_u16(), &page.json()["error"]), (400, &json!("invalid_grant")), "{rule}");
    assert!(page.json().get("access_token").is_none(), "{rule}: {page:?}");
}

/// P043, P045, P077: what the policy says now holds for a token that was made before it, and ends none.
#[tokio::test]
async fn p077_the_policy_of_now_judges_personal_access_tokens_and_their_exchange() {
    let world = World::new().await;
    let gateway = world.gateway().await;
    let (token, _) = world.personal(&address(Role::Auditor), &PEOPLE_AND_NOTES, &[NOTES]).await;
    for (rule, policy) in [
        (
            "networks.sign_in",
            Policy {
                networks: Networks { sign_in: elsewhere(), ..Networks::default() },
                ..Policy::default()
            },
        ),
        ("methods", Policy { methods: BTreeSet::from([Factor::Passkey]), ..Policy::default() }),
    ] {
        world.rule(policy).await;
        let opened = world.opened(&gateway, &token).await;
        assert_problem(&opened.people, 403, "policy");
        assert_problem(&opened.own, 403, "policy");
        assert_not_exchanged(&opened.exchanged, rule);
    }
    for mfa in [
        Mfa { everybody: true, ..Mfa::default() },
        Mfa { roles: BTreeSet::from([Role::Auditor]), ..Mfa::default() },
        Mfa { outside_trusted: true, ..Mfa::default() },
    ] {
        world.rule(Policy { mfa: mfa.clone(), ..Policy::default() }).await;
        let opened = world.opened(&gateway, &token).await;
        for page in [&opened.people, &opened.own] {
            assert_problem(page, 401, "insufficient-user-authentication");
            assert!(asks_for_two(page), "{mfa:?}: {page:?}");
        }
        assert_not_exchanged(&opened.exchanged, "mfa");
    }
    let administration = Networks { administration: elsewhere(), ..Networks::default() };
    world.rule(Policy { networks: administration, ..Policy::default() }).await;
    let opened = world.opened(&gateway, &token).await;
    assert_problem(&opened.people, 403, "policy");
    assert_eq!(
        (opened.own.status, opened.exchanged.status),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    world.rule(Policy::default()).await;
    let opened = world.opened(&gateway, &token).await;
    for page in [opened.people, opened.own, opened.exchanged] {
        assert_eq!(page.status, 200, "the rule went, and the token is there: {page:?}");
    }
}

/// P056, D13: a sign-in a moment ago by one factor is not enough for what is privileged, once the person has a second one.
#[tokio::test]
async fn p056_one_factor_is_not_enough_for_whoever_has_two() {
    let world = World::new().await;
    let token = world.of_role(Role::Owner).await;
    let path = format!("/api/v1/users/{}/roles", world.of(Role::Member));
    let body = json!({"roles": ["readonly"]});
    world.with_authenticator(world.of(Role::Owner)).await;
    let before = world.rows(world.acme);
    let page = world.call("PUT", &path, &token, Some(&body)).await;
    assert_problem(&page, 401, "insufficient-user-authentication");
    assert!(asks_for_two(&page), "{page:?}");
    assert_eq!(world.rows(world.acme), before);
    assert_eq!(world.get("/api/v1/users", &token).await.status, 200, "what is not privileged stays open");
    let olga = world.token("olga@acme.example", "people:write").await;
    let page = world.call("PUT", &path, &olga, Some(&body)).await;
    assert_eq!(page.status, 200, "who has one factor proves one: {page:?}");
}

/// RFC 9470 §3: the challenge names the strength that is missing.
fn asks_for_two(page: &Page) -> bool {
    page.header("www-authenticate").is_some_and(|challenge| {
        challenge.contains("error=\"insufficient_user_authentication\"")
            && challenge.contains("acr_values=\"urn:symbolon:acr:2\"")
    })
}
