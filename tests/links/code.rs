//! A code by mail as a second factor: once, the newest only, in the sign-in that it was sent for, and for nobody who has a
//! better one (D13).

use std::collections::BTreeSet;
use std::time::Duration;

use symbolon::model::link::LinkPurpose;
use symbolon::model::policy::{Mfa, Policy, RememberedDevices};
use symbolon::model::session::Factor;
use symbolon::model::user::User;
use symbolon::storage::records::{links, users};

use super::{ADA, Post, at_password, is_signed_in, sign_in, signed_in};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::oathtool::{another, set_up};
use crate::harness::seed::PASSWORD;

/// Two factors for everybody, and a code by mail is one.
fn with_codes() -> Policy {
    let mfa = Mfa { everybody: true, ..Mfa::default() };
    let methods = BTreeSet::from([Factor::Password, Factor::Totp, Factor::MagicLink, Factor::EmailCode]);
    Policy { methods, mfa, ..Policy::default() }
}

impl Post {
    async fn with_codes() -> Self {
        let post = Self::new().await;
        post.policy(with_codes()).await;
        post
    }

    /// A fresh browser past the password, at the page that offers a code.
    async fn past_the_password(&self) -> (Jar, Page) {
        let (jar, page) = self.before(ADA).await;
        let page = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert_eq!(page.marker().as_deref(), Some("page-email-code"), "{page:?}");
        assert!(page.has("code-send") && !page.has("code"), "{page:?}");
        (jar, page)
    }

    /// Has a code sent there; the page that asks for it, and the code.
    async fn send_code(&self, jar: &Jar, page: &Page) -> (Page, String) {
        let before = self.server.mails().await.len();
        let page = jar.submit(page, &[("action", "send")]).await;
        assert!(page.has("code-sent") && page.has("code"), "{page:?}");
        let mails = self.server.mails().await;
        assert_eq!(mails.len(), before + 1, "one mail");
        let mail = mails.last().expect("a mail");
        assert_eq!(mail.to, ADA);
        let code = mail.code();
        assert!(!mail.subject.contains(&code), "subjects show on locked screens");
        (page, code)
    }

    /// The same in a fresh browser.
    async fn sent(&self) -> (Jar, Page, String) {
        let (jar, page) = self.past_the_password().await;
        let (page, code) = self.send_code(&jar, &page).await;
        (jar, page, code)
    }
}

/// The ways on that the sign-in of this page has now.
async fn ways(jar: &Jar, page: &Page) -> Page {
    let handle = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("it").1;
    let ways = jar.open(&format!("/login/factor?other=1&interaction={handle}")).await;
    assert_eq!(ways.marker().as_deref(), Some("page-factor"), "{ways:?}");
    ways
}

async fn enter(jar: &Jar, page: &Page, code: &str) -> Page {
    jar.submit(page, &[("code", code), ("action", "continue")]).await
}

#[tokio::test]
async fn d13_a_password_and_a_mailed_code_are_two_factors() {
    let post = Post::with_codes().await;
    let (jar, page, code) = post.sent().await;
    let home = enter(&jar, &page, &format!(" {} {} ", &code[..3], &code[3..])).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
    assert!(is_signed_in(&jar).await);
    let signed_in = post.events("session.sign_in").await;
    assert!(signed_in[0].body.contains("\"factors\":[\"password\",\"email_code\"]"), "{signed_in:?}");
    let mailed = post.events("link.mailed").await;
    assert_eq!(mailed.len(), 1);
    assert!(mailed[0].body.contains("\"purpose\":\"email_code\""), "{mailed:?}");
    for event in mailed.iter().chain(&signed_in) {
        assert!(!event.body.contains(&code), "no secret in an event");
    }
}

