//! How people can sign in, seen by those who help them, and a factor taken away from somebody who lost it (P101, P102).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::change::target;
use super::person::Person;
use crate::effects::Clock;
use crate::flows::access::{Authorized, Conflict, Kind, Refused, ResetFactors, SeeFactors};
use crate::flows::call::Call;
use crate::flows::factors::overview::{Overview, overview};
use crate::flows::factors::{enrolled, tell};
use crate::flows::mail::MailTerms;
use crate::flows::provision;
use crate::model::audit::{EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::{InvalidId, PasskeyId, UserId};
use crate::model::mail::MailKind;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{links, passkeys, passwords, recovery_codes, totp_factors, users};

/// One factor of a person, as it is named in addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactorName {
    /// The password.
    Password,
    /// The authenticator.
    Totp,
    /// The sheet of recovery codes.
    RecoveryCodes,
    /// One passkey.
    Passkey(PasskeyId),
}

impl fmt::Display for FactorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password => f.write_str("password"),
            Self::Totp => f.write_str("totp"),
            Self::RecoveryCodes => f.write_str("recovery_codes"),
            Self::Passkey(id) => id.fmt(f),
        }
    }
}

impl FromStr for FactorName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let fixed = [Self::Password, Self::Totp, Self::RecoveryCodes];
        match fixed.into_iter().find(|name| name.to_string() == text) {
            Some(name) => Ok(name),
            None => text.parse().map(Self::Passkey),
        }
    }
}

impl FactorName {
    const fn factor(self) -> Factor {
        match self {
            Self::Password => Factor::Password,
            Self::Totp => Factor::Totp,
            Self::RecoveryCodes => Factor::RecoveryCode,
            Self::Passkey(_) => Factor::Passkey,
        }
    }
}

/// The factors of somebody, with their dates and nothing of their secrets.
///
/// # Errors
/// The database fails.
pub fn of_person(
    tx: &mut TenantTx<'_>,
    call: &Call,
    right: &Authorized<SeeFactors>,
    id: Option<UserId>,
) -> Result<Result<Overview, Refused>, Failure> {
    right.check(tx)?;
    match Person::find(tx, id)? {
        Ok(person) => overview(tx, call, person.user.id).map(Ok),
        Err(refused) => Ok(Err(refused)),
    }
}

/// Takes a factor away from somebody else. What was opened before ends, as after a new password: sessions, tokens, links and
/// sign-ins that wait. Whoever has no factor left that can be lost keeps no sheet of recovery codes. The person is told.
///
/// # Errors
/// The database fails.
pub fn reset_of_person(
    tx: &mut TenantTx<'_>,
    (call, clock): (&Call, &Arc<dyn Clock>),
    right: &Authorized<ResetFactors>,
    terms: &MailTerms,
    (id, factor): (Option<UserId>, Option<FactorName>),
) -> Result<Result<(), Refused>, Failure> {
    let user = match target(tx, right, id, true)? {
        Ok(person) => person.user,
        Err(refused) => return Ok(Err(refused)),
    };
    if user.break_glass {
        return Ok(Err(Refused::Conflict(Conflict::BreakGlass)));
    }
    // Whoever is about to sign in by it, or to set it up anew, holds the person too.
    users::hold_active(tx, user.id)?;
    let Some(factor) = factor else { return Ok(Err(Refused::NotFound(Kind::Factor))) };
    let Some(named) = take_away(tx, &user, factor)? else {
        return Ok(Err(Refused::NotFound(Kind::Factor)));
    };
    let mut event = call
        .event(EventKind::FactorRemoved, EventResult::Success, right.actor())
        .on("user", user.id)
        .with("factor", factor.factor().as_str());
    if let FactorName::Passkey(id) = factor {
        event = event.with("passkey", id.to_string());
    }
    let left = enrolled(tx, &user)?;
    if !left.has(Factor::Totp) && !left.has(Factor::Passkey) {
        event = event.with("recovery_codes", recovery_codes::remove(tx, user.id)?);
    }
    tx.record(event);
    links::remove_of_user(tx, user.id)?;
    tell(tx, call, terms, &user, MailKind::FactorRemoved { factor: factor.factor(), name: named.0 })?;
    provision::revoke_sessions(tx, (call, clock), &right.actor(), &user)?;
    Ok(Ok(()))
}

/// What its owner called a factor that is gone.
struct Called(Option<String>);

/// Removes it; `None` where the person has none such.
fn take_away(tx: &mut TenantTx<'_>, user: &User, factor: FactorName) -> Result<Option<Called>, Failure> {
    let nameless = |gone: bool| gone.then_some(Called(None));
    Ok(match factor {
        FactorName::Password => {
            let had = passwords::changed_at(tx, user.id)?.is_some();
            passwords::remove(tx, user.id)?;
            nameless(had)
        }
        FactorName::Totp => nameless(totp_factors::remove(tx, user.id)?),
        FactorName::RecoveryCodes => nameless(recovery_codes::remove(tx, user.id)? > 0),
        FactorName::Passkey(id) => {
            let own = passkeys::of_user(tx, user.id)?.into_iter().find(|passkey| passkey.id == id);
            let gone = own.is_some() && passkeys::remove(tx, user.id, id)?;
            own.filter(|_| gone).map(|passkey| Called(Some(passkey.name.to_string())))
        }
    })
}
