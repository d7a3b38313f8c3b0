//! A typed code as one factor more: the authenticator's (RFC 6238), one of the sheet, or one that was mailed. Whatever it is, a
//! wrong one counts with the wrong passwords of the account (D31, P047), and a right one works once (P046, P049, P058).

use super::SignInRules;
use super::proved::Proved;
use super::second::{Challenge, Found, SecondRefusal};
use crate::flows::call::Call;
use crate::flows::factors::{FactorRules, devices, recovery_codes, tell, totp};
use crate::flows::interaction::Problem;
use crate::flows::links;
use crate::flows::session::CookieChange;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, UserId};
use crate::model::mail::MailKind;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::storage::{Directory, TenantTx};

/// Which code it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// The one that an authenticator shows.
    Totp,
    /// One of the sheet.
    Recovery,
    /// The one that was mailed.
    Email,
}

impl CodeKind {
    /// The factor that it proves.
    pub const fn factor(self) -> Factor {
        match self {
            Self::Totp => Factor::Totp,
            Self::Recovery => Factor::RecoveryCode,
            Self::Email => Factor::EmailCode,
        }
    }

    /// Whether its owner has it again at the next sign-in. What stands in for a factor that is lost stands in once.
    pub const fn is_lasting(self) -> bool {
        match self {
            Self::Totp | Self::Email => true,
            Self::Recovery => false,
        }
    }

    /// Why a wrong one is refused, in the record.
    const fn reason(self) -> &'static str {
        match self {
            Self::Totp => "wrong_code",
            Self::Recovery => "wrong_recovery_code",
            Self::Email => "wrong_email_code",
        }
    }
}

/// A code as somebody typed it.
#[derive(Debug, Clone)]
pub struct TypedCode {
    /// Which one it is meant to be.
    pub kind: CodeKind,
    /// What was typed.
    pub text: Secret<String>,
    /// The hash of the secret by which the browser is to be remembered, where that is wished (D33).
    pub remember: Option<String>,
}

/// Judges a code of somebody who has proved a factor, and goes on or counts the failure.
///
/// # Errors
/// The database fails, or a sealed secret does not open.
pub fn prove(
    directory: &mut Directory<'_>,
    call: &Call,
    (rules, factors): (&SignInRules, &FactorRules),
    (handle, cookie): (InteractionHandle, CookieChange<'_>),
    typed: &TypedCode,
) -> Result<Result<Proved, SecondRefusal>, Failure> {
    let held = match Challenge::hold(directory, call, rules, handle, cookie)? {
        Ok(Found::Held(held)) => held,
        Ok(Found::Before(proved)) => return again(directory, call, factors, (proved, handle), typed),
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !held.offers(typed.kind.factor()) {
        return Ok(Err(SecondRefusal::Expired));
    }
    let (scope, user) = (held.scope().clone(), held.user().clone());
    let mut tx = directory.enter(&scope)?;
    let right = match typed.kind {
        CodeKind::Totp => totp::is_proved(&mut tx, call, &factors.sealer, user.id, &typed.text)?,
        CodeKind::Recovery => recovery_codes::is_proved(&mut tx, call, user.id, &typed.text)?,
        CodeKind::Email => {
            links::code::is_proved(&mut tx, call, &factors.mail.names, (&user, handle), &typed.text)?
        }
    };
    if !right {
        let failed = (typed.kind.reason(), Problem::CodeWrong);
        return held.fail(directory, call, rules, failed).map(Err);
    }
    if typed.kind == CodeKind::Recovery {
        let left = recovery_codes::left(&mut tx, user.id)?.map_or(0, |left| left.count);
        let kind = MailKind::RecoveryUsed { left: u32::try_from(left).unwrap_or(u32::MAX) };
        tell(&mut tx, call, &factors.mail, &user, kind)?;
    }
    let proved = held.prove(directory, call, rules, (typed.kind.factor(), cookie))?;
    if let (Ok(Proved::SignedIn(signed_in)), Some(hash)) = (&proved, &typed.remember)
        && typed.kind.is_lasting()
    {
        let whose = (user.id, signed_in.admitted.account.sid);
        devices::remember(&mut directory.enter(&scope)?, call, whose, (hash, typed.kind.factor()))?;
    }
    Ok(proved)
}

/// The same form once more: answered as before, but only to whoever types the same code again.
fn again(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &FactorRules,
    (before, handle): (Proved, InteractionHandle),
    typed: &TypedCode,
) -> Result<Result<Proved, SecondRefusal>, Failure> {
    let Proved::SignedIn(signed_in) = &before else { return Ok(Err(SecondRefusal::Expired)) };
    let Some(scope) = directory.tenant(signed_in.admitted.account.tenant_id)? else {
        return Ok(Err(SecondRefusal::Expired));
    };
    let was_right = was_proved(&mut directory.enter(&scope)?, call, rules, (signed_in.user, handle), typed)?;
    Ok(if was_right { Ok(before) } else { Err(SecondRefusal::Expired) })
}

/// Whether this is the code that was used last.
fn was_proved(
    tx: &mut TenantTx<'_>,
    call: &Call,
    rules: &FactorRules,
    (user, handle): (UserId, InteractionHandle),
    typed: &TypedCode,
) -> Result<bool, Failure> {
    match typed.kind {
        CodeKind::Totp => totp::was_proved(tx, call, &rules.sealer, user, &typed.text),
        CodeKind::Recovery => recovery_codes::was_proved(tx, call, user, &typed.text),
        CodeKind::Email => links::code::was_proved(tx, &rules.mail.names, (user, handle), &typed.text),
    }
}
