//! The rules on the claims themselves (RFC 9068 §4, RFC 7519 §4.1, RFC 8725 §3.8 to §3.10).

use std::time::Duration;

use serde::Deserialize;

use super::refusal::TokenFault;
use crate::model::issuer::Issuer;
use crate::model::time::Timestamp;
use crate::protocol::revocation_feed::LONGEST_TOKEN_SECONDS;
use crate::protocol::token_claims::AccessTokenClaims;

/// `nbf`, which our tokens do not carry but which counts where it stands (RFC 7519 §4.1.5).
#[derive(Deserialize)]
pub(super) struct NotBefore {
    #[serde(default)]
    nbf: Option<i64>,
}

/// What this service expects of a token.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) audiences: &'a [String],
    pub(super) leeway: Duration,
    pub(super) now: Timestamp,
}

impl Expected<'_> {
    /// Checks issuer, audience, the times, and that no key is needed beside the token.
    pub(super) fn check(&self, claims: &AccessTokenClaims, not_before: &NotBefore) -> Result<(), TokenFault> {
        if claims.iss != self.issuer.as_str() {
            return Err(TokenFault::Issuer);
        }
        if !claims.aud.iter().any(|named| self.audiences.contains(named)) {
            return Err(TokenFault::Audience);
        }
        self.check_times(claims, not_before)?;
        if claims.cnf.is_some() { Err(TokenFault::SenderConstrained) } else { Ok(()) }
    }

    fn check_times(&self, claims: &AccessTokenClaims, not_before: &NotBefore) -> Result<(), TokenFault> {
        let now = self.now.unix();
        let leeway = i64::try_from(self.leeway.as_secs()).unwrap_or(0);
        let begins = claims.iat.max(not_before.nbf.unwrap_or(claims.iat));
        // Revocations are kept for the longest life of a token (D14): one that lived longer could outlive its own.
        let life = claims.exp.saturating_sub(claims.iat);
        if !(1..=LONGEST_TOKEN_SECONDS).contains(&life) {
            Err(TokenFault::Life)
        } else if now >= claims.exp.saturating_add(leeway) {
            Err(TokenFault::Expired)
        } else if begins > now.saturating_add(leeway) {
            Err(TokenFault::NotYet)
        } else {
            Ok(())
        }
    }
}
