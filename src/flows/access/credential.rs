//! What a caller of the API brings.

use crate::flows::bearer::Bearer;
use crate::model::ids::TenantId;

/// Proof of who calls, verified as far as it goes without the database.
#[derive(Debug, Clone)]
pub enum Credential {
    /// An access token that we signed.
    Token(Box<Bearer>),
}

impl Credential {
    /// The tenant that it names, unproved until the database was asked.
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::Token(bearer) => bearer.claims().tenant_id,
        }
    }
}
