//! The ways of a person to prove who they are: set up, shown and taken away, each with its record.

mod enrolled;
pub mod passkey;
pub mod recovery_codes;
pub mod totp;

pub use enrolled::{Enrolled, enrolled};

use super::call::Call;
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::ids::UserId;

/// What a person did to a factor of their own.
fn event(call: &Call, kind: EventKind, user: UserId, factor: &'static str) -> Event {
    call.event(kind, EventResult::Success, Actor::User(user)).on("user", user).with("factor", factor)
}
