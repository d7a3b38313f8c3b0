//! The revocation feed: what it says, who signed it, and what it does when there is too much to say (D14).

use std::time::Duration;

use symbolon::crypto::jwk::{Algorithm, parse_set};
use symbolon::crypto::jwt::{TokenKind, VerificationKeys, verify};
use symbolon::flows::keys::ALWAYS;
use symbolon::model::time::Timestamp;
use symbolon::protocol::revocation_feed::{Entry, MAX_BYTES, RevocationFeed, RevokedKind, entry_key};
use symbolon::storage::records::revocations::{self, Revocation, Within};

use super::rig::{Node, Rig};

async fn read(rig: &Rig, node: &Node) -> RevocationFeed {
    rig.poll(node).await;
    let keys = rig.keys(node);
    let document = node.feed.document(&keys, &rig.issuer, rig.call().now).unwrap();
    assert!(document.len() <= MAX_BYTES, "{} bytes", document.len());
    let published = parse_set(&serde_json::from_str(&keys.document().body).unwrap()).unwrap();
    let published = VerificationKeys::new(&published, &[Algorithm::Rs256]);
    let claims = verify(&document, TokenKind::RevocationFeed, &published).unwrap();
    assert_eq!(claims.kid(), Some(keys.signer(TokenKind::RevocationFeed).kid()));
    assert!(
        verify(&document, TokenKind::RevocationFeed, keys.own()).is_err(),
        "tokens have keys of their own"
    );
    serde_json::from_value(claims.into_map().into()).unwrap()
}

fn revocation(kind: RevokedKind, value: &str, at: Timestamp) -> Revocation {
    Revocation {
        kind: kind.as_str().to_owned(),
        subject_hash: entry_key(kind, value),
        cut_off: at,
        expires_at: at + Duration::from_hours(1),
    }
}

#[tokio::test]
async fn the_feed_names_what_was_revoked_until_no_token_can_be_alive() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let empty = read(&rig, &node).await;
    assert_eq!(empty.revoked, []);
    assert_eq!((empty.iss.as_str(), empty.exp - empty.iat), ("https://id.example.com", 30));

    let now = rig.call().now;
    let session = revocation(RevokedKind::Session, "s1", now);
    rig.write(move |tx| revocations::insert(tx, &[session])).await.unwrap();
    let feed = read(&rig, &node).await;
    assert_eq!(feed.revoked, [Entry::new(RevokedKind::Session, "s1", now.unix())]);
    assert!(feed.seq > empty.seq);

    rig.clock.advance(Duration::from_hours(1));
    let later = read(&rig, &node).await;
    assert_eq!(later.revoked, []);
    assert!(later.seq >= feed.seq && later.iat > feed.iat);
}

/// Whoever holds a stolen key chooses `iat` himself: no cut-off would hold him.
#[tokio::test]
async fn p025_a_revoked_key_is_named_without_a_cut_off() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let stolen = rig.keys(&node).tokens().kid().to_owned();
    rig.revoke(&stolen).await.unwrap();
    let feed = read(&rig, &node).await;
    assert_eq!(feed.revoked, [Entry::new(RevokedKind::Key, &stolen, ALWAYS.unix())]);
    assert!(feed.revoked[0].covers(i64::from(u32::MAX)));
}

#[tokio::test]
async fn a_copy_is_signed_once_a_second_and_not_at_all_when_the_database_is_away() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let keys = rig.keys(&node);
    let copy = |rig: &Rig| node.feed.document(&keys, &rig.issuer, rig.call().now);
    let first = copy(&rig).unwrap();
    rig.clock.advance(Duration::from_millis(900));
    assert_eq!(copy(&rig).unwrap(), first);
    rig.clock.advance(Duration::from_millis(200));
    assert_ne!(copy(&rig).unwrap(), first);
    rig.clock.advance(Duration::from_secs(4));
    assert!(copy(&rig).is_err());
}

#[tokio::test]
async fn too_many_sessions_become_their_persons_and_too_many_persons_their_tenants() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let now = rig.call().now;
    let fill = |tenant: &'static str, people: u32, sessions: u32| {
        let within_tenant = entry_key(RevokedKind::Tenant, tenant);
        rig.write(move |tx| {
            for person in 0..people {
                let subject = format!("{tenant}-{person}");
                let within = Within {
                    subject: Some(entry_key(RevokedKind::Subject, &subject)),
                    tenant: Some(within_tenant.clone()),
                };
                let entries: Vec<Revocation> = (0..sessions)
                    .map(|session| revocation(RevokedKind::Session, &format!("{subject}-{session}"), now))
                    .collect();
                revocations::insert_within(tx, &within, &entries)?;
            }
            Ok(())
        })
    };
    fill("acme", 10, 300).await.unwrap();
    let feed = read(&rig, &node).await;
    assert_eq!(feed.revoked.len(), 10);
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Subject, "acme-3", now.unix())));

    fill("globex", 2500, 1).await.unwrap();
    let feed = read(&rig, &node).await;
    let mut expected = ["acme", "globex"].map(|tenant| Entry::new(RevokedKind::Tenant, tenant, now.unix()));
    expected.sort();
    assert_eq!(feed.revoked, expected);

    // With nothing coarser left, every token issued until now is revoked.
    let clients: Vec<Revocation> =
        (0..2500).map(|n| revocation(RevokedKind::Client, &format!("client-{n}"), now)).collect();
    rig.write(move |tx| revocations::insert(tx, &clients)).await.unwrap();
    let feed = read(&rig, &node).await;
    let active = rig.keys(&node).tokens().kid().to_owned();
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Key, &active, now.unix())));
    assert!(feed.revoked.len() <= 4);
}
