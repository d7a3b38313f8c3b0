//! Signing in with a code as the second factor, from setting it up to the tokens, with `oathtool` for a phone (P045, P046,
//! P049).

use symbolon::model::ids::UserId;
use symbolon::storage::records::totp_factors;

use super::{authorize, before_the_password, exchange, is_signed_in, open_client, sign_in, signed_in};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool::{STEP, another, code, set_up};
use crate::harness::rows::Everything;
use crate::harness::seed::{PASSWORD, Registered};
use crate::harness::tokens::{claims, text};

pub(super) const ADA: &str = "ada@acme.example";

/// Ada of acme with an authenticator, at the beginning of the step after the one that confirmed it.
pub(super) struct Phone {
    pub(super) server: TestServer,
    pub(super) client: Registered,
    pub(super) id: UserId,
    /// The browser in which it was set up.
    pub(super) jar: Jar,
    key: String,
    /// Her recovery codes.
    pub(super) sheet: Vec<String>,
}

impl Phone {
    pub(super) async fn new() -> Self {
        Self::on(TestServer::with().unlimited().start().await).await
    }

    pub(super) async fn on(server: TestServer) -> Self {
        let client = server.platform().await.register(open_client("notes")).await;
        let id = server.organisation("acme", &[]).await.person(ADA, &[]).await;
        let jar = signed_in(&server, ADA, "acme").await;
        let page = jar.open("/account/factors").await;
        assert!(page.has("totp-set-up") && !page.has("totp-manage"), "{page:?}");
        let (key, page) = set_up(&jar, server.now()).await;
        let sheet = codes_on(&page);
        assert_eq!(sheet.len(), 10, "{page:?}");
        server.advance(STEP).await;
        Self { server, client, id, jar, key, sheet }
    }

    /// What the phone shows now.
    pub(super) fn shows(&self) -> String {
        code(&self.key, self.server.now())
    }

    /// What it showed or will show that many steps away.
    pub(super) fn shows_then(&self, steps: i32) -> String {
        let away = STEP * steps.unsigned_abs();
        let now = self.server.now();
        code(&self.key, if steps < 0 { now - away } else { now + away })
    }

    /// A fresh browser in which she gave her password at our own pages.
    pub(super) async fn past_the_password(&self) -> (Jar, Page) {
        let (jar, page) = before_the_password(&self.server, ADA, "acme").await;
        let page = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert_eq!(page.marker().as_deref(), Some("page-totp"), "{page:?}");
        (jar, page)
    }

    /// A browser in which she proved both.
    pub(super) async fn by_both(&self) -> Jar {
        let (jar, page) = self.past_the_password().await;
        jar.submit(&page, &[("code", &self.shows())]).await;
        assert!(is_signed_in(&jar).await);
        jar
    }

    /// The same in a request of the client.
    pub(super) async fn asked_by_the_client(&self) -> (Jar, Page) {
        let jar = self.server.browser();
        let page = jar.open(&authorize("notes", "&tenant=acme")).await;
        let page = sign_in(&jar, &page, (ADA, "acme"), PASSWORD).await;
        assert_eq!(page.marker().as_deref(), Some("page-totp"), "{page:?}");
        (jar, page)
    }

    /// The page for a recovery code, in place of the one for the phone.
    pub(super) async fn without_the_phone(&self, jar: &Jar, page: &Page) -> Page {
        let field =
            |name: &str| page.form().fields.into_iter().find(|(own, _)| own == name).expect("a field").1;
        let ways = jar.open(&format!("/login/factor?other=1&interaction={}", field("interaction"))).await;
        assert!(ways.has("factor-recovery-code") && ways.has("factor-totp"), "{ways:?}");
        let page = jar.open(&format!("/login/recovery-code?interaction={}", field("interaction"))).await;
        assert_eq!(page.marker().as_deref(), Some("page-recovery-code"), "{page:?}");
        page
    }
}

/// The recovery codes on a page.
pub(super) fn codes_on(page: &Page) -> Vec<String> {
    page.body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().expect("a code").to_owned())
        .collect()
}

#[tokio::test]
async fn a_password_and_the_code_of_a_phone_are_two_factors_in_the_tokens() {
    let phone = Phone::new().await;
    let (jar, page) = phone.asked_by_the_client().await;
    let back = jar.submit(&page, &[("code", &phone.shows()), ("action", "continue")]).await;
    let tokens = exchange(&phone.server, &phone.client, &back).await;
    for token in ["id_token", "access_token"] {
        let claims = claims(&text(&tokens, token));
        assert_eq!(claims["acr"], "urn:symbolon:acr:2", "{claims}");
        assert_eq!(claims["amr"], serde_json::json!(["pwd", "otp"]), "{claims}");
    }
    assert!(is_signed_in(&jar).await);
}

