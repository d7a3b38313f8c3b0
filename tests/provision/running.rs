//! What a declaration takes away is gone on the running server: from sessions, from tokens that are out, and from those
//! that are asked for (P015, P029, P074, P104; invariant 8).

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use symbolon::flows::provision::declaration::Faults;
use symbolon::flows::provision::{Applied, Request, apply};
use symbolon::storage::PlatformScope;
use symbolon::storage::records::consents;

use super::deployment::acme;
use super::sources::TestSources;
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::tokens::{basic, claims, text};

pub(super) const ADA: (&str, &str) = ("ada@acme.example", "ACME_ADA_PASSWORD stands on a hill");
pub(super) const HANK: (&str, &str) = ("hank@globex.example", "GLOBEX_HANK_PASSWORD stands on a hill");
const NOTES: &str = "https://notes.example";

/// The example, served, with a second owner for acme so that the first may go.
pub(super) struct Running {
    pub(super) server: TestServer,
    sources: TestSources,
    file: String,
}

/// What somebody holds: a browser, and tokens through the application `notes`.
pub(super) struct Held {
    jar: Jar,
    access: String,
    pub(super) refresh: String,
}

/// The example with `grace` as another owner and somebody to prune.
fn declared() -> String {
    acme().replace("groups: [engineering]", "groups: [engineering]\n        roles: [owner]")
}

impl Running {
    pub(super) async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let running = Self { server, sources: TestSources::for_acme(), file: declared() };
        running.apply(&running.file, false).await.unwrap_or_else(|faults| panic!("{faults}"));
        running
    }

    pub(super) async fn apply(&self, text: &str, prune: bool) -> Result<Applied, Faults> {
        let (edge, right) = (&self.server.edge, PlatformScope::operator());
        let request = Request { file: "test.yaml", text, sources: &self.sources, prune };
        let call = self.server.operator();
        let applied = apply(&edge.database, &right, &edge.passwords, &edge.clock, (&call, &request))
            .await
            .expect("applied");
        self.server.refresh().await;
        applied
    }

    /// The example with these words in place of those.
    pub(super) fn edited(&self, edits: &[(&str, &str)]) -> String {
        edits.iter().fold(self.file.clone(), |file, (from, to)| {
            assert!(file.contains(from), "{from} is not in the example");
            file.replace(from, to)
        })
    }

    pub(super) async fn hold(&self, (email, password): (&str, &str)) -> Held {
        let jar = self.server.browser();
        let page = jar.open(&Self::asks("notes", "http://127.0.0.1:9092/callback", "")).await;
        let page = jar.submit(&page, &[("username", email)]).await;
        let back = jar.submit(&page, &[("password", password)]).await;
        let code = back.answer().remove("code").unwrap_or_else(|| panic!("{back:?}"));
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", "http://127.0.0.1:9092/callback"),
        ];
        let tokens = self.ask("notes", "/oauth2/token", &fields).await.json();
        Held { jar, access: text(&tokens, "access_token"), refresh: text(&tokens, "refresh_token") }
    }

    fn asks(client: &str, callback: &str, more: &str) -> String {
        let callback: String = url::form_urlencoded::byte_serialize(callback.as_bytes()).collect();
        format!(
            "/oauth2/authorize?response_type=code&client_id={client}&redirect_uri={callback}\
             &scope=openid+offline_access+notes&state=s{more}"
        )
    }

    /// Asks as one of the example's clients.
    pub(super) async fn ask(&self, client: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let name = match client {
            "notes" => "NOTES_SECRET",
            "acme.wiki" => "ACME_WIKI_SECRET",
            _ => "GLOBEX_REPORT_SECRET",
        };
        let basic = basic(client, &self.sources.variables[name]);
        let headers = [("authorization", &*basic)];
        self.server.browser().send(Method::POST, path, Some(fields), &headers).await
    }

    pub(super) async fn refreshed(&self, held: &Held) -> Page {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &*held.refresh)];
        self.ask("notes", "/oauth2/token", &fields).await
    }

    pub(super) async fn userinfo(&self, held: &Held) -> u16 {
        let bearer = format!("Bearer {}", held.access);
        let headers = [("authorization", &*bearer)];
        self.server.browser().send(Method::GET, "/userinfo", None, &headers).await.status.as_u16()
    }

    pub(super) async fn is_active(&self, token: &str) -> bool {
        // Asked by the client that it was issued to, whose business it is.
        let answer = self.ask("notes", "/oauth2/introspect", &[("token", token)]).await;
        answer.json()["active"] == json!(true)
    }

    /// Whether the browser is still signed in, as `notes` learns without a page.
    async fn silent(&self, held: &Held) -> BTreeMap<String, String> {
        let asked = Self::asks("notes", "http://127.0.0.1:9092/callback", "&prompt=none");
        held.jar.get(&asked).await.answer()
    }

    async fn assert_out(&self, held: &Held, what: &str) {
        assert_eq!(self.userinfo(held).await, 401, "{what}: userinfo");
        let refused = self.refreshed(held).await;
        assert_eq!(refused.status, 400, "{what}: {refused:?}");
        assert_eq!(refused.json()["error"], "invalid_grant", "{what}");
        let silent = self.silent(held).await;
        assert_eq!(silent.get("error").map(String::as_str), Some("login_required"), "{what}: {silent:?}");
        let home = held.jar.open("/").await;
        assert!(!home.has("home-sign-out"), "{what}: {home:?}");
    }
}

