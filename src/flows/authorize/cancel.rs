//! A person said no on one of our pages: the client gets `access_denied` (RFC 6749 §4.1.2.1).

use super::resume::{refuse, reopen};
use super::{Answer, Outcome};
use crate::flows::Call;
use crate::flows::failures::RecordRules;
use crate::flows::interaction_store;
use crate::model::failure::Failure;
use crate::model::ids::InteractionHandle;
use crate::protocol::oauth_error::ErrorCode;
use crate::storage::Directory;

/// Ends the interaction of the browser whose cookie has this hash. Needs a write transaction.
pub fn cancel(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    handle: InteractionHandle,
    cookie_hash: &str,
) -> Result<Outcome, Failure> {
    interaction_store::hold(directory, handle, cookie_hash)?;
    match reopen(directory, call, handle, cookie_hash)? {
        Err(outcome) => Ok(outcome),
        Ok(open) => {
            let answer = Answer::Error(ErrorCode::AccessDenied, "The person did not sign in.");
            refuse(directory, call, rules, open, answer)
        }
    }
}
