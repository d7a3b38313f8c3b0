//! Remembered devices (D33): same person, same tenant, so many days, where the policy allows it; and never for what matters most.

use std::sync::Arc;
use std::time::Duration;

use symbolon::effects::Clock;
use symbolon::flows::provision::change_policy;
use symbolon::model::audit::Actor;
use symbolon::model::policy::{Mfa, Policy, RememberedDevices};
use symbolon::model::role::Role;
use symbolon::model::user::User;
use symbolon::storage::TenantScope;
use symbolon::storage::records::{policies, remembered_devices, sessions, users};

use super::codes::{ADA, Phone};
use super::{authorize, before_the_password, events, exchange, is_signed_in, sign_in, token};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool::STEP;
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::tokens::{claims, text};

const DAY: Duration = Duration::from_hours(24);

pub(super) fn rules(days: u32) -> Policy {
    Policy { remembered_devices: RememberedDevices { days }, ..Policy::default() }
}

impl Phone {
    async fn policy(&self, policy: Policy) {
        let scope = self.server.scope_of("acme").await.scope;
        let now = self.server.now();
        self.server.as_operator(move |tx| policies::put(&mut tx.enter(&scope)?, &policy, now)).await;
    }

    /// The same as somebody who may would do it.
    async fn changed_policy(&self, scope: &TenantScope, policy: Policy) {
        let (call, clock) = (self.server.operator(), Arc::clone(&self.server.clock));
        let changed = self.server.database().write(scope, move |tx| {
            change_policy(tx, (&call, &(clock as Arc<dyn Clock>)), &Actor::Operator, &policy)
        });
        assert!(changed.await.expect("a policy"), "it is another one");
    }

    async fn with_role(&self, role: Role) {
        let scope = self.server.scope_of("acme").await.scope;
        let id = self.id;
        let made = self.server.database().write(&scope, move |tx| {
            let user = users::find(tx, id)?.expect("ada");
            users::update(tx, &User { roles: [role].into(), ..user })
        });
        made.await.expect("a role");
    }

    /// The session that names a device.
    async fn session_on_a_device(&self) -> String {
        let scope = self.server.scope_of("acme").await.scope;
        let id = self.id;
        let open = self.server.database().read(&scope, move |tx| sessions::open_of_user(tx, id));
        let open = open.await.expect("sessions");
        let (session, _) = open.iter().find(|(session, _)| session.device.is_some()).expect("one");
        session.id.to_string()
    }

    /// A browser in which she proved both factors and had it remembered; she is signed out of it again.
    pub(super) async fn remembered(&self, days: u32) -> Jar {
        self.policy(rules(days)).await;
        let (jar, page) = self.past_the_password().await;
        assert!(page.has("remember"), "{page:?}");
        let home = jar.submit(&page, &[("code", &self.shows()), ("remember", "on")]).await;
        assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
        sign_out(&jar).await;
        self.server.advance(STEP).await;
        jar
    }

    /// Signs in there by the password; the page after it.
    pub(super) async fn again(&self, jar: &Jar) -> Page {
        let page = jar.open("/login").await;
        sign_in(jar, &page, (ADA, "acme"), PASSWORD).await
    }

    /// Whether the browser is asked for the second factor.
    async fn is_asked(&self, jar: &Jar) -> bool {
        let page = self.again(jar).await;
        match page.marker().as_deref() {
            Some("page-totp") => true,
            Some("page-home") => false,
            _ => panic!("neither: {page:?}"),
        }
    }
}

async fn sign_out(jar: &Jar) {
    let question = jar.open("/oauth2/logout").await;
    jar.submit(&question, &[("decision", "confirm")]).await;
    assert!(!is_signed_in(jar).await);
}

/// The token of the forms of this account.
async fn csrf(jar: &Jar) -> String {
    let page = jar.open("/account/sessions").await;
    page.form().fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1
}

