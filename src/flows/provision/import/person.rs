//! From the fields of a record to a person: each field by the one rule for it, every fault named.

use std::collections::BTreeMap;

use super::file::{Cell, Record};
use super::{Newcomer, RefusedLine};
use crate::crypto::password::PasswordHash;
use crate::model::email::Email;
use crate::model::profile::{Address, Profile};
use crate::model::profile_rules::{self as rules, Rule};
use crate::model::time::Timestamp;

/// The record in hand, and what is wrong with it.
struct Reader<'a> {
    line: u64,
    cells: BTreeMap<&'static str, Cell>,
    refused: &'a mut Vec<RefusedLine>,
}

/// Reads a person; `None` where any field is refused.
pub(super) fn read(record: Record, now: Timestamp, refused: &mut Vec<RefusedLine>) -> Option<Newcomer> {
    let before = refused.len();
    let mut reader = Reader { line: record.line, cells: record.cells, refused };
    let email = reader.email();
    let email_verified = reader.flag("email_verified");
    let profile = reader.profile();
    let (roles, groups) = (reader.list("roles"), reader.list("groups"));
    let suspended = reader.suspended();
    let password = reader.password();
    let created_at = reader.created_at(now);
    let line = reader.line;
    if refused.len() > before {
        return None;
    }
    Some(Newcomer {
        line,
        email: email?,
        email_verified,
        profile,
        roles,
        groups,
        suspended,
        password,
        created_at,
    })
}

impl Reader<'_> {
    fn refuse(&mut self, field: &str, reason: impl Into<String>) {
        self.refused.push(RefusedLine { line: self.line, field: field.to_owned(), reason: reason.into() });
    }

    fn text(&mut self, field: &'static str) -> Option<String> {
        match self.cells.remove(field)? {
            Cell::Text(text) => Some(text),
            Cell::Flag(_) | Cell::List(_) => {
                self.refuse(field, "must be text");
                None
            }
        }
    }

    fn checked(&mut self, field: &'static str, rule: Rule) -> Option<String> {
        let text = self.text(field)?;
        if (rule.holds)(&text) {
            return Some(text);
        }
        self.refuse(field, rule.words);
        None
    }

    fn flag(&mut self, field: &'static str) -> Option<bool> {
        match self.cells.remove(field)? {
            Cell::Flag(flag) => Some(flag),
            Cell::Text(_) | Cell::List(_) => {
                self.refuse(field, "must be true or false");
                None
            }
        }
    }

    fn list(&mut self, field: &'static str) -> Vec<String> {
        match self.cells.remove(field) {
            None => Vec::new(),
            Some(Cell::List(items)) => items,
            Some(Cell::Text(_) | Cell::Flag(_)) => {
                self.refuse(field, "must be a list of names");
                Vec::new()
            }
        }
    }

    fn email(&mut self) -> Option<Email> {
        if !self.cells.contains_key("email") {
            self.refuse("email", "is missing");
            return None;
        }
        let email = self.text("email")?.parse().ok();
        if email.is_none() {
            self.refuse("email", "must be an e-mail address such as `ada@acme.example`");
        }
        email
    }

    fn suspended(&mut self) -> bool {
        match self.text("status").as_deref() {
            None | Some("active") => false,
            Some("suspended") => true,
            Some(_) => {
                self.refuse("status", "must be `active` or `suspended`");
                false
            }
        }
    }

    /// The reason never holds the hash.
    fn password(&mut self) -> Option<PasswordHash> {
        let stored = self.text("password_hash")?;
        match PasswordHash::parse(&stored) {
            Ok(hash) => Some(hash),
            Err(reason) => {
                self.refuse("password_hash", reason.to_string());
                None
            }
        }
    }

    fn created_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        let text = self.text("created_at")?;
        let time = Timestamp::parse_rfc3339(&text).filter(|time| *time <= now);
        if time.is_none() {
            self.refuse("created_at", "must be a past time in RFC 3339, such as `2019-05-01T12:00:00Z`");
        }
        time
    }

    fn profile(&mut self) -> Profile {
        let phone_number = self.checked("phone_number", rules::PHONE);
        let phone_number_verified = self.flag("phone_number_verified");
        if phone_number_verified.is_some() && phone_number.is_none() {
            self.refuse("phone_number_verified", "there is no `phone_number` to verify");
        }
        Profile {
            name: self.checked("name", rules::LABEL),
            given_name: self.checked("given_name", rules::LABEL),
            family_name: self.checked("family_name", rules::LABEL),
            middle_name: self.checked("middle_name", rules::LABEL),
            nickname: self.checked("nickname", rules::LABEL),
            preferred_username: self.checked("preferred_username", rules::LABEL),
            profile: self.checked("profile", rules::LINK),
            picture: self.checked("picture", rules::LINK),
            website: self.checked("website", rules::LINK),
            gender: self.checked("gender", rules::LABEL),
            birthdate: self.checked("birthdate", rules::BIRTHDATE),
            zoneinfo: self.checked("zoneinfo", rules::ZONEINFO),
            locale: self.checked("locale", rules::LOCALE),
            phone_number,
            phone_number_verified,
            address: self.address(),
            updated_at: None,
        }
    }

    fn address(&mut self) -> Option<Address> {
        let address = Address {
            formatted: self.checked("address.formatted", rules::LINES),
            street_address: self.checked("address.street_address", rules::LINES),
            locality: self.checked("address.locality", rules::LABEL),
            region: self.checked("address.region", rules::LABEL),
            postal_code: self.checked("address.postal_code", rules::LABEL),
            country: self.checked("address.country", rules::LABEL),
        };
        (address != Address::default()).then_some(address)
    }
}
