//! The first second factor of somebody who came by an invitation, to a tenant that asks for two: set up between the first one
//! and the session (D33). Setting it up proves it, and nobody else gets that far without one.

use super::SignInRules;
use super::proved::Proved;
use super::second::{Challenge, Found, Held};
use crate::flows::call::Call;
use crate::flows::factors::FactorRules;
use crate::flows::factors::passkey::{self, AddRefusal, Answer, Here, PasskeyRules, Question};
use crate::flows::factors::recovery_codes::Sheet;
use crate::flows::factors::totp::{self, BeginRefusal, ConfirmRefusal, Enrolment};
use crate::flows::session::CookieChange;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::model::passkey::PasskeyName;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::storage::Directory;
use crate::storage::records::policies;

/// What the page offers.
#[derive(Debug)]
pub struct Choice {
    /// The person.
    pub challenge: Challenge,
    /// Whether an authenticator may be set up.
    pub totp: bool,
    /// Whether a key was shown that waits for its first code.
    pub totp_waits: bool,
    /// The question for a passkey, where one may be made.
    pub passkey: Option<Question>,
}

/// A second factor that was set up.
#[derive(Debug)]
pub struct Enrolled {
    /// What it came to.
    pub proved: Proved,
    /// The recovery codes that came with it.
    pub sheet: Option<Sheet>,
}

/// Why none was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolRefusal {
    /// Nobody waits for it in this browser, or not with that handle.
    Expired,
    /// The tenant's policy does not allow it.
    Method,
    /// The authenticator does not count yet.
    Totp(ConfirmRefusal),
    /// The passkey is none.
    Passkey(AddRefusal),
}

/// What somebody may set up who waits here; `None` where nobody does.
///
/// # Errors
/// The database fails.
pub fn choice(
    directory: &mut Directory<'_>,
    call: &Call,
    passkeys: &PasskeyRules,
    (handle, cookie_hash): (InteractionHandle, &str),
) -> Result<Option<Choice>, Failure> {
    let Some(challenge) = Challenge::open(directory, call, handle, cookie_hash)? else { return Ok(None) };
    if !challenge.may_enrol() {
        return Ok(None);
    }
    let mut tx = directory.enter(&challenge.scope)?;
    let policy = policies::find(&mut tx)?;
    let totp_waits = totp::is_waiting(&mut tx, call, challenge.user.id)?;
    let passkey = if policy.allows(Factor::Passkey) {
        let here = Here { user: challenge.user.id, browser: cookie_hash };
        passkey::ask_to_add(&mut tx, call, passkeys, here)?
    } else {
        None
    };
    Ok(Some(Choice { totp: policy.allows(Factor::Totp), totp_waits, passkey, challenge }))
}

/// Makes the key of an authenticator, shown this once. `issuer` is what it will call us.
///
/// # Errors
/// The database fails.
pub fn begin_totp(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &FactorRules,
    (handle, cookie_hash): (InteractionHandle, &str),
    issuer: impl FnOnce(&str) -> String,
) -> Result<Result<Enrolment, EnrolRefusal>, Failure> {
    let found = Challenge::open(directory, call, handle, cookie_hash)?;
    let Some(challenge) = found.filter(Challenge::may_enrol) else { return Ok(Err(EnrolRefusal::Expired)) };
    let mut tx = directory.enter(&challenge.scope)?;
    if !policies::find(&mut tx)?.allows(Factor::Totp) {
        return Ok(Err(EnrolRefusal::Method));
    }
    let issuer = issuer(&challenge.scope.tenant().name);
    let begun = totp::begin_for(&mut tx, call, rules, &challenge.user, &issuer)?;
    Ok(begun.map_err(|(BeginRefusal::Gone | BeginRefusal::SetUp)| EnrolRefusal::Expired))
}

/// Lets the authenticator count by its first code, which proves it too.
///
/// # Errors
/// The database fails, or the sealed secret does not open.
pub fn confirm_totp(
    directory: &mut Directory<'_>,
    call: &Call,
    (rules, factors): (&SignInRules, &FactorRules),
    (handle, cookie): (InteractionHandle, CookieChange<'_>),
    typed: &Secret<String>,
) -> Result<Result<Enrolled, EnrolRefusal>, Failure> {
    let held = match hold(directory, call, rules, (handle, cookie), Factor::Totp)? {
        Ok(held) => held,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (scope, user) = (held.scope().clone(), held.user().clone());
    match totp::confirm_for(&mut directory.enter(&scope)?, call, factors, &user, typed)? {
        Ok(sheet) => proved(directory, call, rules, (held, Factor::Totp, sheet), cookie),
        Err(refusal) => Ok(Err(EnrolRefusal::Totp(refusal))),
    }
}

/// Adds the passkey that the browser made; whoever has it has proved it.
///
/// # Errors
/// The database fails.
pub fn add_passkey(
    directory: &mut Directory<'_>,
    call: &Call,
    (rules, passkeys): (&SignInRules, &PasskeyRules),
    (handle, cookie): (InteractionHandle, CookieChange<'_>),
    new: (&Answer, PasskeyName),
) -> Result<Result<Enrolled, EnrolRefusal>, Failure> {
    let held = match hold(directory, call, rules, (handle, cookie), Factor::Passkey)? {
        Ok(held) => held,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let here = Here { user: held.user().id, browser: cookie.old };
    let scope = held.scope().clone();
    match passkey::add(&mut directory.enter(&scope)?, call, passkeys, here, new)? {
        Ok(added) => proved(directory, call, rules, (held, Factor::Passkey, added.sheet), cookie),
        Err(refusal) => Ok(Err(EnrolRefusal::Passkey(refusal))),
    }
}

/// Holds the person who may set up this factor now.
fn hold(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (handle, cookie): (InteractionHandle, CookieChange<'_>),
    factor: Factor,
) -> Result<Result<Box<Held>, EnrolRefusal>, Failure> {
    let held = match Challenge::hold(directory, call, rules, handle, cookie)? {
        Ok(Found::Held(held)) if held.may_enrol() => held,
        Ok(Found::Held(_) | Found::Before(_)) | Err(_) => return Ok(Err(EnrolRefusal::Expired)),
    };
    let allowed = policies::find(&mut directory.enter(held.scope())?)?.allows(factor);
    Ok(if allowed { Ok(held) } else { Err(EnrolRefusal::Method) })
}

fn proved(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &SignInRules,
    (held, factor, sheet): (Box<Held>, Factor, Option<Sheet>),
    cookie: CookieChange<'_>,
) -> Result<Result<Enrolled, EnrolRefusal>, Failure> {
    match held.prove(directory, call, rules, (factor, cookie))? {
        Ok(proved) => Ok(Ok(Enrolled { proved, sheet })),
        // It is set up, and the sign-in is over: the next one asks for it.
        Err(_) => Ok(Err(EnrolRefusal::Expired)),
    }
}
