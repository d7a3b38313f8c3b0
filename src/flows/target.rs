//! Which resource servers a token is for, and which scopes it may carry (RFC 8707 §2, RFC 9068 §3, D7).

use std::collections::BTreeSet;

use crate::model::issuer::Issuer;
use crate::model::resource_server::ResourceServer;
use crate::protocol::api_scope::ApiScope;
use crate::protocol::resource::ResourceIndicator;
use crate::protocol::scope::{self, ScopeSet};

/// The resource servers of a token and the scopes that belong to them or to OpenID Connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The resource servers, by identifier; empty where the token is for ourselves alone.
    pub resources: Vec<ResourceServer>,
    /// The scopes.
    pub scopes: ScopeSet,
}

impl Target {
    /// Finds the resource servers for what was asked. `open` are those that the client may name for the tenant.
    ///
    /// Where no resource is asked for, the scopes tell which is meant (RFC 9068 §3).
    ///
    /// # Errors
    /// An unknown or closed resource, or a scope that neither OpenID Connect nor one of the resources defines.
    pub fn resolve<'a>(
        open: impl IntoIterator<Item = &'a ResourceServer>,
        asked: &[ResourceIndicator],
        scopes: &ScopeSet,
    ) -> Result<Self, TargetRefusal> {
        let asked: Vec<String> = asked.iter().map(|indicator| indicator.as_str().to_owned()).collect();
        let meant = open.into_iter().filter(|server| is_meant(server, &asked, scopes));
        let mut resources: Vec<ResourceServer> = meant.cloned().collect();
        if !asked.iter().all(|name| resources.iter().any(|server| server.identifier == *name)) {
            return Err(TargetRefusal::Resource);
        }
        resources.sort_by(|one, other| one.identifier.cmp(&other.identifier));
        resources.dedup_by(|one, other| one.identifier == other.identifier);
        let target = Self { resources, scopes: scopes.clone() };
        if defined(scopes, &target.resources) == *scopes { Ok(target) } else { Err(TargetRefusal::Scope) }
    }

    /// The target of something granted earlier: what has been closed since, or taken from the client, is gone.
    ///
    /// # Errors
    /// Nothing is left of the resources that it was granted for.
    pub fn granted<'a>(
        open: impl IntoIterator<Item = &'a ResourceServer>,
        granted: &[String],
        scopes: &ScopeSet,
    ) -> Result<Self, TargetRefusal> {
        let resources: Vec<ResourceServer> =
            open.into_iter().filter(|server| granted.contains(&server.identifier)).cloned().collect();
        if resources.is_empty() && !granted.is_empty() {
            return Err(TargetRefusal::Resource);
        }
        let target = Self { resources, scopes: ScopeSet::default() };
        let scopes = defined(scopes, &target.resources);
        Ok(Self { scopes, ..target })
    }

    /// The same for fewer resources (RFC 8707 §2.2): the scopes of the others go too.
    ///
    /// # Errors
    /// A resource that this target does not have.
    pub fn narrow(&self, asked: &[ResourceIndicator]) -> Result<Self, TargetRefusal> {
        if asked.is_empty() {
            return Ok(self.clone());
        }
        if !asked.iter().all(|one| self.resources.iter().any(|own| own.identifier == one.as_str())) {
            return Err(TargetRefusal::Resource);
        }
        let kept = |own: &&ResourceServer| asked.iter().any(|one| one.as_str() == own.identifier);
        let narrowed = Self {
            resources: self.resources.iter().filter(kept).cloned().collect(),
            scopes: ScopeSet::default(),
        };
        let scopes = defined(&self.scopes, &narrowed.resources);
        Ok(Self { scopes, ..narrowed })
    }

    /// The audience of an access token: the resources, or ourselves where there are none.
    pub fn audience(&self, issuer: &Issuer) -> Vec<String> {
        if self.resources.is_empty() {
            vec![issuer.as_str().to_owned()]
        } else {
            self.resources.iter().map(|server| server.identifier.clone()).collect()
        }
    }

    /// The products whose entitlements the token carries (D6).
    pub fn products(&self) -> BTreeSet<&str> {
        self.resources.iter().filter_map(|server| server.product.as_deref()).collect()
    }
}

