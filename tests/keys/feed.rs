//! The revocation feed: what it says, who signed it, and what it does when there is too much to say (D14).

use std::time::Duration;

use symbolon::crypto::jwk::{Algorithm, parse_set};
use symbolon::crypto::jwt::{TokenKind, VerificationKeys, verify};
use symbolon::flows::keys::ALWAYS;
use symbolon::flows::revocation;
use symbolon::model::ids::TenantId;
use symbolon::model::time::Timestamp;
use symbolon::protocol::revocation_feed::{Entry, MAX_BYTES, RevocationFeed, RevokedKind, entry_key};
use symbolon::storage::records::change_number;
use symbolon::storage::records::revocations::{self, Revocation, Within};

use super::rig::{Node, Rig};
use crate::harness::tokens::claims;

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

/// The feed without a look at its signature: it may be longer than any token.
async fn read_long(rig: &Rig, node: &Node) -> RevocationFeed {
    rig.poll(node).await;
    let document = node.feed.document(&rig.keys(node), &rig.issuer, rig.call().now).unwrap();
    assert!(document.len() <= MAX_BYTES, "{} bytes", document.len());
    serde_json::from_value(claims(&document)).unwrap()
}

fn revocation(kind: RevokedKind, value: &str) -> Revocation {
    Revocation { subject_hash: entry_key(kind, value), within: Within::default(), dates: true }
}

/// Revokes these for an hour.
async fn put(rig: &Rig, entries: Vec<Revocation>, at: Timestamp) {
    for some in entries.chunks(1000) {
        let some = some.to_vec();
        let written = rig.write(move |tx| {
            change_number::raise(tx)?;
            revocations::put(tx, &some, (at, at + Duration::from_hours(1)))
        });
        written.await.unwrap();
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
    put(&rig, vec![revocation(RevokedKind::Session, "s1")], now).await;
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

/// D25: how old a reading is can't be told once the clock was set back.
#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_an_old_reading_fresh() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let keys = rig.keys(&node);
    let copy = |rig: &Rig| node.feed.document(&keys, &rig.issuer, rig.call().now);
    rig.clock.set(rig.call().now - Duration::from_secs(1));
    assert!(copy(&rig).is_ok() && node.keys.current(rig.call().now).is_ok(), "a small step");
    rig.clock.set(rig.call().now - Duration::from_hours(1));
    assert!(copy(&rig).is_err() && node.keys.current(rig.call().now).is_err());
    rig.poll(&node).await;
    assert!(copy(&rig).is_ok() && node.keys.current(rig.call().now).is_ok());
}

/// How long ago [`fill`] ended what it ended.
const AGO: Duration = Duration::from_secs(10);

/// What ending so many sessions of so many persons of a tenant leaves.
async fn fill(rig: &Rig, tenant: &'static str, people: u32, sessions: u32) {
    let then = rig.call().now - AGO;
    let mut all = Vec::new();
    for person in 0..people {
        let subject = format!("{tenant}-{person}");
        let within = Within {
            subject: Some(entry_key(RevokedKind::Subject, &subject)),
            tenant: Some(entry_key(RevokedKind::Tenant, tenant)),
        };
        all.extend((0..sessions).map(|session| Revocation {
            subject_hash: entry_key(RevokedKind::Session, &format!("{subject}-{session}")),
            within: within.clone(),
            dates: true,
        }));
    }
    put(rig, all, then).await;
}

/// D14: whoever fills the feed is named more coarsely, and nobody else.
#[tokio::test]
async fn too_many_sessions_become_the_person_and_too_many_persons_the_tenant_that_has_the_most() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let t = (rig.call().now - AGO).unix();
    fill(&rig, "acme", 30, 2).await;
    fill(&rig, "noisy", 1, 1500).await;
    fill(&rig, "noisy", 2, 1000).await;
    let feed = read_long(&rig, &node).await;
    assert_eq!(feed.revoked.len(), 2048);
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Subject, "noisy-0", t)));
    for session in ["acme-3-0", "acme-3-1", "noisy-1-0"] {
        assert!(feed.revoked.contains(&Entry::new(RevokedKind::Session, session, t)), "{session}");
    }

    fill(&rig, "globex", 2500, 1).await;
    let feed = read_long(&rig, &node).await;
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Tenant, "globex", t)));
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Subject, "acme-3", t)));
    assert!(!feed.revoked.contains(&Entry::new(RevokedKind::Tenant, "acme", t)));

    // With nothing coarser left, every token issued until then is revoked.
    let clients = (0..2500).map(|n| revocation(RevokedKind::Client, &format!("client-{n}"))).collect();
    put(&rig, clients, rig.call().now - AGO).await;
    let feed = read(&rig, &node).await;
    let active = rig.keys(&node).tokens().kid().to_owned();
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Key, &active, t)));
    assert!(feed.revoked.len() <= 4);

    // And what is revoked after that is named as itself: it takes nobody else's new tokens.
    let ahead = rig.call().now + Duration::from_secs(10);
    put(&rig, vec![revocation(RevokedKind::Session, "s1")], ahead).await;
    let feed = read(&rig, &node).await;
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Session, "s1", ahead.unix())));
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Key, &active, t)));
}

