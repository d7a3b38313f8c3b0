//! The order of revocations and issues does not matter (D14, invariant 8): what was issued before is dead, by our own
//! tables and by the feed, and what is issued after the last one is good.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use symbolon::effects::{Clock, SystemRandom};
use symbolon::flows::keys::Keys;
use symbolon::flows::revocation::{self, Falling, Within};
use symbolon::flows::revocation_feed::RevocationList;
use symbolon::model::failure::Failure;
use symbolon::model::ids::TenantId;
use symbolon::model::issuer::Issuer;
use symbolon::model::time::Timestamp;
use symbolon::protocol::revocation_feed::{RevocationFeed, RevokedKind, entry_key};
use symbolon::protocol::token_claims::AccessTokenClaims;
use symbolon::storage::records::revocations;
use symbolon::storage::tx::PlatformTx;

use super::rig::Rig;

/// What a flow revokes; keys have no cut-off.
const KINDS: [RevokedKind; 5] = [
    RevokedKind::Token,
    RevokedKind::Session,
    RevokedKind::Subject,
    RevokedKind::Client,
    RevokedKind::Tenant,
];

/// Each order is played when the one before has long settled.
const BETWEEN: Duration = Duration::from_mins(2);

/// How many revocations follow one another.
const STEPS: u32 = 3;

/// One who holds tokens, and a node that reads the feed.
struct Holder {
    session: String,
    subject: String,
    client: String,
    tenant: TenantId,
    tokens: Vec<AccessTokenClaims>,
    feed: RevocationList,
    keys: Arc<Keys>,
    issuer: Arc<Issuer>,
}

impl Holder {
    fn new(keys: &Arc<Keys>, issuer: &Arc<Issuer>, now: Timestamp) -> Self {
        let random: &dyn symbolon::effects::Random = &SystemRandom;
        let session: TenantId = random.id(now);
        let subject: TenantId = random.id(now);
        Self {
            session: session.to_string(),
            subject: subject.to_string(),
            client: format!("acme.{subject}"),
            tenant: random.id(now),
            tokens: Vec::new(),
            feed: RevocationList::default(),
            keys: Arc::clone(keys),
            issuer: Arc::clone(issuer),
        }
    }

    /// Issues a token as the flows do: dated behind the cut-off of everything that it stands on.
    fn issue(&mut self, tx: &mut PlatformTx<'_>, now: Timestamp) -> Result<AccessTokenClaims, Failure> {
        let tenant = self.tenant.to_string();
        let stands_on = [
            (RevokedKind::Session, self.session.as_str()),
            (RevokedKind::Subject, self.subject.as_str()),
            (RevokedKind::Client, self.client.as_str()),
            (RevokedKind::Tenant, tenant.as_str()),
        ];
        let iat = revocation::dated(now, revocation::cut_off(tx, stands_on, now)?);
        assert!(iat <= (now + revocation::DATED_AHEAD).unix());
        let claims = json!({
            "iss": self.issuer.as_str(), "aud": "https://notes.example", "scope": "notes", "tenant": "acme",
            "sub": self.subject, "sid": self.session, "client_id": self.client, "tenant_id": self.tenant,
            "jti": format!("{}-{}", self.session, self.tokens.len()), "iat": iat, "exp": iat + 600,
        });
        let claims: AccessTokenClaims = serde_json::from_value(claims).unwrap();
        self.tokens.push(claims.clone());
        Ok(claims)
    }

    /// Revokes the last token or all of them; says how many must be dead.
    fn revoke(
        &self,
        tx: &mut PlatformTx<'_>,
        kind: RevokedKind,
        now: Timestamp,
    ) -> Result<Vec<usize>, Failure> {
        let (all, last) = (0..self.tokens.len(), self.tokens.len() - 1);
        let person = Within::subject(self.tenant, &self.subject);
        let tenant = self.tenant.to_string();
        let (within, value, dead) = match kind {
            RevokedKind::Token => (person, self.tokens[last].jti.as_str(), last..last + 1),
            RevokedKind::Session => (person, self.session.as_str(), all),
            RevokedKind::Subject => (person, self.subject.as_str(), all),
            RevokedKind::Client => {
                (Within { subject: None, tenant: person.tenant }, self.client.as_str(), all)
            }
            RevokedKind::Tenant => (Within::default(), tenant.as_str(), all),
            RevokedKind::Key => unreachable!("a key is revoked by itself"),
        };
        revocation::revoke(tx, &within, [(kind, value)], now)?;
        Ok(dead.collect())
    }

    /// Which tokens are dead, by our own doors and by the feed, which must agree.
    fn dead(&self, tx: &mut PlatformTx<'_>, now: Timestamp) -> Result<Vec<bool>, Failure> {
        self.feed.reload(tx, now)?;
        let document = self.feed.document(&self.keys, &self.issuer, now)?;
        let payload = URL_SAFE_NO_PAD.decode(document.split('.').nth(1).unwrap()).unwrap();
        let feed: RevocationFeed = serde_json::from_slice(&payload).unwrap();
        let mut dead = Vec::new();
        for token in &self.tokens {
            let here = revocation::is_revoked(tx, token, "kid", now)?;
            let tenant = token.tenant_id.to_string();
            let hashes = [
                entry_key(RevokedKind::Token, &token.jti),
                entry_key(RevokedKind::Session, &self.session),
                entry_key(RevokedKind::Subject, &token.sub),
                entry_key(RevokedKind::Client, &token.client_id),
                entry_key(RevokedKind::Tenant, &tenant),
            ];
            let there = feed.revoked.iter().any(|entry| hashes.contains(&entry.h) && entry.covers(token.iat));
            assert_eq!(here, there, "our doors and the feed differ");
            dead.push(here);
        }
        Ok(dead)
    }
}

