//! One person's way through the product in a real browser: invited by mail, a passkey and an authenticator set up, a sign-in
//! under the tenant's policy, a lost phone got over, and the sessions of other browsers seen and ended.

use symbolon::flows::invitations::{Inviter, Newcomer, invite_many};
use symbolon::model::client::{Client, ClientKind};
use symbolon::model::policy::{Mfa, Policy};
use symbolon::storage::records::policies;

use super::layout::FAULTS;
use super::site::Site;
use super::window::{DESKTOP, Window, with_window};
use crate::harness::TestServer;
use crate::harness::jar::Jar;
use crate::harness::oathtool::{STEP, code};
use crate::harness::seed::client;

const EMAIL: &str = "grace@acme.example";
const PASSWORD: &str = "seven quiet harbours at dawn";

/// A tenant that wants a second factor of everybody, and its wiki.
struct Scene {
    server: TestServer,
    wiki: Site,
}

impl Scene {
    async fn set() -> Self {
        let server = TestServer::start().await;
        let wiki = Site::open();
        wiki.put("/callback", "<!doctype html><title>wiki</title><main id=\"page-wiki\"></main>".to_owned());
        let acme = server.organisation("acme", &[]).await;
        let policy = Policy { mfa: Mfa { everybody: true, ..Mfa::default() }, ..Policy::default() };
        let now = server.now();
        server
            .database()
            .write(&acme.scope, move |tx| policies::put(tx, &policy, now))
            .await
            .expect("a policy");
        let mut registration: Client = client("acme.wiki", ClientKind::Web);
        registration.metadata.redirect_uris = vec![wiki.address("/callback")];
        acme.register(registration).await;
        Self { server, wiki }
    }

    /// Invites her; gives the link of the mail.
    async fn invite(&self) -> String {
        let acme = self.server.scope_of("acme").await.scope;
        let (call, terms) = (self.server.operator(), self.server.edge.mail.clone());
        let newcomer =
            Newcomer { email: EMAIL.to_owned(), roles: vec!["member".to_owned()], ..Newcomer::default() };
        let sent = self
            .server
            .database()
            .write(&acme, move |tx| invite_many(tx, &call, &terms, &Inviter::operator(), (&[newcomer], 7)));
        sent.await.expect("sent").expect("nothing is wrong with it");
        self.server.mails().await.last().expect("a mail").link()
    }

    /// Where the wiki sends a browser that has to sign in.
    fn request(&self) -> String {
        let callback = self.wiki.address("/callback");
        let query = [
            ("client_id", "acme.wiki"),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", callback.as_str()),
            ("prompt", "login"),
        ];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        format!("{}/oauth2/authorize?{query}", self.server.issuer())
    }

    /// The address of a page of ours.
    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.server.issuer())
    }

    /// What her authenticator shows, at a step that was not used yet.
    async fn next_code(&self, key: &str) -> String {
        self.server.advance(STEP).await;
        code(key, self.server.now())
    }

    /// Waits until the wiki has its answer, so many in all.
    async fn wiki_has(&self, window: &Window, answers: usize) {
        window.arrive_at("page-wiki").await;
        assert_eq!(self.wiki.queries().len(), answers);
        // The wiki has no picture of itself, of which the browser complains.
        window.complaints().await;
    }

    /// Signs her in at another browser, with a recovery code.
    async fn elsewhere(&self, recovery: &str) -> Jar {
        let jar = self.server.browser();
        let page = jar.open("/login").await;
        let page =
            jar.submit(&page, &[("username", EMAIL), ("organisation", "acme"), ("action", "continue")]).await;
        let page = jar.submit(&page, &[("password", PASSWORD), ("action", "continue")]).await;
        let (_, interaction) = page.path.split_once("interaction=").expect("a sign-in that goes on");
        let page = jar.open(&format!("/login/recovery-code?interaction={interaction}")).await;
        jar.submit(&page, &[("code", recovery), ("action", "continue")]).await;
        jar
    }
}

/// Checks the layout of the page that is shown, and that the policy blocks nothing of ours.
async fn sound(window: &Window, marker: &str) {
    window.arrive_at(marker).await;
    assert_eq!(window.evaluate(FAULTS).await, serde_json::json!([]), "{marker}");
    let complaints = window.complaints().await;
    assert!(complaints.is_empty(), "{marker}: {complaints:?}");
}

async fn fill(window: &Window, field: &str, text: &str) {
    window.clear(field).await;
    window.press(text).await;
}

/// By address and password, up to the second factor.
async fn give_password(window: &Window, address: &str) {
    window.open(address).await;
    sound(window, "page-login").await;
    fill(window, "username", EMAIL).await;
    if window.text("organisation-hint").await.is_some() {
        fill(window, "organisation", "acme").await;
    }
    window.press_enter().await;
    sound(window, "page-password").await;
    fill(window, "password", PASSWORD).await;
    window.press_enter().await;
    sound(window, "page-passkey").await;
}

/// The codes of the sheet that is shown.
async fn sheet(window: &Window) -> Vec<String> {
    let texts = "return [...document.querySelectorAll('#recovery-codes code')].map(code => code.textContent)";
    let codes: Vec<String> = serde_json::from_value(window.evaluate(texts).await).expect("a list");
    assert!(!codes.is_empty(), "a sheet of codes");
    codes
}

