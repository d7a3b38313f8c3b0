//! Who asks, and where the answer may go. Until both are known nothing is sent anywhere (RFC 6749 §4.1.2.1, P001).

use crate::model::client::{Client, ClientKind};
use crate::protocol::params::Params;
use crate::protocol::redirect_uri::{self, LoopbackPort, VerifiedRedirect, verify};

/// Why the request ends on a page of ours. The texts are fixed: nothing of the request enters them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientFault {
    /// The parameters cannot be read, and the client cannot be trusted to be meant.
    Unreadable,
    /// There is no `client_id`.
    ClientMissing,
    /// There is no `redirect_uri`.
    RedirectMissing,
    /// No such client, or it may not be used, or the `redirect_uri` is not one of those that it registered: they look
    /// alike, so that nobody learns which clients exist (D8).
    Unregistered,
}

/// What a request says of its client.
pub(super) struct Names<'a> {
    pub(super) client: &'a str,
    pub(super) redirect: &'a str,
}

/// Reads who asks and where the answer shall go; both must be named (OIDC
/// Core §3.1.2.1). No client is looked up before.
pub(super) fn names(params: &Params) -> Result<Names<'_>, ClientFault> {
    let client = params.get("client_id").ok_or(ClientFault::ClientMissing)?;
    let redirect = params.get("redirect_uri").ok_or(ClientFault::RedirectMissing)?;
    Ok(Names { client, redirect })
}

/// The redirect URI, if the client lists it now. A native client's loopback address may differ in its port.
pub fn registered_redirect(client: &Client, requested: &str) -> Option<VerifiedRedirect> {
    verify(&client.metadata.redirect_uris, requested, port(client))
}

/// The entry of the client's list that the redirect URI is one of: the same for every port of a native client.
pub(super) fn registration<'a>(client: &'a Client, requested: &str) -> Option<&'a str> {
    redirect_uri::registration(&client.metadata.redirect_uris, requested, port(client))
}

const fn port(client: &Client) -> LoopbackPort {
    match client.kind {
        ClientKind::Native => LoopbackPort::Any,
        ClientKind::Web | ClientKind::Spa | ClientKind::Service => LoopbackPort::Registered,
    }
}