const ADA_LINES: &str = "      - email: ada@acme.example
        name: {given: Ada, family: Lovelace}
        roles: [owner]
        workspaces: [research, sales]
        password: {env: ACME_ADA_PASSWORD}
";

/// P074, P015: whoever is suspended or deleted, or whose tenant is, is out everywhere, with everything they hold.
#[tokio::test]
async fn p074_who_is_switched_off_is_out_everywhere() {
    let suspended = ("email: ada@acme.example", "email: ada@acme.example\n        status: suspended");
    let slug = ("  - slug: acme\n", "  - slug: acme\n    status: suspended\n");
    for (what, edit, prune) in [
        ("the person is suspended", suspended, false),
        ("the person is deleted", (ADA_LINES, ""), true),
        ("the tenant is suspended", slug, false),
    ] {
        let running = Running::new().await;
        let (first, second) = (running.hold(ADA).await, running.hold(ADA).await);
        let stranger = running.hold(HANK).await;
        assert!(running.is_active(&first.access).await);
        running.apply(&running.edited(&[edit]), prune).await.unwrap_or_else(|faults| panic!("{faults}"));
        for held in [&first, &second] {
            running.assert_out(held, what).await;
        }
        let page = first.jar.open(&Running::asks("notes", "http://127.0.0.1:9092/callback", "")).await;
        let page = first.jar.submit(&page, &[("username", ADA.0)]).await;
        // The domain of a tenant that is switched off names nothing any more.
        let page = if page.marker().as_deref() == Some("page-login") {
            first.jar.submit(&page, &[("username", ADA.0), ("organisation", "acme")]).await
        } else {
            page
        };
        let page = first.jar.submit(&page, &[("password", ADA.1)]).await;
        assert_eq!(page.marker().as_deref(), Some("page-password"), "{what}: the right password");
        assert_eq!(running.userinfo(&stranger).await, 200, "{what}: nobody else");
        assert_eq!(running.refreshed(&stranger).await.status, 200, "{what}: nobody else");
    }
}

/// P074: an application that is switched off, or taken away from the tenant, gets nothing more and has nothing more.
#[tokio::test]
async fn p074_an_application_that_is_switched_off_has_nothing() {
    let suspended = ("    - client_id: notes\n", "    - client_id: notes\n      status: suspended\n");
    let closed = (
        "first_party: true                # no consent page\n      tenants: all",
        "first_party: true\n      tenants: [globex]",
    );
    for (what, edit) in [("suspended", suspended), ("closed to the tenant", closed)] {
        let running = Running::new().await;
        let held = running.hold(ADA).await;
        running.apply(&running.edited(&[edit]), false).await.unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(running.userinfo(&held).await, 401, "{what}");
        assert!(!running.is_active(&held.access).await, "{what}");
        let refused = running.refreshed(&held).await;
        assert!(matches!(refused.status.as_u16(), 400 | 401), "{what}: {refused:?}");
        assert!(
            matches!(text(&refused.json(), "error").as_str(), "invalid_grant" | "invalid_client"),
            "{what}"
        );
        let asked = Running::asks("notes", "http://127.0.0.1:9092/callback", "&prompt=none");
        let silent = held.jar.get(&asked).await;
        assert!(silent.location().is_none_or(|to| !to.contains("code=")), "{what}: {silent:?}");
        assert!(
            held.jar.open("/").await.has("home-sign-out"),
            "{what}: the session is not the application's"
        );
    }
}

