//! Guessing passwords and probing for accounts (P036, P037, P038, D18, D23, D31).

use std::time::Duration;

use reqwest::StatusCode;
use symbolon::crypto::password::Password;
use symbolon::flows::login::{Destination, lockout};
use symbolon::model::secret::Secret;
use symbolon::storage::records::{passwords, tenants};

use super::{before_the_password, count, events, is_signed_in, sign_in, started};
use crate::harness::TestServer;
use crate::harness::html::tags;
use crate::harness::jar::Page;
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;
use crate::harness::wait::until;

/// One try in a fresh browser.
async fn attempt(server: &TestServer, account: (&str, &str), password: &str) -> Page {
    let jar = server.browser();
    let page = jar.open("/login").await;
    sign_in(&jar, &page, account, password).await
}

/// What a page shows, without what is different each time.
fn shape(page: &Page, email: &str) -> (StatusCode, Vec<String>, String) {
    let mut body = page.body.replace(email, "EMAIL");
    for tag in tags(&page.body) {
        let fresh = [tag.get("data-options"), tag.get("value").filter(|_| tag.get("type") == Some("hidden"))];
        for value in fresh.into_iter().flatten().filter(|value| !value.is_empty()) {
            body = body.replace(value, "VALUE");
        }
    }
    let changing = ["date", "x-request-id", "set-cookie", "content-length"];
    let mut headers: Vec<String> =
        page.headers
            .iter()
            .map(|(name, value)| {
                if changing.contains(&name.as_str()) {
                    name.to_string()
                } else {
                    format!("{name}: {value:?}")
                }
            })
            .collect();
    headers.sort();
    (page.status, headers, body)
}

/// The shape of the page that asks for the password of this account.
async fn identified(
    server: &TestServer,
    email: &str,
    organisation: &str,
) -> (StatusCode, Vec<String>, String) {
    let (_, page) = before_the_password(server, email, organisation).await;
    shape(&page, email)
}

#[tokio::test]
async fn p036_no_answer_tells_whether_an_account_exists() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let gone = acme.person("bob@acme.example", &[]).await;
    server.suspend_user(acme.id(), gone).await;
    let closed = server.organisation("closed", &[]).await;
    closed.person("cat@closed.example", &[]).await;
    server.suspend_tenant(closed.id()).await;
    let bare = acme.person("dan@acme.example", &[]).await;
    let scope = acme.scope.clone();
    server.as_operator(move |tx| passwords::remove(&mut tx.enter(&scope)?, bare)).await;
    let expected = identified(&server, "ada@acme.example", "acme").await;
    for account in [
        ("nobody@acme.example", "acme"),
        ("bob@acme.example", "acme"),
        ("dan@acme.example", "acme"),
        ("cat@closed.example", "closed"),
        ("ada@acme.example", "nowhere"),
    ] {
        assert_eq!(identified(&server, account.0, account.1).await, expected, "{account:?}");
    }
    let expected = attempt(&server, ("ada@acme.example", "acme"), "wrong password").await;
    assert_eq!(expected.status, StatusCode::OK);
    assert!(expected.has("password-problem"));
    let expected = shape(&expected, "ada@acme.example");
    for (account, password) in [
        (("nobody@acme.example", "acme"), "wrong password"),
        (("bob@acme.example", "acme"), PASSWORD),
        (("bob@acme.example", "acme"), "wrong password"),
        (("dan@acme.example", "acme"), PASSWORD),
        (("cat@closed.example", "closed"), PASSWORD),
        (("ada@acme.example", "nowhere"), PASSWORD),
        (("ada@acme.example", "platform"), PASSWORD),
    ] {
        let page = attempt(&server, account, password).await;
        assert_eq!(shape(&page, account.0), expected, "{account:?}");
    }
    let seen = events(&server, &acme.scope).await;
    assert_eq!(count(&seen, "session.sign_in"), 5, "each refusal is recorded");
    assert!(!seen.iter().any(|event| event.body.contains("acme.example")), "and names no person");
}