/// D14: a coarse entry refuses what is older than the revocations that it stands for, and they are the oldest.
#[tokio::test]
async fn a_coarse_entry_stands_for_the_oldest_and_never_for_what_is_still_ahead() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let now = rig.call().now;
    let tenant = entry_key(RevokedKind::Tenant, "acme");
    for minute in 0..30 {
        let ended = (0..100).map(|n| Revocation {
            subject_hash: entry_key(RevokedKind::Session, &format!("{minute}-{n}")),
            within: Within {
                subject: Some(entry_key(RevokedKind::Subject, &format!("{minute}-{n}"))),
                tenant: Some(tenant.clone()),
            },
            dates: true,
        });
        // Those of the last minute are not over yet.
        put(&rig, ended.collect(), now + Duration::from_secs(10) - Duration::from_mins(29 - minute)).await;
    }
    let feed = read_long(&rig, &node).await;
    assert_eq!(feed.revoked.len(), 2048);
    let coarse: Vec<_> = feed.revoked.iter().filter(|entry| entry.h == tenant).collect();
    // 3000 - 2048 and itself: the 953 oldest, which are those of the first ten minutes.
    assert_eq!(coarse.len(), 1);
    assert_eq!(coarse[0].t, (now + Duration::from_secs(10) - Duration::from_mins(20)).unix());
    for named in ["29-0", "29-99", "10-0"] {
        let hash = entry_key(RevokedKind::Session, named);
        assert!(feed.revoked.iter().any(|entry| entry.h == hash), "{named}");
    }
}

/// D14: a tenant that revokes more than a node likes to read is named itself, and the others stay as fine as they are.
#[tokio::test]
async fn a_tenant_that_revokes_by_the_ten_thousand_makes_the_feed_coarse_for_itself_alone() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let t = (rig.call().now - AGO).unix();
    fill(&rig, "acme", 3, 2).await;
    fill(&rig, "noisy", 100, 170).await;
    let feed = read(&rig, &node).await;
    assert_eq!(feed.revoked.len(), 6 + 1);
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Tenant, "noisy", t)));
    assert!(feed.revoked.contains(&Entry::new(RevokedKind::Session, "acme-1-1", t)));
}

/// One hash is one row, whatever comes back how often.
#[tokio::test]
async fn a_revocation_that_comes_again_moves_its_entry_on_and_adds_none() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let now = rig.call().now;
    for second in [0, 7, 3] {
        let entry = revocation(RevokedKind::Session, "s1");
        put(&rig, vec![entry.clone(), entry], now + Duration::from_secs(second)).await;
    }
    assert_eq!(rig.write(move |tx| revocations::count(tx, now)).await.unwrap(), 1);
    let feed = read(&rig, &node).await;
    assert_eq!(feed.revoked, [Entry::new(RevokedKind::Session, "s1", now.unix() + 7)]);
}

/// A person alone fills neither the table nor the feed: by ending their own tokens they end up named themselves.
#[tokio::test]
async fn a_person_who_ends_tokens_by_the_thousand_is_one_entry_in_the_end() {
    let rig = Rig::new().await;
    let now = rig.call().now;
    for round in 0..25 {
        let revoked = rig.write(move |tx| {
            let within = Within::subject(TenantId::from_bytes([1; 16]), "robot");
            let ids: Vec<String> = (0..100).map(|n| format!("jti-{round}-{n}")).collect();
            revocation::revoke(tx, &within, ids.iter().map(|id| (RevokedKind::Token, id.as_str())), now)
        });
        revoked.await.unwrap();
    }
    let entries = rig.write(move |tx| revocations::live(tx, &[], now)).await.unwrap();
    assert!(entries.len() <= 501, "{}", entries.len());
    let robot = entry_key(RevokedKind::Subject, "robot");
    assert!(entries.iter().any(|entry| entry.hash == robot && entry.cut_off >= now));
}

/// D14: revoking what is revoked changes nothing, so no node forgets what it remembers for it.
#[tokio::test]
async fn a_token_that_is_revoked_again_writes_nothing() {
    let rig = Rig::new().await;
    let now = rig.call().now;
    let revoke = || {
        rig.write(move |tx| {
            let within = Within::subject(TenantId::from_bytes([1; 16]), "ada");
            revocation::revoke(tx, &within, [(RevokedKind::Token, "jti")], now)?;
            change_number::read(tx)
        })
    };
    let first = revoke().await.unwrap();
    assert_eq!(revoke().await.unwrap(), first);
}

/// Two revocations of one second, and an issue between them: the second takes that token along.
#[tokio::test]
async fn a_second_revocation_in_the_same_second_reaches_what_was_issued_between() {
    let rig = Rig::new().await;
    let now = rig.call().now;
    let (first, second) = rig
        .write(move |tx| {
            let within = Within::subject(TenantId::from_bytes([1; 16]), "ada");
            let ada = [(RevokedKind::Subject, "ada")];
            revocation::revoke(tx, &within, ada, now)?;
            let first = revocation::cut_off(tx, ada, now)?;
            let session = [(RevokedKind::Session, "s1")];
            revocation::revoke(tx, &within, session, now)?;
            Ok((first, revocation::cut_off(tx, session, now)?.unwrap()))
        })
        .await
        .unwrap();
    let issued = revocation::dated(now, first);
    assert!(issued > first.unwrap().unix() && issued <= second.unix());
    assert!(issued <= (now + revocation::DATED_AHEAD).unix());
}
