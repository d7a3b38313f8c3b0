//! Forged answers at the server: nobody is signed in, nothing of the passkey changes, and each is recorded (P050 to P055).

use std::time::Duration;

use serde_json::{Value, json};
use symbolon::storage::TenantScope;

use super::{answer, answer_with, count, device, is_signed_in, options, sign_in, stored};
use crate::harness::TestServer;
use crate::harness::authenticator::{Authenticator, Key, PRESENT, VERIFIED, decode, encode};
use crate::harness::jar::{Jar, Page};
use symbolon::model::ids::UserId;

/// Two people of a tenant, each with a passkey.
struct Scene {
    server: TestServer,
    scope: TenantScope,
    ada: UserId,
    bob: UserId,
    hers: Authenticator,
    his: Authenticator,
}

impl Scene {
    async fn set() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let acme = server.organisation("acme", &[]).await;
        let ada = acme.person("ada@acme.example", &[]).await;
        let bob = acme.person("bob@acme.example", &[]).await;
        let hers = device(&server, &acme.scope, ada).await;
        let his = device(&server, &acme.scope, bob).await;
        let scope = acme.scope;
        Self { server, scope, ada, bob, hers, his }
    }

    /// Sends what the device says, after it was changed; nobody may be signed in by it.
    async fn refused(&self, what: &str, device: &Authenticator, change: impl FnOnce(&mut Value)) {
        let before = (stored(&self.server, &self.scope, self.ada).await, self.failures().await);
        let jar = self.server.browser();
        let page = jar.open("/login").await;
        let mut said = device.sign(&options(&page));
        change(&mut said);
        let after = answer(&jar, &page, &said.to_string()).await;
        self.is_refused(what, &jar, &after).await;
        assert_eq!(stored(&self.server, &self.scope, self.ada).await, before.0, "{what}");
        assert_eq!(self.failures().await, before.1 + 1, "{what}: recorded");
    }

    async fn is_refused(&self, what: &str, jar: &Jar, after: &Page) {
        assert!(!after.status.is_server_error(), "{what}: {after:#?}");
        assert_eq!(after.marker().as_deref(), Some("page-login"), "{what}: {after:#?}");
        assert!(after.has("passkey-problem"), "{what}: {after:#?}");
        assert!(!is_signed_in(jar).await, "{what}");
    }

    async fn failures(&self) -> usize {
        let platform = self.server.platform().await.scope;
        let denied = ["session.sign_in", "denied", "passkey"];
        count(&self.server, &self.scope, &denied).await + count(&self.server, &platform, &denied).await
    }
}

fn untouched(_: &mut Value) {}

#[tokio::test]
async fn p050_a_forged_signature_signs_nobody_in() {
    let scene = Scene::set().await;
    let signature = |said: &mut Value, change: fn(&mut Vec<u8>)| {
        let mut bytes = decode(said["response"]["signature"].as_str().unwrap());
        change(&mut bytes);
        said["response"]["signature"] = encode(&bytes).into();
    };
    scene.refused("a flipped bit", &scene.hers, |it| signature(it, |bytes| bytes[10] ^= 1)).await;
    scene.refused("nothing", &scene.hers, |it| signature(it, Vec::clear)).await;
    let (id, handle) = (scene.hers.keys[0].id.clone(), scene.hers.keys[0].user_handle.clone());
    let mut foreign = Authenticator::at(scene.server.issuer());
    foreign.keys.push(Key::foreign(id, handle.clone()));
    scene.refused("a foreign key under her name", &foreign, untouched).await;
    foreign.keys.push(Key::foreign(vec![5; 32], handle));
    scene.refused("a passkey that nobody has", &foreign, untouched).await;
    let jar = scene.server.browser();
    sign_in(&jar, &scene.hers).await;
    assert!(is_signed_in(&jar).await, "the right one still works");
}

