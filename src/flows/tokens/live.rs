//! Whether a personal access token is good now: asked of the database at each use.

use std::time::Duration;

use crate::flows::call::Call;
use crate::model::failure::Failure;
use crate::model::ids::PersonalTokenId;
use crate::model::personal_token::PersonalToken;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{personal_access_tokens as tokens, users};

/// How precisely the last use is remembered.
const TOUCH_EVERY: Duration = Duration::from_hours(1);

/// A token that is good now, with its owner, read and active.
#[derive(Debug)]
pub struct Live {
    /// The token.
    pub token: PersonalToken,
    /// Whose it is.
    pub user: User,
}

impl Live {
    /// Whether this use has to be written down.
    pub fn due(&self, call: &Call) -> Option<PersonalTokenId> {
        let last = self.token.last_used_at;
        last.is_none_or(|last| call.now.since(last) >= TOUCH_EVERY).then_some(self.token.id)
    }
}

/// The token with this hash, if it has not ended, and neither its owner nor their tenant was switched off since it was made
/// (D12), nor the ways in taken away by which it was made.
///
/// # Errors
/// The database fails.
pub fn live(tx: &mut TenantTx<'_>, call: &Call, hash: &str) -> Result<Option<Live>, Failure> {
    let Some(token) = tokens::find(tx, hash)? else { return Ok(None) };
    let Some(user) = users::find(tx, token.user_id)? else { return Ok(None) };
    let made = token.created_at;
    let stands = token.expires_at > call.now
        && user.status.stood_at(made)
        && tx.scope().tenant().status.stood_at(made)
        && user.proofs_since.is_none_or(|since| since <= made);
    Ok(stands.then_some(Live { token, user }))
}

/// Notes that a token was used, if that is due.
///
/// # Errors
/// The database fails.
pub fn touch(tx: &mut TenantTx<'_>, call: &Call, id: PersonalTokenId) -> Result<(), Failure> {
    tokens::touch(tx, id, (call.now - TOUCH_EVERY, call.now))
}
