//! Why a call is refused, and how to say so: the answers of RFC 6750 §3, with fixed texts that repeat nothing of
//! the request.

/// Why a request may not pass. [`Refusal::status`], [`Refusal::challenge`] and [`Refusal::body`] make the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No bearer token was sent: 401 without an error code (RFC 6750 §3.1).
    #[error("no access token was sent")]
    NoToken,
    /// The request itself is malformed: 400 `invalid_request`.
    #[error("{0}")]
    BadRequest(RequestFault),
    /// The token is not good here: 401 `invalid_token`.
    #[error("{0}")]
    InvalidToken(TokenFault),
    /// The token is good, but not for this: 403 `insufficient_scope`.
    #[error("{0}")]
    Forbidden(AccessFault),
    /// We cannot tell, so we refuse: 503. The token may well be good in a moment.
    #[error("{0}")]
    Unavailable(Outage),
}

/// What is wrong with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// More than one `Authorization` header, or one that cannot be read (RFC 6750 §2.1).
    #[error("the Authorization header is malformed or repeated")]
    Authorization,
    /// A scope header that this service requires is missing.
    #[error("a required scope header is missing")]
    ScopeHeaderMissing,
    /// A scope header is repeated or no text.
    #[error("a scope header is malformed or repeated")]
    ScopeHeaderMalformed,
}

/// What is wrong with the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not a compact JWS of ours: another form, algorithm, or critical header.
    #[error("the token is malformed or of another algorithm")]
    Malformed,
    /// `typ` is not `at+jwt` (RFC 9068 §4): an ID token, say.
    #[error("the token is not an access token")]
    WrongType,
    /// The issuer has no such key.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The signature is not of that key.
    #[error("the token's signature is wrong")]
    Signature,
    /// A required claim is missing or of another type.
    #[error("the token's claims cannot be read")]
    Claims,
    /// `iss` is another issuer.
    #[error("the token is of another issuer")]
    Issuer,
    /// `aud` does not name this service.
    #[error("the token is for another audience")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `exp` is not after `iat`, or lies more than an hour behind it.
    #[error("the token has an impossible life")]
    Life,
    /// `iat` or `nbf` lies ahead by more than the leeway.
    #[error("the token is not valid yet")]
    NotYet,
    /// It, its session, person, client, tenant or key was revoked (D14).
    #[error("the token was revoked")]
    Revoked,
    /// It has `cnf`: only the holder of a key may use it, and a bearer has proved none (RFC 9449 §7.1).
    #[error("the token is bound to a key and cannot be used as a bearer token")]
    SenderConstrained,
}

/// What a good token lacks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessFault {
    /// The scope that the service asked for, in its own words.
    #[error("the token lacks a required scope")]
    Scope(String),
    /// The tenant has not bought this.
    #[error("the tenant is not entitled to this")]
    Entitlement,
    /// The person has none of the roles asked for.
    #[error("the role does not allow this")]
    Role,
    /// `X-Tenant-ID`, `X-Workspace-ID` or `X-Context-ID` names what the token does not hold.
    #[error("the scope headers do not fit the token")]
    ScopeHeader,
}

/// Why the verifier cannot judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// The key set was never fetched, or too long ago.
    #[error("the issuer's keys are not available")]
    Keys,
    /// The revocation list was never fetched, or too long ago, and the verifier fails closed.
    #[error("the issuer's revocation list is not available")]
    Revocations,
}

impl From<RequestFault> for Refusal {
    fn from(fault: RequestFault) -> Self {
        Self::BadRequest(fault)
    }
}

impl From<TokenFault> for Refusal {
    fn from(fault: TokenFault) -> Self {
        Self::InvalidToken(fault)
    }
}

impl From<AccessFault> for Refusal {
    fn from(fault: AccessFault) -> Self {
        Self::Forbidden(fault)
    }
}

impl From<Outage> for Refusal {
    fn from(outage: Outage) -> Self {
        Self::Unavailable(outage)
    }
}

impl Refusal {
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NoToken | Self::InvalidToken(_) => 401,
            Self::BadRequest(_) => 400,
            Self::Forbidden(_) => 403,
            Self::Unavailable(_) => 503,
        }
    }

    /// The error code of RFC 6750 §3.1; none where nothing was sent, or where the fault is ours.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::NoToken | Self::Unavailable(_) => None,
            Self::BadRequest(_) => Some("invalid_request"),
            Self::InvalidToken(_) => Some("invalid_token"),
            Self::Forbidden(_) => Some("insufficient_scope"),
        }
    }

    /// The value of `WWW-Authenticate` (RFC 6750 §3); none for 503.
    pub fn challenge(&self) -> Option<String> {
        if matches!(self, Self::Unavailable(_)) {
            return None;
        }
        let mut parameters = vec!["realm=\"symbolon\"".to_owned()];
        if let Some(code) = self.code() {
            parameters.push(format!("error=\"{code}\""));
            parameters.push(format!("error_description=\"{self}\""));
        }
        if let Self::Forbidden(AccessFault::Scope(scope)) = self {
            // RFC 6749 §3.3: a scope holds neither quotes nor backslashes; what does is not worth sending.
            let sound = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\') || c == ' ';
            if scope.chars().all(sound) {
                parameters.push(format!("scope=\"{scope}\""));
            }
        }
        Some(format!("Bearer {}", parameters.join(", ")))
    }

    /// The seconds of `Retry-After`, for 503 only.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Unavailable(_) => Some(2),
            Self::NoToken | Self::BadRequest(_) | Self::InvalidToken(_) | Self::Forbidden(_) => None,
        }
    }

    /// A JSON body with `error` and `error_description`, the same fixed texts as in the header.
    pub fn body(&self) -> String {
        let code = self.code().unwrap_or(match self {
            Self::Unavailable(_) => "temporarily_unavailable",
            Self::NoToken | Self::BadRequest(_) | Self::InvalidToken(_) | Self::Forbidden(_) => {
                "unauthorized"
            }
        });
        serde_json::json!({ "error": code, "error_description": self.to_string() }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_says_what_rfc_6750_asks_for() {
        let scope = Refusal::from(AccessFault::Scope("notes".into()));
        for (refusal, status, challenge) in [
            (Refusal::NoToken, 401, r#"Bearer realm="symbolon""#),
            (
                TokenFault::Expired.into(),
                401,
                r#"Bearer realm="symbolon", error="invalid_token", error_description="the token has expired""#,
            ),
            (
                scope,
                403,
                r#"Bearer realm="symbolon", error="insufficient_scope", error_description="the token lacks a required scope", scope="notes""#,
            ),
        ] {
            assert_eq!(refusal.status(), status);
            assert_eq!(refusal.challenge().as_deref(), Some(challenge));
        }
        assert_eq!(Refusal::from(Outage::Keys).challenge(), None);
        let breaking = Refusal::from(AccessFault::Scope("a\" b".into()));
        assert!(!breaking.challenge().unwrap_or_default().contains("scope=\"a"));
    }
}
