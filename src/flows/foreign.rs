//! A client that reaches for what is not its own: it is told nothing, and that is noted (P024, P098, P135).

use super::call::Call;
use super::client_auth::AuthenticatedClient;
use super::failures::{self, RecordRules, Source};
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::storage::Directory;

/// What it reached for.
pub(super) struct Reached<'a> {
    /// Where.
    pub(super) at: &'static str,
    pub(super) kind: &'static str,
    pub(super) id: &'a str,
}

/// Notes on the chain of the client's own tenant what it reached for. Who does it again and again is counted (D23). Of a public
/// client, which proves nothing, nothing is noted: strangers would write the record.
pub(super) fn note(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    client: &AuthenticatedClient,
    reached: &Reached<'_>,
) -> Result<(), Failure> {
    if !client.is_confidential() {
        return Ok(());
    }
    let event = call
        .event(EventKind::AccessDenied, EventResult::Denied, Actor::Client(client.id().clone()))
        .by_client(client.id())
        .on(reached.kind, reached.id)
        .with("at", reached.at);
    let source = Source { tenant: Some(client.known().scope.id()), named: client.id().as_str() };
    failures::record(directory, call, rules, source, event)
}
