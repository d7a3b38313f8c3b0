//! Tenants, people and clients for a test, put into the database directly.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use symbolon::crypto::password::{Password, PasswordHash};
use symbolon::flows::Call;
use symbolon::model::client::{AuthMethod, Client, ClientKind, ClientMetadata, ClientSecret};
use symbolon::model::email::Email;
use symbolon::model::ids::{TenantId, UserId};
use symbolon::model::profile::Profile;
use symbolon::model::resource_server::{OpenTo, ResourceServer, ScopeDefinition};
use symbolon::model::role::Role;
use symbolon::model::secret::Secret;
use symbolon::model::status::Status;
use symbolon::model::tenant::{Entitlements, PLATFORM_SLUG, Plan, Product, Tenant};
use symbolon::model::user::User;
use symbolon::protocol::opaque::{self, PlainKind};
use symbolon::storage::records::{
    catalogue, change_number, clients, passwords, resource_servers, tenants, users,
};
use symbolon::storage::{PlatformScope, PlatformTx, TenantScope};

use super::server::TestServer;

/// The password of every person in the tests.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A tenant of a test and what to sign in with.
pub(crate) struct Organisation<'a> {
    server: &'a TestServer,
    /// The tenant.
    pub(crate) scope: TenantScope,
}

/// A client and its secret, where it has one.
pub(crate) struct Registered {
    /// The client.
    pub(crate) client: Client,
    /// Its secret; empty for one that has none.
    pub(crate) secret: String,
}

impl Registered {
    /// The id as text.
    pub(crate) fn id(&self) -> &str {
        self.client.client_id.as_str()
    }
}

/// A client that is not registered yet. Change its metadata before.
pub(crate) fn client(id: &str, kind: ClientKind) -> Client {
    let public = matches!(kind, ClientKind::Spa | ClientKind::Native);
    let method = if public { AuthMethod::None } else { AuthMethod::ClientSecretBasic };
    let grants: &[&str] = match kind {
        ClientKind::Service => &["client_credentials"],
        ClientKind::Web | ClientKind::Spa | ClientKind::Native => &["authorization_code", "refresh_token"],
    };
    let scopes = ["openid", "profile", "email", "address", "phone", "offline_access"];
    Client {
        tenant_id: TenantId::from_bytes([0; 16]),
        client_id: id.parse().expect("a client id"),
        name: format!("Client {id}"),
        kind,
        status: Status::Active,
        metadata: ClientMetadata {
            token_endpoint_auth_method: method,
            grant_types: grants.iter().map(ToString::to_string).collect(),
            redirect_uris: vec!["https://app.example/callback".to_owned()],
            post_logout_redirect_uris: vec!["https://app.example/".to_owned()],
            scopes: scopes.iter().map(ToString::to_string).collect(),
            resources: Vec::new(),
            allowed_origins: Vec::new(),
            tenants: OpenTo::OwnerOnly,
            first_party: true,
            first_party_login: false,
            jwks: None,
            jwks_uri: None,
            logo_uri: None,
            policy_uri: None,
            tos_uri: None,
            client_uri: None,
            require_pkce: false,
            default_max_age: None,
            access_token_seconds: None,
            id_token_seconds: None,
            code_seconds: None,
            refresh_idle_seconds: None,
            refresh_absolute_seconds: None,
            workspaces: std::collections::BTreeMap::new(),
        },
    }
}

