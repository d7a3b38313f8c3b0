//! A browser that sends a form a second time before the first is answered never reads that answer, nor its cookie. The second
//! answer leads where the first did and brings the same cookie; to nobody else (P069).

use std::time::Duration;

use super::{authorize, before_the_password, events, is_signed_in, sign_in, signed_in, started};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;

const ADA: &str = "ada@acme.example";
const BOB: &str = "bob@acme.example";
const COOKIE: &str = "symbolon";

/// The fields of a page's form, with these filled in.
fn filled<'a>(form: &'a [(String, String)], with: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(with.iter().copied()).collect()
}

/// Sends the form of a page, and loses the answer.
pub(super) async fn send_in_vain(jar: &Jar, page: &Page, with: &[(&str, &str)]) -> Page {
    let form = page.form();
    let answer = jar.copy().post(&form.action, &filled(&form.fields, with)).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    answer
}

/// Takes the cookie of an answer after all.
fn read(jar: &Jar, answer: &Page) {
    let cookie = answer.header("set-cookie").and_then(|line| line.split(['=', ';']).nth(1));
    jar.set_cookie(COOKIE, cookie.expect("a cookie"));
}

/// A browser in which Ada is signed in, before the password field for Bob, whom a client asks for.
async fn ada_here_and_bob_expected(server: &TestServer) -> (Jar, Page) {
    let jar = signed_in(server, ADA, "acme").await;
    let page = jar.open(&authorize("notes", "&prompt=login&tenant=acme")).await;
    let page = jar.submit(&page, &[("username", BOB), ("action", "continue")]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{page:?}");
    (jar, page)
}

async fn with_ada_and_bob() -> TestServer {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    acme.person(BOB, &[]).await;
    server
}

/// How many events of Acme say this.
async fn recorded(server: &TestServer, word: &str) -> usize {
    let scope = server.scope_of("acme").await.scope.clone();
    events(server, &scope).await.iter().filter(|event| event.body.contains(word)).count()
}

const RIGHT: [(&str, &str); 2] = [("password", PASSWORD), ("action", "continue")];

#[tokio::test]
async fn p147_a_password_sent_again_leads_on_and_the_other_accounts_stay() {
    let server = with_ada_and_bob().await;
    let (jar, page) = ada_here_and_bob_expected(&server).await;
    let before = jar.cookie(COOKIE).expect("a cookie");
    send_in_vain(&jar, &page, &RIGHT).await;
    server.advance(Duration::from_secs(5)).await;
    send_in_vain(&jar, &page, &RIGHT).await;
    assert_eq!(jar.cookie(COOKIE).as_ref(), Some(&before), "no answer was read");
    let back = jar.submit(&page, &RIGHT).await;
    assert!(back.answer().contains_key("code"), "{back:?}");
    assert_ne!(jar.cookie(COOKIE), Some(before));
    let home = jar.open("/").await;
    assert!(home.body.contains(ADA) && home.body.contains(BOB), "{home:?}");
    assert_eq!(recorded(&server, "session.sign_in").await, 2, "each signed in once");
}

#[tokio::test]
async fn p147_a_plain_sign_in_sent_again_ends_at_our_first_page() {
    let server = with_ada_and_bob().await;
    let first = signed_in(&server, ADA, "acme").await;
    let (fresh, page) = before_the_password(&server, BOB, "acme").await;
    let login = first.open("/login").await;
    let beside = first.submit(&login, &[("username", BOB), ("organisation", "acme")]).await;
    for (jar, page) in [(fresh, page), (first, beside)] {
        send_in_vain(&jar, &page, &RIGHT).await;
        let home = jar.submit(&page, &RIGHT).await;
        assert!(home.body.contains(BOB) && home.has("home-sign-out"), "{home:?}");
    }
}

#[tokio::test]
async fn p147_a_choice_of_account_sent_again_leads_on_and_the_accounts_stay() {
    let server = with_ada_and_bob().await;
    let jar = signed_in(&server, ADA, "acme").await;
    let page = jar.open("/login").await;
    sign_in(&jar, &page, (BOB, "acme"), PASSWORD).await;
    let chooser = jar.open(&authorize("notes", "&prompt=select_account")).await;
    let values: Vec<&str> = chooser.body.split("name=\"account\" value=\"").skip(1).collect();
    let values: Vec<&str> = values.iter().filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(values.len(), 2, "{chooser:?}");
    send_in_vain(&jar, &chooser, &[("account", values[0])]).await;
    // The other button of the same page is another answer.
    let other = jar.copy().submit(&chooser, &[("account", values[1])]).await;
    assert_eq!(other.marker().as_deref(), Some("page-error"), "{other:?}");
    let back = jar.submit(&chooser, &[("account", values[0])]).await;
    assert!(back.answer().contains_key("code"), "{back:?}");
    let home = jar.open("/").await;
    assert!(home.body.contains(ADA) && home.body.contains(BOB), "{home:?}");
}

/// P069: whoever planted the old cookie, and saw the form too, gets nothing by it: the password is asked for as if the form came
/// for the first time, and a wrong one counts.
#[tokio::test]
async fn p069_the_old_cookie_and_the_form_open_nothing_without_the_password() {
    let server = with_ada_and_bob().await;
    let (jar, page) = ada_here_and_bob_expected(&server).await;
    let thief = jar.copy();
    let victim = jar.submit(&page, &RIGHT).await;
    assert!(victim.location().is_some(), "{victim:?}");
    assert!(!is_signed_in(&thief).await, "the old cookie alone");

    let (jar, page) = ada_here_and_bob_expected(&server).await;
    let thief = jar.copy();
    send_in_vain(&jar, &page, &RIGHT).await;
    for number in 1..=3 {
        let form = page.form();
        let guess = [("password", "a wrong password"), ("action", "continue")];
        let answer = thief.post(&form.action, &filled(&form.fields, &guess)).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (303, None), "{answer:?}");
        assert_eq!(recorded(&server, "wrong_password").await, number, "each guess counts");
    }
    assert!(!is_signed_in(&thief).await);
    // With the password in hand, but another form of the same page, or none: the browser is not the one that signed in.
    for serial in ["AAAAAAAAAAAAAAAAAAAAAA", "", "x", "\u{e9}"] {
        let mut form = page.form();
        form.fields.retain(|(name, _)| name != "serial");
        form.fields.push(("serial".to_owned(), serial.to_owned()));
        let answer = thief.post(&form.action, &filled(&form.fields, &RIGHT)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("set-cookie")),
            (303, None),
            "{serial}: {answer:?}"
        );
    }
    assert!(!is_signed_in(&thief).await);
    // The browser itself still may.
    assert!(jar.submit(&page, &RIGHT).await.answer().contains_key("code"));
}

