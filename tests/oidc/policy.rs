//! One policy, every door: sign-in, session, code, refresh (P043, P045, D32).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use symbolon::effects::{Clock as _, SystemClock};
use symbolon::model::policy::{Mfa, Networks, Policy, TokenLimits};
use symbolon::model::role::Role;
use symbolon::model::session::Factor;
use symbolon::model::user::User;
use symbolon::storage::PlatformTx;
use symbolon::storage::records::{audit, policies, users};

use super::party::{World, claims, text};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::mails::SentMail;
use crate::harness::program::Program;
use crate::harness::seed::PASSWORD;

impl World {
    /// Sets acme's policy, and lets the node see it.
    async fn rule(&self, policy: Policy) {
        let (acme, now) = (self.acme, self.server.now());
        self.server
            .as_operator(move |tx| {
                let scope = tx.tenant(acme)?.expect("acme");
                policies::put(&mut tx.enter(&scope)?, &policy, now)
            })
            .await;
    }
}

impl World {
    /// The bodies of acme's denied events of this kind.
    async fn denials(&self, kind: &str) -> Vec<String> {
        let scope = self.server.scope_of("acme").await.scope;
        let events = self.server.database().read(&scope, |tx| audit::after(tx, 0, 10_000)).await;
        let bodies = events.expect("the events").into_iter().map(|event| event.body);
        let kind = format!("\"kind\":\"{kind}\"");
        bodies.filter(|body| body.contains(&kind) && body.contains("\"result\":\"denied\"")).collect()
    }
}

/// A sign-in of ada's at our own pages with the right password, or another.
async fn sign_in(world: &World, password: &str) -> (Jar, Page) {
    let jar = world.server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", password), ("action", "continue")]).await;
    (jar, page)
}

async fn is_signed_in(jar: &Jar) -> bool {
    jar.open("/").await.has("home-sign-out")
}

fn shape(page: &Page) -> (u16, Option<String>, bool) {
    (page.status.as_u16(), page.marker(), page.has("password-problem"))
}

fn elsewhere() -> Policy {
    let sign_in = vec!["203.0.113.0/24".parse().expect("a network")];
    Policy { networks: Networks { sign_in, ..Networks::default() }, ..Policy::default() }
}

/// P043: whoever is kept out by a rule sees what whoever guesses sees, and is recorded with the rule.
#[tokio::test]
async fn p043_a_method_or_a_network_that_is_not_allowed_looks_like_a_wrong_password() {
    let world = World::new().await;
    let (jar, page) = sign_in(&world, PASSWORD).await;
    assert!(is_signed_in(&jar).await, "{page:?}");
    for (policy, rule) in [
        (Policy { methods: BTreeSet::from([Factor::Passkey]), ..Policy::default() }, "methods"),
        (elsewhere(), "networks.sign_in"),
    ] {
        world.rule(policy).await;
        let (jar, right) = sign_in(&world, PASSWORD).await;
        let (_, wrong) = sign_in(&world, "not the password at all").await;
        assert_eq!(shape(&right), shape(&wrong), "{rule}");
        assert!(!is_signed_in(&jar).await, "{rule}");
        let denied = world.denials("session.sign_in").await;
        assert!(denied.iter().any(|body| body.contains(&format!("\"reason\":\"{rule}\""))), "{denied:?}");
    }
}

