//! Taking back what was issued, before its time (D14): every door asks here, and the feed carries it to the verifiers.
//!
//! **The rule of cut-offs.** A revocation at `t` refuses every token with an `iat` up to its cut-off, `t` plus [`MARGIN`]:
//! so it also takes what was issued meanwhile by a request that had read the old state, be it in a transaction that is
//! still open, from a node's memory of five seconds, or by a clock that is ahead. A transaction that takes longer than a
//! request gathers what it revokes, and asks for the time at its end ([`Falling`]). What is issued afterwards for the same
//! session, person, client or tenant is dated in the second after the cut-off ([`dated`]), and so is good at once: our
//! doors take a date up to [`DATED_AHEAD`] from now, verifiers one within their leeway of 30 seconds. Two revocations in
//! one second, with an issue between them, push the second cut-off a second further, by `PUSH` at most. The cut-off of a
//! single token reaches every date that it can bear. Only access tokens are dated so: no feed names ID tokens.

use std::time::Duration;

use crate::effects::Clock;
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, TenantId, UserId};
use crate::model::tenant::PLATFORM_SLUG;
use crate::model::time::Timestamp;
use crate::protocol::revocation_feed::{LONGEST_TOKEN_SECONDS, RevokedKind, entry_key};
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::TenantScope;
use crate::storage::records::change_number;
pub use crate::storage::records::revocations::Within;
use crate::storage::records::revocations::{self, Revocation};
use crate::storage::tx::Transaction;

/// How far a cut-off reaches beyond the moment of the revocation: five seconds of memory (D25), three until it is committed
/// ([`SOON`]), and two for clocks that differ.
pub const MARGIN: Duration = Duration::from_secs(10);

/// How long after its moment a revocation is committed, or else it is none. A request's transaction keeps it by the
/// patience of whoever waits for it.
const SOON: Duration = Duration::from_secs(3);

/// Keys that one question names at most.
const KEYS: usize = 250;

/// How much further a cut-off may be pushed by others of the same second.
const PUSH: Duration = Duration::from_secs(2);

/// How far ahead of the clock an `iat` of ours may lie: a second beyond the furthest cut-off, and some for the clocks of
/// nodes.
pub const DATED_AHEAD: Duration = Duration::from_secs(MARGIN.as_secs() + PUSH.as_secs() + 3);

/// How long an entry stays: the longest life of an access token from the latest date that it may bear, and some for the
/// leeway of verifiers.
const STAY: Duration = Duration::from_secs(LONGEST_TOKEN_SECONDS.unsigned_abs() + DATED_AHEAD.as_secs() + 60);

/// The most entries about one person. Beyond it one entry names the person instead: whoever ends sessions and tokens of
/// their own by the thousand makes neither the table nor the feed grow, and harms themselves alone.
const MOST_OF_A_PERSON: i64 = 2000;

/// Up to when a revocation at this moment reaches, if none came before it in the same second.
pub fn reach(at: Timestamp) -> Timestamp {
    at + MARGIN
}

/// The `iat` of an access token that is issued now on things that were revoked up to `cut_off`.
pub fn dated(now: Timestamp, cut_off: Option<Timestamp>) -> i64 {
    cut_off.map_or(now.unix(), |cut_off| now.unix().max(cut_off.unix() + 1))
}

impl Within {
    /// Inside what was issued to this person.
    pub fn person(tenant: TenantId, user: UserId) -> Self {
        Self::subject(tenant, &user.to_string())
    }

    /// Inside what was issued for this `sub`.
    pub fn subject(tenant: TenantId, subject: &str) -> Self {
        Self {
            subject: Some(entry_key(RevokedKind::Subject, subject)),
            tenant: Some(entry_key(RevokedKind::Tenant, &tenant.to_string())),
        }
    }
}

/// Revokes everything issued until now for these values: a session, a person, a client, a tenant. For transactions that
/// take no longer than a request; `now` is the request's.
pub fn revoke<'a>(
    tx: &mut impl Transaction,
    within: &Within,
    what: impl IntoIterator<Item = (RevokedKind, &'a str)>,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut what: Vec<(RevokedKind, String)> =
        what.into_iter().map(|(kind, value)| (kind, entry_key(kind, value))).collect();
    forget_the_dead(tx, &mut what, now)?;
    if what.is_empty() {
        return Ok(());
    }
    change_number::raise(tx)?;
    let tokens_only = what.iter().all(|(kind, _)| *kind == RevokedKind::Token);
    let own =
        what.iter().filter(|(kind, _)| *kind != RevokedKind::Token).map(|(_, key)| key.clone()).collect();
    let above = [&within.subject, &within.tenant].into_iter().flatten().cloned().collect();
    let reaches = next_cut_off(tx, (own, above), now)?;
    // Nothing is issued under the id of a token again: its cut-off may reach every date that it can bear.
    let mut cut_off = if tokens_only { now + DATED_AHEAD } else { reaches };
    let entry = |subject_hash: String| Revocation { subject_hash, within: within.clone() };
    let mut entries: Vec<Revocation> = what.into_iter().map(|(_, key)| entry(key)).collect();
    if let Some(subject) = &within.subject {
        let new = i64::try_from(entries.len()).unwrap_or(i64::MAX);
        if revocations::count_of_person(tx, subject, now)?.saturating_add(new) > MOST_OF_A_PERSON {
            revocations::forget_of_person(tx, subject)?;
            (entries, cut_off) = (vec![entry(subject.clone())], reaches);
        }
    }
    revocations::put(tx, &entries, (cut_off, now + STAY))
}

