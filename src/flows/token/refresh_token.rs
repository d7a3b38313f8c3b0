//! The refresh token grant (RFC 6749 §6, RFC 9700 §4.14, OIDC Core §12; P013 to P016). Everything that the token stands
//! on is read anew: tenant, client, person, session, consent.

use super::issue::Issue;
use super::refusal::{GrantFault, TokenRefusal};
use super::rotation::{self, Member};
use super::standing::{self, Bond, Grant, Standing};
use super::turn::{self, Turn};
use super::{Asking, Issued, Terms, event, read_resources, read_scope};
use crate::flows::authorization::Authorization;
use crate::flows::call::Call;
use crate::flows::client_auth::AuthenticatedClient;
use crate::flows::registered;
use crate::flows::session;
use crate::flows::target::Target;
use crate::model::audit::{EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::time::Timestamp;
use crate::protocol::claims::Person;
use crate::protocol::grant_type::GrantType;
use crate::protocol::opaque::{self, Presented, TenantKind};
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceIndicator;
use crate::protocol::scope::{OFFLINE_ACCESS, ScopeSet};
use crate::storage::records::refresh_families::{self, EndReason, Family};
use crate::storage::records::refresh_tokens::{self, StoredToken};
use crate::storage::{Directory, TenantTx};

const GRANT: GrantType = GrantType::RefreshToken;

/// What the client presents.
pub struct Request {
    token: Option<Presented>,
    scope: Option<ScopeSet>,
    resources: Vec<ResourceIndicator>,
}

impl Request {
    pub(super) fn read(params: &Params) -> Result<Self, TokenRefusal> {
        let token = params.get("refresh_token").ok_or(TokenRefusal::Missing("refresh_token"))?;
        Ok(Self {
            token: opaque::parse(TenantKind::RefreshToken, token),
            scope: read_scope(params)?,
            resources: read_resources(params)?,
        })
    }
}

/// What one refresh works on.
struct Refresh<'a> {
    turn: &'a Turn<'a>,
    request: &'a Request,
}

/// Exchanges a refresh token for new tokens.
pub fn exchange(
    directory: &mut Directory<'_>,
    call: &Call,
    terms: &Terms,
    client: &AuthenticatedClient,
    request: &Request,
) -> Result<Result<Issued, TokenRefusal>, Failure> {
    let asking = Asking { call, terms, client };
    turn::take(directory, asking, GRANT, request.token.as_ref(), |turn, tx, hash| {
        Refresh { turn, request }.take(tx, hash)
    })
}

