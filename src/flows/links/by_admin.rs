//! Links that administrators have mailed to people. Nobody but the mailbox ever sees them, and they are counted with the other mails
//! to its address (P057, P068).

use super::{LinkTerms, NewLink, first_factor, mailed, make};
use crate::flows::call::Call;
use crate::flows::mail::{self, Mail, Recipient};
use crate::model::audit::Actor;
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::link::LinkPurpose;
use crate::model::mail::MailKind;
use crate::model::role::Role;
use crate::model::session::Factor;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::policies;

/// What an administrator has mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminLink {
    /// A link to set up a first second factor (D33).
    FirstFactor,
    /// A link to set a new password.
    PasswordReset,
}

/// Why nothing is mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMailed {
    /// The account is not in use.
    NotActive,
    /// The person has a second factor.
    HasFactor,
    /// The tenant's policy has no passwords for this person.
    NoPassword,
    /// So many mails went to this address of late that it gets none now (P068).
    Enough,
}

impl AdminLink {
    const fn purpose(self) -> LinkPurpose {
        match self {
            Self::FirstFactor => LinkPurpose::FirstFactor,
            Self::PasswordReset => LinkPurpose::PasswordReset,
        }
    }

    const fn page(self) -> &'static str {
        match self {
            Self::FirstFactor => "/factor-link",
            Self::PasswordReset => "/reset",
        }
    }
}

/// Mails a link to the person, in place of the one before for the same purpose.
///
/// # Errors
/// The database fails.
pub fn send(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &LinkTerms,
    (actor, user): (Actor, &User),
    wanted: AdminLink,
) -> Result<Result<(), NotMailed>, Failure> {
    let Ok(email) = user.email.parse::<Email>() else { return Ok(Err(NotMailed::NotActive)) };
    if let Some(why) = refused(tx, user, wanted)? {
        return Ok(Err(why));
    }
    if !mail::may_send(tx, call, &terms.mail, &email)? {
        return Ok(Err(NotMailed::Enough));
    }
    let purpose = wanted.purpose();
    let new = NewLink { purpose, user, address: &user.email, interaction: None };
    let Some(link) = make(tx, call, &terms.lives, (new, wanted.page()))? else {
        return Ok(Err(NotMailed::NotActive));
    };
    let minutes = terms.lives.minutes(purpose);
    let kind = match wanted {
        AdminLink::FirstFactor => MailKind::FirstFactor { link, minutes },
        AdminLink::PasswordReset => MailKind::PasswordReset { link, minutes },
    };
    mailed(tx, call, actor, new);
    let mail = Mail { to: Recipient::user(user), language: None, kind };
    mail::queue(tx, call, &terms.mail, mail)?;
    Ok(Ok(()))
}

fn refused(tx: &mut TenantTx<'_>, user: &User, wanted: AdminLink) -> Result<Option<NotMailed>, Failure> {
    if !user.status.is_active() {
        return Ok(Some(NotMailed::NotActive));
    }
    Ok(match wanted {
        // Their password is kept at home.
        AdminLink::PasswordReset if user.is_guest() => Some(NotMailed::NoPassword),
        AdminLink::FirstFactor => first_factor::has_second(tx, user)?.then_some(NotMailed::HasFactor),
        AdminLink::PasswordReset => {
            let exempt = user.break_glass && user.roles.contains(&Role::Owner);
            let allowed = exempt || policies::find(tx)?.allows(Factor::Password);
            (!allowed).then_some(NotMailed::NoPassword)
        }
    })
}