#[tokio::test]
async fn p051_an_answer_from_another_page_signs_nobody_in() {
    let mut scene = Scene::set().await;
    let own = scene.server.issuer().to_owned();
    let port = own.rsplit_once(':').expect("a port").1.to_owned();
    for origin in [
        format!("http://badlocalhost:{port}"),
        format!("https://localhost:{port}"),
        format!("http://sub.localhost:{port}"),
        "http://localhost:1".to_owned(),
        "null".to_owned(),
    ] {
        scene.hers.origin.clone_from(&origin);
        scene.refused(&origin, &scene.hers, untouched).await;
    }
    scene.hers.origin = own;
    for (name, value) in [("crossOrigin", json!(true)), ("topOrigin", json!("http://evil.example"))] {
        scene.hers.client_data.insert(name.to_owned(), value);
        scene.refused(name, &scene.hers, untouched).await;
        scene.hers.client_data.clear();
    }
    scene.hers.rp_id = "evil.example".to_owned();
    scene.refused("another relying party", &scene.hers, untouched).await;
}

/// P052: five replays.
#[tokio::test]
async fn p052_an_answer_serves_once_in_its_browser_for_its_purpose_and_five_minutes() {
    let scene = Scene::set().await;
    let jar = scene.server.browser();
    let page = jar.open("/login").await;
    let (stolen, said) = (jar.copy(), scene.hers.sign(&options(&page)).to_string());
    let other = scene.server.browser();
    let foreign = other.open("/login").await;
    let question = page.form_of("passkey-form").fields.into_iter().find(|(name, _)| name == "question");
    let question = question.expect("a question").1;
    let crossed = answer_with(&other, &foreign, &[("question", &question), ("answer", &said)]).await;
    scene.is_refused("in another browser", &other, &crossed).await;
    let swapped = answer(&other, &other.open("/login").await, &said).await;
    scene.is_refused("to another question", &other, &swapped).await;
    answer(&jar, &page, &said).await;
    assert!(is_signed_in(&jar).await);
    let replayed = answer(&stolen, &page, &said).await;
    scene.is_refused("a second time, with the cookie of the first", &stolen, &replayed).await;
    let replayed = answer(&jar.copy(), &page, &said).await;
    assert!(!replayed.status.is_server_error());
    assert_ne!(replayed.marker().as_deref(), Some("page-home"), "{replayed:#?}");
    let late = scene.server.browser();
    let page = late.open("/login").await;
    let said = scene.hers.sign(&options(&page)).to_string();
    scene.server.advance(Duration::from_mins(6)).await;
    scene.is_refused("six minutes old", &late, &answer(&late, &page, &said).await).await;
    let adding = super::ask(&scene.server, &scene.scope, scene.ada).await.expect("a question");
    let said = scene.hers.sign(&adding.options).to_string();
    let page = late.open("/login").await;
    let crossed = answer_with(&late, &page, &[("question", &adding.sealed), ("answer", &said)]).await;
    scene.is_refused("asked for a new passkey", &late, &crossed).await;
    let mut made = Authenticator::at(scene.server.issuer());
    let page = late.open("/login").await;
    let mut options = options(&page);
    options["user"] = json!({"id": encode(scene.ada.as_bytes())});
    let crossed = answer(&late, &page, &made.make(&options).to_string()).await;
    scene.is_refused("a new passkey for an answer", &late, &crossed).await;
}

/// P052: the same answer sent ten times at once signs in once.
#[tokio::test]
async fn p052_of_many_at_once_one_counts() {
    let scene = Scene::set().await;
    let jar = scene.server.browser();
    let page = jar.open("/login").await;
    let said = scene.hers.sign(&options(&page)).to_string();
    let jars: Vec<Jar> = (0..10).map(|_| jar.copy()).collect();
    let sending: Vec<_> = jars
        .into_iter()
        .map(|jar| {
            let (page, said) = (page.clone(), said.clone());
            tokio::spawn(async move { answer(&jar, &page, &said).await })
        })
        .collect();
    let mut came = Vec::new();
    for sent in sending {
        came.push(sent.await.expect("an answer"));
    }
    let home =
        came.iter().filter(|page| page.marker().as_deref() == Some("page-home") && page.has("home-sign-out"));
    assert_eq!(home.count(), 1, "{came:#?}");
    assert_eq!(count(&scene.server, &scene.scope, &["session.sign_in", "success"]).await, 1);
}

