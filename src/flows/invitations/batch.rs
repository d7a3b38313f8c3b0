//! Inviting many at once: all of them, or nobody, with every line that cannot be taken named.

use std::collections::{BTreeMap, BTreeSet};

use super::invite::{NewInvitation, judge, write};
use super::{InvitationRefusal, Inviter};
use crate::flows::call::Call;
use crate::flows::mail::{self, MailTerms};
use crate::flows::provision::import::file::{self, Cell, Record};
use crate::flows::provision::import::{Format, RefusedLine};
use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::GroupId;
use crate::model::invitation::Invitation;
use crate::model::profile_rules::LOCALE;
use crate::model::role::Role;
use crate::model::workspace::Group;
use crate::storage::TenantTx;
use crate::storage::records::{groups, policies, tenants};

/// The most invitations of one file or request.
pub const MOST: usize = 500;

/// One who is to be invited, as it was written.
#[derive(Debug, Clone, Default)]
pub struct Newcomer {
    /// Where it stands: a line of a file, or a place in a list.
    pub line: u64,
    /// The address.
    pub email: String,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Names or ids of groups.
    pub groups: Vec<String>,
    /// The language of the mail, a tag; empty where nobody knows.
    pub locale: String,
}

/// A line that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedNewcomer {
    /// Which.
    pub line: u64,
    /// The field.
    pub field: &'static str,
    /// Why.
    pub why: InvitationRefusal,
}

/// Reads a file: a header and records of CSV, or JSON Lines, with `email`, `roles`, `groups` and `locale`.
///
/// # Errors
/// Every line that cannot be read.
pub fn read(text: &str, format: Format) -> Result<Vec<Newcomer>, Vec<RefusedLine>> {
    let mut refused = Vec::new();
    let records = file::read(text, format, &mut refused);
    if records.len() > MOST {
        let reason = format!("the file has more than {MOST} people: split it");
        refused.push(RefusedLine { line: 0, field: String::new(), reason });
    }
    let newcomers = records.into_iter().map(|record| newcomer(record, &mut refused)).collect();
    if refused.is_empty() { Ok(newcomers) } else { Err(refused) }
}

fn newcomer(record: Record, refused: &mut Vec<RefusedLine>) -> Newcomer {
    let mut newcomer = Newcomer { line: record.line, ..Newcomer::default() };
    for (field, cell) in record.cells {
        match (field, cell) {
            ("email", Cell::Text(text)) => newcomer.email = text,
            ("locale", Cell::Text(text)) => newcomer.locale = text,
            ("roles", Cell::List(items)) => newcomer.roles = items,
            ("groups", Cell::List(items)) => newcomer.groups = items,
            _ => refused.push(RefusedLine {
                line: record.line,
                field: field.to_owned(),
                reason: "an invitation has no such field, or not of this kind".to_owned(),
            }),
        }
    }
    newcomer
}

/// Judges every one of them; sends nothing.
///
/// # Errors
/// The inner error is every line that cannot be taken; the outer is ours.
pub fn judge_many(
    tx: &mut TenantTx<'_>,
    inviter: &Inviter,
    (newcomers, days): (&[Newcomer], u32),
) -> Result<Result<Vec<NewInvitation>, Vec<RefusedNewcomer>>, Failure> {
    let (policy, known) = (policies::find(tx)?, groups::all(tx)?);
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    let mut seen = BTreeMap::new();
    for newcomer in newcomers {
        let mut refuse = |field, why| refused.push(RefusedNewcomer { line: newcomer.line, field, why });
        let new = match newcomer.read(&known, days) {
            Ok(new) => new,
            Err((field, why)) => {
                refuse(field, why);
                continue;
            }
        };
        if seen.insert(new.email.canonical().to_owned(), newcomer.line).is_some() {
            refuse("email", InvitationRefusal::Twice);
            continue;
        }
        match judge(tx, &policy, inviter, &new)? {
            Some(why) => refuse(why.field(), why),
            None => accepted.push(new),
        }
    }
    Ok(if refused.is_empty() { Ok(accepted) } else { Err(refused) })
}

/// Invites all of them, or nobody. Who is invited already gets another link, and the one before is dead.
///
/// # Errors
/// The inner error is every line that cannot be taken; the outer is ours.
pub fn invite_many(
    tx: &mut TenantTx<'_>,
    call: &Call,
    terms: &MailTerms,
    inviter: &Inviter,
    (newcomers, days): (&[Newcomer], u32),
) -> Result<Result<Vec<Invitation>, Vec<RefusedNewcomer>>, Failure> {
    tenants::hold(tx)?;
    let accepted = match judge_many(tx, inviter, (newcomers, days))? {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut refused = Vec::new();
    // Looked at before any of them is counted: what is refused as a whole uses up nobody's mails.
    for (newcomer, new) in newcomers.iter().zip(&accepted) {
        if !mail::is_in_measure(tx, call, terms, &new.email)? {
            let why = InvitationRefusal::MailedEnough;
            refused.push(RefusedNewcomer { line: newcomer.line, field: why.field(), why });
        }
    }
    if !refused.is_empty() {
        return Ok(Err(refused));
    }
    for new in &accepted {
        mail::may_send(tx, call, terms, &new.email)?;
    }
    accepted.iter().map(|new| write(tx, call, terms, inviter, new)).collect::<Result<_, _>>().map(Ok)
}

impl Newcomer {
    /// What is meant, by the one rule for each field.
    fn read(&self, known: &[Group], days: u32) -> Result<NewInvitation, (&'static str, InvitationRefusal)> {
        let email: Email = self.email.parse().map_err(|_| ("email", InvitationRefusal::Address))?;
        let roles: Result<BTreeSet<Role>, _> = self.roles.iter().map(|word| word.parse::<Role>()).collect();
        let group = |text: &String| {
            let found = known.iter().find(|group| group.name == *text || group.id.to_string() == *text);
            found.map(|group| group.id).ok_or(("groups", InvitationRefusal::Group))
        };
        let groups: BTreeSet<GroupId> = self.groups.iter().map(group).collect::<Result<_, _>>()?;
        if !self.locale.is_empty() && !(LOCALE.holds)(&self.locale) {
            return Err(("locale", InvitationRefusal::Locale));
        }
        Ok(NewInvitation {
            email,
            roles: roles.map_err(|_| ("roles", InvitationRefusal::Role))?,
            groups,
            language: self.locale.clone(),
            days,
        })
    }
}