/// Passkeys first: a code is no way around the offer, and the client gets its answer after it.
#[tokio::test]
async fn a_passkey_is_offered_after_a_code_and_the_request_goes_on() {
    let phone = Phone::new().await;
    let (jar, page) = phone.asked_by_the_client().await;
    assert!(page.form().fields.iter().any(|(name, _)| name == "device"), "{page:?}");
    let page = jar.submit(&page, &[("code", &phone.shows()), ("device", "passkey")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-offer"), "{page:?}");
    assert!(is_signed_in(&jar).await, "the sign-in is whole");
    let back = jar.submit(&page, &[]).await;
    let tokens = exchange(&phone.server, &phone.client, &back).await;
    assert_eq!(claims(&text(&tokens, "id_token"))["acr"], "urn:symbolon:acr:2");
}

#[tokio::test]
async fn a_password_and_a_recovery_code_are_two_factors_and_the_owner_is_told() {
    let phone = Phone::new().await;
    let (jar, page) = phone.asked_by_the_client().await;
    let page = phone.without_the_phone(&jar, &page).await;
    let typed = phone.sheet[0].to_lowercase().replace('-', " ");
    let back = jar.submit(&page, &[("code", &typed), ("action", "continue")]).await;
    let tokens = exchange(&phone.server, &phone.client, &back).await;
    let claims = claims(&text(&tokens, "id_token"));
    assert_eq!(claims["acr"], "urn:symbolon:acr:2", "{claims}");
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "recovery"]), "{claims}");
    let mut below = Everything::open(phone.server.storage());
    assert_eq!(below.count("mails WHERE kind = 'recovery_used'"), 1);
    // At our own pages, it leads to where the next factor is set up.
    let (jar, page) = phone.past_the_password().await;
    let page = phone.without_the_phone(&jar, &page).await;
    let page = jar.submit(&page, &[("code", &phone.sheet[1])]).await;
    assert_eq!(page.marker().as_deref(), Some("page-factors"), "{page:?}");
    assert!(page.has("factors-notice") && page.body.contains("8 codes left"), "{page:?}");
}

/// P045: with the password alone, nothing that takes two factors opens, by whichever door.
#[tokio::test]
async fn p045_with_the_first_factor_alone_no_door_opens() {
    let phone = Phone::new().await;
    let (jar, page) = phone.asked_by_the_client().await;
    let fields = page.form().fields;
    let field = |name: &str| fields.iter().find(|(own, _)| own == name).expect("a field").1.clone();
    let (interaction, csrf) = (field("interaction"), field("csrf"));
    let resume = format!("/oauth2/authorize/resume?interaction={interaction}");
    let consent = format!("/consent?interaction={interaction}");
    let accounts = format!("/login/accounts?interaction={interaction}");
    let silent = authorize("notes", "&prompt=none&tenant=acme");
    let chooser = authorize("notes", "&prompt=select_account&tenant=acme");
    let paths = [
        "/",
        "/account",
        "/account/factors",
        "/account/factors/totp",
        "/account/factors/totp/remove",
        "/account/factors/recovery-codes",
        "/oauth2/logout",
        "/userinfo",
        resume.as_str(),
        consent.as_str(),
        accounts.as_str(),
        silent.as_str(),
        chooser.as_str(),
    ];
    for path in paths {
        let answer = jar.get(path).await;
        assert!(!answer.location().is_some_and(|to| to.contains("code=")), "{path}: {answer:?}");
        assert!(!answer.body.contains(ADA), "{path}: {answer:?}");
        let landed = jar.follow(answer).await;
        assert!(!landed.location().is_some_and(|to| to.contains("code=")), "{path}: {landed:?}");
        assert!(landed.marker().is_none_or(|marker| !marker.starts_with("page-factors")), "{path}");
    }
    for (path, action) in [
        ("/account/factors/totp", "begin"),
        ("/account/factors/recovery-codes", "make"),
        ("/account/factors/totp/remove", ""),
        ("/consent", "allow"),
        ("/login/accounts", "other"),
    ] {
        let handle = interaction.as_str();
        let sent =
            [("csrf", csrf.as_str()), ("interaction", handle), ("action", action), ("decision", action)];
        let answer = jar.post(path, &sent).await;
        assert!(!answer.has("totp-key") && !answer.has("recovery-codes"), "{path}: {answer:?}");
        assert!(!answer.location().is_some_and(|to| to.contains("code=")), "{path}: {answer:?}");
    }
    assert!(!is_signed_in(&jar).await);
    let mut below = Everything::open(phone.server.storage());
    assert_eq!(below.count("sessions"), 1, "but for the one in which the phone was set up");
    assert_eq!(below.count("recovery_codes WHERE used_at IS NULL"), 10);
    assert_eq!(below.count("authorization_codes"), 0);
}