/// D13: it makes nobody's account weaker than they made it, and it is no second factor beside the same mailbox.
#[tokio::test]
async fn d13_a_mailed_code_is_for_those_who_have_nothing_better() {
    let post = Post::with_codes().await;
    // Beside a mailed link it is the same channel.
    let (jar, path) = post.mailed("login-link").await;
    let link = jar.open(&path).await;
    let stopped = jar.submit(&link, &[]).await;
    assert!(
        !is_signed_in(&jar).await && stopped.marker().as_deref() != Some("page-email-code"),
        "{stopped:?}"
    );
    // A sign-in that waits for a code when its person sets up an authenticator goes on with that alone.
    let (waiting, field, unused) = post.sent().await;
    post.policy(Policy { mfa: Mfa::default(), ..with_codes() }).await;
    let ada = signed_in(&post).await;
    set_up(&ada, post.server.now()).await;
    post.policy(with_codes()).await;
    let refused = enter(&waiting, &field, &unused).await;
    assert!(!is_signed_in(&waiting).await, "{refused:?}");
    let ways = ways(&waiting, &field).await;
    assert!(ways.has("factor-totp") && !ways.has("factor-email-code"), "{ways:?}");
    let before = post.server.mails().await.len();
    let refused = waiting.submit(&field, &[("action", "send")]).await;
    assert!(!refused.has("code-sent"), "{refused:?}");
    assert_eq!(post.server.mails().await.len(), before, "no mail");
    assert!(!is_signed_in(&waiting).await);
}

/// D33: a device stands in for the factor that was proved in it, and counts while that one does.
#[tokio::test]
async fn d33_a_device_that_a_mailed_code_has_remembered_counts_while_codes_are_mailed_to_that_address() {
    let post = Post::new().await;
    let rules = || Policy { remembered_devices: RememberedDevices { days: 14 }, ..with_codes() };
    post.policy(rules()).await;
    let (jar, page, code) = post.sent().await;
    jar.submit(&page, &[("code", &code), ("remember", "on"), ("action", "continue")]).await;
    assert!(is_signed_in(&jar).await);
    let sign_out = async || {
        let question = jar.open("/oauth2/logout").await;
        jar.submit(&question, &[("decision", "confirm")]).await;
    };
    let again = async || {
        sign_in(&jar, PASSWORD).await;
        is_signed_in(&jar).await
    };
    sign_out().await;
    assert!(again().await);
    // Withdrawn: what stands on the device does not stand any more, nor does it begin.
    let methods = BTreeSet::from([Factor::Password, Factor::Totp, Factor::MagicLink]);
    post.policy(Policy { methods, ..rules() }).await;
    assert!(!is_signed_in(&jar).await && !again().await);
    post.policy(rules()).await;
    assert!(is_signed_in(&jar).await, "the method counts again, and so does the device");
    // No mailed link is a second channel beside it.
    sign_out().await;
    let page = at_password(&jar, ADA, "acme").await;
    post.ask(&jar, &page, "login-link").await;
    let mails = post.server.mails().await;
    let link = jar.open(&post.path(mails.last().expect("a link"))).await;
    jar.submit(&link, &[]).await;
    assert!(!is_signed_in(&jar).await);
}

/// P060, D33: another address is another mailbox.
#[tokio::test]
async fn p060_a_device_that_a_mailed_code_has_remembered_goes_with_the_address() {
    let post = Post::new().await;
    post.policy(Policy { remembered_devices: RememberedDevices { days: 14 }, ..with_codes() }).await;
    let (jar, page, code) = post.sent().await;
    jar.submit(&page, &[("code", &code), ("remember", "on"), ("action", "continue")]).await;
    let page = jar.open("/account/email").await;
    let asked = jar.submit(&page, &[("email", "lovelace@acme.example"), ("action", "change")]).await;
    assert!(asked.has("email-pending"), "{asked:?}");
    let mails = post.server.mails().await;
    let link = mails.iter().rev().find(|mail| mail.to == "lovelace@acme.example").expect("a link");
    let page = jar.open(&post.path(link)).await;
    let done = jar.submit(&page, &[("action", "continue")]).await;
    assert_eq!(done.marker().as_deref(), Some("page-email"), "{done:?}");
    let question = jar.open("/oauth2/logout").await;
    jar.submit(&question, &[("decision", "confirm")]).await;
    let page = at_password(&jar, "lovelace@acme.example", "acme").await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-email-code"), "{page:?}");
}

