//! A code by mail, as one factor more for somebody who has proved one (D13). It belongs to that sign-in in that browser, the
//! newest one counts alone, and it is used once (P058). Guesses at it count with those at the password (D31, P047).

use super::{LinkTerms, NewLink, keep, mailed, stands};
use crate::crypto::email_code::EmailCode;
use crate::crypto::hmac::KeyedHash;
use crate::flows::call::Call;
use crate::flows::interaction_store;
use crate::flows::login::second::Challenge;
use crate::flows::mail::{self, Mail, Recipient};
use crate::model::audit::Actor;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{InteractionHandle, UserId};
use crate::model::link::LinkPurpose;
use crate::model::mail::{MailKind, MailedCode};
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::records::links;
use crate::storage::{Directory, TenantTx};

/// Why no code is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRefusal {
    /// Nobody waits for one in this browser, or they may not prove themselves by one.
    Expired,
    /// As many as there may be were mailed (P068).
    Enough,
}

/// Mails a new code to the person who waits here, in place of the one before. `language` is that of the page.
///
/// # Errors
/// The database fails.
pub fn send(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &LinkTerms,
    (handle, cookie_hash): (InteractionHandle, &str),
    language: Option<&str>,
) -> Result<Result<(), CodeRefusal>, Failure> {
    interaction_store::hold(directory, handle, cookie_hash)?;
    let challenge = Challenge::open(directory, call, handle, cookie_hash)?;
    let challenge = challenge.filter(|challenge| challenge.ways.contains(&Factor::EmailCode));
    let Some(Challenge { scope, user, .. }) = challenge else { return Ok(Err(CodeRefusal::Expired)) };
    let Ok(email) = user.email.parse::<Email>() else { return Ok(Err(CodeRefusal::Expired)) };
    let mut tx = directory.enter(&scope)?;
    if !mail::may_send_code(&mut tx, call, &terms.mail, &email)? {
        return Ok(Err(CodeRefusal::Enough));
    }
    let purpose = LinkPurpose::EmailCode;
    let new = NewLink { purpose, user: &user, address: &user.email, interaction: Some(handle) };
    let code = EmailCode::generate(call.random.as_ref());
    let hash = hash(&tx, &terms.mail.names, (user.id, handle), &code);
    if !keep(&mut tx, call, &terms.lives, new, &hash)? {
        return Ok(Err(CodeRefusal::Expired));
    }
    mailed(&mut tx, call, Actor::User(user.id), new);
    let kind = MailKind::EmailCode {
        code: MailedCode::new(code.expose().to_owned()),
        minutes: terms.lives.minutes(purpose),
    };
    let mail = Mail { to: Recipient::user(&user), language, kind };
    mail::queue(&mut tx, call, &terms.mail, mail)?;
    Ok(Ok(()))
}

/// Whether a code is on its way to the person, or there, for this sign-in.
///
/// # Errors
/// The database fails.
pub fn is_sent(
    directory: &mut Directory<'_>,
    call: &Call,
    challenge: &Challenge,
    handle: InteractionHandle,
) -> Result<bool, Failure> {
    let mut tx = directory.enter(&challenge.scope)?;
    let link = links::of_user(&mut tx, challenge.user.id, LinkPurpose::EmailCode)?;
    Ok(link.is_some_and(|link| {
        link.interaction == Some(handle)
            && link.consumed_at.is_none()
            && stands(call, &challenge.scope, &link, &challenge.user)
    }))
}

/// Whether this is the code that was mailed for this sign-in and is still good; it is used with that. The caller holds the person.
///
/// # Errors
/// The database fails.
pub(in crate::flows) fn is_proved(
    tx: &mut TenantTx<'_>,
    call: &Call,
    names: &KeyedHash,
    (user, handle): (&User, InteractionHandle),
    typed: &Secret<String>,
) -> Result<bool, Failure> {
    let Some(code) = EmailCode::parse(typed.expose()) else { return Ok(false) };
    let hash = hash(tx, names, (user.id, handle), &code);
    let Some(link) = links::find(tx, LinkPurpose::EmailCode, &hash)? else { return Ok(false) };
    let scope = tx.scope().clone();
    Ok(stands(call, &scope, &link, user) && links::consume(tx, LinkPurpose::EmailCode, &hash, call.now)?)
}

/// Whether this is the code that was used for this sign-in.
///
/// # Errors
/// The database fails.
pub(in crate::flows) fn was_proved(
    tx: &mut TenantTx<'_>,
    names: &KeyedHash,
    whose: (UserId, InteractionHandle),
    typed: &Secret<String>,
) -> Result<bool, Failure> {
    let Some(code) = EmailCode::parse(typed.expose()) else { return Ok(false) };
    let hash = hash(tx, names, whose, &code);
    let link = links::find(tx, LinkPurpose::EmailCode, &hash)?;
    Ok(link.is_some_and(|link| link.consumed_at.is_some()))
}

fn hash(
    tx: &TenantTx<'_>,
    names: &KeyedHash,
    (user, handle): (UserId, InteractionHandle),
    code: &EmailCode,
) -> String {
    let sign_in = handle.to_string();
    code.hash(names, [tx.scope().id().as_bytes(), user.as_bytes(), sign_in.as_bytes()])
}
