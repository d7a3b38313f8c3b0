//! Issues the code (RFC 6749 §4.1.2): bound to client, redirect URI, person, session and PKCE challenge.

use std::time::Duration;

use super::{Answer, Terms, consent};
use crate::flows::Call;
use crate::flows::authorization::Authorization;
use crate::flows::interaction::AuthorizationRequest;
use crate::flows::session::LiveAccount;
use crate::flows::target::defined;
use crate::model::audit::{Actor, EventKind, EventResult};
use crate::model::client::Client;
use crate::model::failure::Failure;
use crate::model::session::Factor;
use crate::protocol::opaque::{self, TenantKind};
use crate::storage::Directory;
use crate::storage::records::authorization_codes::{self, NewCode};

/// A new code for this account.
pub(super) fn code(
    directory: &mut Directory<'_>,
    call: &Call,
    (client, request, account): (&Client, &AuthorizationRequest, &LiveAccount),
    terms: Terms<'_>,
) -> Result<Answer, Failure> {
    let servers = consent::servers(directory, client, request, account)?;
    let mut authorization = authorization(client, request, account);
    authorization.resources = servers.iter().map(|server| server.identifier.clone()).collect();
    // A scope that none of them defines was not granted, whoever defines it later.
    authorization.scope = defined(&request.scope, &servers);
    let secret =
        opaque::issue(TenantKind::AuthorizationCode, account.scope.id(), call.secret_bytes().expose());
    let life = client.metadata.code_seconds.map_or(terms.times.code, Duration::from_secs);
    let mut tx = directory.enter(&account.scope)?;
    authorization_codes::insert(
        &mut tx,
        &NewCode {
            code_hash: opaque::hash(secret.expose()),
            client_id: client.client_id.clone(),
            user_id: account.user.id,
            sid: account.session.id,
            authorization: authorization.to_stored()?,
            issued_at: call.now,
            expires_at: call.now + life,
        },
    )?;
    let event = call
        .event(EventKind::Authorize, EventResult::Success, Actor::User(account.user.id))
        .by_client(&client.client_id)
        .on("session", account.session.id)
        .with("scope", authorization.scope.to_string());
    tx.record(event);
    Ok(Answer::Code(secret))
}

fn authorization(client: &Client, request: &AuthorizationRequest, account: &LiveAccount) -> Authorization {
    let mut factors: Vec<Factor> = Vec::new();
    for proof in &account.session.proofs {
        if !factors.contains(&proof.factor) {
            factors.push(proof.factor);
        }
    }
    Authorization {
        client_id: client.client_id.clone(),
        user_id: account.user.id,
        sid: account.session.id,
        scope: request.scope.clone(),
        resources: Vec::new(),
        claims: request.claims.clone(),
        auth_time: account.session.auth_time(),
        factors,
        nonce: request.nonce.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
    }
}