impl TestServer {
    /// A new tenant. Its plan is named like its slug and holds these entitlements, such as `notes:read`.
    pub(crate) async fn organisation(&self, slug: &str, entitlements: &[&str]) -> Organisation<'_> {
        let mut grants = Entitlements::new();
        for entitlement in entitlements {
            let (product, grant) = entitlement.split_once(':').expect("product:grant");
            grants.entry(product.to_owned()).or_default().insert(grant.to_owned());
        }
        let (call, slug) = (self.operator(), slug.to_owned());
        let scope = self.as_operator(move |tx| {
            for (product, offered) in &grants {
                let known = catalogue::products(tx)?.into_iter().find(|known| known.key == *product);
                let mut all = known.map(|known| known.grants).unwrap_or_default();
                all.extend(offered.iter().cloned());
                catalogue::put_product(
                    tx,
                    &Product { key: product.clone(), name: product.clone(), grants: all },
                )?;
            }
            catalogue::put_plan(tx, &Plan { key: slug.clone(), name: slug.clone(), entitlements: grants })?;
            let tenant = Tenant {
                id: call.id(),
                slug: slug.parse().expect("a slug"),
                name: format!("Tenant {slug}"),
                plan: Some(slug.clone()),
                region: None,
                accent: None,
                status: Status::Active,
            };
            assert!(tenants::insert(tx, &tenant, call.now)?, "the slug {slug} is taken");
            Ok(tx.tenant(tenant.id)?.expect("the tenant just made"))
        });
        Organisation { server: self, scope: scope.await }
    }

    /// The tenant `platform`.
    pub(crate) async fn platform(&self) -> Organisation<'_> {
        let scope = self.as_operator(|tx| {
            Ok(tx.tenant_by_slug(&PLATFORM_SLUG.parse().expect("a slug"))?.expect("the platform"))
        });
        Organisation { server: self, scope: scope.await }
    }

    /// The tenant with this slug.
    pub(crate) async fn scope_of(&self, slug: &'static str) -> Organisation<'_> {
        let scope = self.as_operator(move |tx| {
            Ok(tx.tenant_by_slug(&slug.parse().expect("a slug"))?.expect("a tenant of this slug"))
        });
        Organisation { server: self, scope: scope.await }
    }

    /// Switches a tenant's client off.
    pub(crate) async fn suspend_client(&self, slug: &'static str, id: &'static str) {
        let since = self.now();
        self.as_operator(move |tx| {
            let scope = tx.tenant_by_slug(&slug.parse().expect("a slug"))?.expect("a tenant of this slug");
            let mut tx = tx.enter(&scope)?;
            let known = clients::find(&mut tx, &id.parse().expect("a client id"))?.expect("a client");
            clients::update(&mut tx, &Client { status: Status::Suspended { since }, ..known }).map(|_| ())
        })
        .await;
    }

    /// Suspends a person, as the data says it: what was given to them is another matter.
    pub(crate) async fn suspend_user(&self, tenant: TenantId, id: UserId) {
        let since = self.now();
        self.as_operator(move |tx| {
            let scope = tx.tenant(tenant)?.expect("the tenant");
            let mut tx = tx.enter(&scope)?;
            let user = users::find(&mut tx, id)?.expect("the user");
            users::update(&mut tx, &User { status: Status::Suspended { since }, ..user })
        })
        .await;
    }

    /// Suspends a tenant.
    pub(crate) async fn suspend_tenant(&self, id: TenantId) {
        let since = self.now();
        self.as_operator(move |tx| {
            let tenant = tx.tenant(id)?.expect("the tenant").tenant().clone();
            tenants::update(tx, &Tenant { status: Status::Suspended { since }, ..tenant })
        })
        .await;
    }

    /// Changes the deployment, and lets the node see it.
    pub(crate) async fn as_operator<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PlatformTx<'_>) -> Result<T, symbolon::model::failure::Failure> + Send + 'static,
    ) -> T {
        let right = PlatformScope::operator();
        let done = self.database().write_platform(&right, move |tx| {
            let value = work(tx)?;
            change_number::raise(tx)?;
            Ok(value)
        });
        let value = done.await.unwrap_or_else(|failure| panic!("{failure:?}"));
        self.refresh().await;
        value
    }
}

