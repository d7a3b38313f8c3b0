//! A new secret for a client, with the old one good for a while beside it (D9).

use std::str::FromStr;
use std::time::Duration;

use super::named_client::exists;
use crate::flows::call::Call;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::{AuthMethod, ClientSecret};
use crate::model::failure::Failure;
use crate::model::ids::{ClientId, ClientSecretId};
use crate::model::rate::parse_duration;
use crate::model::secret::Secret;
use crate::model::time::Timestamp;
use crate::protocol::opaque::{self, PlainKind};
use crate::storage::TenantTx;
use crate::storage::records::{change_number, clients, tenants};

/// For how long the secret before stays good beside the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap(Duration);

impl Overlap {
    /// The longest.
    const LONGEST: Duration = Duration::from_hours(24 * 90);
}

impl FromStr for Overlap {
    type Err = BadOverlap;

    fn from_str(text: &str) -> Result<Self, BadOverlap> {
        let length = parse_duration(text).ok_or(BadOverlap::Malformed)?;
        if length > Self::LONGEST { Err(BadOverlap::TooLong) } else { Ok(Self(length)) }
    }
}

/// What is wrong with an overlap that somebody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadOverlap {
    /// It is no time.
    #[error("write a time like 30m, 24h or 7d")]
    Malformed,
    /// It is longer than any.
    #[error("at most 90d")]
    TooLong,
}

/// What a rotation made.
#[derive(Debug)]
pub struct Rotated {
    /// The new secret: nobody can read it again.
    pub secret: Secret<String>,
    /// When the secret before it ends, where it is good for a while yet.
    pub previous_ends_at: Option<Timestamp>,
}

/// Why no secret is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoSecret {
    /// It was deleted.
    #[error("the client was deleted")]
    Gone,
    /// It is a public client.
    #[error("the client is public: it has no secret")]
    Public,
    /// It signs with a key of its own.
    #[error("the client proves itself by private_key_jwt: change its keys in the declaration")]
    OwnKey,
}

/// Makes a new secret. Without an overlap every older one ends now; with one, the newest of them stays good that long,
/// so that two are good at once and no more.
///
/// # Errors
/// The database fails.
pub fn rotate_secret(
    tx: &mut TenantTx<'_>,
    call: &Call,
    actor: &Actor,
    (id, Overlap(overlap)): (&ClientId, Overlap),
) -> Result<Result<Rotated, NoSecret>, Failure> {
    // Two at once would each see the same newest one, and leave three; and a declaration may have changed the client.
    tenants::hold(tx)?;
    let Some(client) = clients::find(tx, id)?.filter(exists) else {
        return Ok(Err(NoSecret::Gone));
    };
    match client.metadata.token_endpoint_auth_method {
        AuthMethod::None => return Ok(Err(NoSecret::Public)),
        AuthMethod::PrivateKeyJwt => return Ok(Err(NoSecret::OwnKey)),
        AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost => {}
    }
    let newest = clients::live_secrets(tx, id, call.now)?.into_iter().next();
    let kept = newest.filter(|_| !overlap.is_zero());
    clients::end_secrets(tx, id, kept.as_ref().map(|secret| secret.id), call.now)?;
    clients::end_secrets(tx, id, None, call.now + overlap)?;
    let secret = opaque::issue_plain(PlainKind::ClientSecret, call.secret_bytes::<32>().expose());
    clients::insert_secret(tx, &stored_secret(call.id(), id, &secret, call.now))?;
    let end = call.now + overlap;
    let previous_ends_at = kept.map(|kept| kept.expires_at.map_or(end, |own| own.min(end)));
    let mut event = call
        .event(EventKind::ClientSecretChanged, EventResult::Success, actor.clone())
        .by_client(id)
        .with("action", "rotate");
    if let Some(end) = previous_ends_at {
        event = event.with("previous_ends_at", end.to_string());
    }
    tx.record(event);
    change_number::raise(tx)?;
    Ok(Ok(Rotated { secret, previous_ends_at }))
}

/// A secret in the form in which it is stored (D9).
pub(super) fn stored_secret(
    id: ClientSecretId,
    client: &ClientId,
    secret: &Secret<String>,
    now: Timestamp,
) -> ClientSecret {
    ClientSecret {
        id,
        client_id: client.clone(),
        hash: opaque::hash(secret.expose()),
        created_at: now,
        expires_at: None,
    }
}
