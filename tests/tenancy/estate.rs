//! Acme, whose people attack, and globex, which has one of everything.

use std::collections::BTreeMap;

use reqwest::Method;
use symbolon::model::client::{Client, ClientKind};
use symbolon::model::ids::{ContextId, GroupId, TenantId, UserId, WorkspaceId};
use symbolon::model::resource_server::OpenTo;
use symbolon::model::role::Role;
use symbolon::model::workspace::{Context, ContextAccess, Group, Workspace};
use symbolon::protocol::opaque::{self, TenantKind};
use symbolon::storage::TenantScope;
use symbolon::storage::records::{groups, workspaces};

use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::tokens::{self, claims, text};

pub(super) const CALLBACK: &str = "https://app.example/callback";
/// What acme's people may use.
pub(super) const NOTES: &str = "https://notes.example";
/// What globex keeps for itself.
pub(super) const VAULT: &str = "https://vault.globex.example";
pub(super) const HANK: &str = "hank@globex.example";
const ADA: &str = "ada@acme.example";

/// The server with both tenants in it.
pub(super) struct Estate {
    pub(super) server: TestServer,
    pub(super) acme: TenantScope,
    pub(super) globex: TenantScope,
    /// Acme's own client, which attacks.
    pub(super) crm: Registered,
    /// The browser of acme's owner, signed in.
    pub(super) ada: Jar,
    /// An access token of hers.
    pub(super) bearer: String,
    /// The browser of globex's owner, signed in.
    pub(super) hank: Jar,
    /// What globex has.
    pub(super) theirs: Ids,
    /// What looks like it and never existed.
    pub(super) nobodys: Ids,
}

/// One of everything that a request can name.
#[derive(Clone)]
pub(super) struct Ids {
    pub(super) tenant: TenantId,
    pub(super) slug: String,
    pub(super) user: UserId,
    pub(super) email: String,
    pub(super) client: String,
    pub(super) resource: String,
    pub(super) group: GroupId,
    pub(super) workspace: WorkspaceId,
    pub(super) context: ContextId,
    pub(super) sid: String,
    pub(super) interaction: String,
    pub(super) pending: String,
    pub(super) code: String,
    pub(super) refresh: String,
    pub(super) access: String,
    pub(super) id_token: String,
    pub(super) link: String,
}

impl Estate {
    pub(super) async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let acme = server.organisation("acme", &["notes:read"]).await;
        let globex = server.organisation("globex", &["notes:read"]).await;
        let platform = server.platform().await;
        platform.resource(NOTES, Some("notes"), &["notes"], OpenTo::All).await;
        globex.resource(VAULT, Some("notes"), &["vault"], OpenTo::OwnerOnly).await;
        acme.person(ADA, &[Role::Owner, Role::Admin]).await;
        let user = globex.person(HANK, &[Role::Owner]).await;
        let crm = acme.register(own_client("acme.crm", NOTES)).await;
        let theirs = globex.register(own_client("globex.crm", VAULT)).await;
        let places = furnish(&server, &globex.scope, user).await;
        let (acme, globex) = (acme.scope, globex.scope);

        let ada = server.browser();
        let tokens = sign_in(&server, &ada, &crm, ADA).await;
        let bearer = text(&tokens, "access_token");
        let hank = server.browser();
        let theirs = their_ids(&server, &hank, &theirs, (globex.id(), user, places)).await;
        let nobodys = nobodys_ids(&server, &theirs, &bearer);
        Self { server, acme, globex, crm, ada, bearer, hank, theirs, nobodys }
    }

    /// Asks as acme's client.
    pub(super) async fn as_client(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let basic = basic(&self.crm);
        self.server.browser().send(Method::POST, path, Some(fields), &[("authorization", &basic)]).await
    }
}

/// Asks everything of its own tenant.
fn own_client(id: &str, resource: &str) -> Client {
    let mut own = client(id, ClientKind::Web);
    own.metadata.scopes.push(if resource == NOTES { "notes" } else { "vault" }.to_owned());
    own.metadata.resources = vec![resource.to_owned()];
    own.metadata.grant_types.push("client_credentials".to_owned());
    own
}

