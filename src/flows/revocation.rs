//! Taking back what was issued, before its time (D14): every door asks here, and the feed carries it to the verifiers.
//!
//! **The rule of cut-offs.** A revocation at `t` refuses every token with an `iat` up to its cut-off, `t` plus [`MARGIN`]:
//! so it also takes what was issued meanwhile by a request that had read the old state, be it in a transaction that is
//! still open, from a node's memory of five seconds, or by a clock that is ahead. A transaction that takes longer than a
//! request gathers what it revokes, and asks for the time at its end ([`Falling`]).
//!
//! **The rule of dates.** What is issued afterwards for the same session, person, client or tenant is dated in the second
//! after the cut-off ([`dated`]), and so is good at once: our doors take a date up to [`DATED_AHEAD`] from now, verifiers
//! one within their leeway of 30 seconds. Only access tokens are dated so: no feed names ID tokens.
//!
//! **No token escapes by its date.** A revocation reaches a second beyond every cut-off that may have dated a token on
//! the same things: one of a session or person beyond those of itself, of what is inside, of its person, and of every
//! client and tenant; one of a client or tenant beyond all there are. One of a token reaches as far as any date may lie, and
//! dates nothing. Each of several revocations in one second, with an issue between them, so lies a second further, and no
//! date lies beyond what a revocation of that second could reach: after `PUSH` of them a token waits, dead, for the clock.

use std::collections::BTreeMap;
use std::sync::Arc;
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
/// (`SOON`), and two for clocks that differ.
pub const MARGIN: Duration = Duration::from_secs(10);

/// How long after its moment a revocation is committed, or else it is none. A request's transaction keeps it by the
/// patience of whoever waits for it.
const SOON: Duration = Duration::from_secs(3);

/// Keys that one question names at most.
const KEYS: usize = 250;

/// How much further a date may be pushed by other revocations of the same second.
const PUSH: Duration = Duration::from_secs(6);

/// The furthest from its own clock that a node dates a token.
const FURTHEST: Duration = Duration::from_secs(MARGIN.as_secs() + PUSH.as_secs());

/// How far ahead of the clock an `iat` of ours may lie, seen by any node: some more, for clocks that differ.
pub const DATED_AHEAD: Duration = Duration::from_secs(FURTHEST.as_secs() + 3);

/// The most persons of one tenant that fall at once by name; where they are more, the tenant is named in their place, so
/// that the feed need not (D14).
const MOST_AT_ONCE: usize = 1000;

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

