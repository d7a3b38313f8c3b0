//! `symbolon demo` as a person starts it: one command, a sign-in, a call of the API, Ctrl-C.

use std::io::{BufRead as _, BufReader, Lines};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::window::{DESKTOP, with_window};
use crate::harness::html::tags;
use crate::harness::tokens::{claims, text};

/// A running demo with a folder of its own for temporary files.
struct Demo {
    child: Child,
    folder: TempDir,
    said: Value,
    printed: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    /// A demo that prints one object.
    fn start() -> Self {
        let mut demo = Self::launch(&["--json"]);
        let line = demo.printed.next().unwrap().unwrap();
        demo.said = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        demo
    }

    fn launch(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_symbolon"))
            .args(["demo", "--port", &four_free_ports().to_string()])
            .args(more)
            .env("TMPDIR", folder.path())
            // D29: the demo looks at none of these.
            .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")
            .env("SYMBOLON_SERVER__ISSUER", "https://id.example.com")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let printed = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, folder, said: Value::Null, printed }
    }

    fn text(&self, name: &str) -> &str {
        self.said[name].as_str().unwrap()
    }

    /// Sends a signal; answers with the exit code.
    fn stop(&mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }

    /// The access token of a tenant's service account.
    async fn token(&self, http: &Client, tenant: &str) -> String {
        let clients = self.said["clients"].as_array().unwrap();
        let client = clients.iter().find(|client| client["tenant"] == tenant).unwrap();
        let text = |name: &str| client[name].as_str().unwrap();
        let form =
            [("grant_type", "client_credentials"), ("scope", text("scope")), ("resource", text("audience"))];
        let request = http.post(format!("{}/oauth2/token", self.text("issuer")));
        let request = request.basic_auth(text("client_id"), Some(text("client_secret"))).form(&form);
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    async fn notes(&self, http: &Client, token: &str, tenant_id: &str) -> StatusCode {
        let request = http.get(format!("{}/notes", self.text("api"))).bearer_auth(token);
        request.header("X-Tenant-ID", tenant_id).send().await.unwrap().status()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

fn four_free_ports() -> u16 {
    loop {
        let first = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if port < 65_000 && (1..4).all(|step| is_free(port + step)) {
            return port;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the test is a browser and a client of its own")]
fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

fn tenant_of(token: &str) -> String {
    text(&claims(token), "tenant_id")
}

/// Presses the button with this id in its own form, the fields filled by id.
async fn press(http: &Client, page: Response, button: &str, filled: &[(&str, &str)]) -> Response {
    let at = page.url().clone();
    let html = page.text().await.unwrap();
    let marker = format!("id=\"{button}\"");
    let form = html.split("<form").skip(1).find(|form| form.contains(&marker));
    let form = format!("<form{}", form.unwrap_or_else(|| panic!("no {button} at {at}: {html}")));
    let own = form.split("</form>").next().unwrap();
    let tags = tags(own);
    let action = tags[0].get("action").unwrap_or("").replace("&amp;", "&");
    let mut fields = Vec::new();
    for tag in &tags {
        let (id, name) = (tag.get("id").unwrap_or(""), tag.get("name").unwrap_or(""));
        let is_pressed = tag.name == "button" && id == button;
        if !name.is_empty() && (tag.name == "input" || is_pressed) {
            let given = filled.iter().find(|(field, _)| *field == id).map(|(_, value)| *value);
            fields.push((name, given.or_else(|| tag.get("value")).unwrap_or("")));
        }
    }
    let to = at.join(&action).unwrap();
    let origin = to.origin().ascii_serialization();
    http.post(to).header("Origin", origin).form(&fields).send().await.unwrap()
}

#[tokio::test]
async fn the_demo_gives_out_tokens_that_open_the_own_tenant_only_and_leaves_nothing_behind() {
    let mut demo = Demo::start();
    let http = browser();
    let (acme, globex) = (demo.token(&http, "acme").await, demo.token(&http, "globex").await);
    let (acme_id, globex_id) = (tenant_of(&acme), tenant_of(&globex));
    assert_ne!(acme_id, globex_id);
    assert_eq!(demo.notes(&http, &acme, &acme_id).await, StatusCode::OK);
    assert_eq!(demo.notes(&http, &globex, &globex_id).await, StatusCode::OK);
    assert_eq!(demo.notes(&http, &acme, &globex_id).await, StatusCode::FORBIDDEN);
    assert_eq!(demo.notes(&http, &globex, &acme_id).await, StatusCode::FORBIDDEN);
    assert_eq!(demo.notes(&http, "a.b.c", &acme_id).await, StatusCode::UNAUTHORIZED);

    assert!(demo.folder.path().read_dir().unwrap().count() > 0, "the data is where TMPDIR says");
    assert_eq!(demo.stop("-INT"), Some(0));
    assert_eq!(demo.folder.path().read_dir().unwrap().count(), 0, "the data is gone");
}

#[tokio::test]
async fn a_person_signs_in_at_the_sample_application_sees_the_token_and_signs_out() {
    let demo = Demo::start();
    let users = demo.said["users"].as_array().unwrap();
    let hank = users.iter().find(|user| user["tenant"] == "globex").unwrap();
    let (email, password) = (hank["email"].as_str().unwrap(), hank["password"].as_str().unwrap());
    let (http, start) = (browser(), demo.text("relying_party"));

    let page = http.get(start).send().await.unwrap();
    let page = press(&http, page, "sample-sign-in", &[]).await;
    let page = press(&http, page, "login-submit", &[("username", email)]).await;
    let page = press(&http, page, "login-submit", &[("password", password)]).await;
    let html = page.text().await.unwrap();
    assert!(html.contains("id=\"sample-signed-in\"") && html.contains("Hank Scorpio"), "{html}");
    assert!(html.contains("globex") && html.contains("at+jwt"), "the token is shown, decoded");

    for (which, status) in
        [("read", "200 OK"), ("write", "403 Forbidden"), ("other-header", "403 "), ("other-path", "403 ")]
    {
        let answer = http.post(format!("{start}/call")).form(&[("which", which)]).send().await.unwrap();
        assert!(answer.text().await.unwrap().contains(status), "{which}");
    }

    let page = http.get(start).send().await.unwrap();
    let page = press(&http, page, "sample-sign-out", &[]).await;
    let html = page.text().await.unwrap();
    assert!(html.contains("id=\"sample-start\""), "{html}");
    let again = press(&http, http.get(start).send().await.unwrap(), "sample-sign-in", &[]).await;
    let html = again.text().await.unwrap();
    assert!(!html.contains("id=\"sample-signed-in\""), "signed out of the provider too");
}

/// The same application as another company's: the person is asked, by readable scopes, and is believed. One sign-in
/// serves both, and each keeps its own session.
#[tokio::test]
async fn the_third_partys_application_gets_nothing_without_consent() {
    let demo = Demo::start();
    let users = demo.said["users"].as_array().unwrap();
    let text = |name: &str| users[0][name].as_str().unwrap().to_owned();
    let (email, password) = (text("email"), text("password"));
    let (own, third) = (demo.text("relying_party").to_owned(), demo.text("third_party").to_owned());
    with_window(DESKTOP, |window| async move {
        window.open(&third).await;
        window.click("sample-sign-in").await;
        window.arrive_at("page-login").await;
        assert_eq!(window.text("client-name").await.as_deref(), Some("Pocket Notes"));
        window.press(&email).await;
        window.press_enter().await;
        window.arrive_at("page-password").await;
        window.press(&password).await;
        window.press_enter().await;
        window.arrive_at("page-consent").await;
        let asked = window.evaluate("return document.querySelector('main').innerText").await;
        let asked = asked.as_str().unwrap();
        assert!(asked.contains("Pocket Notes") && asked.contains("Read and change your notes"), "{asked}");
        window.click("consent-deny").await;
        window.arrive_at("sample-trouble").await;

        window.open(&own).await;
        window.click("sample-sign-in").await;
        window.arrive_at("sample-signed-in").await;
        window.open(&third).await;
        window.arrive_at("sample-start").await;
        window.click("sample-sign-in").await;
        window.arrive_at("page-consent").await;
        window.click("consent-allow").await;
        window.arrive_at("sample-signed-in").await;
        assert!(window.text("sample-claims").await.unwrap().contains("\"client_id\": \"pocket-notes\""));
        window.open(&own).await;
        window.arrive_at("sample-signed-in").await;
    })
    .await;
    drop(demo);
}

/// Each tab has its own request under way, and an answer that belongs to none of them spoils none.
#[tokio::test]
async fn two_tabs_of_one_browser_both_come_back_signed_in() {
    let demo = Demo::start();
    let users = demo.said["users"].as_array().unwrap();
    let (email, password) = (users[0]["email"].as_str().unwrap(), users[0]["password"].as_str().unwrap());
    let (http, start) = (browser(), demo.text("relying_party"));
    let mut tabs = Vec::new();
    for _ in 0..2 {
        let page = http.get(start).send().await.unwrap();
        let page = press(&http, page, "sample-sign-in", &[]).await;
        tabs.push(press(&http, page, "login-submit", &[("username", email)]).await);
    }
    let forged = format!("{start}/callback?code=x&state=y&iss={}", demo.text("issuer"));
    let forged = http.get(forged).send().await.unwrap().text().await.unwrap();
    assert!(forged.contains("Not signed in"), "{forged}");
    for tab in tabs {
        let page = press(&http, tab, "login-submit", &[("password", password)]).await;
        let html = page.text().await.unwrap();
        assert!(html.contains("id=\"sample-signed-in\""), "{html}");
    }
}

/// The lines as they stand in the terminal, pasted into a shell: a token of each tenant reads, and the one whose plan
/// includes it writes.
#[test]
fn the_printed_lines_can_be_pasted_and_every_way_to_end_it_removes_the_data() {
    for signal in ["-TERM", "-HUP"] {
        let mut demo = Demo::launch(&[]);
        let text: Vec<String> = demo
            .printed
            .by_ref()
            .map(Result::unwrap)
            .take_while(|line| !line.starts_with("  With the token"))
            .collect();
        let pasted: Vec<&str> =
            text.iter().map(String::as_str).skip_while(|line| !line.starts_with("TOKEN=")).collect();
        let pasted: Vec<&str> = pasted.into_iter().filter(|line| !line.starts_with("  A service")).collect();
        let output = Command::new("bash").args(["-euc", &pasted.join("\n")]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let statuses: Vec<&str> =
            said.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).map(|line| &line[..3]).collect();
        assert_eq!(statuses, ["200", "200", "200", "403"], "{said}\n{}", text.join("\n"));
        assert!(said.ends_with("}\n") && output.stderr.is_empty(), "{said:?}");
        assert_eq!(demo.stop(signal), Some(0));
        assert_eq!(demo.folder.path().read_dir().unwrap().count(), 0, "{signal} leaves data behind");
    }
}

#[test]
fn a_taken_port_is_named_before_anything_starts() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = Command::new(env!("CARGO_BIN_EXE_symbolon"))
        .args(["demo", "--json", "--port", &port.to_string()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&port.to_string()) && said.contains("--port"), "{said}");
}

/// Mails of the demo hold links that sign in: a page elsewhere whose name leads to this machine must not read them.
#[tokio::test]
async fn the_inbox_answers_to_its_own_name_only() {
    let demo = Demo::start();
    let inbox = demo.text("inbox");
    assert_eq!(inbox, format!("{}/inbox", demo.text("relying_party")));
    let http = browser();
    let page = http.get(inbox).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("The demo has sent no mail yet"));
    let rebound = http.get(inbox).header("Host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), StatusCode::NOT_FOUND);
    let missing = http.get(format!("{inbox}/0191c7a2-4b1e-7c3d-9f00-5d2b8c1e4a6f")).send().await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}
