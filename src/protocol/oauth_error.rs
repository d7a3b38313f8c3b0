//! The error codes of OAuth 2.0 and `OpenID` Connect, as one closed set.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// A code for the member `error` of an answer. Its text never holds anything of the request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it stands in the answer.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

codes! {
    /// RFC 6749 §4.1.2.1, §5.2: a parameter is missing, repeated or malformed.
    InvalidRequest = "invalid_request",
    /// RFC 6749 §5.2: client authentication failed.
    InvalidClient = "invalid_client",
    /// RFC 6749 §5.2: the code, refresh token or assertion is invalid, spent or someone else's.
    InvalidGrant = "invalid_grant",
    /// RFC 6749 §4.1.2.1, §5.2: this client may not do this.
    UnauthorizedClient = "unauthorized_client",
    /// RFC 6749 §5.2: we don't know this grant.
    UnsupportedGrantType = "unsupported_grant_type",
    /// RFC 6749 §4.1.2.1, §5.2: the scope is unknown, malformed or more than was granted.
    InvalidScope = "invalid_scope",
    /// RFC 6749 §4.1.2.1: the person or the server said no.
    AccessDenied = "access_denied",
    /// RFC 6749 §4.1.2.1: we don't offer this response type.
    UnsupportedResponseType = "unsupported_response_type",
    /// RFC 6749 §4.1.2.1: our fault.
    ServerError = "server_error",
    /// RFC 6749 §4.1.2.1: try again later.
    TemporarilyUnavailable = "temporarily_unavailable",
    /// OIDC Core §3.1.2.6: `prompt=none`, and nobody is signed in.
    LoginRequired = "login_required",
    /// OIDC Core §3.1.2.6: `prompt=none`, and an account must be chosen.
    AccountSelectionRequired = "account_selection_required",
    /// OIDC Core §3.1.2.6: `prompt=none`, and consent is missing.
    ConsentRequired = "consent_required",
    /// OIDC Core §3.1.2.6, RFC 9101 §7.
    RequestNotSupported = "request_not_supported",
    /// OIDC Core §3.1.2.6, RFC 9101 §7.
    RequestUriNotSupported = "request_uri_not_supported",
    /// OIDC Core §3.1.2.6.
    RegistrationNotSupported = "registration_not_supported",
    /// `OpenID` Connect Core Error Code `unmet_authentication_requirements` §2: the `acr` asked for cannot be reached.
    UnmetAuthenticationRequirements = "unmet_authentication_requirements",
    /// RFC 6750 §3.1: the access token is expired, revoked or malformed.
    InvalidToken = "invalid_token",
    /// RFC 6750 §3.1: the access token lacks a scope.
    InsufficientScope = "insufficient_scope",
    /// RFC 8707 §2: the resource is unknown, malformed or not open to this client.
    InvalidTarget = "invalid_target",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_safe_in_a_header() {
        let mut texts: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), ErrorCode::ALL.len());
        assert!(texts.iter().all(|text| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }
}
