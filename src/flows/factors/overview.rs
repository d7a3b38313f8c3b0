//! What a person sees of their own factors.

use super::{recovery_codes, totp};
use crate::flows::call::Call;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::passkey::Passkey;
use crate::model::time::Timestamp;
use crate::storage::TenantTx;
use crate::storage::records::totp_factors::TotpFactor;
use crate::storage::records::{passkeys, passwords};

/// The factors of a person, with their dates.
#[derive(Debug, Clone)]
pub struct Overview {
    /// When the password was set, where there is one.
    pub password: Option<Timestamp>,
    /// The passkeys.
    pub passkeys: Vec<Passkey>,
    /// The authenticator, where one is confirmed.
    pub totp: Option<TotpFactor>,
    /// Whether the secret of an authenticator waits for its first code.
    pub totp_waits: bool,
    /// What is left of the recovery codes.
    pub codes: Option<recovery_codes::Left>,
}

/// Reads what a person has.
pub fn overview(tx: &mut TenantTx<'_>, call: &Call, user: UserId) -> Result<Overview, Failure> {
    Ok(Overview {
        password: passwords::changed_at(tx, user)?,
        passkeys: passkeys::of_user(tx, user)?,
        totp: totp::confirmed(tx, user)?,
        totp_waits: totp::is_waiting(tx, call, user)?,
        codes: recovery_codes::left(tx, user)?,
    })
}
