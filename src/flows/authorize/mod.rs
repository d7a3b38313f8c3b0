//! The authorization endpoint (RFC 6749 §4.1, OIDC Core §3.1.2): an ordered list of steps, one check per file.
//!
//! [`begin`] reads a request and [`resume`] goes on after a page. Both end in the same [`Outcome`]: a decision made by
//! `decide`, on state read in the same transaction.

mod answer;
mod begin;
mod cancel;
mod client;
pub mod consent;
mod decide;
mod issue;
mod parameters;
mod resources;
mod resume;
mod tenant;
pub mod wanted;

use std::time::Duration;

pub use answer::{Answer, SendBack};
pub use begin::{begin, unanswerable};
pub use cancel::cancel;
pub use client::{ClientFault, registered_redirect};
pub use resume::resume;

use crate::crypto::jwt::VerificationKeys;
use crate::flows::failures::RecordRules;
use crate::model::ids::InteractionHandle;

/// What the endpoint needs besides the call.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Our keys, to verify `id_token_hint`.
    pub keys: &'a VerificationKeys,
    /// How long codes live and requests wait.
    pub times: AuthorizeTimes,
    /// How refusals are recorded.
    pub records: &'a RecordRules,
}

/// Times of the authorization endpoint, from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorizeTimes {
    /// Life of a code, where the client has none of its own.
    pub code: Duration,
    /// How long a request waits for a person.
    pub interaction: Duration,
}

/// How an authorization request goes on.
#[derive(Debug)]
pub enum Outcome {
    /// An error page on our own origin, because there is no place to send the browser to that we trust.
    Page(ClientFault),
    /// Back to the client, with a code or an error.
    Back(Box<SendBack>),
    /// To the sign-in pages.
    SignIn(InteractionHandle),
    /// To the account chooser.
    Choose(InteractionHandle),
    /// To the page on which one more factor is proved.
    StepUp(InteractionHandle),
    /// To the consent page.
    Consent(InteractionHandle),
    /// The interaction is over, or belongs to another browser.
    Gone,
}
