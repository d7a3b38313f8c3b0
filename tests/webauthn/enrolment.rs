//! Passkeys are added, named and taken away.

use std::time::Duration;

use serde_json::Value;
use symbolon::crypto::passkey::PasskeyRefusal;
use symbolon::flows::factors::passkey::{self, AddRefusal, Answer, MOST, RemoveRefusal, likely_name};
use symbolon::model::ids::{Id as _, PasskeyId};
use symbolon::model::passkey::PasskeyName;
use symbolon::storage::records::passwords;

use super::{add, ask, count, device, enrol, made, name, stored};
use crate::harness::TestServer;
use crate::harness::authenticator::Authenticator;

#[tokio::test]
async fn a_person_has_several_passkeys_named_and_dated() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let mut device = device(&server, &acme.scope, ada).await;
    server.advance(Duration::from_mins(1)).await;
    let question = ask(&server, &acme.scope, ada).await.expect("a question");
    let has = question.options["excludeCredentials"].as_array().expect("what she has");
    assert_eq!(has.len(), 1, "her device makes no second one: {has:?}");
    assert_eq!(question.options["user"]["name"], "ada@acme.example");
    assert_eq!(question.options["user"]["displayName"], "Ada Lovelace");
    add(&server, &acme.scope, ada, made(&mut device, &question)).await.expect("added");
    let passkeys = stored(&server, &acme.scope, ada).await;
    let dates: Vec<_> = passkeys.iter().map(|passkey| (passkey.name.as_str(), passkey.created_at)).collect();
    let now = server.now();
    assert_eq!(dates, [("Laptop", now - Duration::from_mins(1)), ("Laptop", now)]);
    assert!(passkeys.iter().all(|passkey| passkey.last_used_at.is_none()));
    assert_eq!(count(&server, &acme.scope, &["factor.added", "passkey"]).await, 2);
    let (id, other) = (passkeys[0].id, acme.person("bob@acme.example", &[]).await);
    let renamed = server.database().write(&acme.scope, move |tx| {
        let by_another = passkey::rename(tx, other, id, &name("Mine"))?;
        Ok((by_another, passkey::rename(tx, ada, id, &name("Phone"))?))
    });
    assert_eq!(renamed.await.expect("an answer"), (false, true));
    assert_eq!(stored(&server, &acme.scope, ada).await[0].name.as_str(), "Phone");
}

#[test]
fn a_name_is_one_line_that_people_can_see() {
    for good in ["a", "Ada's laptop", "  kept without its edges  ", "日本語", &"x".repeat(60)] {
        assert!(good.parse::<PasskeyName>().is_ok(), "{good}");
    }
    for bad in ["", "  ", "two\nlines", "\u{7}", "\u{202e}evil", "zero\u{200b}width", &"x".repeat(61)] {
        assert!(bad.parse::<PasskeyName>().is_err(), "{bad:?}");
    }
    let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    for (agent, expected) in [
        (Some(chrome), "Chrome on Linux"),
        (Some("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0"), "Edge on Windows"),
        (
            Some("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1"),
            "Safari on iPhone",
        ),
        (Some("<script>"), "Passkey"),
        (None, "Passkey"),
    ] {
        assert_eq!(likely_name(agent), expected);
    }
}

#[tokio::test]
async fn a_passkey_is_one_persons_in_the_whole_deployment() {
    let server = TestServer::start().await;
    let (acme, globex) = (server.organisation("acme", &[]).await, server.organisation("globex", &[]).await);
    let (ada, bob) = (acme.person("ada@acme.example", &[]).await, acme.person("bob@acme.example", &[]).await);
    let hank = globex.person("hank@globex.example", &[]).await;
    let hers = device(&server, &acme.scope, ada).await;
    for (scope, user) in [(&acme.scope, bob), (&globex.scope, hank)] {
        let question = ask(&server, scope, user).await.expect("a question");
        let mut copy = Authenticator::at(server.issuer());
        let answer = made(&mut copy, &question);
        // The same name for another key: what whoever wants to shadow her passkey would send.
        let mut said: Value = serde_json::from_str(&answer.said).expect("JSON");
        let own = crate::harness::authenticator::encode(&hers.keys[0].id);
        let object = said["response"]["attestationObject"].as_str().expect("text");
        let bytes = crate::harness::authenticator::decode(object);
        let made_id = copy.keys[0].id.clone();
        let at = bytes.windows(made_id.len()).position(|window| window == made_id).expect("its name");
        let forged = [&bytes[..at], &hers.keys[0].id, &bytes[at + made_id.len()..]].concat();
        said["response"]["attestationObject"] = crate::harness::authenticator::encode(&forged).into();
        said["id"] = own.clone().into();
        said["rawId"] = own.into();
        let answer = Answer { said: said.to_string(), ..answer };
        let found = add(&server, scope, user, answer).await;
        assert!(matches!(found, Err(AddRefusal::Known)), "{found:?}");
        assert!(stored(&server, scope, user).await.is_empty());
    }
}

