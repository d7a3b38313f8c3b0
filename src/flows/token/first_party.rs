//! Tokens for a person who signed in by a platform client's own forms (R15, D16): what a code would have brought, without the
//! browser's way between. The same standing, the same claims, the same refresh family.

use super::authorization_code::{begin_family, compile};
use super::issue::Issue;
use super::refusal::{GrantFault, TokenRefusal};
use super::standing::{self, Bond, Grant};
use super::turn::Turn;
use super::{Asking, Issued, UNPROVED, event};
use crate::flows::authorization::Authorization;
use crate::flows::interaction::FirstParty;
use crate::flows::known::{KnownClient, KnownTenant};
use crate::flows::registered;
use crate::flows::target::{Target, is_meant};
use crate::model::failure::Failure;
use crate::model::session::SessionRef;
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::scope::OFFLINE_ACCESS;
use crate::storage::records::sessions;
use crate::storage::{Directory, TenantTx};

/// The word for it in the record, where others have their grant.
const GRANT: &str = "first_party_login";

/// Issues the tokens of this session, which has just begun.
pub fn issue(
    directory: &mut Directory<'_>,
    asking: Asking<'_>,
    account: SessionRef,
    wanted: &FirstParty,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let Asking { call, terms, client } = asking;
    let Some(now) = KnownClient::find(directory, client.id(), call.now)? else { return Ok(Err(UNPROVED)) };
    let Some(scope) = directory.tenant(account.tenant_id)? else {
        return Ok(Err(TokenRefusal::Grant(GrantFault::Tenant)));
    };
    let tenant = KnownTenant::read(directory, &scope, call.now)?;
    let turn = Turn { call, terms, client, now, tenant };
    let mut tx = directory.enter(&scope)?;
    let result = of_session(&turn, &mut tx, account, wanted)?;
    match &result {
        Ok(issued) => {
            let issued = event::issued(call, client, GRANT, issued);
            tx.record(issued);
        }
        Err(refusal) => event::refused(&mut tx, asking, None, *refusal)?,
    }
    Ok(result)
}

fn of_session(
    turn: &Turn<'_>,
    tx: &mut TenantTx<'_>,
    account: SessionRef,
    wanted: &FirstParty,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let Turn { call, terms, client, now, tenant } = turn;
    if !now.client.may_sign_people_in() {
        return Ok(Err(TokenRefusal::UnauthorizedClient));
    }
    let Some(session) = sessions::find(tx, account.sid)? else {
        return Ok(Err(TokenRefusal::Grant(GrantFault::Session)));
    };
    let scope = registered::scope(&now.client, &wanted.scope);
    let open = || now.resources_for(account.tenant_id);
    let meant = open().filter(|server| is_meant(server, &wanted.resources, &scope));
    let resources: Vec<String> = meant.map(|server| server.identifier.clone()).collect();
    if !wanted.resources.iter().all(|named| resources.contains(named)) {
        return Ok(Err(TokenRefusal::Target));
    }
    let target = match Target::granted(open(), &resources, &scope) {
        Ok(target) if target.scopes.is_empty() => return Ok(Err(TokenRefusal::Scope)),
        Ok(target) => target,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let granted = Authorization {
        client_id: client.id().clone(),
        user_id: session.user_id,
        sid: session.id,
        scope: target.scopes.clone(),
        resources,
        claims: ClaimsRequest::default(),
        auth_time: session.auth_time(),
        factors: session.proofs.iter().map(|proof| proof.factor).collect(),
        nonce: None,
        redirect_uri: String::new(),
        code_challenge: None,
    };
    let bond = if granted.scope.contains(OFFLINE_ACCESS) { Bond::Offline } else { Bond::Session };
    let cut_off = standing::cut_off(tx, &granted, call.now)?.max(tenant.cut_off).max(now.cut_off);
    let grant = Grant { authorization: &granted, at: call.now, bond: Bond::Session };
    let person = match standing::of_person(tx, grant, now, call)? {
        Ok(person) => person,
        Err(fault) => return Ok(Err(TokenRefusal::Grant(fault))),
    };
    let life = person.life(terms.lifetimes.access_of(&now.client));
    let issue = Issue { call, tenant, client: client.id(), target: &target, life, cut_off };
    let issued = compile(&issue, terms.lifetimes.id_token_of(&now.client), person, &granted);
    let (issued, _) = begin_family(turn, tx, (&granted, granted.to_stored()?, bond, issued))?;
    Ok(Ok(issued))
}