/// Sets an authenticator up; gives its key.
async fn set_up_authenticator(window: &Window, scene: &Scene) -> String {
    window.open(&scene.page("/account/factors/totp")).await;
    sound(window, "page-totp-setup").await;
    window.click("totp-begin").await;
    window.arrive_at_id("totp-key").await;
    let key = window.text("totp-key").await.expect("the key");
    fill(window, "code", &scene.next_code(&key).await).await;
    window.click("totp-confirm").await;
    window.arrive_at_id("totp-manage").await;
    key
}

/// Accepts the invitation: a password, and the passkey that the policy asks for as a second factor. Gives her codes for a bad day.
async fn join(window: &Window, invitation: &str) -> Vec<String> {
    window.open(invitation).await;
    sound(window, "page-invitation").await;
    fill(window, "name", "Grace Hopper").await;
    fill(window, "password", PASSWORD).await;
    window.click("invitation-submit").await;
    sound(window, "page-enrol").await;
    window.click("passkey-submit").await;
    sound(window, "page-enrolled").await;
    let codes = sheet(window).await;
    window.click("enrol-onward").await;
    window.arrive_at("page-home").await;
    codes
}

/// From the page of one factor to that of another.
async fn choose(window: &Window, (other, way, page): (&str, &str, &str)) {
    window.click(other).await;
    sound(window, "page-factor").await;
    window.click(way).await;
    sound(window, page).await;
}

async fn give_code(window: &Window, code: &str) {
    fill(window, "code", code).await;
    window.press_enter().await;
}

/// A phone is lost: a recovery code lets her in, and she sets up another authenticator. Gives its key.
async fn get_over_a_lost_phone(window: &Window, scene: &Scene, recovery: &str) -> String {
    window.forget_cookies().await;
    give_password(window, &scene.page("/login")).await;
    choose(window, ("factor-other", "factor-recovery-code", "page-recovery-code")).await;
    give_code(window, recovery).await;
    sound(window, "page-factors").await;
    window.open(&scene.page("/account/factors/totp/remove")).await;
    sound(window, "page-totp-remove").await;
    window.click("totp-remove-confirm").await;
    sound(window, "page-factors").await;
    set_up_authenticator(window, scene).await
}

/// Somebody is signed in as her elsewhere, by a stolen code of the sheet: she sees the session and ends it.
async fn end_the_session_of_a_stranger(window: &Window, scene: &Scene, stolen: &str) {
    let stranger = scene.elsewhere(stolen).await;
    let theirs = async || stranger.open("/account/sessions").await.marker();
    assert_eq!(theirs().await.as_deref(), Some("page-sessions"));
    window.open(&scene.page("/account/sessions")).await;
    sound(window, "page-sessions").await;
    let others = "return document.querySelectorAll('[id^=session-end-]').length";
    let shown = window.evaluate(others).await.as_u64().expect("a number");
    assert!(shown > 0, "the stranger's session is shown");
    window.click("sessions-end-others").await;
    window.arrive_at_id("sessions-notice").await;
    assert_eq!(window.evaluate(others).await, serde_json::json!(0));
    assert!(window.text("session-here").await.is_some(), "her own goes on");
    assert_eq!(theirs().await.as_deref(), Some("page-login"));
}

#[tokio::test]
async fn a_person_joins_signs_in_gets_over_a_lost_phone_and_ends_a_session() {
    let scene = Scene::set().await;
    let invitation = scene.invite().await;
    let request = scene.request();
    with_window(DESKTOP, |window| async move {
        window.plug_in_authenticator().await;
        let codes = join(&window, &invitation).await;
        let phone = set_up_authenticator(&window, &scene).await;

        window.forget_cookies().await;
        window.suggest_nothing().await;
        give_password(&window, &request).await;
        assert!(scene.wiki.queries().is_empty(), "a password alone is not enough");
        choose(&window, ("factor-other", "factor-totp", "page-totp")).await;
        give_code(&window, &scene.next_code(&phone).await).await;
        sound(&window, "page-consent").await;
        window.click("consent-allow").await;
        scene.wiki_has(&window, 1).await;

        let another = get_over_a_lost_phone(&window, &scene, &codes[0]).await;
        assert_ne!(another, phone);

        // The lost phone and the used code open nothing any more; the new authenticator does.
        window.forget_cookies().await;
        give_password(&window, &request).await;
        choose(&window, ("factor-other", "factor-totp", "page-totp")).await;
        give_code(&window, &scene.next_code(&phone).await).await;
        window.arrive_at_id("code-problem").await;
        // A refused form has a status of which the browser's console tells, too.
        window.complaints().await;
        choose(&window, ("login-other", "factor-recovery-code", "page-recovery-code")).await;
        give_code(&window, &codes[0]).await;
        window.arrive_at_id("code-problem").await;
        window.complaints().await;
        assert_eq!(scene.wiki.queries().len(), 1);
        choose(&window, ("login-other", "factor-totp", "page-totp")).await;
        give_code(&window, &scene.next_code(&another).await).await;
        scene.wiki_has(&window, 2).await;

        end_the_session_of_a_stranger(&window, &scene, &codes[1]).await;
        let mails = scene.server.mails().await;
        assert!(mails.iter().all(|mail| mail.to == EMAIL));
        assert!(mails.len() > 3, "told of what changed: {}", mails.len());
    })
    .await;
}