/// The cookies by which this browser is remembered.
fn devices(jar: &Jar) -> Vec<(String, String)> {
    let header = jar.cookie_header();
    let pairs = header.split("; ").filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(name, _)| name.starts_with("symbolon-device-"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn d33_a_remembered_device_is_not_asked_for_the_second_factor_and_no_token_says_more_than_was_proved() {
    let phone = Phone::new().await;
    let jar = phone.remembered(14).await;
    let page = jar.open(&authorize("notes", "&tenant=acme")).await;
    let back = sign_in(&jar, &page, (ADA, "acme"), PASSWORD).await;
    let tokens = exchange(&phone.server, &phone.client, &back).await;
    for name in ["id_token", "access_token"] {
        let claims = claims(&text(&tokens, name));
        assert_eq!(claims["acr"], "urn:symbolon:acr:1", "{claims}");
        assert_eq!(claims["amr"], serde_json::json!(["pwd"]), "{claims}");
    }
    let seen = events(&phone.server, &phone.server.scope_of("acme").await.scope).await;
    let kept = seen.iter().filter(|event| event.body.contains("\"kind\":\"factor.device_remembered\""));
    assert_eq!(kept.count(), 1);
    assert!(
        seen.iter().any(|event| event.body.contains("\"remembered_device\":\"totp\"")),
        "it stands in the record"
    );
    // A request that asks for two gets two.
    let asked = jar.open(&authorize("notes", "&tenant=acme&acr_values=urn%3Asymbolon%3Aacr%3A2")).await;
    assert_eq!(asked.marker().as_deref(), Some("page-totp"), "{asked:?}");
}

/// D27, D33: off by default, whatever a form says.
#[tokio::test]
async fn d33_no_device_is_remembered_where_the_policy_does_not_say_so() {
    let phone = Phone::new().await;
    let (jar, page) = phone.past_the_password().await;
    assert!(!page.has("remember"), "{page:?}");
    let mut fields = page.form().fields;
    fields.extend([("code".to_owned(), phone.shows()), ("remember".to_owned(), "on".to_owned())]);
    fields.push(("action".to_owned(), "continue".to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let home = jar.follow(jar.post("/login/totp", &fields).await).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
    assert_eq!(Everything::open(phone.server.storage()).count("remembered_devices"), 0);
    sign_out(&jar).await;
    assert!(phone.is_asked(&jar).await);
    phone.server.advance(STEP).await;
    // Nor does one count that was remembered while the policy said so.
    let jar = phone.remembered(14).await;
    phone.policy(Policy::default()).await;
    assert!(phone.is_asked(&jar).await);
}

/// D33: the same person and tenant, and the secret of that browser alone.
#[tokio::test]
async fn d33_a_device_is_remembered_for_one_account() {
    let phone = Phone::new().await;
    let jar = phone.remembered(14).await;
    let kept = devices(&jar);
    assert_eq!(kept.len(), 1, "{kept:?}");
    let stranger = phone.server.browser();
    for (name, value) in [
        (kept[0].0.clone(), "syd_invented".to_owned()),
        (kept[0].0.clone(), kept[0].1.replace("syd_", "syb_")),
        ("symbolon-device".to_owned(), kept[0].1.clone()),
    ] {
        stranger.set_cookie(&name, &value);
        assert!(phone.is_asked(&stranger).await, "{name}");
    }
    // Bob has an authenticator too: he is asked in Ada's browser.
    let acme = phone.server.scope_of("acme").await;
    let bob = acme.person("bob@acme.example", &[]).await;
    let (id, scope) = (phone.id, acme.scope.clone());
    let hash = symbolon::protocol::opaque::hash(&kept[0].1);
    let theirs = phone.server.database().read(&scope, move |tx| {
        let hashes = [hash];
        Ok((
            remembered_devices::latest(tx, id, &hashes)?.is_some(),
            remembered_devices::latest(tx, bob, &hashes)?.is_some(),
        ))
    });
    assert_eq!(theirs.await.expect("an answer"), (true, false));
    let globex = phone.server.organisation("globex", &[]).await.scope.clone();
    let hash = symbolon::protocol::opaque::hash(&kept[0].1);
    let elsewhere =
        phone.server.database().read(&globex, move |tx| remembered_devices::latest(tx, id, &[hash]));
    assert!(elsewhere.await.expect("an answer").is_none());
}

#[tokio::test]
async fn d33_a_device_is_forgotten_after_its_days() {
    let phone = Phone::new().await;
    let jar = phone.remembered(14).await;
    phone.server.advance(DAY * 13).await;
    assert!(!phone.is_asked(&jar).await);
    sign_out(&jar).await;
    phone.server.advance(DAY).await;
    assert!(phone.is_asked(&jar).await, "the days count from the proof, not from the last sign-in");
    // A shorter time counts at once.
    let jar = phone.remembered(30).await;
    phone.server.advance(DAY * 3).await;
    phone.policy(rules(2)).await;
    assert!(phone.is_asked(&jar).await);
    phone.server.advance(DAY * 30).await;
    phone.server.run_jobs().await;
    assert_eq!(Everything::open(phone.server.storage()).count("remembered_devices"), 0, "pruned");
}

/// P065: whatever takes back what was proved takes the devices along.
#[tokio::test]
async fn p065_a_device_stands_in_for_nothing_that_was_taken_back() {
    let phone = Phone::new().await;
    let scope = phone.server.scope_of("acme").await.scope;
    // A new password, a reset, an administrator who ends everything or resets a factor: each forgets the proofs of before.
    let jar = phone.remembered(14).await;
    let (id, now) = (phone.id, phone.server.now());
    let forgotten = phone.server.database().write(&scope, move |tx| users::forget_proofs(tx, id, now));
    forgotten.await.expect("forgotten");
    phone.server.advance(Duration::from_secs(1)).await;
    assert!(phone.is_asked(&jar).await);
    // The person themselves, from wherever they are signed in.
    for (action, button) in [("forget_devices", "devices-forget"), ("end_others", "sessions-end-others")] {
        let jar = phone.remembered(14).await;
        assert!(!phone.is_asked(&jar).await);
        let desk = phone.by_both().await;
        let page = desk.open("/account/sessions").await;
        assert!(page.has(button), "{page:?}");
        let csrf = csrf(&desk).await;
        let done = desk.post("/account/sessions", &[("csrf", &csrf), ("action", action)]).await;
        let done = desk.follow(done).await;
        assert!(done.has("sessions-notice") && !done.has("devices-forget"), "{done:?}");
        assert!(is_signed_in(&desk).await, "this one stays");
        if is_signed_in(&jar).await {
            sign_out(&jar).await;
        }
        phone.server.advance(STEP).await;
        assert!(phone.is_asked(&jar).await, "{action}");
        phone.server.advance(STEP).await;
    }
    // Suspended and back.
    let jar = phone.remembered(14).await;
    phone.server.suspend_user(scope.id(), phone.id).await;
    let (id, since) = (phone.id, phone.server.now() + Duration::from_secs(1));
    let back = phone.server.database().write(&scope, move |tx| {
        let user = users::find(tx, id)?.expect("ada");
        users::update(tx, &User { status: symbolon::model::status::Status::Resumed { since }, ..user })
    });
    back.await.expect("back");
    phone.server.advance(Duration::from_secs(2)).await;
    assert!(phone.is_asked(&jar).await);
}

/// D33: never for the console, nor for a change of the account; whether the policy asks for two factors or only she does.
#[tokio::test]
async fn d33_a_device_stands_in_for_nothing_in_the_console_and_for_no_sensitive_change() {
    let phone = Phone::new().await;
    phone.with_role(Role::Owner).await;
    let jar = phone.remembered(14).await;
    for everybody in [true, false] {
        let mfa = Mfa { everybody, ..Mfa::default() };
        phone.policy(Policy { mfa, ..rules(14) }).await;
        assert!(!phone.is_asked(&jar).await);
        assert!(is_signed_in(&jar).await, "the session stands on the device");
        let console = jar.open("/console/people").await;
        assert_ne!(console.marker().as_deref(), Some("page-console-people"), "{everybody}: {console:?}");
        let csrf = csrf(&jar).await;
        let removed = jar.post("/account/factors/totp/remove", &[("csrf", &csrf)]).await;
        let asked = jar.follow(removed).await;
        assert_ne!(asked.marker().as_deref(), Some("page-factors"), "{everybody}: {asked:?}");
        assert_eq!(Everything::open(phone.server.storage()).count("totp_factors"), 1, "it is still there");
        sign_out(&jar).await;
    }
    // The factor itself opens it, in that session too.
    assert!(!phone.is_asked(&jar).await);
    phone.server.advance(STEP).await;
    let asked = jar.open("/console/people").await;
    assert_eq!(asked.marker().as_deref(), Some("page-totp"), "{asked:?}");
    let asked = jar.submit(&asked, &[("code", &phone.shows())]).await;
    let opened = jar.submit(&asked, &[("password", PASSWORD)]).await;
    assert_eq!(opened.marker().as_deref(), Some("page-console-people"), "{opened:?}");
    sign_out(&jar).await;
    phone.server.advance(STEP).await;
    // A session that stood on one ends when it is forgotten.
    assert!(!phone.is_asked(&jar).await);
    let both = phone.by_both().await;
    let csrf = csrf(&both).await;
    both.post("/account/sessions", &[("csrf", &csrf), ("action", "forget_devices")]).await;
    assert!(!is_signed_in(&jar).await, "though no rule asks for two");
    assert_eq!(jar.open("/console/people").await.marker().as_deref(), Some("page-login"));
    assert_eq!(both.open("/console/people").await.marker().as_deref(), Some("page-console-people"));
}

/// P065: whoever ends one session keeps its browser out; signing out there does not.
#[tokio::test]
async fn p065_to_end_a_session_forgets_the_device_of_its_browser() {
    let phone = Phone::new().await;
    let jar = phone.remembered(14).await;
    assert!(!phone.is_asked(&jar).await, "signed out, and remembered");
    let desk = phone.by_both().await;
    let page = desk.open("/account/sessions").await;
    let open = page.body.matches("name=\"session\"").count();
    assert!(open >= 1, "{page:?}");
    let csrf = csrf(&desk).await;
    let sid = phone.session_on_a_device().await;
    desk.post("/account/sessions", &[("csrf", &csrf), ("session", &sid), ("action", "end")]).await;
    assert!(!is_signed_in(&jar).await, "it is over");
    phone.server.advance(STEP).await;
    assert!(phone.is_asked(&jar).await);
}

/// D31, P047: guesses at the factor stay counted where a device stood in for it.
#[tokio::test]
async fn p047_a_device_forgives_no_guesses_at_the_factor() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "3 per 10m").start().await;
    let phone = Phone::on(server).await;
    let jar = phone.remembered(14).await;
    let (thief, mut page) = phone.past_the_password().await;
    for _ in 0..2 {
        page = thief.submit(&page, &[("code", "000000")]).await;
        assert_eq!((page.status.as_u16(), page.marker().as_deref()), (200, Some("page-totp")), "{page:?}");
        // By the device, between the guesses.
        assert!(!phone.is_asked(&jar).await);
        sign_out(&jar).await;
    }
    thief.submit(&page, &[("code", "000000")]).await;
    let locked = thief.submit(&page, &[("code", &phone.shows())]).await;
    assert_eq!(locked.status, 429, "{locked:?}");
}

/// A device counts while the factor does that was proved in it, and no policy of later brings one back.
#[tokio::test]
async fn d33_what_a_policy_has_no_days_for_is_gone() {
    let phone = Phone::new().await;
    let jar = phone.remembered(14).await;
    let scope = phone.server.scope_of("acme").await.scope;
    for days in [0, 14] {
        phone.changed_policy(&scope, rules(days)).await;
    }
    assert_eq!(Everything::open(phone.server.storage()).count("remembered_devices"), 0);
    assert!(phone.is_asked(&jar).await);
}

/// A code of the sheet is for the day the phone is lost: nothing is remembered by it.
#[tokio::test]
async fn d33_no_recovery_code_has_a_device_remembered() {
    let phone = Phone::new().await;
    phone.policy(rules(14)).await;
    let (jar, page) = phone.past_the_password().await;
    let page = phone.without_the_phone(&jar, &page).await;
    assert!(!page.has("remember"), "{page:?}");
    jar.submit(&page, &[("code", &phone.sheet[0]), ("remember", "on")]).await;
    assert!(is_signed_in(&jar).await);
    assert_eq!(Everything::open(phone.server.storage()).count("remembered_devices"), 0);
}

/// P015: what a client holds lives by the device as long as the session does, and no longer.
#[tokio::test]
async fn p015_a_refresh_stands_on_a_device_while_its_session_does() {
    let phone = Phone::new().await;
    let jar = phone.remembered(14).await;
    let mfa = Mfa { everybody: true, ..Mfa::default() };
    phone.policy(Policy { mfa, ..rules(14) }).await;
    let asks = authorize("notes", "&tenant=acme&prompt=consent");
    let page = jar.open(&asks.replace("scope=openid", "scope=openid%20offline_access")).await;
    let mut page = sign_in(&jar, &page, (ADA, "acme"), PASSWORD).await;
    if page.marker().as_deref() == Some("page-consent") {
        page = jar.submit(&page, &[("decision", "allow")]).await;
    }
    let tokens = exchange(&phone.server, &phone.client, &page).await;
    let refresh = async |held: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", held)];
        token(&phone.server, &phone.client, &fields).await
    };
    let again = refresh(&text(&tokens, "refresh_token")).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(claims(&text(&again.json(), "access_token"))["acr"], "urn:symbolon:acr:1");
    let desk = phone.by_both().await;
    let csrf = csrf(&desk).await;
    desk.post("/account/sessions", &[("csrf", &csrf), ("action", "forget_devices")]).await;
    let refused = refresh(&text(&again.json(), "refresh_token")).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(!is_signed_in(&jar).await, "nor does the session stand any more");
}

/// The form that is sent twice remembers one device, by one cookie.
#[tokio::test]
async fn d33_a_form_that_is_sent_twice_remembers_one_device() {
    let phone = Phone::new().await;
    phone.policy(rules(14)).await;
    let (jar, page) = phone.past_the_password().await;
    let twin = jar.copy();
    let code = phone.shows();
    let fields = [("code", code.as_str()), ("remember", "on")];
    jar.submit(&page, &fields).await;
    twin.submit(&page, &fields).await;
    assert_eq!(devices(&jar), devices(&twin));
    assert_eq!(Everything::open(phone.server.storage()).count("remembered_devices"), 1);
    let (other, page) = before_the_password(&phone.server, ADA, "acme").await;
    let page = other.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-totp"), "another browser is another device: {page:?}");
}