/// D33: a device that is remembered by a code by mail stands in for no authenticator that was set up since.
#[tokio::test]
async fn d33_a_new_factor_is_asked_for_on_a_device_that_was_remembered_before() {
    let post = Post::new().await;
    post.policy(Policy { remembered_devices: RememberedDevices { days: 14 }, ..with_codes() }).await;
    let (jar, page, code) = post.sent().await;
    assert!(page.has("remember"), "{page:?}");
    jar.submit(&page, &[("code", &code), ("remember", "on"), ("action", "continue")]).await;
    assert!(is_signed_in(&jar).await);
    let other = jar.copy();
    let question = other.open("/oauth2/logout").await;
    other.submit(&question, &[("decision", "confirm")]).await;
    let home = sign_in(&other, PASSWORD).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "the device is remembered: {home:?}");
    // Nobody sets up a factor by a password and a device.
    let first = other.open("/account/passkeys/new").await;
    assert_ne!(first.marker().as_deref(), Some("page-passkey-new"), "{first:?}");
    let (ada, page, code) = post.sent().await;
    enter(&ada, &page, &code).await;
    set_up(&ada, post.server.now()).await;
    assert!(!is_signed_in(&other).await, "nor does a session stand on it any more");
    let asked = sign_in(&other, PASSWORD).await;
    assert_eq!(asked.marker().as_deref(), Some("page-totp"), "{asked:?}");
}

/// D27, P043: where the policy does not name it, there is none, at whichever moment that is judged.
#[tokio::test]
async fn p043_no_code_is_mailed_or_taken_where_the_policy_does_not_name_it() {
    let post = Post::with_codes().await;
    let (jar, page, code) = post.sent().await;
    let mfa = Mfa { everybody: true, ..Mfa::default() };
    post.policy(Policy { mfa, ..Policy::default() }).await;
    let before = post.server.mails().await.len();
    let refused = enter(&jar, &page, &code).await;
    assert!(!is_signed_in(&jar).await, "{refused:?}");
    assert!(ways(&jar, &page).await.has("factor-none"));
    let refused = jar.submit(&page, &[("action", "send")]).await;
    assert!(!refused.has("code-sent"), "{refused:?}");
    assert_eq!(post.server.mails().await.len(), before, "no mail");
    // By the default policy, and with its password right.
    let (jar, page) = post.before(ADA).await;
    let refused = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(refused.has("password-problem"), "{refused:?}");
}

/// P059: whoever looks at the page, a scanner or a browser that loads ahead, has nothing sent.
#[tokio::test]
async fn p059_looking_at_the_page_of_a_code_sends_none() {
    let post = Post::with_codes().await;
    let (jar, page) = post.past_the_password().await;
    for method in [reqwest::Method::HEAD, reqwest::Method::GET] {
        jar.send(method, &page.path, None, &[]).await;
    }
    let without_its_button = jar.submit(&page, &[]).await;
    assert!(!without_its_button.has("code-sent"), "{without_its_button:?}");
    assert!(post.server.mails().await.is_empty());
}

#[tokio::test]
async fn p058_a_code_works_once_and_the_newest_alone() {
    let post = Post::with_codes().await;
    let (jar, page, first) = post.sent().await;
    post.server.advance(Duration::from_secs(1)).await;
    let (page, second) = post.send_code(&jar, &page).await;
    let old = enter(&jar, &page, &first).await;
    assert!(old.has("code-problem"), "{old:?}");
    let twin = jar.copy();
    assert_eq!(enter(&jar, &page, &second).await.marker().as_deref(), Some("page-home"));
    // The very same form a moment later is answered as before, and is the same sign-in.
    assert_eq!(enter(&twin, &page, &second).await.marker().as_deref(), Some("page-home"));
    let events = post.events("session.sign_in").await;
    let signed_in = events.iter().filter(|event| event.body.contains("\"result\":\"success\""));
    assert_eq!(signed_in.count(), 1, "{events:?}");
    // In another sign-in it is a wrong one.
    let (other, page) = post.past_the_password().await;
    let (page, third) = post.send_code(&other, &page).await;
    let used = enter(&other, &page, &second).await;
    assert!(used.has("code-problem") && !is_signed_in(&other).await, "{used:?}");
    assert_eq!(enter(&other, &page, &third).await.marker().as_deref(), Some("page-home"));
}