/// P046: of two sign-ins with the same code one comes in, and the other one counts as a failure.
#[tokio::test]
async fn p046_one_code_in_two_browsers_at_once_signs_in_once() {
    let phone = Phone::new().await;
    for _ in 0..5 {
        let ((one, first), (other, second)) =
            tokio::join!(phone.past_the_password(), phone.past_the_password());
        let shown = phone.shows();
        let filled = [("code", shown.as_str())];
        let (first, second) = tokio::join!(one.submit(&first, &filled), other.submit(&second, &filled));
        let markers = [first.marker(), second.marker()];
        let home = markers.iter().filter(|marker| marker.as_deref() == Some("page-home")).count();
        let refused = [&first, &second].into_iter().filter(|page| page.has("code-problem")).count();
        assert_eq!((home, refused), (1, 1), "{first:?} {second:?}");
        phone.server.advance(STEP).await;
    }
}

#[tokio::test]
async fn p046_an_older_code_after_a_newer_one_is_refused_and_counts() {
    let phone = Phone::new().await;
    let (jar, page) = phone.past_the_password().await;
    let home = jar.submit(&page, &[("code", &phone.shows_then(1))]).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "a phone may be ahead: {home:?}");
    let failures =
        || Everything::open(phone.server.storage()).count("counters WHERE kind = 'sign_in' AND count > 0");
    assert_eq!(failures(), 0, "whoever signed in has a clean slate");
    let (jar, mut page) = phone.past_the_password().await;
    for steps in [1, 0, -1] {
        page = jar.submit(&page, &[("code", &phone.shows_then(steps))]).await;
        assert!(page.has("code-problem"), "{steps}: {page:?}");
    }
    assert_eq!(failures(), 1);
    phone.server.advance(STEP * 2).await;
    let home = jar.submit(&page, &[("code", &phone.shows())]).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
}

/// P069: the value of the cookie changes with each factor, and what it was before opens nothing after.
#[tokio::test]
async fn p069_the_cookie_changes_with_the_second_factor_too() {
    let phone = Phone::new().await;
    let (jar, page) = before_the_password(&phone.server, ADA, "acme").await;
    let mut seen = vec![jar.cookie("symbolon").expect("a cookie")];
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    let between = jar.copy();
    seen.push(jar.cookie("symbolon").expect("a cookie"));
    jar.submit(&page, &[("code", &phone.shows())]).await;
    seen.push(jar.cookie("symbolon").expect("a cookie"));
    seen.dedup();
    assert_eq!(seen.len(), 3);
    assert!(is_signed_in(&jar).await && !is_signed_in(&between).await);
    // The very form once more, by somebody who has the old cookie and not the code.
    let (jar, page) = {
        phone.server.advance(STEP).await;
        phone.past_the_password().await
    };
    let thief = jar.copy();
    let shown = phone.shows();
    jar.submit(&page, &[("code", &shown)]).await;
    thief.submit(&page, &[("code", &another(&shown))]).await;
    assert!(!is_signed_in(&thief).await);
    thief.submit(&page, &[("code", &shown)]).await;
    assert!(is_signed_in(&jar).await, "whoever sent it twice is signed in");
}

/// P049: a code of the sheet works once, and none of an old sheet.
#[tokio::test]
async fn p049_a_used_or_replaced_recovery_code_signs_nobody_in() {
    let phone = Phone::new().await;
    let old = phone.sheet.clone();
    let (jar, page) = phone.past_the_password().await;
    let page = phone.without_the_phone(&jar, &page).await;
    let page = jar.submit(&page, &[("code", &old[0])]).await;
    assert_eq!(page.marker().as_deref(), Some("page-factors"), "{page:?}");
    let page = jar.open("/account/factors/recovery-codes").await;
    let page = jar.submit(&page, &[("action", "make")]).await;
    let new = codes_on(&page);
    assert_eq!(new.len(), 10);
    let (jar, page) = phone.past_the_password().await;
    let mut page = phone.without_the_phone(&jar, &page).await;
    for code in [&old[0], &old[1], &old[9]] {
        page = jar.submit(&page, &[("code", code)]).await;
        assert!(page.has("code-problem"), "{code}: {page:?}");
    }
    assert!(!is_signed_in(&jar).await);
    let page = jar.submit(&page, &[("code", &new[0])]).await;
    assert_eq!(page.marker().as_deref(), Some("page-factors"), "{page:?}");
    let id = phone.id;
    let acme = phone.server.scope_of("acme").await.scope;
    let found = phone.server.database().read(&acme, move |tx| totp_factors::find(tx, id)).await;
    assert!(found.expect("a look-up").is_some(), "recovering takes no factor away");
}
