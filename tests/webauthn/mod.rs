//! Passkeys: an authenticator that forges, against the ceremonies and against the server.

mod ceremonies;
mod enrolment;
mod hostile;
mod sign_in;

use serde_json::Value;
use symbolon::flows::factors::passkey::{self, AddRefusal, Added, Answer, Here, Question};
use symbolon::model::audit::ChainedEvent;
use symbolon::model::ids::UserId;
use symbolon::model::passkey::{Passkey, PasskeyName};
use symbolon::storage::TenantScope;
use symbolon::storage::records::{audit, passkeys};

use crate::harness::TestServer;
use crate::harness::authenticator::Authenticator;
use crate::harness::jar::{Jar, Page};

/// The hash of the cookie in which the tests add passkeys.
const BROWSER: &str = "a browser";

/// What a new passkey is called.
fn name(text: &str) -> PasskeyName {
    text.parse().expect("a name")
}

/// Asks for a new passkey of this person.
async fn ask(server: &TestServer, scope: &TenantScope, user: UserId) -> Option<Question> {
    let (call, rules) = (server.operator(), server.edge.passkeys.clone());
    let asked = server
        .database()
        .read(scope, move |tx| passkey::ask_to_add(tx, &call, &rules, Here { user, browser: BROWSER }));
    asked.await.expect("a question")
}

/// Answers it.
async fn add(
    server: &TestServer,
    scope: &TenantScope,
    user: UserId,
    answer: Answer,
) -> Result<Added, AddRefusal> {
    let (call, rules) = (server.operator(), server.edge.passkeys.clone());
    let added = server.database().write(scope, move |tx| {
        passkey::add(tx, &call, &rules, Here { user, browser: BROWSER }, (&answer, name("Laptop")))
    });
    added.await.expect("an answer")
}

/// What the device says to a question for a new key.
fn made(device: &mut Authenticator, question: &Question) -> Answer {
    Answer { sealed: question.sealed.clone(), said: device.make(&question.options).to_string() }
}

/// Gives this person one more passkey, on this device.
async fn enrol(server: &TestServer, scope: &TenantScope, user: UserId, device: &mut Authenticator) {
    let question = ask(server, scope, user).await.expect("a question");
    add(server, scope, user, made(device, &question)).await.expect("added");
}

/// A device of this person with one passkey.
pub(crate) async fn device(server: &TestServer, scope: &TenantScope, user: UserId) -> Authenticator {
    let mut device = Authenticator::at(server.issuer());
    enrol(server, scope, user, &mut device).await;
    device
}

/// The person's passkeys as they are stored.
async fn stored(server: &TestServer, scope: &TenantScope, user: UserId) -> Vec<Passkey> {
    server.database().read(scope, move |tx| passkeys::of_user(tx, user)).await.expect("the passkeys")
}

/// What a page asks the authenticators for.
fn options(page: &Page) -> Value {
    let options = page.attribute("passkey-form", "data-options");
    let options = options.unwrap_or_else(|| panic!("no question: {page:#?}"));
    serde_json::from_str(&options).expect("options")
}

/// Sends this as the answer to the question of a page, then follows.
async fn answer(jar: &Jar, page: &Page, said: &str) -> Page {
    answer_with(jar, page, &[("answer", said)]).await
}

/// The same, with these fields in place of those of the page.
async fn answer_with(jar: &Jar, page: &Page, filled: &[(&str, &str)]) -> Page {
    let form = page.form_of("passkey-form");
    let kept = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = kept.filter(|(name, _)| !filled.iter().any(|(own, _)| own == name));
    let fields: Vec<(&str, &str)> = kept.chain(filled.iter().copied()).collect();
    let first = jar.post(&form.action, &fields).await;
    jar.follow(first).await
}

/// Signs in with the newest passkey of this device, on the first page.
pub(crate) async fn sign_in(jar: &Jar, device: &Authenticator) -> Page {
    let page = jar.open("/login").await;
    answer(jar, &page, &device.sign(&options(&page)).to_string()).await
}

/// Whether anybody is signed in in this browser.
async fn is_signed_in(jar: &Jar) -> bool {
    jar.open("/").await.has("home-sign-out")
}

/// Every event of a tenant.
async fn events(server: &TestServer, scope: &TenantScope) -> Vec<ChainedEvent> {
    server.database().read(scope, |tx| audit::after(tx, 0, 10_000)).await.expect("the events")
}

/// How many of a tenant's events hold all of these.
async fn count(server: &TestServer, scope: &TenantScope, words: &[&str]) -> usize {
    let events = events(server, scope).await;
    events.iter().filter(|event| words.iter().all(|word| event.body.contains(word))).count()
}