/// Every order of so many revocations.
fn orders() -> Vec<Vec<RevokedKind>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..STEPS {
        orders = orders
            .into_iter()
            .flat_map(|order| KINDS.map(|kind| order.iter().copied().chain([kind]).collect()))
            .collect();
    }
    orders
}

/// Plays one order: issue, revoke, issue, revoke, ..., issue.
fn play(
    tx: &mut PlatformTx<'_>,
    mut holder: Holder,
    order: &[RevokedKind],
    (mut now, step): (Timestamp, Duration),
) -> Result<(), Failure> {
    let mut expected = Vec::new();
    for kind in order {
        holder.issue(tx, now)?;
        expected.push(false);
        assert_eq!(holder.dead(tx, now)?, expected, "{order:?}: what is issued after a revocation is good");
        now = now + step;
        for dead in holder.revoke(tx, *kind, now)? {
            expected[dead] = true;
        }
        assert_eq!(holder.dead(tx, now)?, expected, "{order:?}: what was issued before is dead");
        // Nothing brings it back, and nothing more dies by waiting.
        assert_eq!(holder.dead(tx, now + Duration::from_secs(70))?, expected, "{order:?}: later");
        now = now + step;
    }
    holder.issue(tx, now)?;
    expected.push(false);
    assert_eq!(holder.dead(tx, now)?, expected, "{order:?}: what is issued after the last one is good");
    Ok(())
}

/// P072, P074: session, person, client, tenant and token in every order, within one second and across its end.
#[tokio::test]
async fn p074_no_order_of_revocations_and_issues_leaves_an_older_token_alive() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let (keys, issuer) = (rig.keys(&node), Arc::clone(&rig.issuer));
    let second = Timestamp::from_unix(rig.call().now.unix());
    let paces = [
        (Duration::ZERO, Duration::ZERO),
        (Duration::from_micros(999_999), Duration::ZERO),
        (Duration::from_millis(700), Duration::from_millis(150)),
        (Duration::from_millis(999), Duration::from_secs(1)),
    ];
    let mut begin = second;
    for order in orders() {
        let (keys, issuer, first) = (Arc::clone(&keys), Arc::clone(&issuer), begin);
        let played = rig.write(move |tx| {
            let mut begin = first;
            for (after, step) in paces {
                play(tx, Holder::new(&keys, &issuer, begin), &order, (begin + after, step))?;
                begin = begin + BETWEEN;
            }
            Ok(())
        });
        played.await.unwrap();
        begin = begin + BETWEEN * 4;
    }
}

/// However many there are in one second: the older ones are dead, no date lies too far ahead, and after some seconds what
/// is issued is good again.
#[tokio::test]
async fn p074_more_revocations_in_one_second_than_dates_lie_ahead_leave_nothing_alive() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    for kind in [RevokedKind::Session, RevokedKind::Subject, RevokedKind::Client, RevokedKind::Tenant] {
        let (keys, issuer, now) = (rig.keys(&node), Arc::clone(&rig.issuer), rig.call().now);
        let played = rig.write(move |tx| {
            let mut holder = Holder::new(&keys, &issuer, now);
            for _ in 0..20 {
                holder.issue(tx, now)?;
                holder.revoke(tx, kind, now)?;
            }
            assert!(holder.dead(tx, now)?.into_iter().all(|dead| dead), "{kind:?}");
            let later = now + Duration::from_secs(5);
            holder.issue(tx, later)?;
            assert_eq!(holder.dead(tx, later)?.last(), Some(&false), "{kind:?}");
            Ok(())
        });
        played.await.unwrap();
    }
}

/// D14: whoever takes a thousand persons from a tenant at once revokes the tenant, so that the feed has not to.
#[tokio::test]
async fn a_thousand_persons_who_fall_at_once_are_their_tenant() {
    let rig = Rig::new().await;
    let clock: Arc<dyn Clock> = rig.clock.clone();
    let now = rig.call().now;
    let named = rig.write(move |tx| {
        let random: &dyn symbolon::effects::Random = &SystemRandom;
        let (many, few) = (TenantId::from_bytes([1; 16]), TenantId::from_bytes([2; 16]));
        let mut falling = Falling::default();
        for _ in 0..1001 {
            falling.person(many, random.id(now));
        }
        falling.person(few, random.id(now));
        falling.revoke(tx, &clock)?;
        Ok(many.to_string())
    });
    let many = named.await.unwrap();
    let read = rig.write(move |tx| {
        let cut_off = revocation::cut_off(tx, [(RevokedKind::Tenant, many.as_str())], now)?;
        Ok((revocations::count(tx, now)?, cut_off))
    });
    let (entries, cut_off) = read.await.unwrap();
    assert_eq!(entries, 2);
    assert!(cut_off >= Some(now));
}