impl Refresh<'_> {
    fn take(&self, tx: &mut TenantTx<'_>, hash: &str) -> Result<Result<Issued, TokenRefusal>, Failure> {
        let Some(token) = refresh_tokens::find(tx, hash)? else { return Ok(refuse(GrantFault::Unknown)) };
        let family = refresh_families::find(tx, token.family_id)?
            .ok_or_else(|| Failure::internal("a refresh token without its family"))?;
        if family.client_id != *self.turn.client.id() {
            return Ok(refuse(GrantFault::OtherClient));
        }
        if let Err(fault) = self.check_family(&family) {
            return Ok(refuse(fault));
        }
        // A token that was used before is judged before anything else can refuse it (P013).
        if token.consumed_at.is_some()
            && rotation::successor_again(tx, self.turn.call, self.turn.terms, self.turn.client, &token)?
                .is_none()
        {
            return self.punish_reuse(tx, &family);
        }
        let before = Authorization::from_stored(&family.authorization)?;
        let client = &self.turn.now.client;
        let granted = registered::granted(client, before.clone());
        // A client that may not have offline_access any more has what is left by the session.
        let offline = family.offline && granted.scope.contains(OFFLINE_ACCESS);
        let bond = if offline { Bond::Offline } else { Bond::Session };
        let cut_off = standing::cut_off(tx, &granted, self.turn.call.now)?;
        let grant = Grant { authorization: &granted, at: family.created_at, bond };
        let person = match standing::of_person(tx, grant, &self.turn.now, self.turn.call)? {
            Ok(person) => person,
            // What a policy refuses today it may admit tomorrow, or at home.
            Err(GrantFault::Policy) => return Ok(refuse(GrantFault::Policy)),
            Err(fault) => {
                // It will never be good again: what stands on it ends here (P015).
                rotation::kill(tx, self.turn.call, &family, EndReason::Ended)?;
                return Ok(refuse(fault));
            }
        };
        let target = match self.target(&before) {
            Ok(target) => target,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Some(account) = &person.signed_in {
            session::keep_alive(tx, self.turn.call, account)?;
        }
        let issued = self.compile(cut_off, &granted, person, &target);
        self.rotate(tx, &family, &token, issued)
    }

    fn check_family(&self, family: &Family) -> Result<(), GrantFault> {
        let idle = self.turn.terms.lifetimes.refresh_idle_of(&self.turn.now.client);
        if family.ended_at.is_some() {
            Err(GrantFault::Ended)
        } else if family.expires_at <= self.turn.call.now || family.last_used_at + idle <= self.turn.call.now
        {
            Err(GrantFault::Expired)
        } else {
            Ok(())
        }
    }

    /// What was granted, less what has been closed or taken from the client since, less what the request leaves out.
    /// More than was granted is refused (P016).
    fn target(&self, granted: &Authorization) -> Result<Target, TokenRefusal> {
        let scope = self.request.scope.as_ref().unwrap_or(&granted.scope);
        if !scope.is_subset(&granted.scope) {
            return Err(TokenRefusal::Scope);
        }
        let scope = registered::scope(&self.turn.now.client, scope);
        let open = self.turn.now.resources_for(self.turn.tenant.scope.id());
        let target = Target::granted(open, &granted.resources, &scope)?.narrow(&self.request.resources)?;
        // Whoever asks for something is not told that nothing is well.
        if self.request.scope.is_some() && target.scopes.is_empty() {
            return Err(TokenRefusal::Scope);
        }
        Ok(target)
    }

    fn compile(
        &self,
        cut_off: Option<Timestamp>,
        granted: &Authorization,
        person: Standing,
        target: &Target,
    ) -> Issued {
        let issue = Issue {
            call: self.turn.call,
            tenant: &self.turn.tenant,
            client: self.turn.client.id(),
            target,
            life: person.life(self.turn.terms.lifetimes.access_of(&self.turn.now.client)),
            cut_off: cut_off.max(self.turn.tenant.cut_off).max(self.turn.now.cut_off),
        };
        let told = Person {
            profile: &person.user.profile,
            email: &person.user.email,
            email_verified: person.user.email_verified,
        };
        // No nonce: it belongs to the first ID token (OIDC Core §12.2).
        let life = self.turn.terms.lifetimes.id_token_of(&self.turn.now.client);
        let id_token = issue.id_token(&told, granted, life, None);
        Issued { id_token, access: issue.access_token_of(person, granted), refresh_token: None }
    }

    /// Uses the token up and puts the next one in its place; a token that was used before is judged.
    fn rotate(
        &self,
        tx: &mut TenantTx<'_>,
        family: &Family,
        token: &StoredToken,
        issued: Issued,
    ) -> Result<Result<Issued, TokenRefusal>, Failure> {
        if !refresh_families::touch(tx, family.id, self.turn.call.now)? {
            return Ok(refuse(GrantFault::Ended));
        }
        let tenant = tx.scope().id();
        let next = rotation::draw(tenant, self.turn.call);
        let sealed = rotation::seal(
            self.turn.terms,
            self.turn.call,
            self.turn.client,
            rotation::place(tenant, &token.token_hash),
            &next,
        )?;
        if !refresh_tokens::consume(tx, &token.token_hash, sealed.as_deref(), self.turn.call.now)? {
            return self.again(tx, family, &token.token_hash, issued);
        }
        // The successor of the token before this one may not be given again: its use began here (D11).
        refresh_tokens::erase_successors_before(tx, family.id, token.generation)?;
        let member =
            Member { family: family.id, generation: token.generation + 1, access_jti: &issued.access.jti };
        rotation::store(tx, self.turn.call, &next, &member)?;
        Ok(Ok(Issued { refresh_token: Some(next), ..issued }))
    }

    /// A rotated token came back: within the overlap the same successor, else the family is dead (D11, P013).
    fn again(
        &self,
        tx: &mut TenantTx<'_>,
        family: &Family,
        hash: &str,
        issued: Issued,
    ) -> Result<Result<Issued, TokenRefusal>, Failure> {
        // Read again: another node may have used the token since it was found.
        let old = refresh_tokens::find(tx, hash)?
            .ok_or_else(|| Failure::internal("a refresh token vanished while it was used"))?;
        if let Some((successor, next)) =
            rotation::successor_again(tx, self.turn.call, self.turn.terms, self.turn.client, &old)?
        {
            let noted = rotation::note(&next.access_jti, &issued.access.jti);
            refresh_tokens::note_access_tokens(tx, &next.token_hash, &noted)?;
            return Ok(Ok(Issued { refresh_token: Some(successor), ..issued }));
        }
        self.punish_reuse(tx, family)
    }

    /// The token may be stolen, or its successor: the whole family dies (RFC 9700 §4.14.2, P013).
    fn punish_reuse(
        &self,
        tx: &mut TenantTx<'_>,
        family: &Family,
    ) -> Result<Result<Issued, TokenRefusal>, Failure> {
        rotation::kill(tx, self.turn.call, family, EndReason::Reused)?;
        let event = self
            .turn
            .call
            .event(EventKind::RefreshReused, EventResult::Denied, event::actor(self.turn.client))
            .by_client(self.turn.client.id())
            .for_user(family.user_id)
            .on("refresh_family", family.id);
        tx.record(event);
        Ok(refuse(GrantFault::Used))
    }
}

const fn refuse(fault: GrantFault) -> Result<Issued, TokenRefusal> {
    Err(TokenRefusal::Grant(fault))
}
