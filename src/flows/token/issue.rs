//! From what is known to claims (docs/verify-tokens.md, RFC 9068 §2.2, OIDC Core §2, D10). Compiled anew at each issue.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::entitlements;
use super::standing::Standing;
use crate::flows::authorization::Authorization;
use crate::flows::call::Call;
use crate::flows::known::KnownTenant;
use crate::flows::revocation;
use crate::flows::target::Target;
use crate::model::ids::ClientId;
use crate::model::time::Timestamp;
use crate::protocol::acr::{Acr, acr, amr};
use crate::protocol::claims::{Person, of_scope, wanted};
use crate::protocol::claims_request::Ask;
use crate::protocol::metadata::paths;
use crate::protocol::scope::{OPENID, STANDARD, ScopeSet};
use crate::protocol::token_claims::{AccessTokenClaims, IdTokenClaims, WorkspaceClaims, fits};

/// What every token of one issue has in common.
pub(super) struct Issue<'a> {
    pub(super) call: &'a Call,
    pub(super) tenant: &'a KnownTenant,
    pub(super) client: &'a ClientId,
    pub(super) target: &'a Target,
    pub(super) life: Duration,
    /// The latest cut-off of anything that the token stands on (D14).
    pub(super) cut_off: Option<Timestamp>,
}

impl Issue<'_> {
    /// An access token that names nobody's session: a service account's.
    pub(super) fn access_token(
        &self,
        subject: String,
        workspaces: Option<WorkspaceClaims>,
    ) -> AccessTokenClaims {
        let tenant = self.tenant.scope.tenant();
        let bought = entitlements::compile(
            &self.tenant.plan,
            &self.tenant.add_ons,
            &self.target.products(),
            self.call.now,
        );
        let iat = revocation::dated(self.call.now, self.cut_off);
        let end = iat.saturating_add(i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX));
        let (workspaces, workspaces_ref) = self.within_budget(workspaces);
        AccessTokenClaims {
            iss: self.call.issuer.as_str().to_owned(),
            sub: subject,
            aud: self.target.audience(&self.call.issuer),
            client_id: self.client.to_string(),
            scope: self.target.scopes.clone(),
            jti: URL_SAFE_NO_PAD.encode(self.call.secret_bytes::<16>().expose()),
            sid: None,
            iat,
            exp: bought.next_end.map_or(end, |next| end.min(next.unix())),
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            tenant_id: tenant.id,
            tenant: tenant.slug.clone(),
            home_tenant_id: None,
            plan: tenant.plan.clone(),
            entitlements: bought.entitlements,
            workspaces,
            workspaces_ref,
            roles: BTreeSet::new(),
            userinfo_claims: Vec::new(),
            act: None,
            cnf: None,
        }
    }

    /// An access token of a person.
    pub(super) fn access_token_of(&self, person: Standing, granted: &Authorization) -> AccessTokenClaims {
        AccessTokenClaims {
            sid: Some(granted.sid),
            home_tenant_id: person.user.home_tenant_id,
            auth_time: Some(granted.auth_time.unix()),
            acr: Some(strength(granted).as_str().to_owned()),
            amr: amr(granted.factors.iter().copied()),
            roles: person.roles,
            userinfo_claims: known_names(&granted.claims.userinfo),
            ..self.access_token(person.user.id.to_string(), Some(person.workspaces))
        }
    }

    /// The ID token of a person, where `openid` was granted. It carries the claims that were asked for in it one by
    /// one; those of the scopes are at the userinfo endpoint (OIDC Core §5.4).
    pub(super) fn id_token(
        &self,
        person: &Person<'_>,
        granted: &Authorization,
        life: Duration,
        nonce: Option<String>,
    ) -> Option<IdTokenClaims> {
        if !self.target.scopes.contains(OPENID) {
            return None;
        }
        let tenant = self.tenant.scope.tenant();
        let iat = self.call.now.unix();
        Some(IdTokenClaims {
            iss: self.call.issuer.as_str().to_owned(),
            sub: granted.user_id,
            aud: self.client.to_string(),
            azp: None,
            iat,
            exp: iat.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)),
            auth_time: granted.auth_time.unix(),
            nonce,
            acr: strength(granted).as_str().to_owned(),
            amr: amr(granted.factors.iter().copied()),
            at_hash: None,
            sid: Some(granted.sid),
            tenant_id: tenant.id,
            tenant: tenant.slug.clone(),
            plan: tenant.plan.clone(),
            extra: person.select(&wanted(&ScopeSet::default(), &granted.claims.id_token)),
        })
    }

    /// Workspaces over the budget go behind a URL, never into a failed sign-in (D10).
    fn within_budget(
        &self,
        workspaces: Option<WorkspaceClaims>,
    ) -> (Option<WorkspaceClaims>, Option<String>) {
        match workspaces {
            Some(workspaces) if !fits(&workspaces) => (None, Some(self.call.issuer.url(paths::WORKSPACES))),
            other => (other, None),
        }
    }
}

/// The strength of the sign-in behind a grant; the weakest where its factors cannot tell.
fn strength(granted: &Authorization) -> Acr {
    acr(granted.factors.iter().copied()).unwrap_or(Acr::One)
}

/// The standard claims among those asked for: only they can be told, and their names bound the size of the token.
fn known_names(asked: &BTreeMap<String, Ask>) -> Vec<String> {
    let names = STANDARD.iter().flat_map(|scope| of_scope(scope));
    names.filter(|name| asked.contains_key(**name)).map(|name| (*name).to_owned()).collect()
}
