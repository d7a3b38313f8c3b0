//! The revocation feed (D14): what was revoked lately, in memory, and signed anew for whoever asks.

mod coarsen;

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use crate::crypto::jwt::TokenKind;
use crate::flows::keys::{ALWAYS, Keys};
use crate::flows::revocation::DATED_AHEAD;
use crate::model::failure::Failure;
use crate::model::issuer::Issuer;
use crate::model::signing_key::{KeyPurpose, KeyState};
use crate::model::time::Timestamp;
use crate::protocol::revocation_feed::{
    Entry, LIFE_SECONDS, MAX_BYTES, RevocationFeed, RevokedKind, entry_key,
};
use crate::storage::changes::MAX_STALENESS;
use crate::storage::records::revocations::Named;
use crate::storage::records::{change_number, revocations, signing_keys};
use crate::storage::tx::Transaction;

/// Entries that fit into one feed: each is some 90 bytes of JSON, and base64 adds a third.
const MAX_ENTRIES: usize = MAX_BYTES * 3 / 4 / 96;

/// How long after its cut-off an entry may be named more coarsely: no token that is issued from then on, by whichever
/// node's clock, bears a date so early, so that a coarse entry refuses nothing new.
const SETTLES: Duration = Duration::from_secs(2);

/// Entries that are read to choose among them: more than these are only possible for what is inside no tenant.
const MOST_READ: i64 = 16_384;

/// How old a signed copy may be when it is sent.
const RESIGN_AFTER: Duration = Duration::from_secs(1);

/// How long a list is kept when nothing changed: expired entries leave it then.
const RELOAD_AFTER: Duration = Duration::from_mins(1);

/// The feed of this node.
#[derive(Default)]
pub struct RevocationList {
    current: ArcSwapOption<Listed>,
    checked_at: AtomicI64,
    signed: Mutex<Option<Signed>>,
}

struct Listed {
    number: i64,
    loaded_at: Timestamp,
    entries: Vec<Entry>,
}

struct Signed {
    number: i64,
    kid: String,
    at: Timestamp,
    document: Arc<str>,
}

impl RevocationList {
    /// Asks for the change number and reads the revocations when it has moved. `now` is the time before the
    /// transaction began.
    pub fn reload(&self, tx: &mut impl Transaction, now: Timestamp) -> Result<(), Failure> {
        let number = change_number::read(tx)?;
        let is_current =
            |listed: &Arc<Listed>| listed.number == number && now.since(listed.loaded_at) < RELOAD_AFTER;
        if !self.current.load().as_ref().is_some_and(is_current) {
            let entries = read(tx, now)?;
            #[expect(clippy::cast_precision_loss, reason = "there are a few thousand entries at most")]
            metrics::gauge!("symbolon_revocation_entries").set(entries.len() as f64);
            self.current.store(Some(Arc::new(Listed { number, loaded_at: now, entries })));
        }
        self.checked_at.store(now.as_micros(), Ordering::Release);
        Ok(())
    }

    /// The signed feed, at most a second old.
    ///
    /// # Errors
    /// Unavailable: the revocations could not be read for five seconds, so that saying "this is all" would be a lie.
    pub fn document(&self, keys: &Keys, issuer: &Issuer, now: Timestamp) -> Result<Arc<str>, Failure> {
        let checked_at = Timestamp::from_micros(self.checked_at.load(Ordering::Acquire));
        let listed = self.current.load_full().filter(|_| checked_at.is_younger_than(MAX_STALENESS, now));
        let listed =
            listed.ok_or_else(|| Failure::unavailable("the revocations could not be read lately"))?;
        let kid = keys.signer(TokenKind::RevocationFeed).kid();
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(copy) = signed.as_ref()
            && copy.number == listed.number
            && copy.kid == kid
            && copy.at <= now
            && now.since(copy.at) < RESIGN_AFTER
        {
            return Ok(Arc::clone(&copy.document));
        }
        let feed = RevocationFeed {
            iss: issuer.as_str().to_owned(),
            iat: now.unix(),
            exp: now.unix() + LIFE_SECONDS,
            seq: listed.number.unsigned_abs(),
            revoked: listed.entries.clone(),
        };
        let document: Arc<str> = keys.sign(TokenKind::RevocationFeed, &feed)?.into();
        let copy =
            Signed { number: listed.number, kid: kid.to_owned(), at: now, document: Arc::clone(&document) };
        *signed = Some(copy);
        Ok(document)
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.current.load().as_ref().map(|listed| listed.entries.len());
        f.debug_struct("RevocationList").field("entries", &entries).finish_non_exhaustive()
    }
}

/// What is revoked, as fine as fits into one feed: of the persons, and then of the tenants, with the most entries the
/// oldest entries are named by the person or tenant, until it fits; else everything that was signed up to the last cut-off.
fn read(tx: &mut impl Transaction, now: Timestamp) -> Result<Vec<Entry>, Failure> {
    let settled = now - SETTLES;
    let named = too_much_to_read(tx, now)?;
    let mut all = revocations::live(tx, &named, now)?;
    all.extend(named);
    let found = match coarsen::fit(all, MAX_ENTRIES, settled) {
        Ok(entries) => return Ok(listed(entries)),
        Err(found) => found,
    };
    tracing::warn!("too many revocations for one feed: it revokes every token issued until lately");
    let keys = signing_keys::all(tx)?;
    let keys: Vec<_> = keys.iter().filter(|key| key.purpose == KeyPurpose::Tokens).collect();
    let (mut old, mut fresh): (Vec<_>, Vec<_>) = found.into_iter().partition(|cut| cut.cut_off <= settled);
    if fresh.len() + keys.len() > MAX_ENTRIES {
        old.append(&mut fresh);
    }
    let cut_off = last_cut_off(&old, now).unwrap_or(now).unix();
    let mut entries = listed(fresh);
    entries.extend(keys.into_iter().map(|key| {
        let revoked = matches!(key.state(), KeyState::Revoked { .. });
        let t = if revoked { ALWAYS.unix() } else { cut_off };
        Entry { h: entry_key(RevokedKind::Key, &key.kid), t }
    }));
    Ok(entries)
}

/// The tenants with the most old entries, as themselves, where there are more entries than this node likes to hold.
fn too_much_to_read(tx: &mut impl Transaction, now: Timestamp) -> Result<Vec<Named>, Failure> {
    let mut named = Vec::new();
    let mut entries = revocations::count(tx, now)?;
    if entries <= MOST_READ {
        return Ok(named);
    }
    let Some(until) = revocations::cut_off_behind(tx, MOST_READ / 2, now)? else { return Ok(named) };
    for (inside, tenant) in revocations::by_tenant(tx, until, now)? {
        if entries <= MOST_READ {
            break;
        }
        entries -= inside;
        named.push(tenant);
    }
    Ok(named)
}

fn listed(cuts: Vec<Named>) -> Vec<Entry> {
    cuts.into_iter().map(|cut| Entry { h: cut.hash, t: cut.cut_off.unix() }).collect()
}

/// The latest cut-off that is one: a revoked key has none.
fn last_cut_off(cuts: &[Named], now: Timestamp) -> Option<Timestamp> {
    cuts.iter().map(|cut| cut.cut_off).filter(|cut_off| *cut_off <= now + DATED_AHEAD).max()
}
