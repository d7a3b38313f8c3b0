//! The six roles and what each may do (D6). A test prints this table into `docs/roles.md`.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A role of a person in a tenant. Roles are ordered by nothing but their permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything in the tenant, the other owners included.
    Owner,
    /// People, groups, clients and settings; not owners.
    Admin,
    /// Sessions, factors and locks of people; reads the audit trail.
    Security,
    /// Reads everything, the audit trail included.
    Auditor,
    /// Uses the products.
    Member,
    /// Looks, and changes nothing.
    ReadOnly,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 6] =
        [Self::Owner, Self::Admin, Self::Security, Self::Auditor, Self::Member, Self::ReadOnly];

    /// The word in tokens, files and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Security => "security",
            Self::Auditor => "auditor",
            Self::Member => "member",
            Self::ReadOnly => "readonly",
        }
    }

    /// The role with this word, or `None`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// The role with this word; an unknown or unreadable one is `readonly` (docs/architecture.md, Words).
    pub fn parse_or_readonly(word: &str) -> Self {
        Self::parse(word).unwrap_or(Self::ReadOnly)
    }

    /// Whether this role carries the permission.
    pub fn allows(self, permission: Permission) -> bool {
        permission.roles().contains(&self)
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        Self::parse(word).ok_or(UnknownRole)
    }
}

/// Not one of the six roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown role")]
pub struct UnknownRole;

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

/// Exactly one of the words: a rule about a role that nobody knows is a rule that cannot be read.
impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let word = String::deserialize(input)?;
        Self::parse(&word).ok_or_else(|| serde::de::Error::custom("not a role"))
    }
}

/// One thing that a role may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See people, groups and their roles.
    ReadPeople,
    /// Create, change, suspend people who are no owners.
    ManagePeople,
    /// Give and take roles; act upon owners; invite; make API keys (R39).
    ManageOwners,
    /// See clients and resource servers.
    ReadClients,
    /// Change clients and their secrets.
    ManageClients,
    /// See the sign-in policy.
    ReadPolicy,
    /// Change the sign-in policy.
    ManagePolicy,
    /// End sessions, unlock accounts, reset factors.
    ManageSessions,
    /// Read the audit trail.
    ReadAudit,
    /// Use the products.
    UseProducts,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 10] = [
        Self::ReadPeople,
        Self::ManagePeople,
        Self::ManageOwners,
        Self::ReadClients,
        Self::ManageClients,
        Self::ReadPolicy,
        Self::ManagePolicy,
        Self::ManageSessions,
        Self::ReadAudit,
        Self::UseProducts,
    ];

    /// The word in the document of the JSON API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadPeople => "read_people",
            Self::ManagePeople => "manage_people",
            Self::ManageOwners => "manage_owners",
            Self::ReadClients => "read_clients",
            Self::ManageClients => "manage_clients",
            Self::ReadPolicy => "read_policy",
            Self::ManagePolicy => "manage_policy",
            Self::ManageSessions => "manage_sessions",
            Self::ReadAudit => "read_audit",
            Self::UseProducts => "use_products",
        }
    }

    /// The roles that carry this permission: the one table everything else asks.
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Admin, Auditor, Member, Owner, ReadOnly, Security};
        match self {
            Self::ReadPeople => &[Owner, Admin, Security, Auditor, ReadOnly],
            Self::ManagePeople | Self::ManageClients => &[Owner, Admin],
            Self::ManageOwners => &[Owner],
            Self::ReadClients | Self::ReadPolicy => &[Owner, Admin, Security, Auditor],
            Self::ManagePolicy => &[Owner, Security],
            Self::ManageSessions => &[Owner, Admin, Security],
            Self::ReadAudit => &[Owner, Security, Auditor],
            Self::UseProducts => &[Owner, Admin, Security, Member],
        }
    }
}