/// The `iat` of an access token that is issued now on things that were revoked up to `cut_off`. The cut-off is read before
/// anything else that the token stands on, else a revocation between the two dates the token ahead of itself.
pub fn dated(now: Timestamp, cut_off: Option<Timestamp>) -> i64 {
    let behind = cut_off.map_or(now.unix(), |cut_off| now.unix().max(cut_off.unix() + 1));
    behind.min((now + FURTHEST).unix())
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

/// Revokes everything issued until now for these values: a token, a session, a person, a client, a tenant. For
/// transactions that take no longer than a request; `now` is the request's.
pub fn revoke<'a>(
    tx: &mut impl Transaction,
    within: &Within,
    what: impl IntoIterator<Item = (RevokedKind, &'a str)>,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut tokens = Vec::new();
    let mut others = Vec::new();
    for (kind, value) in what {
        let known = if kind == RevokedKind::Token { &mut tokens } else { &mut others };
        known.push((kind, entry(kind, value, within.clone())));
    }
    forget_the_dead(tx, &mut tokens, now)?;
    if tokens.is_empty() && others.is_empty() {
        return Ok(());
    }
    change_number::raise(tx)?;
    if let Some(subject) = &within.subject {
        let new = i64::try_from(tokens.len() + others.len()).unwrap_or(i64::MAX);
        if revocations::count_of_person(tx, subject, now)?.saturating_add(new) > MOST_OF_A_PERSON {
            let person = Revocation { subject_hash: subject.clone(), within: within.clone(), dates: true };
            let cut_off = next_cut_off(tx, &Reach::Beside(vec![subject.clone()], None), now)?;
            revocations::forget_of_person(tx, subject)?;
            return revocations::put(tx, &[person], (cut_off, now + STAY));
        }
    }
    let bare =
        |entries: Vec<(RevokedKind, Revocation)>| entries.into_iter().map(|(_, entry)| entry).collect();
    let tokens: Vec<Revocation> = bare(tokens);
    revocations::put(tx, &tokens, (now + DATED_AHEAD, now + STAY))?;
    if others.is_empty() {
        return Ok(());
    }
    let reach = if others.iter().all(|(kind, _)| is_beside_few(*kind)) {
        let own = others.iter().map(|(_, entry)| entry.subject_hash.clone());
        Reach::Beside(own.collect(), within.subject.as_deref())
    } else {
        Reach::All
    };
    let cut_off = next_cut_off(tx, &reach, now)?;
    let others: Vec<Revocation> = bare(others);
    revocations::put(tx, &others, (cut_off, now + STAY))
}

fn entry(kind: RevokedKind, value: &str, within: Within) -> Revocation {
    let dates = match kind {
        RevokedKind::Token | RevokedKind::Key => false,
        RevokedKind::Session | RevokedKind::Subject | RevokedKind::Client | RevokedKind::Tenant => true,
    };
    Revocation { subject_hash: entry_key(kind, value), within, dates }
}

/// Whether all that may have dated a token on such a thing is found beside it.
const fn is_beside_few(kind: RevokedKind) -> bool {
    match kind {
        RevokedKind::Token | RevokedKind::Session | RevokedKind::Subject => true,
        RevokedKind::Client | RevokedKind::Tenant | RevokedKind::Key => false,
    }
}

/// What falls by a transaction that takes its time, or that waits for others: persons, clients, tenants. Gathered while
/// it works, and revoked by its last statements, so that the cut-off lies behind what others issued meanwhile by what they
/// still saw, and so that no other revocation waits for the work.
#[derive(Debug, Default)]
pub struct Falling(Vec<(RevokedKind, Revocation)>);

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
        self.0.push((kind, entry(kind, value, within)));
    }

    /// The same, with the tenants in place of their persons where those are many.
    fn bounded(self) -> Vec<(RevokedKind, Revocation)> {
        let mut inside: BTreeMap<String, usize> = BTreeMap::new();
        for tenant in self.0.iter().filter_map(|(_, entry)| entry.within.tenant.clone()) {
            *inside.entry(tenant).or_default() += 1;
        }
        inside.retain(|_, entries| *entries > MOST_AT_ONCE);
        let is_inside = |entry: &Revocation| {
            entry.within.tenant.as_ref().is_some_and(|tenant| inside.contains_key(tenant))
        };
        let mut bounded: Vec<_> = self.0.into_iter().filter(|(_, entry)| !is_inside(entry)).collect();
        bounded.extend(inside.into_keys().map(|tenant| {
            let entry = Revocation { subject_hash: tenant, within: Within::default(), dates: true };
            (RevokedKind::Tenant, entry)
        }));
        bounded
    }

    /// Revokes all of it, and raises the change number in any case. Call it last, since it takes the change number. The
    /// time is asked for when the events are written and nobody has to be waited for any more, so that it is as near to the
    /// commit after a long file as after a short one; the transaction commits `SOON` after it or not at all.
    ///
    /// # Errors
    /// The database fails.
    pub fn revoke(self, tx: &mut impl Transaction, clock: &Arc<dyn Clock>) -> Result<(), Failure> {
        change_number::raise(tx)?;
        if !self.0.is_empty() {
            let clock = Arc::clone(clock);
            tx.at_last(SOON, move |tx| self.put(tx, clock.now()));
        }
        Ok(())
    }

    fn put(self, tx: &mut impl Transaction, now: Timestamp) -> Result<(), Failure> {
        let falling = self.bounded();
        let mut cut_off = reach(now);
        if falling.iter().all(|(kind, _)| is_beside_few(*kind)) {
            for some in falling.chunks(KEYS) {
                let own = some.iter().map(|(_, entry)| entry.subject_hash.clone()).collect();
                cut_off = cut_off.max(next_cut_off(tx, &Reach::Beside(own, None), now)?);
            }
        } else {
            cut_off = next_cut_off(tx, &Reach::All, now)?;
        }
        let entries: Vec<Revocation> = falling.into_iter().map(|(_, entry)| entry).collect();
        revocations::put(tx, &entries, (cut_off, now + STAY))
    }
}

/// Leaves out the tokens that are revoked already: nothing revokes a token more than once, so that repeating it writes
/// nothing. The first time reached whatever date it bears.
fn forget_the_dead(
    tx: &mut impl Transaction,
    tokens: &mut Vec<(RevokedKind, Revocation)>,
    now: Timestamp,
) -> Result<(), Failure> {
    if !tokens.is_empty() {
        let keys: Vec<String> = tokens.iter().map(|(_, entry)| entry.subject_hash.clone()).collect();
        let dead = revocations::known(tx, &keys, now)?;
        tokens.retain(|(_, entry)| !dead.contains(&entry.subject_hash));
    }
    Ok(())
}

/// What a revocation must reach beyond.
enum Reach<'a> {
    /// What dates tokens on these sessions or persons, and on the person whose sessions they are.
    Beside(Vec<String>, Option<&'a str>),
    /// What dates any token.
    All,
}

/// The cut-off of a revocation at this moment: behind everything that was issued, also what an earlier revocation dated
/// ahead.
fn next_cut_off(tx: &mut impl Transaction, beyond: &Reach<'_>, now: Timestamp) -> Result<Timestamp, Failure> {
    let latest = match beyond {
        Reach::Beside(own, above) => revocations::latest_beside(tx, own, *above, now)?,
        Reach::All => revocations::latest_of_all(tx, now)?,
    };
    let pushed = latest.map_or(now, |latest| latest + Duration::from_secs(1));
    Ok(reach(now).max(pushed).min(now + DATED_AHEAD))
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
    let home = claims.home_tenant_id.map(|home| home.to_string());
    let session = claims.sid.map(|sid| sid.to_string());
    let mut values = vec![
        (RevokedKind::Token, claims.jti.as_str()),
        (RevokedKind::Subject, claims.sub.as_str()),
        (RevokedKind::Client, claims.client_id.as_str()),
        (RevokedKind::Tenant, tenant.as_str()),
        (RevokedKind::Key, kid),
    ];
    values.extend(home.as_deref().map(|home| (RevokedKind::Tenant, home)));
    values.extend(session.as_deref().map(|sid| (RevokedKind::Session, sid)));
    Ok(cut_off(tx, values, now)?.is_some_and(|cut_off| claims.iat <= cut_off.unix()))
}