/// P052: a question that was not asked for this.
#[tokio::test]
async fn p052_a_question_for_a_new_passkey_serves_once_here_and_now() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let (ada, bob) = (acme.person("ada@acme.example", &[]).await, acme.person("bob@acme.example", &[]).await);
    let mut hers = Authenticator::at(server.issuer());
    let question = ask(&server, &acme.scope, ada).await.expect("a question");
    let answer = made(&mut hers, &question);
    let expired = |found: Result<_, AddRefusal>| matches!(found, Err(AddRefusal::Expired));
    assert!(expired(add(&server, &acme.scope, bob, answer.clone()).await), "of another person");
    let (call, rules) = (server.operator(), server.edge.passkeys.clone());
    let elsewhere = answer.clone();
    let found = server.database().write(&acme.scope, move |tx| {
        let other = passkey::Here { user: ada, browser: "another browser" };
        passkey::add(tx, &call, &rules, other, (&elsewhere, name("Laptop")))
    });
    assert!(expired(found.await.expect("an answer")), "in another browser");
    add(&server, &acme.scope, ada, answer.clone()).await.expect("added");
    assert!(expired(add(&server, &acme.scope, ada, answer).await), "a second time");
    let question = ask(&server, &acme.scope, ada).await.expect("a question");
    let answer = made(&mut hers, &question);
    server.advance(Duration::from_mins(6)).await;
    assert!(expired(add(&server, &acme.scope, ada, answer).await), "six minutes old");
    let page = server.browser().open("/login").await;
    let sealed = page.form_of("passkey-form").fields.into_iter().find(|(name, _)| name == "question");
    let said = hers.make(&ask(&server, &acme.scope, ada).await.expect("a question").options).to_string();
    let answer = Answer { sealed: sealed.expect("a question").1, said };
    assert!(expired(add(&server, &acme.scope, ada, answer).await), "for a sign-in");
    assert_eq!(stored(&server, &acme.scope, ada).await.len(), 1);
}

/// P053 and P051 at this door, and that a question is spent by an answer that is worth nothing.
#[tokio::test]
async fn p053_no_passkey_is_added_that_did_not_verify_its_owner() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let mut device = Authenticator::at(server.issuer());
    device.flags = crate::harness::authenticator::PRESENT;
    let question = ask(&server, &acme.scope, ada).await.expect("a question");
    let found = add(&server, &acme.scope, ada, made(&mut device, &question)).await;
    assert!(matches!(found, Err(AddRefusal::Wrong(PasskeyRefusal::NotVerified))), "{found:?}");
    let mut honest = Authenticator::at(server.issuer());
    let found = add(&server, &acme.scope, ada, made(&mut honest, &question)).await;
    assert!(matches!(found, Err(AddRefusal::Expired)), "spent: {found:?}");
    let question = ask(&server, &acme.scope, ada).await.expect("a question");
    honest.origin = "http://evil.example".to_owned();
    let found = add(&server, &acme.scope, ada, made(&mut honest, &question)).await;
    assert!(matches!(found, Err(AddRefusal::Wrong(PasskeyRefusal::Elsewhere))), "{found:?}");
    assert!(stored(&server, &acme.scope, ada).await.is_empty());
    assert_eq!(count(&server, &acme.scope, &["factor.added"]).await, 0);
}

#[tokio::test]
async fn a_person_has_so_many_and_a_suspended_one_gets_none() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person("ada@acme.example", &[]).await;
    let mut device = Authenticator::at(server.issuer());
    let late = ask(&server, &acme.scope, ada).await.expect("a question");
    for _ in 0..MOST {
        enrol(&server, &acme.scope, ada, &mut device).await;
    }
    assert!(ask(&server, &acme.scope, ada).await.is_none(), "no more are asked for");
    let found = add(&server, &acme.scope, ada, made(&mut device, &late)).await;
    assert!(matches!(found, Err(AddRefusal::TooMany)), "{found:?}");
    let bob = acme.person("bob@acme.example", &[]).await;
    let question = ask(&server, &acme.scope, bob).await.expect("a question");
    server.suspend_user(acme.id(), bob).await;
    assert!(ask(&server, &acme.scope, bob).await.is_none());
    let found = add(&server, &acme.scope, bob, made(&mut device, &question)).await;
    assert!(matches!(found, Err(AddRefusal::Gone)), "{found:?}");
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    let (ada, bob) = (acme.person("ada@acme.example", &[]).await, acme.person("bob@acme.example", &[]).await);
    let mut device = device(&server, &acme.scope, ada).await;
    enrol(&server, &acme.scope, ada, &mut device).await;
    let ids: Vec<PasskeyId> =
        stored(&server, &acme.scope, ada).await.iter().map(|passkey| passkey.id).collect();
    let remove = async |user, id| {
        let (call, rules) = (server.operator(), server.edge.passkeys.clone());
        let removed =
            server.database().write(&acme.scope, move |tx| passkey::remove(tx, &call, &rules, (user, id)));
        removed.await.expect("an answer")
    };
    let unknown = PasskeyId::from_parts(server.now(), [3; 10]);
    assert_eq!(remove(bob, ids[0]).await, Err(RemoveRefusal::NotThere), "of another person");
    assert_eq!(remove(ada, unknown).await, Err(RemoveRefusal::NotThere));
    server.database().write(&acme.scope, move |tx| passwords::remove(tx, ada)).await.expect("removed");
    assert_eq!(remove(ada, ids[0]).await, Ok(()), "there is another one");
    assert_eq!(remove(ada, ids[0]).await, Err(RemoveRefusal::NotThere));
    assert_eq!(remove(ada, ids[1]).await, Err(RemoveRefusal::LastWayIn));
    assert_eq!(stored(&server, &acme.scope, ada).await.len(), 1);
    assert_eq!(count(&server, &acme.scope, &["factor.removed", "passkey"]).await, 1);
    // What was taken away may be added again, by anybody: the index holds nothing of it.
    let mut indexed = crate::harness::rows::Everything::open(server.storage());
    assert_eq!(indexed.count("passkey_index"), 1);
}
