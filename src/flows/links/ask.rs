//! Anybody may ask for a link to an address, and learns nothing by it: whether a mail leaves is seen in the mailbox alone
//! (P036, P068). A mail goes to people who may use what it leads to (P043).

use super::{LinkTerms, NewLink, mailed, make};
use crate::flows::call::Call;
use crate::flows::failures::{self, Source};
use crate::flows::interaction_store;
use crate::flows::login::visit::Visit;
use crate::flows::login::{Destination, SignInRules};
use crate::flows::mail::{self, Mail, Recipient};
use crate::flows::policy::{self, Door, Verdict};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, TenantId};
use crate::model::link::LinkPurpose;
use crate::model::mail::MailKind;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::records::{policies, users};
use crate::storage::{Directory, TenantScope};

/// What anybody can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A link that signs in.
    MagicLink,
    /// A link to set a new password.
    PasswordReset,
}

impl Wanted {
    /// What the link does.
    pub const fn purpose(self) -> LinkPurpose {
        match self {
            Self::MagicLink => LinkPurpose::MagicLink,
            Self::PasswordReset => LinkPurpose::PasswordReset,
        }
    }

    /// What it leads to: where the policy does not admit that factor, no mail leaves.
    pub const fn factor(self) -> Factor {
        match self {
            Self::MagicLink => Factor::MagicLink,
            Self::PasswordReset => Factor::Password,
        }
    }

    /// The page that it leads to.
    const fn page(self) -> &'static str {
        match self {
            Self::MagicLink => "/link",
            Self::PasswordReset => "/reset",
        }
    }
}

/// Why the page is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskRefusal {
    /// There is no open interaction of this browser with that handle.
    Expired,
    /// No address was typed yet.
    NoIdentifier,
}

/// Somebody who is mailed nothing, and why.
struct Nobody {
    tenant: Option<TenantId>,
    reason: &'static str,
}

/// Mails a link to the address that the identifier page took, if it is that of somebody who may use it. `language` is that of
/// the page.
///
/// # Errors
/// The database fails.
pub fn ask(
    directory: &mut Directory<'_>,
    call: &Call,
    (rules, terms): (&SignInRules, &LinkTerms),
    (handle, cookie_hash): (InteractionHandle, &str),
    (wanted, language): (Wanted, &str),
) -> Result<Result<(), AskRefusal>, Failure> {
    interaction_store::hold(directory, handle, cookie_hash)?;
    let Some(visit) = Visit::open(directory, call, Some(handle), cookie_hash)? else {
        return Ok(Err(AskRefusal::Expired));
    };
    let Some((email, destination)) = visit.named() else { return Ok(Err(AskRefusal::NoIdentifier)) };
    let found = addressee(directory, call, wanted, (&email, &destination))?;
    let in_measure = match &found {
        Ok(_) => mail::may_ask(directory, call, &terms.mail, &email)?,
        Err(_) => mail::may_ask_in_vain(directory, call, &terms.mail, &email)?,
    };
    if !in_measure {
        return Ok(Ok(()));
    }
    match found {
        Ok((scope, user)) => send(directory, call, terms, (&scope, &user, handle), (wanted, language))?,
        Err(nobody) => {
            let key = rules.account_key(&destination, email.canonical());
            let event = call
                .event(EventKind::LinkMailed, EventResult::Denied, Actor::Anonymous)
                .with("account", key.as_str())
                .with("purpose", wanted.purpose().as_str())
                .with("reason", nobody.reason);
            let source = Source { tenant: nobody.tenant, named: &key };
            failures::record(directory, call, &rules.records, source, event)?;
        }
    }
    Ok(Ok(()))
}

/// Who gets the mail. Each way through here asks the database the same questions.
fn addressee(
    directory: &mut Directory<'_>,
    call: &Call,
    wanted: Wanted,
    (email, destination): (&Email, &Destination),
) -> Result<Result<(TenantScope, User), Nobody>, Failure> {
    let tenant = match destination {
        Destination::Tenant(tenant) => *tenant,
        Destination::Nowhere(_) => TenantId::from_bytes([0; 16]),
    };
    let scope = directory.tenant(tenant)?;
    let platform = directory.platform()?;
    // No account has an empty address.
    let (within, canonical) = match &scope {
        Some(scope) => (scope, email.canonical()),
        None => (&platform, ""),
    };
    let mut tx = directory.enter(within)?;
    let user = users::find_by_email(&mut tx, canonical)?;
    let policy = policies::find(&mut tx)?;
    let nobody = |tenant, reason| Ok(Err(Nobody { tenant, reason }));
    let Some(scope) = scope.clone() else { return nobody(None, "unknown_account") };
    let tenant = Some(scope.id());
    let Some(user) = user else { return nobody(tenant, "unknown_account") };
    if !user.status.is_active() {
        return nobody(tenant, "not_usable");
    }
    let factors = [wanted.factor()];
    let proved = policy::Proved::by(&factors, call.address);
    match policy::judge(&mut tx, call, (&policy, Door::SignIn), &user, proved)? {
        Verdict::Refused(rule) => nobody(tenant, rule.as_str()),
        Verdict::Pass { .. } | Verdict::Second(_) => Ok(Ok((scope, user))),
    }
}

/// Makes the link and queues the mail.
fn send(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &LinkTerms,
    (scope, user, handle): (&TenantScope, &User, InteractionHandle),
    (wanted, language): (Wanted, &str),
) -> Result<(), Failure> {
    let mut tx = directory.enter(scope)?;
    let purpose = wanted.purpose();
    let new = NewLink { purpose, user, address: &user.email, interaction: Some(handle) };
    let Some(link) = make(&mut tx, call, &terms.lives, (new, wanted.page()))? else { return Ok(()) };
    let minutes = terms.lives.minutes(purpose);
    let kind = match wanted {
        Wanted::MagicLink => MailKind::MagicLink { link, minutes },
        Wanted::PasswordReset => MailKind::PasswordReset { link, minutes },
    };
    mailed(&mut tx, call, Actor::Anonymous, new);
    let mail = Mail { to: Recipient::user(user), language: Some(language), kind };
    mail::queue(&mut tx, call, &terms.mail, mail).map(drop)
}