async fn furnish(
    server: &TestServer,
    scope: &TenantScope,
    user: UserId,
) -> (GroupId, WorkspaceId, ContextId) {
    let (call, scope) = (server.operator(), scope.clone());
    server
        .as_operator(move |tx| {
            let mut tx = tx.enter(&scope)?;
            let group = Group { id: call.id(), name: "engineering".into(), roles: [Role::Admin].into() };
            let (slug, name) = ("research".parse().expect("a slug"), "Research".to_owned());
            let workspace = Workspace { id: call.id(), slug, name };
            let (slug, name) = ("eu".parse().expect("a slug"), "Europe".to_owned());
            let context = Context { id: call.id(), workspace_id: workspace.id, slug, name };
            groups::put(&mut tx, &group)?;
            groups::set_of_user(&mut tx, user, &[group.id].into())?;
            workspaces::put(&mut tx, &workspace)?;
            workspaces::put_context(&mut tx, &context)?;
            let access = BTreeMap::from([(workspace.id, ContextAccess::All)]);
            workspaces::set_of_user(&mut tx, user, &access)?;
            workspaces::set_of_group(&mut tx, group.id, &access)?;
            Ok((group.id, workspace.id, context.id))
        })
        .await
}

async fn their_ids(
    server: &TestServer,
    hank: &Jar,
    client: &Registered,
    (tenant, user, (group, workspace, context)): (TenantId, UserId, (GroupId, WorkspaceId, ContextId)),
) -> Ids {
    let tokens = sign_in(server, hank, client, HANK).await;
    let access = text(&tokens, "access_token");
    let chooser = hank.open(&authorize(client.id(), "&prompt=select_account")).await;
    let logout = hank.open("/oauth2/logout").await;
    let code = hank.open(&authorize(client.id(), "")).await.answer().remove("code").expect("a code");
    Ids {
        tenant,
        slug: "globex".to_owned(),
        user,
        email: HANK.to_owned(),
        client: client.id().to_owned(),
        resource: VAULT.to_owned(),
        group,
        workspace,
        context,
        sid: text(&claims(&access), "sid"),
        interaction: field(&chooser, "interaction"),
        pending: field(&logout, "pending"),
        code,
        refresh: text(&tokens, "refresh_token"),
        id_token: text(&tokens, "id_token"),
        link: opaque::issue(TenantKind::MailedLink, tenant, &[5; 32]).expose().clone(),
        access,
    }
}

/// Values of the same make that name nothing. A code and a refresh token name the same tenant; a token is signed by
/// nobody.
fn nobodys_ids(server: &TestServer, theirs: &Ids, bearer: &str) -> Ids {
    let call = server.operator();
    let opaque = |kind| opaque::issue(kind, theirs.tenant, call.secret_bytes().expose()).expose().clone();
    let unsigned = |token: &str| {
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        format!("{message}.{}", signature.chars().rev().collect::<String>())
    };
    Ids {
        tenant: call.id(),
        slug: "nowhere".to_owned(),
        user: call.id(),
        email: "nemo@globex.example".to_owned(),
        client: "globex.cms".to_owned(),
        resource: "https://vault.nowhere.example".to_owned(),
        group: call.id(),
        workspace: call.id(),
        context: call.id(),
        sid: call.id::<UserId>().to_string(),
        interaction: format!("{}.{}", theirs.tenant, call.id::<UserId>()),
        pending: bearer.to_owned(),
        code: opaque(TenantKind::AuthorizationCode),
        refresh: opaque(TenantKind::RefreshToken),
        access: unsigned(&theirs.access),
        id_token: unsigned(&theirs.id_token),
        link: opaque(TenantKind::MailedLink),
    }
}

/// Signs in through the client, allows what it asks, and gives its tokens.
async fn sign_in(server: &TestServer, jar: &Jar, client: &Registered, email: &str) -> serde_json::Value {
    let page = jar.open(&authorize(client.id(), "")).await;
    let page = jar.submit(&page, &[("username", email), ("action", "continue")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD), ("action", "continue")]).await;
    let page = jar.submit(&page, &[("decision", "allow")]).await;
    let code = page.answer().remove("code").expect("a code");
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    let headers = [("authorization", &*basic(client))];
    server.browser().send(Method::POST, "/oauth2/token", Some(&fields), &headers).await.json()
}

/// An authorization request of this client.
pub(super) fn authorize(client: &str, more: &str) -> String {
    let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
    format!(
        "/oauth2/authorize?response_type=code&client_id={client}&redirect_uri={callback}\
         &scope=openid+profile+offline_access&state=s{more}"
    )
}

pub(super) fn basic(client: &Registered) -> String {
    tokens::basic(client.id(), &client.secret)
}

/// The hidden field of a page's form.
pub(super) fn field(page: &Page, name: &str) -> String {
    let fields = page.form().fields;
    let found = fields.into_iter().find(|(own, _)| own == name);
    found.unwrap_or_else(|| panic!("no {name} on {page:?}")).1
}
