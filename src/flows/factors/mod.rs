//! The ways of a person to prove who they are: set up, shown and taken away, each with its record.

pub mod devices;
mod enrolled;
pub mod overview;
pub mod passkey;
pub mod recovery_codes;
pub mod totp;

pub use enrolled::{Enrolled, Stays, enrolled, reach_since, stays};

use std::sync::Arc;

use super::call::Call;
use super::mail::{self, Mail, MailTerms, Recipient};
use crate::crypto::seal::Sealer;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::mail::MailKind;
use crate::model::user::User;
use crate::storage::TenantTx;

/// What factors are kept and told of with.
#[derive(Debug, Clone)]
pub struct FactorRules {
    /// Seals the secrets of authenticators.
    pub sealer: Arc<Sealer>,
    /// How the owner of an account is told.
    pub mail: MailTerms,
}

/// What a person did to a factor of their own.
fn event(call: &Call, kind: EventKind, user: UserId, factor: &'static str) -> Event {
    call.event(kind, EventResult::Success, Actor::User(user)).on("user", user).with("factor", factor)
}

/// Tells the owner of the account: whoever did it may be somebody else (R15).
pub(super) fn tell(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    user: &User,
    kind: MailKind,
) -> Result<(), Failure> {
    let mail = Mail { to: Recipient::user(user), language: None, kind };
    mail::queue(tx, call, terms, mail).map(|_| ())
}
