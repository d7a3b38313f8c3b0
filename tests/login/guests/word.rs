//! What the word of a home is worth at the host, and for how long (D4, D13, D33).

use std::collections::BTreeSet;
use std::time::Duration;

use symbolon::flows::provision::{delete_user, erase_user, restore_user, resume, suspend};
use symbolon::model::audit::Actor;
use symbolon::model::policy::{Guests, Mfa, Policy};
use symbolon::model::profile::Profile;
use symbolon::model::session::{Factor, Proof};
use symbolon::model::time::Timestamp;
use symbolon::storage::TenantScope;
use symbolon::storage::records::{policies, remembered_devices, sessions, users};

use super::{ADA, World};
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool::{STEP, code};
use crate::harness::rows::Everything;
use crate::harness::tokens::{claims, text};
use crate::login::signed_in;

impl World {
    /// What stands in Ada's only session of this tenant.
    async fn proofs(&self, scope: &TenantScope) -> Vec<Proof> {
        let id = self.ada;
        let open = self.server.database().read(scope, move |tx| sessions::open_of_user(tx, id)).await;
        let open = open.expect("sessions");
        assert_eq!(open.len(), 1, "{open:?}");
        open[0].0.proofs.clone()
    }

    /// Lets an authenticator have been proved in her session at home, and the password once more since.
    async fn with_an_old_second_factor(&self, totp: Timestamp, password: Timestamp) {
        let id = self.ada;
        let set = self.server.database().write(&self.acme, move |tx| {
            let sid = sessions::open_of_user(tx, id)?.first().expect("a session").0.id;
            let proofs =
                [(Factor::Password, password), (Factor::Totp, totp)].map(|(factor, at)| Proof { factor, at });
            sessions::prove(tx, sid, &proofs, password)
        });
        assert!(set.await.expect("an answer"));
    }

    /// Ada's authenticator at the host, set up on the way in.
    async fn with_own_factor(&self) -> (Jar, String) {
        let jar = signed_in(&self.server, ADA, "acme").await;
        // Accounts are listed as they came.
        self.server.advance(Duration::from_secs(1)).await;
        let page = self.accept(&jar).await;
        let shown = jar.submit(&page, &[("action", "begin")]).await;
        let key = shown.text_of("totp-key").unwrap_or_else(|| panic!("no key: {shown:?}"));
        let fields = [("code", &*code(&key, self.server.now())), ("action", "confirm")];
        let done = jar.submit(&shown, &fields).await;
        assert_eq!(done.marker().as_deref(), Some("page-enrolled"), "{done:#?}");
        self.server.advance(STEP).await;
        (jar, key)
    }
}

/// P048, P056 of the same class: a fresh first factor at home does not make an old second one fresh at the host.
#[tokio::test]
async fn p048_two_factors_of_a_home_are_as_old_as_the_older_one() {
    let world = World::trusting().await;
    let jar = signed_in(&world.server, ADA, "acme").await;
    let then = world.server.now();
    world.server.advance(Duration::from_hours(1)).await;
    let now = world.server.now();
    world.with_an_old_second_factor(then, now).await;
    let page = world.accept(&jar).await;
    assert_eq!(page.marker().as_deref(), Some("page-home"), "{page:#?}");
    assert_eq!(world.proofs(&world.globex).await, [Proof { factor: Factor::HomeTwo, at: then }]);
    let token = claims(&text(&world.tokens(&jar).await, "access_token"));
    assert_eq!(
        (&token["amr"], token["auth_time"].as_i64()),
        (&serde_json::json!(["home", "mfa"]), Some(then.unix()))
    );
}

/// D4: where the host counts a home as one factor, nothing it says counts as two, in `acr`, `amr` or for what asks for two fresh ones.
#[tokio::test]
async fn d4_a_home_that_counts_as_one_factor_says_no_more() {
    let world = World::new().await;
    let jar = signed_in(&world.server, ADA, "acme").await;
    let now = world.server.now();
    world.with_an_old_second_factor(now, now).await;
    let page = world.accept(&jar).await;
    assert_eq!(page.marker().as_deref(), Some("page-enrol"), "{page:#?}");
    let shown = jar.submit(&page, &[("action", "begin")]).await;
    let key = shown.text_of("totp-key").expect("a key");
    let fields = [("code", &*code(&key, world.server.now())), ("action", "confirm")];
    jar.submit(&shown, &fields).await;
    let proved: Vec<Factor> = world.proofs(&world.globex).await.iter().map(|proof| proof.factor).collect();
    assert_eq!(proved, [Factor::Home, Factor::Totp]);
    let token = claims(&text(&world.tokens(&jar).await, "access_token"));
    assert_eq!(token["amr"], serde_json::json!(["home", "otp"]));
}

