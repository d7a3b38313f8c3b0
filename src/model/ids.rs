//! Identifiers. Generated ones are `UUIDv7`, made from the call's clock and random source, never from globals.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::Timestamp;

/// An identifier of one kind of row, made from a time and ten random bytes (RFC 9562 §5.7).
pub trait Id: Sized {
    /// The id for something created `at` this time; `entropy` makes it unique.
    fn from_parts(at: Timestamp, entropy: [u8; 10]) -> Self;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The sixteen bytes of the UUID.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id with these bytes, whatever they are; a look-up decides whether it exists.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl Id for $name {
            fn from_parts(at: Timestamp, entropy: [u8; 10]) -> Self {
                let millis = u64::try_from(at.as_micros() / 1000).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Accepts the hyphenated lower-case form only: one id, one spelling.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                if id.hyphenated().to_string() == text { Ok(Self(id)) } else { Err(InvalidId) }
            }
        }
    )+};
}

ids! {
    /// A tenant: a customer organisation.
    TenantId,
    /// A person's account.
    UserId,
    /// A workspace of a tenant.
    WorkspaceId,
    /// A context of a workspace.
    ContextId,
    /// A group of users of a tenant.
    GroupId,
    /// A resource server.
    ResourceServerId,
    /// A browser session, which may hold several accounts.
    BrowserSessionId,
    /// One account in a browser session: the `sid` claim.
    SessionId,
    /// A chain of rotated refresh tokens that began with one grant.
    FamilyId,
    /// An authorization request that waits for a person.
    InteractionId,
    /// A stored consent.
    ConsentId,
    /// An audit event.
    EventId,
    /// A client secret.
    ClientSecretId,
    /// The fetched logo of a client.
    LogoId,
    /// A mail that waits, was sent, or was given up.
    MailId,
    /// A passkey of a person.
    PasskeyId,
    /// An invitation, and the account that it becomes.
    InvitationId,
    /// A personal access token, not the token itself.
    PersonalTokenId,
    /// One HTTP request, in logs, events and error pages.
    RequestId,
}

/// The text is not a UUID in hyphenated lower-case form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct InvalidId;

/// Names a waiting interaction in URLs and forms: the tenant that stores it and its id, `<tenant>.<interaction>`. It is
/// no secret and opens nothing: an interaction answers only to the browser it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InteractionHandle {
    /// The tenant that stores it.
    pub tenant: TenantId,
    /// Its id there.
    pub id: InteractionId,
}

impl fmt::Display for InteractionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.tenant, self.id)
    }
}

impl FromStr for InteractionHandle {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (tenant, id) = text.split_once('.').ok_or(InvalidId)?;
        Ok(Self { tenant: tenant.parse()?, id: id.parse()? })
    }
}

/// How a checked name is read and written: as text, and read only through its own `FromStr`.
macro_rules! names {
    ($($name:ident),+) => {$(
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

names!(ClientId, Slug);

/// A client's identifier, unique in the deployment (D8): a tenant's own is `slug.name`, the platform's holds no
/// dot. Letters, digits, `.`, `-` and `_`, 2 to 100 characters, and never shaped like a UUID, so that the `sub` of a
/// service account cannot be the id of a user.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// The slug of the tenant that owns this client, or `None` for a client of the platform.
    pub fn owner_slug(&self) -> Option<&str> {
        self.0.split_once('.').map(|(slug, _)| slug)
    }
}

impl FromStr for ClientId {
    type Err = InvalidClientId;

    fn from_str(text: &str) -> Result<Self, InvalidClientId> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let well_formed = (2..=100).contains(&text.len())
            && text.chars().all(allowed)
            && text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if well_formed && Uuid::try_parse(text).is_err() {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidClientId)
        }
    }
}

/// The text cannot be a client identifier (D8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a client id has 2 to 100 letters, digits, dots, hyphens or underscores and is not shaped like a UUID"
)]
pub struct InvalidClientId;

/// A tenant's short name in URLs, client ids and claims (D2): lower-case letters, digits and hyphens, 2 to 40
/// characters, no hyphen at either end, and not shaped like a UUID, which would name the tenant with that id. Whether a slug
/// is reserved or was used before is the database's to say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Names that a customer may not take, because pages, claims or mails would mislead.
    pub fn is_reserved(&self) -> bool {
        const RESERVED: [&str; 18] = [
            "platform", "admin", "api", "console", "login", "logout", "oauth2", "scim", "saml", "setup",
            "symbolon", "support", "security", "system", "root", "www", "mail", "status",
        ];
        RESERVED.contains(&self.0.as_str())
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let well_formed = (2..=40).contains(&text.len())
            && text.chars().all(allowed)
            && !text.starts_with('-')
            && !text.ends_with('-')
            && Uuid::try_parse(text).is_err();
        if well_formed { Ok(Self(text.to_owned())) } else { Err(InvalidSlug) }
    }
}

/// The text cannot be a slug (D2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a slug has 2 to 40 lower-case letters, digits or hyphens, no hyphen at either end, and is not shaped like a UUID"
)]
pub struct InvalidSlug;