/// Those of the scopes that OpenID Connect or one of the resources defines, or where the token is for ourselves alone, our API.
pub fn defined(scopes: &ScopeSet, resources: &[ResourceServer]) -> ScopeSet {
    let ours = |name: &str| {
        scope::STANDARD.contains(&name)
            || (resources.is_empty() && ApiScope::parse(name).is_some())
            || resources.iter().any(|server| server.scopes.iter().any(|defined| defined.name == name))
    };
    scopes.iter().filter(|scope| ours(scope.as_str())).cloned().collect()
}

/// Whether a token is meant for this resource server: it was named, or where none was, it defines one of the scopes
/// (RFC 9068 §3).
pub fn is_meant(server: &ResourceServer, named: &[String], scopes: &ScopeSet) -> bool {
    if named.is_empty() {
        server.scopes.iter().any(|defined| scopes.contains(&defined.name))
    } else {
        named.contains(&server.identifier)
    }
}

/// Why a target is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetRefusal {
    /// `invalid_target` (RFC 8707 §2).
    Resource,
    /// `invalid_scope` (RFC 6749 §5.2).
    Scope,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{ResourceServerId, TenantId};
    use crate::model::resource_server::{OpenTo, ScopeDefinition};
    use crate::model::status::Status;

    fn server(identifier: &str, scope: &str) -> ResourceServer {
        ResourceServer {
            id: ResourceServerId::from_bytes([1; 16]),
            owner: TenantId::from_bytes([1; 16]),
            identifier: identifier.into(),
            name: identifier.into(),
            product: Some(scope.into()),
            open_to: OpenTo::All,
            scopes: vec![ScopeDefinition { name: scope.into(), description: String::new() }],
            status: Status::Active,
        }
    }

    fn resolve(asked: &[&str], scope: &str) -> Result<Target, TargetRefusal> {
        let open = [server("https://notes.example", "notes"), server("https://graph.example", "graph")];
        let asked: Vec<ResourceIndicator> = asked.iter().map(|text| text.parse().unwrap()).collect();
        Target::resolve(&open, &asked, &scope.parse().unwrap())
    }

    fn names(target: &Target) -> Vec<&str> {
        target.resources.iter().map(|server| server.identifier.as_str()).collect()
    }

    #[test]
    fn scopes_tell_the_resource_where_none_is_asked_for() {
        assert_eq!(names(&resolve(&[], "openid notes").unwrap()), ["https://notes.example"]);
        assert_eq!(names(&resolve(&[], "openid").unwrap()), Vec::<&str>::new());
    }

    #[test]
    fn a_foreign_resource_or_a_scope_that_nobody_defines_is_refused() {
        assert_eq!(resolve(&["https://evil.example"], "notes"), Err(TargetRefusal::Resource));
        assert_eq!(resolve(&["https://graph.example"], "notes"), Err(TargetRefusal::Scope));
        assert_eq!(resolve(&[], "admin"), Err(TargetRefusal::Scope));
    }

    /// A resource server that is handed a token must not be able to use it at our API.
    #[test]
    fn scopes_of_our_api_stand_in_no_token_that_is_for_others() {
        let ours = resolve(&[], "openid people:write").unwrap();
        assert_eq!((names(&ours), ours.scopes.contains("people:write")), (vec![], true));
        assert_eq!(resolve(&["https://notes.example"], "people:write"), Err(TargetRefusal::Scope));
        assert_eq!(resolve(&[], "notes people:write"), Err(TargetRefusal::Scope));
        let open = [server("https://notes.example", "notes")];
        let asked = "notes openid people:write".parse().unwrap();
        let granted = Target::granted(&open, &["https://notes.example".to_owned()], &asked).unwrap();
        assert_eq!(granted.scopes.to_string(), "notes openid");
    }

    #[test]
    fn fewer_resources_take_their_scopes_along() {
        let both =
            resolve(&["https://notes.example", "https://graph.example"], "openid notes graph").unwrap();
        let one = both.narrow(&["https://notes.example".parse().unwrap()]).unwrap();
        assert_eq!(
            (names(&one), one.scopes.to_string().as_str()),
            (vec!["https://notes.example"], "notes openid")
        );
        assert_eq!(one.narrow(&["https://graph.example".parse().unwrap()]), Err(TargetRefusal::Resource));
    }
}