/// D13: one mailbox is one channel, and whose it is the home says: a code by mail is no second factor of a guest.
#[tokio::test]
async fn d13_a_mailed_code_is_no_second_factor_of_a_guest() {
    let world = World::new().await;
    let scope = world.globex.clone();
    let policy = Policy {
        guests: Guests { allowed: true, home_factors: false },
        methods: BTreeSet::from([Factor::Password, Factor::Totp, Factor::MagicLink, Factor::EmailCode]),
        mfa: Mfa { everybody: true, ..Mfa::default() },
        ..Policy::default()
    };
    let now = world.server.now();
    world.server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    let jar = signed_in(&world.server, ADA, "acme").await;
    let page = world.accept(&jar).await;
    assert_eq!(page.marker().as_deref(), Some("page-enrol"), "{page:#?}");
    // Without that, there is no way on.
    let other = signed_in(&world.server, ADA, "acme").await;
    assert!(world.switch(&other).await.has("guest-refused"));
    let asked = other.get("/login/email-code").await;
    assert!(!asked.has("code"), "{asked:?}");
}

/// P074 of the same class: whoever stands at the host's second factor on the word of a session at home stands there no longer than that.
#[tokio::test]
async fn p074_a_word_that_waits_for_the_hosts_factor_ends_with_the_session_at_home() {
    for ended in [false, true] {
        let world = World::new().await;
        let (desk, key) = world.with_own_factor().await;
        let lost = signed_in(&world.server, ADA, "acme").await;
        let asked = world.switch(&lost).await;
        assert_eq!(asked.marker().as_deref(), Some("page-totp"), "{asked:#?}");
        world.server.advance(Duration::from_secs(1)).await;
        if ended {
            let page = world.on_sessions(&desk, &[("action", "end_others")]).await;
            assert_eq!(page.marker().as_deref(), Some("page-sessions"), "{page:#?}");
            assert!(!page.has("session-2"), "{page:#?}");
        }
        let back = lost.submit(&asked, &[("code", &code(&key, world.server.now()))]).await;
        let has_code = back.location().is_some_and(|to| to.contains("code="));
        assert_eq!(has_code, !ended, "{back:#?}");
        assert_eq!(world.is_in_at_globex(&lost).await, !ended);
    }
}

/// P074, P101: the host's own switch works whatever the home's is, and an account that was deleted at home is a guest nowhere.
#[tokio::test]
async fn p101_a_host_shows_a_guest_the_door_whatever_they_are_at_home() {
    let world = World::trusting().await;
    let jar = world.joined().await;
    world
        .server
        .scope_of("acme")
        .await
        .person("second@acme.example", &[symbolon::model::role::Role::Owner])
        .await;
    let (acme, globex, id) = (world.acme.clone(), world.globex.clone(), world.ada);
    let (call, clock) = (world.server.operator(), world.server.edge.clock.clone());
    let host = globex.clone();
    world
        .server
        .as_operator(move |tx| {
            let doors = (&call, &clock);
            assert!(suspend(&mut tx.enter(&acme)?, doors, &Actor::Operator, id)?.is_some());
            assert!(
                suspend(&mut tx.enter(&host)?, doors, &Actor::Operator, id)?.is_some(),
                "the host may too"
            );
            assert!(resume(&mut tx.enter(&acme)?, &call, &Actor::Operator, id)?);
            let guest = users::find(&mut tx.enter(&host)?, id)?.expect("the guest");
            assert!(!guest.status.is_active(), "{guest:?}");
            assert!(resume(&mut tx.enter(&host)?, &call, &Actor::Operator, id)?);
            let guest = users::find(&mut tx.enter(&host)?, id)?.expect("the guest");
            assert!(guest.status.is_active(), "{guest:?}");
            let tx = &mut tx.enter(&acme)?;
            let ada = users::find(tx, id)?.expect("ada");
            delete_user(tx, doors, &Actor::Operator, &ada)?;
            let ada = users::find(tx, id)?.expect("ada");
            assert!(restore_user(tx, &call, &Actor::Operator, &ada)?.is_ok());
            Ok(())
        })
        .await;
    let left = world.server.database().read(&globex, move |tx| users::find(tx, id)).await;
    let left = left.expect("an answer").expect("the row");
    assert!(!left.status.is_active(), "{left:?}");
    assert_eq!(left.profile, Profile::default(), "nothing of what she is at home is told any more");
    assert_eq!(Everything::open(world.server.storage()).count("memberships"), 0);
    assert!(!world.is_in_at_globex(&jar).await);
}