impl Organisation<'_> {
    /// Its id.
    pub(crate) fn id(&self) -> TenantId {
        self.scope.id()
    }

    /// A person with the password of all tests and these roles.
    pub(crate) async fn person(&self, email: &str, roles: &[Role]) -> UserId {
        let profile = Profile { name: Some("Ada Lovelace".to_owned()), ..Profile::default() };
        self.person_with(email, roles, profile).await
    }

    /// A person with these standard claims.
    pub(crate) async fn person_with(&self, email: &str, roles: &[Role], profile: Profile) -> UserId {
        let call = self.server.operator();
        let email: Email = email.parse().expect("an address");
        let user = User {
            tenant_id: self.id(),
            id: call.id(),
            email: email.spelling().to_owned(),
            email_canonical: email.canonical().to_owned(),
            email_verified: true,
            profile,
            roles: roles.iter().copied().collect::<BTreeSet<_>>(),
            status: Status::Active,
            created_at: call.now,
            proofs_since: None,
            break_glass: false,
            home_tenant_id: None,
        };
        let (id, scope, hash) = (user.id, self.scope.clone(), self.hash().await);
        self.server
            .as_operator(move |tx| {
                let mut tx = tx.enter(&scope)?;
                users::insert(&mut tx, &user)?;
                passwords::put(&mut tx, user.id, &Secret::new(hash), call.now)
            })
            .await;
        id
    }

    /// Registers a client. A confidential one gets a secret.
    pub(crate) async fn register(&self, client: Client) -> Registered {
        let client = Client { tenant_id: self.id(), ..client };
        let call = self.server.operator();
        let with_secret = matches!(
            client.metadata.token_endpoint_auth_method,
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost
        );
        let secret = if with_secret { new_secret(&call) } else { String::new() };
        let (scope, own, hash) = (self.scope.clone(), client.clone(), opaque::hash(&secret));
        self.server
            .as_operator(move |tx| {
                let mut tx = tx.enter(&scope)?;
                clients::insert(&mut tx, &own)?;
                if !with_secret {
                    return Ok(());
                }
                let stored = ClientSecret {
                    id: call.id(),
                    client_id: own.client_id,
                    hash,
                    created_at: call.now,
                    expires_at: None,
                };
                clients::insert_secret(&mut tx, &stored)
            })
            .await;
        Registered { client, secret }
    }

    /// Lets a resource server that is there define one scope more.
    pub(crate) async fn defines_too(&self, identifier: &str, scope: &str) {
        let identifier = identifier.to_owned();
        let more = ScopeDefinition { name: scope.to_owned(), description: format!("What {scope} allows") };
        let change = move |tx: &mut PlatformTx<'_>| {
            let mut server = resource_servers::usable(tx, &[identifier])?.pop().expect("the server");
            server.scopes.push(more);
            resource_servers::put(tx, &server)
        };
        self.server.as_operator(change).await;
    }

    /// A resource server of this tenant, open to these others, that delivers this product.
    pub(crate) async fn resource(
        &self,
        identifier: &str,
        product: Option<&str>,
        scopes: &[&str],
        open_to: OpenTo,
    ) {
        let call = self.server.operator();
        let define = |name: &&str| ScopeDefinition {
            name: (*name).to_owned(),
            description: format!("What {name} allows"),
        };
        let resource = ResourceServer {
            id: call.id(),
            owner: self.id(),
            identifier: identifier.to_owned(),
            name: identifier.to_owned(),
            product: product.map(str::to_owned),
            open_to,
            scopes: scopes.iter().map(define).collect(),
            status: Status::Active,
        };
        self.server.as_operator(move |tx| resource_servers::put(tx, &resource)).await;
    }

    /// One hash for everybody: hashing is slow by design.
    async fn hash(&self) -> String {
        static HASH: OnceLock<String> = OnceLock::new();
        if let Some(hash) = HASH.get() {
            return hash.clone();
        }
        let password = Password::new(&Secret::new(PASSWORD.to_owned())).expect("a password");
        let made: PasswordHash = self.server.edge.passwords.hash(password).await.expect("a hash");
        HASH.get_or_init(|| made.as_str().to_owned()).clone()
    }
}

fn new_secret(call: &Call) -> String {
    opaque::issue_plain(PlainKind::ClientSecret, call.secret_bytes().expose()).expose().clone()
}