/// What falls by a transaction that takes its time, or that waits for others: persons, clients, tenants. Gathered while
/// it works, and revoked by its last statements, so that the cut-off lies behind what others issued meanwhile by what they
/// still saw, and so that no other revocation waits for it.
#[derive(Debug, Default)]
pub struct Falling(Vec<Revocation>);

impl Falling {
    /// Every token of this person.
    pub fn person(&mut self, tenant: TenantId, user: UserId) {
        self.add(Within::person(tenant, user), (RevokedKind::Subject, &user.to_string()));
    }

    /// Every token that this client of the tenant holds. Those of a platform client may be of every tenant.
    pub fn client(&mut self, owner: &TenantScope, client: &ClientId) {
        let tenant = (owner.slug().as_str() != PLATFORM_SLUG)
            .then(|| entry_key(RevokedKind::Tenant, &owner.id().to_string()));
        self.add(Within { subject: None, tenant }, (RevokedKind::Client, client.as_str()));
    }

    /// Every token of this tenant.
    pub fn tenant(&mut self, tenant: TenantId) {
        self.add(Within::default(), (RevokedKind::Tenant, &tenant.to_string()));
    }

    fn add(&mut self, within: Within, (kind, value): (RevokedKind, &str)) {
        self.0.push(Revocation { subject_hash: entry_key(kind, value), within });
    }

    /// Revokes all of it, and raises the change number in any case. Call it last: the time is asked for when nobody has to
    /// be waited for any more, and the transaction commits [`SOON`] after it or not at all.
    ///
    /// # Errors
    /// The database fails.
    pub fn revoke(self, tx: &mut impl Transaction, clock: &dyn Clock) -> Result<(), Failure> {
        change_number::raise(tx)?;
        if self.0.is_empty() {
            return Ok(());
        }
        tx.commit_within(SOON);
        let now = clock.now();
        let mut cut_off = reach(now);
        for some in self.0.chunks(KEYS) {
            let own = some.iter().map(|entry| entry.subject_hash.clone()).collect();
            let above = some.iter().filter_map(|entry| entry.within.tenant.clone()).collect();
            cut_off = cut_off.max(next_cut_off(tx, (own, above), now)?);
        }
        revocations::put(tx, &self.0, (cut_off, now + STAY))
    }
}

/// Leaves out the tokens that are revoked already: nothing revokes a token more than once, so that repeating it writes
/// nothing.
fn forget_the_dead(
    tx: &mut impl Transaction,
    what: &mut Vec<(RevokedKind, String)>,
    now: Timestamp,
) -> Result<(), Failure> {
    let tokens = what.iter().filter(|(kind, _)| *kind == RevokedKind::Token);
    let tokens: Vec<String> = tokens.map(|(_, key)| key.clone()).collect();
    if !tokens.is_empty() {
        let dead = revocations::known(tx, &tokens, now)?;
        what.retain(|(_, key)| !dead.contains(key));
    }
    Ok(())
}

/// The cut-off of a revocation at this moment: behind everything that was issued, also what an earlier revocation of the
/// same things, of something inside them or of what they are inside of, dated ahead.
fn next_cut_off(
    tx: &mut impl Transaction,
    (own, above): (Vec<String>, Vec<String>),
    now: Timestamp,
) -> Result<Timestamp, Failure> {
    let inside = revocations::latest_inside(tx, &own, now)?;
    let keys: Vec<String> = own.into_iter().chain(above).collect();
    let latest = revocations::latest_cut_off(tx, &keys, now)?.max(inside);
    let pushed = latest.map(|latest| latest + Duration::from_secs(1));
    Ok(pushed.map_or(reach(now), |pushed| reach(now).max(pushed.min(reach(now) + PUSH))))
}

/// The latest cut-off of these values, if any of them was revoked lately. What is issued now must have a later `iat`
/// (D14).
pub fn cut_off<'a>(
    tx: &mut impl Transaction,
    values: impl IntoIterator<Item = (RevokedKind, &'a str)>,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    let keys: Vec<String> = values.into_iter().map(|(kind, value)| entry_key(kind, value)).collect();
    revocations::latest_cut_off(tx, &keys, now)
}

/// Whether this token was revoked, by its own id or by anything that it stands on.
pub fn is_revoked(
    tx: &mut impl Transaction,
    claims: &AccessTokenClaims,
    kid: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let tenant = claims.tenant_id.to_string();
    let session = claims.sid.map(|sid| sid.to_string());
    let mut values = vec![
        (RevokedKind::Token, claims.jti.as_str()),
        (RevokedKind::Subject, claims.sub.as_str()),
        (RevokedKind::Client, claims.client_id.as_str()),
        (RevokedKind::Tenant, tenant.as_str()),
        (RevokedKind::Key, kid),
    ];
    values.extend(session.as_deref().map(|sid| (RevokedKind::Session, sid)));
    Ok(cut_off(tx, values, now)?.is_some_and(|cut_off| claims.iat <= cut_off.unix()))
}
