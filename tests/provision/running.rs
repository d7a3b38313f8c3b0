//! The example on a running server, and what its people hold while the declaration changes under them.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;
use symbolon::flows::provision::declaration::DeclarationFaults;
use symbolon::flows::provision::{Applied, DeclaredFile, apply};
use symbolon::storage::PlatformScope;

use super::deployment::acme;
use super::sources::TestSources;
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::tokens::{basic, text};

/// One of the example's people.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) email: &'static str,
    pub(super) password: &'static str,
}

pub(super) const ADA: Person =
    Person { email: "ada@acme.example", password: "ACME_ADA_PASSWORD stands on a hill" };
pub(super) const HANK: Person =
    Person { email: "hank@globex.example", password: "GLOBEX_HANK_PASSWORD stands on a hill" };
/// Where the application `notes` is sent back to.
pub(super) const CALLBACK: &str = "http://127.0.0.1:9092/callback";
const WIKI_CALLBACK: &str = "http://127.0.0.1:9090/callback";

/// The example, served, with a second owner for acme so that the first may go.
pub(super) struct Running {
    pub(super) server: TestServer,
    pub(super) sources: TestSources,
    pub(super) file: String,
}

/// What somebody holds: a browser, and tokens through the application `notes`.
pub(super) struct Held {
    pub(super) jar: Jar,
    pub(super) access: String,
    pub(super) refresh: String,
}

/// The example with `grace` as another owner and somebody to prune.
fn declared() -> String {
    acme().replace("groups: [engineering]", "groups: [engineering]\n        roles: [owner]")
}

fn callback(client: &str) -> &'static str {
    if client == "acme.wiki" { WIKI_CALLBACK } else { CALLBACK }
}

impl Person {
    /// Both pages of a sign-in; what comes after them.
    pub(super) async fn signs_in(self, jar: &Jar, page: &Page) -> Page {
        let page = jar.submit(page, &[("username", self.email)]).await;
        jar.submit(&page, &[("password", self.password)]).await
    }
}

impl Running {
    pub(super) async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let running = Self { server, sources: TestSources::for_acme(), file: declared() };
        running.apply(&running.file, false).await;
        running
    }

    pub(super) async fn apply(&self, text: &str, prune: bool) -> Applied {
        self.try_apply(text, prune).await.unwrap_or_else(|faults| panic!("{faults}"))
    }

    pub(super) async fn try_apply(&self, text: &str, prune: bool) -> Result<Applied, DeclarationFaults> {
        let (edge, right) = (&self.server.edge, PlatformScope::operator());
        let request = DeclaredFile { file: "test.yaml", text, sources: &self.sources, prune };
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

    /// The example without `acme.wiki`.
    pub(super) fn without_wiki(&self) -> String {
        let wiki = self.file.find("      - client_id: acme.wiki").expect("the wiki");
        let next = self.file.find("      - client_id: acme.notes-in").expect("the client after it");
        format!("{}{}", &self.file[..wiki], &self.file[next..])
    }

    pub(super) async fn hold(&self, person: Person) -> Held {
        let jar = self.server.browser();
        let page = jar.open(&Self::asks_for_notes("")).await;
        let back = person.signs_in(&jar, &page).await;
        let code = back.answer().remove("code").unwrap_or_else(|| panic!("{back:?}"));
        let tokens = self.exchanged("notes", &code).await.json();
        Held { jar, access: text(&tokens, "access_token"), refresh: text(&tokens, "refresh_token") }
    }

    /// A request of the application `notes`.
    pub(super) fn asks_for_notes(more: &str) -> String {
        Self::asks("notes", more)
    }

    /// A request of `acme.wiki`, which is not first-party: it asks for consent.
    pub(super) fn asks_for_wiki() -> String {
        Self::asks("acme.wiki", "")
    }

    pub(super) fn asks(client: &str, more: &str) -> String {
        let callback = callback(client);
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

    /// A code of this client, for tokens.
    pub(super) async fn exchanged(&self, client: &str, code: &str) -> Page {
        let fields =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback(client))];
        self.ask(client, "/oauth2/token", &fields).await
    }

    pub(super) async fn refreshed(&self, held: &Held) -> Page {
        self.refreshed_by("notes", &held.refresh).await
    }

    pub(super) async fn refreshed_by(&self, client: &str, refresh: &str) -> Page {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        self.ask(client, "/oauth2/token", &fields).await
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
    pub(super) async fn silent(&self, held: &Held) -> BTreeMap<String, String> {
        held.jar.get(&Self::asks_for_notes("&prompt=none")).await.answer()
    }

    pub(super) async fn assert_out(&self, held: &Held, what: &str) {
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