/// P045: a first factor opens nothing where two are asked for.
#[tokio::test]
async fn p045_a_password_alone_opens_nothing_where_a_second_factor_is_required() {
    let world = World::new().await;
    for mfa in [
        Mfa { everybody: true, ..Mfa::default() },
        Mfa { roles: BTreeSet::from([Role::Owner]), ..Mfa::default() },
        Mfa { outside_trusted: true, ..Mfa::default() },
        Mfa { everybody: true, grace_until: Some(world.server.now()), ..Mfa::default() },
    ] {
        world.rule(Policy { mfa: mfa.clone(), ..Policy::default() }).await;
        let (jar, page) = sign_in(&world, PASSWORD).await;
        assert_eq!(page.marker().as_deref(), Some("page-password"), "{mfa:?}");
        assert!(page.body.contains("second factor"), "told, since the password was right: {page:?}");
        assert!(!is_signed_in(&jar).await, "{mfa:?}");
        let page = jar.open(&World::authorize_path(&world.wiki, &[])).await;
        assert_eq!(page.marker().as_deref(), Some("page-login"), "{mfa:?}: {page:?}");
        let silent = jar.open(&World::authorize_path(&world.wiki, &[("prompt", "none")])).await;
        assert_eq!(silent.answer()["error"], "login_required", "{mfa:?}");
    }
    world
        .rule(Policy {
            mfa: Mfa { roles: BTreeSet::from([Role::Auditor]), ..Mfa::default() },
            ..Policy::default()
        })
        .await;
    assert!(is_signed_in(&sign_in(&world, PASSWORD).await.0).await, "ada is no auditor");
}

/// D33: in a dated grace period whoever has no second factor yet gets in, and not a moment longer.
#[tokio::test]
async fn d33_the_grace_period_has_an_end_for_sessions_too() {
    let world = World::new().await;
    let end = world.server.now() + Duration::from_hours(1);
    let mfa = Mfa { everybody: true, grace_until: Some(end), ..Mfa::default() };
    world.rule(Policy { mfa, ..Policy::default() }).await;
    let (jar, _) = sign_in(&world, PASSWORD).await;
    assert!(is_signed_in(&jar).await);
    world.server.advance(Duration::from_hours(1)).await;
    assert!(!is_signed_in(&jar).await);
}

/// D33: it is for those who have no second factor yet. Whoever has a passkey is asked for it.
#[tokio::test]
async fn d33_the_grace_period_is_nothing_for_whoever_has_a_passkey() {
    let world = World::new().await;
    let end = world.server.now() + Duration::from_hours(1);
    let mfa = Mfa { everybody: true, grace_until: Some(end), ..Mfa::default() };
    world.rule(Policy { mfa, ..Policy::default() }).await;
    let (before, _) = sign_in(&world, PASSWORD).await;
    assert!(is_signed_in(&before).await);
    let acme = world.server.scope_of("acme").await.scope;
    let find = world.server.database().read(&acme, |tx| users::find_by_email(tx, "ada@acme.example"));
    let ada = find.await.expect("read").expect("ada").id;
    crate::webauthn::device(&world.server, &acme, ada).await;
    let (jar, page) = sign_in(&world, PASSWORD).await;
    assert_eq!(page.marker().as_deref(), Some("page-passkey"), "{page:?}");
    assert!(!is_signed_in(&jar).await);
    assert!(!is_signed_in(&before).await, "a session that stands on the password alone is none any more");
}