#[tokio::test]
async fn p053_an_authenticator_that_verified_nobody_signs_nobody_in() {
    let mut scene = Scene::set().await;
    for flags in [0, PRESENT, VERIFIED] {
        scene.hers.flags = flags;
        scene.refused(&format!("flags {flags}"), &scene.hers, untouched).await;
    }
}

#[tokio::test]
async fn p054_a_passkey_signs_in_its_owner_and_nobody_else() {
    let scene = Scene::set().await;
    let handle = |said: &mut Value, value: Value| said["response"]["userHandle"] = value;
    let (ada, bob) = (encode(scene.ada.as_bytes()), encode(scene.bob.as_bytes()));
    scene.refused("hers, with his name", &scene.hers, |it| handle(it, bob.into())).await;
    scene.refused("his, with her name", &scene.his, |it| handle(it, ada.into())).await;
    scene.refused("nobody's name", &scene.hers, |it| handle(it, Value::Null)).await;
    scene.refused("an empty name", &scene.hers, |it| handle(it, "".into())).await;
    let id = encode(&scene.his.keys[0].id);
    scene
        .refused("her signature under his passkey", &scene.hers, |it| {
            it["id"] = id.clone().into();
            it["rawId"] = id.into();
        })
        .await;
    let id = encode(&scene.his.keys[0].id);
    scene.refused("two passkeys in one answer", &scene.hers, |it| it["id"] = id.into()).await;
}

#[tokio::test]
async fn p055_a_counter_that_goes_back_is_refused_and_recorded() {
    let mut scene = Scene::set().await;
    scene.hers.counter = 10;
    let jar = scene.server.browser();
    sign_in(&jar, &scene.hers).await;
    assert!(is_signed_in(&jar).await);
    for back in [5, 10, 0] {
        scene.hers.counter = back;
        scene.refused(&format!("back to {back}"), &scene.hers, untouched).await;
    }
    assert_eq!(count(&scene.server, &scene.scope, &["passkey_counter_back", "denied"]).await, 3);
    scene.hers.counter = 11;
    let jar = scene.server.browser();
    sign_in(&jar, &scene.hers).await;
    assert!(is_signed_in(&jar).await, "on it goes");
    for _ in 0..2 {
        let jar = scene.server.browser();
        sign_in(&jar, &scene.his).await;
        assert!(is_signed_in(&jar).await, "one that stays at zero does not count");
    }
}

/// P041: whatever stands in the fields, it is an answer that proves nothing.
#[tokio::test]
async fn p041_nonsense_in_the_form_is_refused_like_any_wrong_answer() {
    let scene = Scene::set().await;
    let jar = scene.server.browser();
    let nested = "[".repeat(4_000);
    let page = jar.open("/login").await;
    let whole = scene.hers.sign(&options(&page)).to_string();
    let half = whole[..whole.len() / 2].to_owned();
    let long = format!("{{\"id\":\"{}\"}}", "A".repeat(15_000));
    for said in ["", "null", "{}", "[]", "%", &nested, &half, &long, &whole.replace("AA", "??")] {
        let page = jar.open("/login").await;
        let after = answer(&jar, &page, said).await;
        scene.is_refused(&said[..said.len().min(20)], &jar, &after).await;
    }
    for question in ["", "sealed1", "sealed1..", "x", &"A".repeat(15_000)] {
        let page = jar.open("/login").await;
        let after = answer_with(&jar, &page, &[("question", question), ("answer", &whole)]).await;
        scene.is_refused(&question[..question.len().min(20)], &jar, &after).await;
    }
    let csrf = jar.open("/login").await.form_of("passkey-form").fields;
    let csrf = csrf.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    let bare = jar.post("/login/passkey", &[("csrf", &csrf)]).await;
    assert!(bare.status.is_client_error(), "{bare:#?}");
    let huge = jar.post("/login/passkey", &[("csrf", &csrf), ("answer", &"A".repeat(200_000))]).await;
    assert_eq!(huge.status, reqwest::StatusCode::PAYLOAD_TOO_LARGE);
    assert!(!is_signed_in(&jar).await);
}