/// What is taken away, the edit that does it, and whether a token says so.
type Less = (&'static str, (&'static str, &'static str), fn(&Value) -> bool);

/// P074, P015: what a person or a tenant may do less, the tokens that are out do not say any more, and the next say less.
#[tokio::test]
async fn p074_what_is_taken_away_is_gone_from_the_tokens() {
    let less: [Less; 7] = [
        (
            "a role",
            ("        roles: [owner]\n        workspaces", "        roles: [member]\n        workspaces"),
            |token| token["roles"] == json!(["member"]),
        ),
        ("a workspace", ("workspaces: [research, sales]", "workspaces: [research]"), |token| {
            token["workspaces"].as_object().is_some_and(|all| all.len() == 1)
        }),
        ("the plan", ("    plan: pro\n    region: eu", "    plan: free\n    region: eu"), |token| {
            token["entitlements"] == json!({"notes": ["read"]})
        }),
        (
            "what the plan gives",
            ("{notes: [read, write, export], graph: [read]}", "{graph: [read]}"),
            |token| token["entitlements"].get("notes").is_none(),
        ),
        (
            "the resource server, suspended",
            (
                "    - identifier: https://notes.example\n",
                "    - identifier: https://notes.example\n      status: suspended\n",
            ),
            |token| token["aud"] != json!([NOTES]) && token["scope"] == "offline_access openid",
        ),
        (
            "a scope of the application",
            (
                "scopes: [openid, profile, email, offline_access, notes]",
                "scopes: [openid, profile, email, offline_access]",
            ),
            |token| token["scope"] == "offline_access openid",
        ),
        (
            "a resource of the application",
            ("offline_access, notes]\n      resources: [\"https://notes.example\"]", "offline_access]"),
            |token| token["aud"] != json!([NOTES]),
        ),
    ];
    for (what, edit, is_less) in less {
        let running = Running::new().await;
        let held = running.hold(ADA).await;
        assert!(!is_less(&claims(&held.access)), "{what}: nothing would be shown");
        running
            .apply(&running.edited(&[edit]), false)
            .await
            .unwrap_or_else(|faults| panic!("{what}: {faults}"));
        assert_eq!(running.userinfo(&held).await, 401, "{what}: the token says too much");
        assert!(!running.is_active(&held.access).await, "{what}");
        let next = running.refreshed(&held).await;
        if next.status == 400 {
            assert_eq!(text(&next.json(), "error"), "invalid_target", "{what}: nothing is left to ask for");
            continue;
        }
        assert_eq!(next.status, 200, "{what}: {next:?}");
        let next = text(&next.json(), "access_token");
        assert!(is_less(&claims(&next)), "{what}: {}", claims(&next));
        assert!(running.is_active(&next).await, "{what}: the next token is good");
    }
}

/// P015, P074: roles that come by a group go with it, however it is lost.
#[tokio::test]
async fn p015_what_a_group_gave_goes_with_the_group() {
    let with_group =
        "        roles: [owner]\n        workspaces: [research, sales]\n        groups: [engineering]";
    let joined = ("        roles: [owner]\n        workspaces: [research, sales]", with_group);
    for (what, edit) in [
        (
            "she leaves",
            (
                "sales]\n        groups: [engineering]\n        password: {env",
                "sales]\n        groups: []\n        password: {env",
            ),
        ),
        ("it loses its role", ("{name: engineering, roles: [admin]", "{name: engineering, roles: []")),
    ] {
        let mut running = Running::new().await;
        running.file = running
            .edited(&[joined, ("{name: engineering, roles: [member]", "{name: engineering, roles: [admin]")]);
        running.apply(&running.file, false).await.unwrap_or_else(|faults| panic!("{faults}"));
        let held = running.hold(ADA).await;
        assert_eq!(claims(&held.access)["roles"], json!(["owner", "admin"]));
        running
            .apply(&running.edited(&[edit]), false)
            .await
            .unwrap_or_else(|faults| panic!("{what}: {faults}"));
        assert_eq!(running.userinfo(&held).await, 401, "{what}");
        let next = text(&running.refreshed(&held).await.json(), "access_token");
        assert_eq!(claims(&next)["roles"], json!(["owner"]), "{what}");
    }
}

/// P015: an application that was deleted begins anew when it is declared again: what people gave it is gone.
#[tokio::test]
async fn p015_nothing_that_a_deleted_application_had_comes_back_with_it() {
    let running = Running::new().await;
    let callback = "http://127.0.0.1:9090/callback";
    let jar = running.server.browser();
    let page = jar.open(&Running::asks("acme.wiki", callback, "")).await;
    let page = jar.submit(&page, &[("username", ADA.0)]).await;
    let page = jar.submit(&page, &[("password", ADA.1)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
    let code = jar.submit(&page, &[("decision", "allow")]).await.answer().remove("code").expect("a code");
    let again = jar.get(&Running::asks("acme.wiki", callback, "")).await.answer();
    let unused = again.get("code").expect("no question: it was allowed");
    let exchange = |code: String| {
        let running = &running;
        async move {
            let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", callback)];
            running.ask("acme.wiki", "/oauth2/token", &fields).await
        }
    };
    let tokens = exchange(code).await.json();

    let (from, to) =
        (running.file.find("      - client_id: acme.wiki").expect("it"), "      - client_id: acme.notes-in");
    let to = running.file.find(to).expect("the next");
    let without = format!("{}{}", &running.file[..from], &running.file[to..]);
    running.apply(&without, true).await.unwrap_or_else(|faults| panic!("{faults}"));
    running.apply(&running.file, false).await.unwrap_or_else(|faults| panic!("{faults}"));

    let refresh = text(&tokens, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    let refused = running.ask("acme.wiki", "/oauth2/token", &fields).await;
    assert_eq!(refused.json()["error"], "invalid_grant", "{refused:?}");
    assert_eq!(exchange(unused.clone()).await.json()["error"], "invalid_grant");
    let page = jar.open(&Running::asks("acme.wiki", callback, "")).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "she is asked again: {page:?}");
}

/// P015: a consent that was withdrawn ends what stands on it, and given again it begins anew.
#[tokio::test]
async fn p015_a_withdrawn_consent_ends_the_refresh_tokens() {
    let running = Running::new().await;
    let jar = running.server.browser();
    let callback = "http://127.0.0.1:9090/callback";
    let page = jar.open(&Running::asks("acme.wiki", callback, "")).await;
    let page = jar.submit(&page, &[("username", ADA.0)]).await;
    let page = jar.submit(&page, &[("password", ADA.1)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
    let back = jar.submit(&page, &[("decision", "allow")]).await;
    let code = back.answer().remove("code").expect("a code");
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", callback)];
    let tokens = running.ask("acme.wiki", "/oauth2/token", &fields).await.json();
    let user =
        claims(&text(&tokens, "access_token"))["sub"].as_str().expect("a subject").parse().expect("an id");
    let scope = running.server.scope_of("acme").await.scope;
    running
        .server
        .as_operator(move |tx| {
            let removed =
                consents::remove(&mut tx.enter(&scope)?, user, &"acme.wiki".parse().expect("an id"))?;
            assert!(removed);
            Ok(())
        })
        .await;
    let refresh = text(&tokens, "refresh_token");
    let again = [("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
    let refused = running.ask("acme.wiki", "/oauth2/token", &again).await;
    assert_eq!((refused.status.as_u16(), text(&refused.json(), "error").as_str()), (400, "invalid_grant"));
    let page = jar.open(&Running::asks("acme.wiki", callback, "")).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "it is asked for again");
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    let refused = running.ask("acme.wiki", "/oauth2/token", &again).await;
    assert_eq!(text(&refused.json(), "error"), "invalid_grant", "and does not raise the dead");
}

/// P104: everything of a deleted tenant is refused over HTTP, and a new tenant begins with nothing.
#[tokio::test]
async fn p104_nothing_of_a_deleted_tenant_works_and_an_heir_gets_nothing() {
    let running = Running::new().await;
    let hank = running.hold(HANK).await;
    let ada = running.hold(ADA).await;
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    let machine = text(&running.ask("globex.report", "/oauth2/token", &grant).await.json(), "access_token");
    let code = running.silent(&hank).await.remove("code").expect("a code");
    let jwks = running.server.browser().get("/.well-known/jwks.json").await.body;
    let (before, _) = running.file.split_once("  - slug: globex").expect("globex stands last");
    running.apply(before, true).await.unwrap_or_else(|faults| panic!("{faults}"));

    running.assert_out(&hank, "deleted").await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", "http://127.0.0.1:9092/callback"),
    ];
    let refused = running.ask("notes", "/oauth2/token", &fields).await;
    assert_eq!(text(&refused.json(), "error"), "invalid_grant", "a code from before");
    let refused = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!((refused.status.as_u16(), text(&refused.json(), "error").as_str()), (401, "invalid_client"));
    let told = running.ask("notes", "/oauth2/introspect", &[("token", &machine)]).await;
    assert_eq!(told.json(), json!({"active": false}));
    let asked = Running::asks("globex.report", "http://127.0.0.1:9092/callback", "");
    assert_eq!(running.server.browser().get(&asked).await.status, 400);
    assert_eq!(
        running.server.browser().get("/.well-known/jwks.json").await.body,
        jwks,
        "keys are the deployment's"
    );
    assert_eq!(running.userinfo(&ada).await, 200, "nobody else");

    let taken = running.apply(&running.file, false).await.expect_err("the slug was used");
    assert!(taken.to_string().contains("was deleted"), "{taken}");
    let heir = running.edited(&[("slug: globex", "slug: globexnew"), ("globex.report", "globexnew.report")]);
    let heir = heir.replace("password: {env: GLOBEX_HANK_PASSWORD}", "password: {env: ACME_ADA_PASSWORD}");
    running.apply(&heir, false).await.unwrap_or_else(|faults| panic!("{faults}"));
    running.assert_out(&hank, "an heir of the same address and domain").await;
    let page = hank.jar.open(&Running::asks("notes", "http://127.0.0.1:9092/callback", "")).await;
    let page = hank.jar.submit(&page, &[("username", HANK.0)]).await;
    let page = hank.jar.submit(&page, &[("password", HANK.1)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "the old password opens nothing");
    let new = running.hold((HANK.0, ADA.1)).await;
    assert_ne!(claims(&new.access)["sub"], claims(&hank.access)["sub"]);
    assert_ne!(claims(&new.access)["tenant_id"], claims(&hank.access)["tenant_id"]);
}

/// P029: a secret that was replaced is dead at once, and no answer over HTTP holds one.
#[tokio::test]
async fn p029_a_replaced_secret_is_dead_on_the_running_server() {
    let mut running = Running::new().await;
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    let first = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!(first.status, 200);
    let old = running.sources.variables["GLOBEX_REPORT_SECRET"].clone();
    running
        .sources
        .variables
        .insert("GLOBEX_REPORT_SECRET".into(), "Zk3vT9qLw7Xc2Rm5Yb8Nd4Gh6Jp1Fs0A".into());
    running.apply(&running.file, false).await.unwrap_or_else(|faults| panic!("{faults}"));
    let page = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!(page.status, 200, "the new one works: {page:?}");
    let new =
        running.sources.variables.insert("GLOBEX_REPORT_SECRET".into(), old.clone()).expect("the new one");
    let refused = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!((refused.status.as_u16(), text(&refused.json(), "error").as_str()), (401, "invalid_client"));
    for answer in [first, page, refused] {
        let all = format!("{:?} {}", answer.headers, answer.body);
        assert!(!all.contains(&old) && !all.contains(&new), "{all}");
    }
}
