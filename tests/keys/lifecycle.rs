//! The life of signing keys: first ones, rotation, emergency (R16, P025).

use std::time::Duration;

use serde_json::{Value, json};
use symbolon::crypto::jwt::{InvalidJwt, TokenKind, verify};
use symbolon::flows::keys::{self, RevokeRefusal};
use symbolon::model::signing_key::{KeyPurpose, KeyState};

use super::rig::{RULE, Rig, kids};

#[tokio::test]
async fn a_new_deployment_has_an_active_and_a_next_key_for_each_purpose() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let keys = rig.keys(&node);
    let names = kids(&keys);
    assert_eq!(names.len(), 4);
    assert_eq!(names[0], keys.tokens().kid());
    assert_eq!(names[2], keys.signer(TokenKind::RevocationFeed).kid());
    assert_eq!(rig.write(|tx| keys::missing(tx)).await.unwrap(), []);
    let created = ["key.created", "key.activated", "key.created"].repeat(2);
    assert_eq!(rig.events(0).await, created);
}

/// P025: the key set shows public members only, whatever state the keys are in.
#[tokio::test]
async fn p025_the_key_set_never_holds_private_members() {
    let rig = Rig::new().await;
    rig.rotate(KeyPurpose::Tokens).await;
    let node = rig.node().await;
    let keys = rig.keys(&node);
    let document: Value = serde_json::from_str(&keys.document().body).unwrap();
    for key in document["keys"].as_array().unwrap() {
        for name in key.as_object().unwrap().keys() {
            assert!(["kty", "use", "alg", "kid", "n", "e", "purpose"].contains(&name.as_str()), "{name}");
        }
    }
    assert!(keys.document().etag.starts_with('"') && keys.document().etag.ends_with('"'));
}

/// P025: the key that signs after a rotation stood in the key set before it; what the old one signed stays good, until
/// long after its tokens ended.
#[tokio::test]
async fn p025_a_rotation_uses_the_key_that_was_published_before() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let before = rig.keys(&node);
    let token = before.sign(TokenKind::AccessToken, &json!({"sub": "ada"})).unwrap();
    let published = kids(&before);

    let rotated = rig.rotate(KeyPurpose::Tokens).await;
    assert_eq!(rotated.retired.as_deref(), Some(before.tokens().kid()));
    assert!(published.contains(&rotated.active));
    assert!(!published.contains(rotated.next.as_ref().unwrap()));
    assert_eq!(rig.events(6).await, ["key.retired", "key.activated", "key.created"]);

    // The node goes on with what it knows until it polls.
    assert_eq!(rig.keys(&node).tokens().kid(), before.tokens().kid());
    rig.poll(&node).await;
    let after = rig.keys(&node);
    assert_eq!(after.tokens().kid(), rotated.active);
    assert_ne!(after.document().etag, before.document().etag);
    assert!(kids(&after).contains(&before.tokens().kid().to_owned()));
    assert!(verify(&token, TokenKind::AccessToken, after.own()).is_ok());

    rig.clock.advance(keys::RETIRED_STAYS);
    rig.rotate(KeyPurpose::Tokens).await;
    rig.poll(&node).await;
    let later = rig.keys(&node);
    assert!(!kids(&later).contains(&before.tokens().kid().to_owned()));
    assert!(verify(&token, TokenKind::AccessToken, later.own()).is_ok(), "hints outlive the key set");
}

/// P025, P149: a withdrawn key is gone from every node's key set at its next poll, which is at most a second later, its
/// tokens are refused, and another key signs.
#[tokio::test]
async fn p025_a_revoked_key_is_refused_everywhere_after_one_poll() {
    let rig = Rig::new().await;
    let (one, other) = (rig.node().await, rig.node().await);
    let stolen = rig.keys(&one).tokens().kid().to_owned();
    let token = rig.keys(&one).sign(TokenKind::AccessToken, &json!({"sub": "ada"})).unwrap();

    let revoked = rig.revoke(&stolen).await.unwrap();
    assert_eq!(rig.events(6).await, ["key.revoked", "key.activated", "key.created"]);
    rig.clock.advance(Duration::from_secs(1));
    for node in [&one, &other] {
        rig.poll(node).await;
        let keys = rig.keys(node);
        assert!(!kids(&keys).contains(&stolen));
        assert_eq!(verify(&token, TokenKind::AccessToken, keys.own()), Err(InvalidJwt::UnknownKey));
        assert_eq!(Some(keys.tokens().kid()), revoked.active.as_deref());
        let fresh = keys.sign(TokenKind::AccessToken, &json!({"sub": "ada"})).unwrap();
        assert!(verify(&fresh, TokenKind::AccessToken, keys.own()).is_ok());
    }
    assert_eq!(rig.revoke(&stolen).await, Err(RevokeRefusal::AlreadyRevoked));
    assert_eq!(rig.revoke("nobody").await, Err(RevokeRefusal::Unknown));
    let stored = rig.write(|tx| keys::list(tx)).await.unwrap();
    let stored = stored.iter().find(|key| key.kid == stolen).unwrap();
    assert!(matches!(stored.state(), KeyState::Revoked { .. }) && stored.sealed_private.is_none());
}

#[tokio::test]
async fn a_revoked_next_key_is_replaced_and_the_active_one_stays() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let before = rig.keys(&node);
    let next = kids(&before)[1].clone();
    let revoked = rig.revoke(&next).await.unwrap();
    assert_eq!(revoked.active.as_deref(), Some(before.tokens().kid()));
    assert!(revoked.next.is_some_and(|kid| kid != next));
    rig.poll(&node).await;
    assert!(!kids(&rig.keys(&node)).contains(&next));
}

/// D25: a node that could not ask for five seconds does not go on with what it remembers.
#[tokio::test]
async fn a_node_that_cannot_read_for_five_seconds_stops_signing() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    rig.clock.advance(Duration::from_millis(4999));
    assert!(node.keys.current(rig.call().now).is_ok());
    rig.clock.advance(Duration::from_millis(1));
    assert!(node.keys.current(rig.call().now).is_err());
    rig.poll(&node).await;
    assert!(node.keys.current(rig.call().now).is_ok());
}

#[tokio::test]
async fn another_master_key_opens_nothing() {
    let mut rig = Rig::new().await;
    rig.master = symbolon::crypto::master_key::MasterKey::generate(&symbolon::effects::SystemRandom);
    let memory = std::sync::Arc::new(keys::KeyRing::new(rig.sealer()));
    let (reading, now) = (std::sync::Arc::clone(&memory), rig.call().now);
    let read = rig.database.read_directory(move |tx| reading.reload(tx, now)).await;
    assert!(read.is_err() && memory.current(now).is_err());
}

#[tokio::test]
async fn rotation_is_due_when_the_key_is_old_and_the_next_one_known() {
    let rig = Rig::new().await;
    let due = |rig: &Rig| {
        let (database, now) = (rig.database.clone(), rig.call().now);
        async move { database.read_directory(move |tx| keys::due(tx, RULE, now)).await.unwrap() }
    };
    assert_eq!(due(&rig).await, []);
    rig.clock.advance(RULE.interval);
    assert_eq!(due(&rig).await, KeyPurpose::ALL);
    // A next key that was just published has to wait.
    let next = kids(&rig.keys(&rig.node().await))[1].clone();
    rig.revoke(&next).await.unwrap();
    assert_eq!(due(&rig).await, [KeyPurpose::Revocations]);
    rig.clock.advance(RULE.publish_ahead);
    assert_eq!(due(&rig).await, KeyPurpose::ALL);
}
