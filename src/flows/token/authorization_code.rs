//! The authorization code grant (RFC 6749 §4.1.3, RFC 7636 §4.5; P010 to P012): every line a named check, the code used
//! up before anything is issued.

use std::time::Duration;

use super::issue::Issue;
use super::refusal::{GrantFault, TokenRefusal};
use super::rotation::{self, Member};
use super::standing::{self, Bond, Grant, Standing};
use super::turn::{self, Turn};
use super::{Asking, Issued, Terms, event, read_resources};
use crate::flows::authorization::Authorization;
use crate::flows::authorize::registered_redirect;
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::registered;
use crate::flows::revocation::{self, Within};
use crate::flows::target::Target;
use crate::model::audit::{EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::ids::FamilyId;
use crate::model::secret::Secret;
use crate::protocol::claims::Person;
use crate::protocol::grant_type::GrantType;
use crate::protocol::opaque::{self, Presented, TenantKind};
use crate::protocol::params::Params;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::resource::ResourceIndicator;
use crate::protocol::revocation_feed::RevokedKind;
use crate::protocol::scope::OFFLINE_ACCESS;
use crate::storage::records::authorization_codes::{self, StoredCode};
use crate::storage::records::refresh_families::{self, EndReason, Family};
use crate::storage::records::users;
use crate::storage::{Directory, TenantTx};

const GRANT: GrantType = GrantType::AuthorizationCode;

/// What the client presents.
pub struct Request {
    code: Option<Presented>,
    redirect_uri: Option<String>,
    verifier: Option<Secret<String>>,
    resources: Vec<ResourceIndicator>,
}

impl Request {
    pub(super) fn read(params: &Params) -> Result<Self, TokenRefusal> {
        let code = params.get("code").ok_or(TokenRefusal::Missing("code"))?;
        Ok(Self {
            code: opaque::parse(TenantKind::AuthorizationCode, code),
            redirect_uri: params.get("redirect_uri").map(str::to_owned),
            verifier: params.secret("code_verifier"),
            resources: read_resources(params)?,
        })
    }
}

/// Exchanges a code for tokens, once.
pub fn exchange(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &Terms,
    client: &AuthenticatedClient,
    request: &Request,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let asking = Asking { call, terms, client };
    turn::take(directory, asking, GRANT, request.code.as_ref(), |turn, tx, hash| {
        redeem(turn, tx, request, hash)
    })
}

fn redeem(
    turn: &Turn<'_>,
    tx: &mut TenantTx<'_>,
    request: &Request,
    code_hash: &str,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let Turn { call, terms, client, now, tenant } = turn;
    let Some(code) = authorization_codes::find(tx, code_hash)? else {
        return Ok(refuse(GrantFault::Unknown));
    };
    if code.client_id != *client.id() {
        return Ok(refuse(GrantFault::OtherClient));
    }
    let granted = Authorization::from_stored(&code.authorization)?;
    // The person before the code: whoever holds a code waits for nobody.
    let active = users::hold_active(tx, granted.user_id)?;
    if !authorization_codes::consume(tx, code_hash, call.now)? {
        punish_reuse(tx, call, client, code_hash)?;
        return Ok(refuse(GrantFault::Used));
    }
    if let Err(fault) = check(&code, &granted, request, call) {
        return Ok(refuse(fault));
    }
    if registered_redirect(&now.client, &granted.redirect_uri).is_none() {
        // It was taken from the client since: perhaps because codes went astray there.
        return Ok(refuse(GrantFault::RedirectUri));
    }
    if granted.code_challenge.is_none() && now.client.needs_pkce() {
        // The client was another one when the code was issued (P012).
        return Ok(refuse(GrantFault::Verifier));
    }
    let granted = registered::granted(&now.client, granted);
    let bond = if granted.scope.contains(OFFLINE_ACCESS) { Bond::Offline } else { Bond::Session };
    let cut_off = standing::cut_off(tx, &granted, call.now)?.max(tenant.cut_off).max(now.cut_off);
    if !active {
        return Ok(refuse(GrantFault::Person));
    }
    // The session is asked for even by an offline grant: a code is a minute old at most.
    let grant = Grant { authorization: &granted, at: code.issued_at, bond: Bond::Session };
    let person = match standing::of_person(tx, grant, now, call)? {
        Ok(person) => person,
        Err(fault) => return Ok(refuse(fault)),
    };
    let open = now.resources_for(tx.scope().id());
    let target = Target::granted(open, &granted.resources, &granted.scope)
        .and_then(|target| target.narrow(&request.resources));
    let target = match target {
        Ok(target) => target,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let issue = Issue {
        call,
        tenant,
        client: client.id(),
        target: &target,
        life: person.life(terms.lifetimes.access_of(&now.client)),
        cut_off,
    };
    let issued = compile(&issue, terms.lifetimes.id_token_of(&now.client), person, &granted);
    let (issued, family) = begin_family(turn, tx, (&granted, code.authorization.clone(), bond, issued))?;
    authorization_codes::note_issued(tx, code_hash, &issued.access.jti, family)?;
    Ok(Ok(issued))
}

pub(super) fn compile(
    issue: &Issue<'_>,
    life: Duration,
    person: Standing,
    granted: &Authorization,
) -> Issued {
    let told = Person {
        profile: &person.user.profile,
        email: &person.user.email,
        email_verified: person.user.email_verified,
    };
    let id_token = issue.id_token(&told, granted, life, granted.nonce.clone());
    Issued { id_token, access: issue.access_token_of(person, granted), refresh_token: None }
}

/// What the code was bound to (RFC 6749 §4.1.3, RFC 7636 §4.6).
fn check(
    code: &StoredCode,
    granted: &Authorization,
    request: &Request,
    call: &Call,
) -> Result<(), GrantFault> {
    if code.expires_at <= call.now {
        return Err(GrantFault::Expired);
    }
    if request.redirect_uri.as_deref() != Some(granted.redirect_uri.as_str()) {
        return Err(GrantFault::RedirectUri);
    }
    let challenge = granted.code_challenge.as_deref().map(CodeChallenge::from_stored);
    let holds = match (challenge, &request.verifier) {
        (None, None) => true,
        (Some(Some(challenge)), Some(verifier)) => challenge.is_met_by(verifier.expose()),
        // One side dropped it, or what was stored cannot be read.
        (None, Some(_)) | (Some(None), _) | (Some(Some(_)), None) => false,
    };
    if holds { Ok(()) } else { Err(GrantFault::Verifier) }
}

/// A refresh token for clients that may refresh; with `offline_access` it outlives the session (D12).
pub(super) fn begin_family(
    turn: &Turn<'_>,
    tx: &mut TenantTx<'_>,
    (granted, authorization, bond, issued): (&Authorization, String, Bond, Issued),
) -> Result<(Issued, Option<FamilyId>), Failure> {
    let Turn { call, terms, client, now, .. } = turn;
    if !registered::grant(&now.client, GrantType::RefreshToken) {
        return Ok((issued, None));
    }
    let family = Family {
        id: call.id(),
        client_id: client.id().clone(),
        user_id: granted.user_id,
        sid: granted.sid,
        offline: bond == Bond::Offline,
        authorization,
        created_at: call.now,
        last_used_at: call.now,
        expires_at: call.now + terms.lifetimes.refresh_absolute_of(&now.client),
        ended_at: None,
    };
    refresh_families::insert(tx, &family)?;
    let first = Member { family: family.id, generation: 1, access_jti: &issued.access.jti };
    let token = rotation::issue(tx, call, &first)?;
    Ok((Issued { refresh_token: Some(token), ..issued }, Some(family.id)))
}

/// A code that comes back may be stolen: what its first use issued dies (RFC 6749 §4.1.2, P010).
fn punish_reuse(
    tx: &mut TenantTx<'_>,
    call: &Call,
    client: &AuthenticatedClient,
    code_hash: &str,
) -> Result<(), Failure> {
    // Read again: another node may have used the code since it was found.
    let Some(code) = authorization_codes::find(tx, code_hash)? else { return Ok(()) };
    let granted = Authorization::from_stored(&code.authorization)?;
    // The family before the change number, as everywhere.
    if let Some(family) = code.family_id.map(|id| refresh_families::find(tx, id)).transpose()?.flatten() {
        rotation::kill(tx, call, &family, EndReason::CodeReused)?;
    }
    if let Some(jti) = &code.issued_jti {
        let within = Within::person(tx.scope().id(), granted.user_id);
        revocation::revoke(tx, &within, [(RevokedKind::Token, jti.as_str())], call.now)?;
    }
    let event =
        call.event(EventKind::CodeReused, EventResult::Denied, event::actor(client)).by_client(client.id());
    tx.record(event);
    Ok(())
}

const fn refuse(fault: GrantFault) -> Result<Issued, TokenRefusal> {
    Err(TokenRefusal::Grant(fault))
}
