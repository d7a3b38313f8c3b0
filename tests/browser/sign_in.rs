//! People sign in at the real server with a real browser: by keyboard, without scripts, on a phone in the dark.

use std::collections::BTreeMap;

use symbolon::model::client::{Client, ClientKind};
use symbolon::model::role::Role;

use super::layout::FAULTS;
use super::site::Site;
use super::window::{DESKTOP, Look, PHONE, Window, with_window};
use crate::harness::TestServer;
use crate::harness::seed::{PASSWORD, client};

/// A tenant with two people and a wiki that asks for consent.
struct Scene {
    server: TestServer,
    /// The wiki: what comes back to it is seen here.
    wiki: Site,
}

impl Scene {
    async fn set() -> Self {
        let server = TestServer::start().await;
        let wiki = Site::open();
        wiki.put("/callback", "<!doctype html><title>wiki</title><main id=\"page-wiki\"></main>".to_owned());
        let acme = server.organisation("acme", &[]).await;
        acme.person("ada@acme.example", &[Role::Owner]).await;
        acme.person("grace@acme.example", &[Role::Member]).await;
        let mut registration: Client = client("acme.wiki", ClientKind::Web);
        registration.name = "Acme Wiki".to_owned();
        registration.metadata.redirect_uris = vec![wiki.address("/callback")];
        registration.metadata.first_party = false;
        registration.metadata.policy_uri = Some("https://wiki.example/privacy".to_owned());
        registration.metadata.tos_uri = Some("https://wiki.example/terms".to_owned());
        acme.register(registration).await;
        Self { server, wiki }
    }

    /// The address that the wiki sends a browser to.
    fn request(&self, more: &[(&str, &str)]) -> String {
        let redirect_uri = self.wiki.address("/callback");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([
            ("client_id", "acme.wiki"),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("redirect_uri", redirect_uri.as_str()),
            ("state", "as \"it\" was & is"),
        ]);
        query.extend_pairs(more);
        format!("{}/oauth2/authorize?{}", self.server.issuer(), query.finish())
    }

    /// The parameters of the only answer in a query so far.
    fn answer(&self) -> BTreeMap<String, String> {
        let queries = self.wiki.queries();
        assert_eq!(queries.len(), 1, "one answer: {queries:?}");
        url::form_urlencoded::parse(queries[0].as_bytes()).into_owned().collect()
    }
}

/// Checks the layout of the page that is shown, and that the policy blocks nothing of ours.
async fn sound(window: &Window, marker: &str) {
    window.arrive_at(marker).await;
    let faults = window.evaluate(FAULTS).await;
    assert_eq!(faults, serde_json::json!([]), "{marker}");
    // A refused form has a status that the browser's console tells of, too.
    let ours = |message: &String| !message.contains("the server responded with a status of");
    let complaints: Vec<String> = window.complaints().await.into_iter().filter(ours).collect();
    assert!(complaints.is_empty(), "{marker}: {complaints:?}");
}

#[tokio::test]
async fn a_person_signs_in_with_the_keyboard_alone() {
    let scene = Scene::set().await;
    let address = scene.request(&[]);
    with_window(DESKTOP, |window| async move {
        window.open(&address).await;
        sound(&window, "page-login").await;
        assert_eq!(window.text("client-name").await.as_deref(), Some("Acme Wiki"));
        window.picture("identifier-1280-light").await;
        window.press("Ada@Acme.Example").await;
        window.press_enter().await;

        sound(&window, "page-password").await;
        assert_eq!(window.focus().await, "password");
        window.picture("password-1280-light").await;
        window.press("not the password at all").await;
        window.press_enter().await;

        window.arrive_at_id("password-problem").await;
        sound(&window, "page-password").await;
        assert_eq!(window.focus().await, "password", "the focus is on what was wrong");
        window.picture("password-wrong-1280-light").await;
        window.press(PASSWORD).await;
        window.press_enter().await;

        sound(&window, "page-consent").await;
        window.picture("consent-1280-light").await;
        window.press_tab().await;
        assert_eq!(window.focus().await, "consent-allow");
        window.press_enter().await;
        window.arrive_at("page-wiki").await;
    })
    .await;
    let answer = scene.answer();
    assert!(answer["code"].starts_with("syc_"));
    assert_eq!(answer["state"], "as \"it\" was & is");
    assert_eq!(answer["iss"], scene.server.issuer());
    assert_eq!(answer.len(), 3, "{answer:?}");
}

