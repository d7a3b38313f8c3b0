//! What a caller of the API brings.

use crate::flows::bearer::Bearer;
use crate::model::ids::TenantId;
use crate::protocol::opaque::Presented;

/// Proof of who calls, verified as far as it goes without the database.
#[derive(Clone)]
pub enum Credential {
    /// An access token that we signed.
    Token(Box<Bearer>),
    /// A personal access token, by its hash (D34).
    PersonalToken(Presented),
}

impl Credential {
    /// The tenant that it names, unproved until the database was asked.
    pub fn tenant(&self) -> TenantId {
        match self {
            Self::Token(bearer) => bearer.claims().tenant_id,
            Self::PersonalToken(presented) => presented.tenant,
        }
    }
}
