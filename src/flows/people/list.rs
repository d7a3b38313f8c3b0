//! Looking at people.

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::person::Person;
use crate::flows::access::{Authorized, ReadPeople, Refused};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::{GroupId, InvalidId, UserId};
use crate::model::role::Role;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::{groups, users};

/// Which people are looked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those with this address (D3): one at most.
    pub email: Option<Email>,
    /// Those whose address begins so, whatever its case or form.
    pub begins: Option<String>,
    /// Those in this state; where it is left out, all but the deleted.
    pub status: Option<Standing>,
    /// Those with this role, by themselves or by a group.
    pub role: Option<Role>,
    /// Those in this group.
    pub group: Option<GroupId>,
    /// Guests alone (D4).
    pub guests: bool,
}

/// A state of accounts, whenever it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    Active,
    /// Switched off.
    Suspended,
    /// Deleted.
    Deleted,
}

impl Standing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

impl FromStr for Standing {
    type Err = InvalidId;

    fn from_str(word: &str) -> Result<Self, InvalidId> {
        [Self::Active, Self::Suspended, Self::Deleted]
            .into_iter()
            .find(|standing| standing.as_str() == word)
            .ok_or(InvalidId)
    }
}

/// A page of people, in the order of their ids, which is that of their making.
#[derive(Debug)]
pub struct Page {
    /// The people.
    pub items: Vec<Person>,
    /// The last of them, where there are more behind.
    pub next: Option<UserId>,
}

/// The people that the filter lets through, behind `after`, `limit` of them at most.
///
/// # Errors
/// The database fails.
pub fn list(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ReadPeople>,
    filter: &Filter,
    (after, limit): (Option<UserId>, u16),
) -> Result<Result<Page, Refused>, Failure> {
    right.check(tx)?;
    let words = match filter.status {
        None => vec![Standing::Active.as_str(), Standing::Suspended.as_str()],
        Some(standing) => vec![standing.as_str()],
    };
    let begins = filter.begins.as_deref().map(beginning);
    let looked_for = users::Listed {
        status: &words,
        role: filter.role,
        group: filter.group,
        begins: begins.as_deref(),
        guests: filter.guests,
        after,
    };
    let mut found = match &filter.email {
        None => users::page(tx, &looked_for, i64::from(limit) + 1)?,
        Some(email) => with_address(tx, email, &looked_for)?,
    };
    // One more than asked for tells whether there are more.
    let more = found.len() > usize::from(limit);
    found.truncate(limit.into());
    let next = found.last().filter(|_| more).map(|user| user.id);
    let ids: Vec<UserId> = found.iter().map(|user| user.id).collect();
    let mut groups = groups::of_users(tx, &ids)?;
    let items = found
        .into_iter()
        .map(|user| Person { groups: groups.remove(&user.id).unwrap_or_default(), user })
        .collect();
    Ok(Ok(Page { items, next }))
}

/// The beginning of an address in the form that addresses are compared in (D3), as far as half of one has it.
fn beginning(text: &str) -> String {
    match text.parse::<Email>() {
        Ok(email) => email.canonical().to_owned(),
        Err(_) => text.trim().nfkc().collect::<String>().to_lowercase(),
    }
}

/// The one account with this address, if the rest of the filter lets it through.
fn with_address(
    tx: &mut TenantTx<'_>,
    email: &Email,
    looked_for: &users::Listed<'_>,
) -> Result<Vec<User>, Failure> {
    let Some(user) = users::find_by_email(tx, email.canonical())? else { return Ok(Vec::new()) };
    let groups = groups::of_users(tx, &[user.id])?.remove(&user.id).unwrap_or_default();
    let person = Person { user, groups };
    let matches = looked_for.status.contains(&person.user.status.as_str())
        && looked_for.role.is_none_or(|role| person.effective_roles().contains(&role))
        && looked_for.group.is_none_or(|id| person.groups.iter().any(|group| group.id == id))
        && looked_for.begins.is_none_or(|begins| person.user.email_canonical.starts_with(begins))
        && looked_for.after.is_none_or(|after| person.user.id > after);
    Ok(matches.then_some(person.user).into_iter().collect())
}

/// One person, the deleted ones too.
///
/// # Errors
/// The database fails.
pub fn get(
    tx: &mut TenantTx<'_>,
    right: &Authorized<ReadPeople>,
    id: Option<UserId>,
) -> Result<Result<Person, Refused>, Failure> {
    right.check(tx)?;
    Person::find(tx, id)
}
