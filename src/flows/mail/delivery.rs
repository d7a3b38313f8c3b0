//! The way of a mail out of the queue: claimed by one node for a few minutes, tried, and sent, tried again later, or given
//! up. A node that dies in between loses nothing: the next one tries once more when the claim runs out.

use std::time::Duration;

use super::place;
use crate::crypto::seal::Sealer;
use crate::effects::mail::SendError;
use crate::flows::call::Call;
use crate::model::failure::Failure;
use crate::model::ids::MailId;
use crate::model::mail::{MailBody, MailState};
use crate::model::time::Timestamp;
use crate::storage::records::mails::{self, Due, StoredMail};
use crate::storage::{PlatformTx, TenantScope};

/// How long a claim holds: longer than any try may take.
const CLAIM: Duration = Duration::from_mins(5);

/// The waits between one try and the next; when they are used up, not quite a day later, the mail is given up.
const WAITS: [Duration; 7] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(6),
    Duration::from_hours(6),
    Duration::from_hours(6),
];

/// A mail that is about to be tried.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The tenant it is of, as it is now.
    pub scope: TenantScope,
    /// Its id.
    pub id: MailId,
    /// Where it goes.
    pub recipient: String,
    /// The language that is asked for.
    pub language: String,
    /// What it says.
    pub body: MailBody,
    kind: String,
    attempts: i64,
}

/// Where a mail stands after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// On its way.
    Sent,
    /// Tried again later.
    Later,
    /// Given up.
    Dead,
}

impl Settled {
    /// The label in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Later => "failed",
            Self::Dead => "dead",
        }
    }
}

/// Claims up to `limit` mails that are due.
pub fn claim(tx: &mut PlatformTx<'_>, call: &Call, limit: i64) -> Result<Vec<Due>, Failure> {
    let mut claimed = Vec::new();
    for due in mails::due(tx, call.now, limit)? {
        if mails::claim(tx, &due, call.now + CLAIM)? {
            claimed.push(due);
        }
    }
    Ok(claimed)
}

/// Reads a claimed mail for a try, and counts the try. `None` where there is nothing to try: it is gone, was ended
/// meanwhile, or is of no use any more and was given up.
pub fn begin(
    tx: &mut PlatformTx<'_>,
    call: &Call,
    sealer: &Sealer,
    due: &Due,
) -> Result<Option<Claimed>, Failure> {
    let Some(scope) = tx.tenant(due.tenant)? else { return Ok(None) };
    let Some(mail) = mails::find(&mut tx.enter(&scope)?, due.id)? else { return Ok(None) };
    if mail.state != MailState::Queued {
        return Ok(None);
    }
    if !scope.tenant().status.is_active() {
        return give_up(tx, call, &scope, &mail, "tenant_inactive");
    }
    let Some(body) = open(sealer, &scope, &mail) else {
        return give_up(tx, call, &scope, &mail, "unreadable");
    };
    if has_run_out(&body, call.now) {
        return give_up(tx, call, &scope, &mail, "expired");
    }
    mails::count_attempt(&mut tx.enter(&scope)?, mail.id)?;
    Ok(Some(Claimed {
        scope,
        id: mail.id,
        recipient: mail.recipient,
        language: mail.language,
        body,
        kind: mail.kind,
        attempts: mail.attempts + 1,
    }))
}

/// Notes how a try ended.
pub fn settle(
    tx: &mut PlatformTx<'_>,
    call: &Call,
    claimed: &Claimed,
    outcome: Result<(), SendError>,
) -> Result<Settled, Failure> {
    let mut tenant = tx.enter(&claimed.scope)?;
    let error = match outcome {
        Ok(()) => {
            mails::set_sent(&mut tenant, claimed.id, call.now)?;
            return Ok(Settled::Sent);
        }
        Err(error) => error,
    };
    let wait = usize::try_from(claimed.attempts - 1).ok().and_then(|tried| WAITS.get(tried));
    match wait {
        Some(wait) if !error.is_final() => {
            mails::postpone(&mut tenant, claimed.id, error.as_str(), call.now + *wait)?;
            Ok(Settled::Later)
        }
        Some(_) | None => {
            mails::set_dead(&mut tenant, claimed.id, error.as_str(), call.now)?;
            tell(&claimed.scope, claimed.id, &claimed.kind, error.as_str());
            Ok(Settled::Dead)
        }
    }
}

fn open(sealer: &Sealer, scope: &TenantScope, mail: &StoredMail) -> Option<MailBody> {
    let row = mail.id.to_string();
    let opened = sealer.open(place(scope.id(), &row), mail.sealed_variables.as_deref()?).ok()?;
    serde_json::from_slice(opened.expose()).ok()
}

/// A link that no longer works is not worth a mail.
fn has_run_out(body: &MailBody, now: Timestamp) -> bool {
    let minutes = body.about.minutes().map(u64::from);
    minutes.is_some_and(|minutes| body.at + Duration::from_secs(minutes.saturating_mul(60)) <= now)
}

fn give_up(
    tx: &mut PlatformTx<'_>,
    call: &Call,
    scope: &TenantScope,
    mail: &StoredMail,
    why: &'static str,
) -> Result<Option<Claimed>, Failure> {
    mails::set_dead(&mut tx.enter(scope)?, mail.id, why, call.now)?;
    tell(scope, mail.id, &mail.kind, why);
    Ok(None)
}

/// Without the address: the log is read by more people than the mail.
fn tell(scope: &TenantScope, mail: MailId, kind: &str, reason: &'static str) {
    tracing::warn!(tenant = %scope.slug(), %mail, kind, reason, "a mail was given up: see `symbolon mail list --dead`");
}
