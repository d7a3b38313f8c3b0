//! Requests that no page of ours sent, with the cookie of somebody who is signed in: refused before anything looked at
//! them, and noted (P070, P135).

use super::call::Call;
use super::failures::{self, RecordRules, Source};
use super::session::live_accounts;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::storage::Directory;

/// Notes the refusal on the chain of whoever is signed in in the browser with this cookie, of the first where there are
/// several; one by one up to the limit (D23). Where nobody is, nothing is noted: strangers would write the record.
///
/// # Errors
/// The database fails.
pub fn note(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    cookie_hash: &str,
) -> Result<(), Failure> {
    let accounts = live_accounts(directory, call, cookie_hash)?;
    let Some(account) = accounts.first() else { return Ok(()) };
    let user = account.user.id.to_string();
    let event = call
        .event(EventKind::CrossSite, EventResult::Denied, Actor::Anonymous)
        .on("session", account.session.id)
        .with("user", user.as_str());
    let source = Source { tenant: Some(account.scope.id()), named: &user };
    failures::record(directory, call, rules, source, event)
}