/// P058, P071: a code that somebody was talked into telling is worth nothing in the browser of whoever asked them.
#[tokio::test]
async fn p071_a_code_counts_in_the_sign_in_that_it_was_sent_for() {
    let post = Post::with_codes().await;
    let (ada, field, code) = post.sent().await;
    let (thief, page) = post.past_the_password().await;
    assert!(!page.has("code"), "nothing was sent for this one: {page:?}");
    let mut fields: Vec<(String, String)> = page.form().fields;
    fields.extend([("code".to_owned(), code.clone()), ("action".to_owned(), "continue".to_owned())]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let refused = thief.follow(thief.post("/login/email-code", &fields).await).await;
    assert!(!is_signed_in(&thief).await, "{refused:?}");
    assert_eq!(enter(&ada, &field, &code).await.marker().as_deref(), Some("page-home"), "it is not used up");
}

#[tokio::test]
async fn p058_a_code_ends_by_its_time_and_with_what_it_stands_on() {
    let post = Post::with_codes().await;
    let (jar, page, code) = post.sent().await;
    post.server.advance(Duration::from_mins(10)).await;
    let late = enter(&jar, &page, &code).await;
    assert!(!is_signed_in(&jar).await, "{late:?}");
    // A new password, set by a link: what was proved before it counts no more.
    let (jar, page, code) = post.sent().await;
    let (ada, at) = (post.ada, post.server.now() + Duration::from_secs(1));
    post.within(move |tx| users::forget_proofs(tx, ada, at)).await;
    post.server.advance(Duration::from_secs(2)).await;
    let stale = enter(&jar, &page, &code).await;
    assert!(!is_signed_in(&jar).await, "{stale:?}");
    // Another address.
    let (jar, page, code) = post.sent().await;
    let email = "lovelace@acme.example";
    post.change(move |user| User { email: email.into(), email_canonical: email.into(), ..user }).await;
    let moved = enter(&jar, &page, &code).await;
    assert!(!is_signed_in(&jar).await, "{moved:?}");
}

/// P058: purposes never cross, though a code and a link lie in one table.
#[tokio::test]
async fn p058_what_was_mailed_for_another_purpose_is_no_code() {
    let post = Post::with_codes().await;
    let (jar, page, code) = post.sent().await;
    let (_, path) = post.mailed("login-link").await;
    let token = path.split_once("token=").expect("a token").1;
    let refused = enter(&jar, &page, token).await;
    assert!(refused.has("code-problem"), "{refused:?}");
    for path in ["/link", "/reset", "/email", "/factor-link", "/invitation"] {
        let dead = jar.open(&format!("{path}?token={code}")).await;
        assert!(dead.status.is_client_error(), "{path}: {dead:?}");
    }
    // What is stored tells nothing: six digits would be found in no time.
    let ada = post.ada;
    let kept =
        post.within(move |tx| links::of_user(tx, ada, LinkPurpose::EmailCode)).await.expect("the code");
    assert!(kept.interaction.is_some() && kept.consumed_at.is_none(), "{kept:?}");
    for known in [code.clone(), symbolon::model::digest::sha256_hex(code.as_bytes())] {
        assert!(post.within(move |tx| links::find(tx, LinkPurpose::EmailCode, &known)).await.is_none());
    }
}

/// P047: guesses count over all sign-ins and codes, and a new code buys no new ones.
#[tokio::test]
async fn p047_guesses_at_mailed_codes_count_over_all_sign_ins() {
    let server = TestServer::with()
        .unlimited()
        .set("limits.sign_in_account", "8 per 10m")
        .set("limits.mail_recipient", "1000 per 1m");
    let post = Post::on(server.start().await).await;
    post.policy(with_codes()).await;
    let mut guesses = 0;
    for _ in 0..4 {
        let (jar, page) = post.before(ADA).await;
        let page = jar.submit(&page, &[("password", PASSWORD)]).await;
        if page.marker().as_deref() != Some("page-email-code") {
            break;
        }
        let (mut page, code) = post.send_code(&jar, &page).await;
        for _ in 0..3 {
            let answer = enter(&jar, &page, &another(&code)).await;
            assert!(!is_signed_in(&jar).await && answer.has("code-problem"), "{answer:?}");
            if answer.status != reqwest::StatusCode::TOO_MANY_REQUESTS {
                guesses += 1;
                page = answer;
            }
        }
    }
    assert_eq!(guesses, 8, "at the limit the door is shut");
    let failed = post.events("session.sign_in").await;
    assert!(failed[0].body.contains("\"reason\":\"wrong_email_code\""), "{failed:?}");
}

/// P068: who has the password of somebody does not fill their mailbox; and strangers do not use up the codes that its owner needs.
#[tokio::test]
async fn p068_so_many_codes_and_no_more_whatever_strangers_ask_for() {
    let post = Post::on(TestServer::with().unlimited().start().await).await;
    post.policy(with_codes()).await;
    for _ in 0..12 {
        let (jar, page) = post.before(ADA).await;
        post.ask(&jar, &page, "login-reset").await;
    }
    let by_strangers = post.server.mails().await.len();
    assert_eq!(by_strangers, 5);
    let mut told = 0;
    for _ in 0..5 {
        let (jar, mut page) = post.past_the_password().await;
        for _ in 0..10 {
            page = jar.submit(&page, &[("action", "send")]).await;
            told += usize::from(page.has("code-notice"));
        }
    }
    assert_eq!(post.server.mails().await.len() - by_strangers, 5);
    assert_eq!(told, 45, "each time it is said");
}

/// P041: whatever stands in the field, the answer is one of ours.
#[tokio::test]
async fn p041_no_malformed_code_from_a_mail_moves_a_sign_in_on() {
    let post = Post::with_codes().await;
    let (jar, page, code) = post.sent().await;
    let (seven, huge) = (format!("{code}0"), "1".repeat(60_000));
    for text in ["", " ", "-", "0", "12345", &seven, "+12345", "12345a", "null", "[123456]", "١٢٣٤٥٦", &huge]
    {
        let answer = enter(&jar, &page, text).await;
        let told = answer.has("code-problem") || answer.marker().as_deref() == Some("page-error");
        assert!(told && answer.status.as_u16() < 500, "{text:.20?}: {answer:?}");
        assert!(!is_signed_in(&jar).await);
    }
}

/// P036, P045: the page is for whoever has proved a factor in this browser.
#[tokio::test]
async fn p045_the_page_of_mailed_codes_shows_strangers_nothing_and_sends_nothing() {
    let post = Post::with_codes().await;
    let (_, page) = post.past_the_password().await;
    let handle = page.form().fields.into_iter().find(|(name, _)| name == "interaction").expect("it").1;
    let stranger = post.server.browser();
    for path in ["/login/email-code".to_owned(), format!("/login/email-code?interaction={handle}")] {
        let answer = stranger.open(&path).await;
        assert_eq!(answer.marker().as_deref(), Some("page-error"), "{path}: {answer:?}");
    }
    // Before the password there is nobody to send one to.
    let (jar, page) = post.before(ADA).await;
    let fields = page.form().fields;
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    fields.push(("action", "send"));
    jar.follow(jar.post("/login/email-code", &fields).await).await;
    assert!(post.server.mails().await.is_empty(), "nothing was proved");
}