/// P043, D32: sessions, codes and refresh tokens are judged by the policy of this moment. A rule that is lifted lets them in
/// again: nothing was ended.
#[tokio::test]
async fn p043_what_was_given_before_is_judged_by_the_policy_of_now() {
    let world = World::new().await;
    let jar = world.server.browser();
    let bound = world.authorize(&jar, &world.wiki, &[("scope", "openid notes")]).await;
    let mut bound = text(&world.exchange(&world.wiki, &bound["code"]).await.json(), "refresh_token");
    let offline = world.authorize(&jar, &world.wiki, &[]).await;
    let mut offline = text(&world.exchange(&world.wiki, &offline["code"]).await.json(), "refresh_token");
    let spa = world.authorize(&jar, &world.spa, &[]).await;
    let mut spa = text(&world.exchange(&world.spa, &spa["code"]).await.json(), "refresh_token");
    let waiting = world.authorize(&jar, &world.wiki, &[]).await["code"].clone();
    let mfa = Mfa { everybody: true, ..Mfa::default() };
    for policy in [
        elsewhere(),
        Policy { methods: BTreeSet::from([Factor::Passkey]), ..Policy::default() },
        Policy { mfa, ..Policy::default() },
    ] {
        world.rule(policy).await;
        assert!(!is_signed_in(&jar).await);
        for (client, token) in [(&world.wiki, &bound), (&world.wiki, &offline), (&world.spa, &spa)] {
            let refused = world.refresh(client, token).await;
            assert_eq!(refused.json()["error"], "invalid_grant", "{refused:?}");
        }
        world.rule(Policy::default()).await;
        assert!(is_signed_in(&jar).await, "nothing was ended");
        bound = text(&world.refresh(&world.wiki, &bound).await.json(), "refresh_token");
        offline = text(&world.refresh(&world.wiki, &offline).await.json(), "refresh_token");
        spa = text(&world.refresh(&world.spa, &spa).await.json(), "refresh_token");
    }
    world.rule(elsewhere()).await;
    assert_eq!(world.exchange(&world.wiki, &waiting).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn the_tenant_sets_the_longest_life_of_an_access_token() {
    let world = World::new().await;
    let life =
        |token: &str| claims(token)["exp"].as_i64().zip(claims(token)["iat"].as_i64()).map(|(e, i)| e - i);
    let before = text(&world.tokens(&world.wiki).await, "access_token");
    assert_eq!(life(&before), Some(600));
    world.rule(Policy { tokens: TokenLimits { access_seconds: Some(90) }, ..Policy::default() }).await;
    let tokens = world.tokens(&world.wiki).await;
    assert_eq!(life(&text(&tokens, "access_token")), Some(90));
    let refreshed = world.refresh(&world.wiki, &text(&tokens, "refresh_token")).await.json();
    assert_eq!(life(&text(&refreshed, "access_token")), Some(90));
    assert_eq!(refreshed["expires_in"], 90);
}

/// The sign-ins of thirty days against drafts: nobody is locked out unseen.
#[tokio::test]
async fn a_draft_is_tried_on_the_sign_ins_of_the_last_thirty_days() {
    let world = World::on(TestServer::with().at(SystemClock.now())).await;
    assert!(is_signed_in(&sign_in(&world, PASSWORD).await.0).await);
    let program = Program::beside(&world.server);
    let simulate = |draft: &str| {
        program.write("draft.yaml", draft);
        let ended = program.run(&["policy", "simulate", "--tenant", "acme", "draft.yaml", "--json"]);
        let told: serde_json::Value = serde_json::from_str(&ended.out).unwrap_or_default();
        (ended.code, told)
    };
    let (code, told) = simulate("methods: [password, passkey]");
    assert_eq!((code, &told["sign_ins"], &told["locked_out"]), (Some(0), &json!(1), &json!(0)), "{told}");
    for (draft, rule) in [
        ("methods: [passkey]", "methods"),
        ("mfa: {required: everybody}", "mfa.required"),
        ("mfa: {roles: [owner]}", "mfa.roles"),
        ("networks: {sign_in: [203.0.113.0/24]}", "networks.sign_in"),
    ] {
        let (code, told) = simulate(draft);
        assert_eq!(code, Some(2), "{draft}: {told}");
        assert_eq!(told["affected"][0]["email"], "ada@acme.example", "{draft}");
        assert_eq!(told["affected"][0]["rules"], json!([rule]), "{draft}");
    }
    let (code, _) = simulate("networks: {sign_in: [127.0.0.0/8]}\nmfa: {roles: [auditor]}");
    assert_eq!(code, Some(0), "ada came from here, and is no auditor");
    let faulty = simulate("methods: [smoke_signal]").0;
    assert_eq!(faulty, Some(65));
    world.server.advance(Duration::from_hours(31 * 24)).await;
    assert!(!is_signed_in(&sign_in(&world, "wrong").await.0).await);
}

#[tokio::test]
async fn the_policy_says_which_rule_decides() {
    let world = World::on(TestServer::with().at(SystemClock.now())).await;
    let program = Program::beside(&world.server);
    let explain = |more: &[&str]| {
        let arguments =
            [&["policy", "explain", "--tenant", "acme", "ada@acme.example", "--json"], more].concat();
        program.json(&arguments)["doors"].clone()
    };
    assert_eq!(
        explain(&[])[0],
        json!({"door": "sign_in", "verdict": "pass", "rule": null, "break_glass": false})
    );
    let mfa = Mfa { roles: BTreeSet::from([Role::Owner]), ..Mfa::default() };
    let administration = vec!["10.0.0.0/8".parse().expect("a network")];
    let networks = Networks { administration, ..Networks::default() };
    world.rule(Policy { mfa, networks, ..Policy::default() }).await;
    let doors = explain(&[]);
    assert_eq!((&doors[0]["verdict"], &doors[0]["rule"]), (&json!("second_factor"), &json!("mfa.roles")));
    let doors = explain(&["--with", "password,totp", "--from", "203.0.113.7"]);
    assert_eq!(doors[0]["verdict"], "pass");
    assert_eq!(
        (&doors[3]["verdict"], &doors[3]["rule"]),
        (&json!("refused"), &json!("networks.administration"))
    );
    assert_eq!(explain(&["--with", "passkey", "--from", "10.1.1.1"])[3]["verdict"], "pass");
    let words = program.ok(&["policy", "explain", "--tenant", "acme", "ada@acme.example"]).out;
    assert!(words.contains("must prove a second factor: `mfa.roles`"), "{words}");
    assert_eq!(program.run(&["policy", "explain", "--tenant", "acme", "eve@acme.example"]).code, Some(1));
}

/// R13: the break-glass owner comes in where the methods leave no way, the record says so, and everybody else stays out.
#[tokio::test]
async fn the_break_glass_owner_comes_in_and_it_is_recorded() {
    let world = World::new().await;
    world.rule(Policy { methods: BTreeSet::from([Factor::Connection]), ..Policy::default() }).await;
    assert!(!is_signed_in(&sign_in(&world, PASSWORD).await.0).await);
    let (acme, ada) = (world.acme, world.ada);
    let break_glass = |roles: BTreeSet<Role>| {
        move |tx: &mut PlatformTx<'_>| {
            let scope = tx.tenant(acme)?.expect("acme");
            let mut tx = tx.enter(&scope)?;
            let user = users::find(&mut tx, ada)?.expect("ada");
            users::update(&mut tx, &User { break_glass: true, roles, ..user })
        }
    };
    world.server.as_operator(break_glass(BTreeSet::from([Role::Admin]))).await;
    assert!(!is_signed_in(&sign_in(&world, PASSWORD).await.0).await, "only an owner can be the one");
    world.server.as_operator(break_glass(BTreeSet::from([Role::Owner]))).await;
    assert!(is_signed_in(&sign_in(&world, PASSWORD).await.0).await);
    let scope = world.server.scope_of("acme").await.scope;
    let events = world.server.database().read(&scope, |tx| audit::after(tx, 0, 10_000)).await;
    let loud = |body: &str| body.contains("\"break_glass\":true") && body.contains("session.sign_in");
    assert_eq!(events.expect("the events").iter().filter(|event| loud(&event.body)).count(), 1);
    let told = |mails: &[SentMail]| -> Vec<String> {
        let told = mails.iter().filter(|mail| mail.subject.contains("emergency account"));
        told.map(|mail| mail.to.clone()).collect()
    };
    assert_eq!(
        told(&world.server.mails().await),
        ["ada@acme.example"],
        "every owner is told, and nobody else"
    );
    let mfa = Mfa { everybody: true, ..Mfa::default() };
    world.rule(Policy { methods: BTreeSet::from([Factor::Connection]), mfa, ..Policy::default() }).await;
    assert!(!is_signed_in(&sign_in(&world, PASSWORD).await.0).await, "the other rules hold");
}