/// The policy of the real page lets its own script run and its form leave for the client, and for nowhere else.
/// Going back over forms that were refused shows pages of ours, and never the browser's own question whether to send a
/// form again.
#[tokio::test]
async fn going_back_offers_no_form_to_be_sent_again() {
    let scene = Scene::set().await;
    let address = scene.request(&[]);
    with_window(DESKTOP, |window| async move {
        window.open(&address).await;
        window.arrive_at("page-login").await;
        window.press("nobody").await;
        window.press_enter().await;
        window.arrive_at_id("username-problem").await;
        assert_eq!(window.focus().await, "username");
        window.clear("username").await;
        window.press("ada@acme.example").await;
        window.press_enter().await;
        window.arrive_at("page-password").await;
        window.press("not the password at all").await;
        window.press_enter().await;
        window.arrive_at_id("password-problem").await;
        assert_eq!(window.focus().await, "password");
        let place = window.address().await;
        assert!(!place.contains("ada") && !place.contains("problem"), "{place}");
        window.press(PASSWORD).await;
        window.press_enter().await;
        window.arrive_at("page-consent").await;
        window.evaluate("window.history.back()").await;
        window.arrive_at("page-password").await;
        assert_eq!(window.text("password-problem").await, None, "it is over");
        window.evaluate("window.history.forward()").await;
        window.arrive_at("page-consent").await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_by_form_post_leaves_the_real_server_by_itself() {
    let scene = Scene::set().await;
    let address = scene.request(&[("response_mode", "form_post")]);
    with_window(DESKTOP, |window| async move {
        window.open(&address).await;
        sound(&window, "page-login").await;
        window.press("ada@acme.example").await;
        window.press_enter().await;
        sound(&window, "page-password").await;
        window.press(PASSWORD).await;
        window.press_enter().await;
        sound(&window, "page-consent").await;
        window.click("consent-allow").await;
        window.arrive_at("page-received").await;
        // The second time no page of ours needs a person, and the answer goes on from the first address.
        window.open(&address).await;
        window.arrive_at("page-received").await;
    })
    .await;
    let posted = scene.wiki.posted();
    assert_eq!(posted.len(), 2, "{posted:?}");
    for body in posted {
        let answer: BTreeMap<String, String> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        assert_eq!(answer["state"], "as \"it\" was & is");
        assert!(answer["code"].starts_with("syc_") && answer.len() == 3, "{answer:?}");
    }
    assert!(scene.wiki.queries().is_empty(), "nothing of it is in an address");
}

#[tokio::test]
async fn a_person_signs_in_where_scripts_do_not_run_and_the_answer_is_posted() {
    let scene = Scene::set().await;
    let address = scene.request(&[("response_mode", "form_post")]);
    with_window(Look { script: false, ..DESKTOP }, |window| async move {
        window.open(&address).await;
        sound(&window, "page-login").await;
        window.press("ada@acme.example").await;
        window.click("login-submit").await;
        sound(&window, "page-password").await;
        window.press(PASSWORD).await;
        window.click("login-submit").await;
        sound(&window, "page-consent").await;
        window.click("consent-allow").await;
        sound(&window, "page-form-post").await;
        window.picture("form-post-1280-light").await;
        window.click("form-post-submit").await;
        window.arrive_at("page-received").await;
    })
    .await;
    let posted = scene.wiki.posted();
    assert_eq!(posted.len(), 1);
    let fields: BTreeMap<String, String> =
        url::form_urlencoded::parse(posted[0].as_bytes()).into_owned().collect();
    assert!(fields["code"].starts_with("syc_") && fields["state"] == "as \"it\" was & is", "{fields:?}");
}

#[tokio::test]
async fn the_pages_fit_a_phone_in_the_dark_and_speak_the_language_asked_for() {
    let scene = Scene::set().await;
    let address = scene.request(&[("ui_locales", "de-CH fr")]);
    with_window(Look { dark: true, ..PHONE }, |window| async move {
        window.open(&address).await;
        sound(&window, "page-login").await;
        assert_eq!(window.evaluate("return document.documentElement.lang").await, "de");
        window.picture("identifier-390-dark").await;
        window.click("login-submit").await;
        window.arrive_at_id("username-problem").await;
        sound(&window, "page-login").await;
        window.picture("identifier-problem-390-dark").await;
        window.press("ada@acme.example").await;
        window.press_enter().await;
        sound(&window, "page-password").await;
        assert_eq!(window.evaluate("return document.documentElement.lang").await, "de");
        window.picture("password-390-dark").await;
        window.click("login-back").await;
        sound(&window, "page-login").await;
        window.click("login-submit").await;
        sound(&window, "page-password").await;
        window.press(PASSWORD).await;
        window.press_enter().await;
        sound(&window, "page-consent").await;
        window.picture("consent-390-dark").await;
        window.click("consent-deny").await;
        window.arrive_at("page-wiki").await;
    })
    .await;
    assert_eq!(scene.answer()["error"], "access_denied");
}

#[tokio::test]
async fn a_person_who_cancels_goes_back_without_signing_in() {
    let scene = Scene::set().await;
    let address = scene.request(&[]);
    with_window(PHONE, |window| async move {
        window.open(&address).await;
        sound(&window, "page-login").await;
        window.click("login-cancel").await;
        window.arrive_at("page-wiki").await;
    })
    .await;
    let answer = scene.answer();
    assert_eq!((answer["error"].as_str(), answer.contains_key("code")), ("access_denied", false));
}

#[tokio::test]
async fn two_accounts_of_one_browser_are_offered_and_one_signs_out() {
    let scene = Scene::set().await;
    let (first, second, third) =
        (scene.request(&[]), scene.request(&[("prompt", "select_account")]), scene.request(&[]));
    let logout = format!("{}/oauth2/logout", scene.server.issuer());
    with_window(PHONE, |window| async move {
        window.open(&first).await;
        sign_in(&window, "ada@acme.example").await;
        window.arrive_at("page-consent").await;
        window.open(&second).await;
        sound(&window, "page-accounts").await;
        window.click("account-other").await;
        sign_in(&window, "grace@acme.example").await;
        window.arrive_at("page-consent").await;

        window.open(&third).await;
        sound(&window, "page-accounts").await;
        window.picture("accounts-390-light").await;
        window.click("account-2").await;
        sound(&window, "page-consent").await;

        window.open(&logout).await;
        sound(&window, "page-logout-confirm").await;
        window.picture("logout-confirm-390-light").await;
        window.click("logout-confirm").await;
        sound(&window, "page-logged-out").await;
        window.picture("logged-out-390-light").await;
        window.open(&third).await;
        window.arrive_at("page-login").await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_answered_gets_a_page_of_ours() {
    let scene = Scene::set().await;
    let issuer = scene.server.issuer().to_owned();
    let unknown = format!("{issuer}/oauth2/authorize?client_id=nobody&response_type=code");
    with_window(PHONE, |window| async move {
        window.open(&unknown).await;
        sound(&window, "page-error").await;
        assert!(window.address().await.starts_with(&issuer));
        assert!(window.text("request-id").await.is_some_and(|id| id.len() == 36));
        window.picture("error-390-light").await;
        window.open(&format!("{issuer}/nowhere")).await;
        sound(&window, "page-error").await;
        window.open(&issuer).await;
        sound(&window, "page-home").await;
        window.picture("home-390-light").await;
    })
    .await;
    drop(scene);
}

async fn sign_in(window: &Window, email: &str) {
    sound(window, "page-login").await;
    window.clear("username").await;
    window.press(email).await;
    window.press_enter().await;
    sound(window, "page-password").await;
    window.press(PASSWORD).await;
    window.press_enter().await;
}
