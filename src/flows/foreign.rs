//! A client that reaches for what is not its own: it is told nothing, and that is noted (P024, P098, P135).

use super::call::Call;
use super::client_auth::AuthenticatedClient;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::storage::Directory;

/// Notes on the chain of the client's own tenant what it reached for: a kind and an id. `door` is where. Of a public
/// client, which proves nothing, nothing is noted: strangers would write the record.
pub(super) fn note(
    directory: &mut Directory<'_>,
    call: &Call,
    client: &AuthenticatedClient,
    door: &'static str,
    (kind, id): (&'static str, &str),
) -> Result<(), Failure> {
    if !client.is_confidential() {
        return Ok(());
    }
    let event = call
        .event(EventKind::AccessDenied, EventResult::Denied, Actor::Client(client.id().clone()))
        .by_client(client.id())
        .on(kind, id)
        .with("at", door);
    directory.enter(&client.known().scope)?.record(event);
    Ok(())
}