#[tokio::test]
async fn p037_a_name_is_locked_after_failures_whether_it_exists_or_not() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "3 per 10m").start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    for email in ["ada@acme.example", "nobody@acme.example"] {
        for organisation in ["acme", "nowhere"] {
            for _ in 0..3 {
                let page = attempt(&server, (email, organisation), "wrong password").await;
                assert!(page.has("password-problem"), "{page:?}");
            }
            let page = attempt(&server, (email, organisation), PASSWORD).await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{email} {organisation}");
            assert_eq!(page.header("retry-after"), Some("600"));
        }
    }
    let seen = events(&server, &acme.scope).await;
    assert_eq!(count(&seen, "account.locked"), 2, "once for each name at this tenant");
    server.advance(Duration::from_mins(10)).await;
    let jar = server.browser();
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("ada@acme.example", "acme"), PASSWORD).await;
    assert!(is_signed_in(&jar).await, "the lock has an end");
}

/// P037: guesses at a pace below the window are guesses in a row too; a sign-in ends the row.
#[tokio::test]
async fn p037_slow_guesses_lock_a_name_too() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "3 per 10m").start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let ada = ("ada@acme.example", "acme");
    for _ in 0..2 {
        for _ in 0..2 {
            assert!(attempt(&server, ada, "wrong password").await.has("password-problem"));
            server.advance(Duration::from_mins(11)).await;
        }
        assert!(!attempt(&server, ada, PASSWORD).await.has("password-problem"), "two are forgiven");
    }
    for _ in 0..3 {
        assert!(attempt(&server, ada, "wrong password").await.has("password-problem"));
        server.advance(Duration::from_mins(9)).await;
    }
    assert_eq!(attempt(&server, ada, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn failures_past_the_limit_become_one_counted_event() {
    let server = TestServer::with()
        .unlimited()
        .set("limits.sign_in_account", "100 per 10m")
        .set("limits.recorded_failures", "2 per 10m")
        .start()
        .await;
    let acme = server.organisation("acme", &[]).await;
    for _ in 0..5 {
        attempt(&server, ("nobody@acme.example", "acme"), "wrong password").await;
    }
    let seen = events(&server, &acme.scope).await;
    assert_eq!((count(&seen, "session.sign_in"), count(&seen, "session.failures_folded")), (2, 0));
    server.advance(Duration::from_mins(11)).await;
    server.run_jobs().await;
    let seen = events(&server, &acme.scope).await;
    assert_eq!(count(&seen, "session.failures_folded"), 1);
    assert!(seen.iter().any(|event| event.body.contains("\"count\":3")), "{seen:#?}");
}

#[tokio::test]
async fn p038_a_long_password_counts_to_its_last_character() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let long = "correct horse battery staple ".repeat(4);
    let long = long.get(..100).expect("100 characters").to_owned();
    let hash =
        server.edge.passwords.hash(Password::new(&Secret::new(long.clone())).expect("a password")).await;
    let (scope, now) = (acme.scope.clone(), server.now());
    let phc = Secret::new(hash.expect("a hash").as_str().to_owned());
    server.as_operator(move |tx| passwords::put(&mut tx.enter(&scope)?, ada, &phc, now)).await;
    let late = format!("{}X", long.get(..99).expect("99 characters"));
    let refused = attempt(&server, ("ada@acme.example", "acme"), &late).await;
    assert!(refused.has("password-problem"), "{refused:?}");
    let beyond = attempt(&server, ("ada@acme.example", "acme"), &"x".repeat(4000)).await;
    assert!(beyond.has("password-problem"), "{beyond:?}");
    let (page, sent) = (beyond.status, beyond.path.as_str());
    assert!(
        page == StatusCode::OK && sent.starts_with("/login/password?interaction="),
        "told by GET: {beyond:?}"
    );
    let home = attempt(&server, ("ada@acme.example", "acme"), &long).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:#?}");
    let jar = server.browser();
    jar.open("/login").await;
    let huge = "x".repeat(1024 * 1024);
    let answer = jar.post("/login/password", &[("password", &huge)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// P037: guesses that are sent together are judged one after the other, on either database.
#[tokio::test]
async fn p037_guesses_sent_at_the_same_time_do_not_pass_the_limit() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "3 per 10m").start().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let mut browsers = Vec::new();
    for _ in 0..24 {
        browsers.push(before_the_password(&server, "ada@acme.example", "acme").await);
    }
    let mut guesses = Vec::new();
    for (n, (jar, page)) in browsers.into_iter().enumerate() {
        let guess = if n == 23 { PASSWORD.to_owned() } else { format!("wrong password {n}") };
        guesses.push(tokio::spawn(async move {
            let form = page.form();
            let hidden = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let fields: Vec<(&str, &str)> = hidden.chain([("password", guess.as_str())]).collect();
            let answered = jar.post(&form.action, &fields).await;
            // The page says what was wrong; after a right guess the way leads on.
            let wrong = answered.location().is_some_and(|to| to.starts_with("/login/password?"));
            if wrong { 422 } else { answered.status.as_u16() }
        }));
    }
    let mut statuses = Vec::new();
    for guess in guesses {
        statuses.push(guess.await.expect("an answer"));
    }
    let judged = statuses.iter().filter(|status| matches!(**status, 303 | 422)).count();
    assert!(judged <= 4, "a right one and three wrong ones at most: {statuses:?}");
    assert!(statuses.iter().filter(|status| **status == 422).count() <= 3, "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
}

/// P037: a guess that meets another one waits for its verdict, with the right password too: here the other one locks the
/// name, in a transaction of its own that is still open when the guess is judged.
#[tokio::test]
async fn p037_a_guess_waits_for_the_verdict_on_the_one_before_it() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let (jar, page) = before_the_password(&server, "ada@acme.example", "acme").await;
    let key = server.edge.sign_in.account_key(&Destination::Tenant(acme.id()), "ada@acme.example");
    // The counter is there already: what a guess must wait for is its row, and not that it comes to be.
    let (first, now, rate) = (key.clone(), server.now(), "1 per 10m".parse().expect("a rate"));
    server.as_operator(move |tx| lockout::count(tx, &first, "9 per 10m".parse().expect("a rate"), now)).await;

    let (open, gate) = std::sync::mpsc::channel();
    let (inside, entered) = tokio::sync::oneshot::channel();
    let database = server.database().clone();
    let before = tokio::spawn(async move {
        let judged = database.write_directory(move |directory| {
            lockout::hold(directory, &key, now)?;
            lockout::count(directory, &key, rate, now)?;
            let _waiting = inside.send(());
            let _opened = gate.recv();
            Ok(())
        });
        judged.await.expect("the guess before");
    });
    entered.await.expect("the guess before has begun");
    let guess = jar.submit(&page, &[("password", PASSWORD)]);
    let mut below = Everything::open(server.storage());
    let opening = async {
        // Until it is seen to wait; one that does not is through before.
        until(Duration::from_secs(20), "the guess waits", async || below.anybody_waits()).await;
        open.send(())
    };
    tokio::pin!(guess, opening);
    let page = tokio::select! {
        through = &mut guess => through,
        opened = &mut opening => { opened.expect("the gate"); guess.await }
    };
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "it did not wait: {page:?}");
    before.await.expect("the guess before");
}

/// D2: an organisation that was named is followed. Were it to give way to what the address names, the difference would
/// tell which ones exist.
#[tokio::test]
async fn d2_an_unknown_organisation_is_not_replaced_by_that_of_the_address() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let id = acme.id();
    server.as_operator(move |tx| tenants::set_domains(tx, id, &["acme.example".to_owned()])).await;
    let jar = server.browser();
    let page = jar.open("/login").await;
    assert!(page.has("organisation"));
    let fields = [("username", "ada@acme.example"), ("organisation", "nowhere")];
    let page = jar.submit(&page, &fields).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(page.has("password-problem"), "nobody signs in at an organisation that is none");
    assert!(!is_signed_in(&jar).await);
    // Left out, the domain leads there.
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "")]).await;
    jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(is_signed_in(&jar).await);
}
