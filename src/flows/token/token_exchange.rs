//! Token exchange (RFC 8693 §2): a personal access token for a short access token of a resource server (D34). Services see
//! JWTs alone, and none of our own API comes of it.

use std::time::Duration;

use super::issue::Issue;
use super::refusal::{GrantFault, TokenRefusal};
use super::turn::{self, Turn};
use super::{Asking, Issued, Terms, read_resources, read_scope, standing};
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::policy::{self, Door, Proved, roles_of};
use crate::flows::registered;
use crate::flows::revocation;
use crate::flows::target::Target;
use crate::flows::tokens::{self, Live};
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::protocol::grant_type::GrantType;
use crate::protocol::opaque::{self, Presented, TenantKind};
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceIndicator;
use crate::protocol::revocation_feed::RevokedKind;
use crate::protocol::scope::{Scope, ScopeSet};
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::records::policies;
use crate::storage::{Directory, TenantTx};

const GRANT: GrantType = GrantType::TokenExchange;

/// The `subject_token_type` of a personal access token.
pub const PERSONAL_TOKEN: &str = "urn:symbolon:token-type:personal_access_token";

/// The type of what is issued (RFC 8693 §3).
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The longest life of what is issued.
const LONGEST: Duration = Duration::from_mins(5);

/// What the client presents.
pub struct Request {
    token: Option<Presented>,
    scope: Option<ScopeSet>,
    resources: Vec<ResourceIndicator>,
}

impl Request {
    pub(super) fn read(params: &Params) -> Result<Self, TokenRefusal> {
        let token = params.get("subject_token").ok_or(TokenRefusal::Missing("subject_token"))?;
        let kind = params.get("subject_token_type").ok_or(TokenRefusal::Missing("subject_token_type"))?;
        let asked = params.get("requested_token_type").unwrap_or(ACCESS_TOKEN);
        // Nobody acts for anybody here, and a resource server is named by `resource` (RFC 8707 §2).
        if kind != PERSONAL_TOKEN || asked != ACCESS_TOKEN || params.has("actor_token") {
            return Err(TokenRefusal::Unsupported);
        }
        let resources = read_resources(params)?;
        if resources.is_empty() || params.has("audience") {
            return Err(TokenRefusal::Target);
        }
        Ok(Self {
            token: opaque::parse(TenantKind::PersonalToken, token),
            scope: read_scope(params)?,
            resources,
        })
    }
}

/// Exchanges a personal access token.
pub fn exchange(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &Terms,
    client: &AuthenticatedClient,
    request: &Request,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let asking = Asking { call, terms, client };
    turn::take(directory, asking, GRANT, request.token.as_ref(), |turn, tx, hash| {
        take(turn, tx, request, hash)
    })
}

fn take(
    turn: &Turn<'_>,
    tx: &mut TenantTx<'_>,
    request: &Request,
    hash: &str,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let refuse = |fault| Ok(Err(TokenRefusal::Grant(fault)));
    let call = turn.call;
    let Some(named) = tokens::live(tx, call, hash)? else { return refuse(GrantFault::Unknown) };
    let (sid, subject) = (SessionId::from_bytes(*named.token.id.as_bytes()), named.user.id.to_string());
    let word = sid.to_string();
    let stands_on = [(RevokedKind::Session, word.as_str()), (RevokedKind::Subject, subject.as_str())];
    // Read before what the token stands on, so that no revocation between the two is passed by (`revocation::dated`).
    let cut_off = revocation::cut_off(tx, stands_on, call.now)?;
    let Some(Live { token, user }) = tokens::live(tx, call, hash)? else {
        return refuse(GrantFault::Unknown);
    };
    if !turn.now.client.serves(tx.scope().id()) {
        return refuse(GrantFault::Client);
    }
    let tenants_policy = policies::find(tx)?;
    let proved = Proved::by(&token.proofs, call.address);
    if policy::judge(tx, call, (&tenants_policy, Door::Session), &user, proved)?.stands().is_err() {
        return refuse(GrantFault::Policy);
    }
    let live = Live { token, user };
    let target = match target(turn, request, &live) {
        Ok(target) => target,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Some(id) = live.due(call) {
        tokens::touch(tx, call, id)?;
    }
    let Live { token, user } = live;
    let usual = turn.terms.lifetimes.access_of(&turn.now.client).min(LONGEST);
    let longest = tenants_policy.tokens.access_seconds.map(Duration::from_secs);
    let issue = Issue {
        call,
        tenant: &turn.tenant,
        client: turn.client.id(),
        target: &target,
        life: longest.map_or(usual, |longest| usual.min(longest)),
        cut_off: cut_off.max(turn.tenant.cut_off).max(turn.now.cut_off),
    };
    let workspaces = standing::workspaces_of(tx, &user)?;
    let bare = issue.access_token(subject, Some(workspaces));
    let access = AccessTokenClaims {
        sid: Some(sid),
        home_tenant_id: user.home_tenant_id,
        exp: bare.exp.min(token.expires_at.unix()),
        roles: roles_of(tx, &user)?,
        ..bare
    };
    Ok(Ok(Issued { access, id_token: None, refresh_token: None }))
}

/// The resource servers asked for, of those that the token names; and the scopes that the token has, the client may ask for, and
/// they define.
fn target(turn: &Turn<'_>, request: &Request, live: &Live) -> Result<Target, TokenRefusal> {
    let granted: ScopeSet = live.token.scopes.iter().filter_map(|name| name.parse::<Scope>().ok()).collect();
    let asked = request.scope.as_ref().unwrap_or(&granted);
    if !asked.is_subset(&granted) {
        return Err(TokenRefusal::Scope);
    }
    let scope = registered::scope(&turn.now.client, asked);
    let named: Vec<String> = live.token.resources.iter().cloned().collect();
    let open = turn.now.resources_for(turn.tenant.scope.id());
    let target = Target::granted(open, &named, &scope)?.narrow(&request.resources)?;
    if target.resources.is_empty() {
        return Err(TokenRefusal::Target);
    }
    if target.scopes.is_empty() { Err(TokenRefusal::Scope) } else { Ok(target) }
}
