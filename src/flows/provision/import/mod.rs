//! Bringing people from another system: a file is read whole, judged line by line, and written in one transaction or not
//! at all (docs/import.md).

pub(in crate::flows) mod file;
mod judge;
mod person;
mod write;

use std::collections::BTreeMap;

use crate::crypto::password::PasswordHash;
use crate::model::email::Email;
use crate::model::ids::GroupId;
use crate::model::profile::Profile;
use crate::model::role::Role;
use crate::model::status::Status;
use crate::model::time::Timestamp;

pub use file::Format;
pub use judge::judge;
pub use write::write;

/// The most people of one file: all of them are held in memory, and written in one transaction.
pub const MOST_PEOPLE: usize = 200_000;

/// What is allowed beside the file itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportRules {
    /// Whether people may become owners of the tenant.
    pub owners: bool,
}

/// A line that cannot be taken, or a file that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// The line, from 1; a record of CSV is named by its first.
    pub line: u64,
    /// The field, or nothing where it is the line itself.
    pub field: String,
    /// Why, in words that hold no value of the file but the names of roles and groups.
    pub reason: String,
}

/// A person of the file.
#[derive(Debug, Clone)]
pub(super) struct Newcomer {
    line: u64,
    email: Email,
    email_verified: Option<bool>,
    profile: Profile,
    roles: Vec<String>,
    groups: Vec<String>,
    suspended: bool,
    password: Option<PasswordHash>,
    created_at: Option<Timestamp>,
}

/// People who can be taken, every one of them.
#[derive(Debug)]
pub struct Judged {
    people: Vec<Accepted>,
    /// What was found.
    pub summary: ImportSummary,
}

/// A person as they will be stored.
#[derive(Debug)]
struct Accepted {
    line: u64,
    email: Email,
    email_verified: bool,
    profile: Profile,
    roles: std::collections::BTreeSet<Role>,
    groups: std::collections::BTreeSet<GroupId>,
    status: Status,
    password: Option<PasswordHash>,
    created_at: Timestamp,
}

/// What a file brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// The people.
    pub people: usize,
    /// Those who bring a password, by the family of its hash.
    pub passwords: BTreeMap<&'static str, usize>,
    /// Those who bring none.
    pub without_password: usize,
    /// Those who are suspended from the beginning.
    pub suspended: usize,
    /// Those who become owners, by a role of their own or of a group.
    pub owners: usize,
}