/// P069: what the answer gives again is what the first one gave: it ends with the session, with the cookie of the next rise, and
/// after a minute.
#[tokio::test]
async fn p069_a_form_is_answered_again_only_while_its_cookie_is_the_last_one() {
    let server = with_ada_and_bob().await;
    let gone = async |jar: &Jar, page: &Page| {
        let form = page.form();
        let answer = jar.post(&form.action, &filled(&form.fields, &RIGHT)).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (303, None), "{answer:?}");
        assert!(!is_signed_in(jar).await);
    };

    // Somebody has signed in since, over the new cookie.
    let (jar, page) = ada_here_and_bob_expected(&server).await;
    let late = jar.copy();
    let won = send_in_vain(&jar, &page, &RIGHT).await;
    read(&jar, &won);
    let next = jar.open("/login").await;
    sign_in(&jar, &next, (ADA, "acme"), PASSWORD).await;
    gone(&late, &page).await;

    // The person has signed out since.
    let (jar, page) = ada_here_and_bob_expected(&server).await;
    let late = jar.copy();
    read(&jar, &send_in_vain(&jar, &page, &RIGHT).await);
    let question = jar.open("/oauth2/logout").await;
    jar.submit(&question, &[("decision", "confirm")]).await;
    assert!(!is_signed_in(&jar).await);
    gone(&late, &page).await;

    // It is too long ago.
    let (jar, page) = ada_here_and_bob_expected(&server).await;
    send_in_vain(&jar, &page, &RIGHT).await;
    server.advance(Duration::from_mins(1)).await;
    gone(&jar, &page).await;
}
