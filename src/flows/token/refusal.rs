//! Why the token endpoint refuses. The edge maps each to one code of RFC 6749 §5.2.

use crate::flows::client_auth::ClientAuthRefusal;
use crate::flows::target::TargetRefusal;
use crate::protocol::params::ParamsError;

/// A refusal of the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefusal {
    /// The form cannot be read: `invalid_request`.
    Params(ParamsError),
    /// A parameter of this name is missing: `invalid_request`.
    Missing(&'static str),
    /// `unsupported_grant_type`.
    UnsupportedGrantType,
    /// The client did not authenticate.
    Client(ClientAuthRefusal),
    /// The client was not registered for this grant: `unauthorized_client`.
    UnauthorizedClient,
    /// The code or refresh token is not good: `invalid_grant`, whatever the fault.
    Grant(GrantFault),
    /// It asks for a kind of exchange that is not done here: `invalid_request` (RFC 8693 §2.2.2).
    Unsupported,
    /// `invalid_scope`.
    Scope,
    /// `invalid_target` (RFC 8707 §2).
    Target,
}

/// What is wrong with a grant. The client learns none of it; the audit trail does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantFault {
    /// No such code or token.
    Unknown,
    /// It was issued to another client.
    OtherClient,
    /// It, or its family, has expired.
    Expired,
    /// It was used before.
    Used,
    /// Its family was ended.
    Ended,
    /// The redirect URI is not that of the authorization request.
    RedirectUri,
    /// The PKCE verifier is missing, wrong, or was not announced.
    Verifier,
    /// The tenant is not active.
    Tenant,
    /// The client does not serve the person's tenant any more.
    Client,
    /// The person is not active.
    Person,
    /// The session behind it has ended.
    Session,
    /// The tenant's sign-in policy does not admit what was proved, or where the person is.
    Policy,
    /// The person's consent is gone.
    Consent,
}

impl GrantFault {
    /// The word in the audit event.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::OtherClient => "other_client",
            Self::Expired => "expired",
            Self::Used => "used",
            Self::Ended => "ended",
            Self::RedirectUri => "redirect_uri",
            Self::Verifier => "code_verifier",
            Self::Tenant => "tenant",
            Self::Client => "client",
            Self::Person => "person",
            Self::Session => "session",
            Self::Policy => "policy",
            Self::Consent => "consent",
        }
    }
}

impl TokenRefusal {
    /// The word in the audit event.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Params(_) | Self::Missing(_) => "request",
            Self::UnsupportedGrantType => "grant_type",
            Self::Client(_) => "client_authentication",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::Grant(fault) => fault.as_str(),
            Self::Unsupported => "exchange",
            Self::Scope => "scope",
            Self::Target => "target",
        }
    }
}

impl From<TargetRefusal> for TokenRefusal {
    fn from(refusal: TargetRefusal) -> Self {
        match refusal {
            TargetRefusal::Resource => Self::Target,
            TargetRefusal::Scope => Self::Scope,
        }
    }
}