/// P145: what a host keeps of a guest who left names them by the address that they had then, and goes with it.
#[tokio::test]
async fn p145_a_former_host_forgets_a_guest_whole() {
    let world = World::trusting().await;
    world.joined().await;
    let (globex, id) = (world.globex.clone(), world.ada);
    let (call, clock) = (world.server.operator(), world.server.edge.clock.clone());
    let named =
        || format!("{:?}", Everything::open(world.server.storage()).of_tenant(globex.id())).contains(ADA);
    let scope = globex.clone();
    let gone = world.server.as_operator(move |tx| {
        let tx = &mut tx.enter(&scope)?;
        let guest = users::find(tx, id)?.expect("the guest");
        delete_user(tx, (&call, &clock), &Actor::Operator, &guest)
    });
    gone.await;
    assert!(named(), "in what happened");
    let (call, clock) = (world.server.operator(), world.server.edge.clock.clone());
    let scope = globex.clone();
    let erased = world.server.as_operator(move |tx| {
        let tx = &mut tx.enter(&scope)?;
        let guest = users::find(tx, id)?.expect("the row");
        erase_user(tx, (&call, &clock), &Actor::System, &guest)
    });
    assert!(erased.await.expect("no owner") > 0);
    assert!(!named());
}

/// P115 of the same class: whoever ends everything at home wants no browser to be let in by less anywhere.
#[tokio::test]
async fn p115_ending_all_at_home_forgets_the_devices_at_hosts() {
    let world = World::trusting().await;
    let desk = world.joined().await;
    signed_in(&world.server, ADA, "acme").await;
    let (id, at) = (world.ada, world.server.now());
    let made = world.server.database().write(&world.globex, move |tx| {
        remembered_devices::insert(tx, id, "a hash", Proof { factor: Factor::Totp, at })
    });
    made.await.expect("a device");
    world.server.advance(Duration::from_secs(1)).await;
    let page: Page = world.on_sessions(&desk, &[("action", "end_others")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-sessions"), "{page:#?}");
    assert_eq!(Everything::open(world.server.storage()).count("remembered_devices"), 0);
}

/// P056 of the same class: a guest takes away no authenticator that the host asks them for.
#[tokio::test]
async fn p056_a_guest_keeps_the_authenticator_that_the_host_asks_for() {
    let world = World::new().await;
    let (jar, _) = world.with_own_factor().await;
    let accounts = jar.open("/account").await;
    let at_host = accounts.attribute("account-2", "href").expect("the guest's account");
    let sid = at_host.split("account=").nth(1).expect("its session");
    let page = jar.open(&format!("/account/factors?account={sid}")).await;
    assert!(
        page.has("totp-manage") && !page.has("password-set-up") && !page.has("passkeys-manage"),
        "{page:#?}"
    );
    let csrf = jar.open(&format!("/account/data?account={sid}")).await.form().fields;
    let csrf = csrf.into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
    let refused = jar.post("/account/factors/totp/remove", &[("csrf", &csrf), ("account", sid)]).await;
    assert_eq!(refused.status.as_u16(), 409, "{refused:#?}");
    assert_eq!(
        Everything::open(world.server.storage()).of_tenant(world.globex.id())["totp_factors"].len(),
        1
    );
}
