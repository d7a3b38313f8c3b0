//! Text that a query, a pattern or a sort order could take for itself (P103). There is no door that filters or sorts by
//! a caller's word yet, so the class is: every look-up by a caller's text matches that text and nothing else.

use reqwest::Method;
use symbolon::model::role::Role;
use symbolon::storage::records::users;

use super::{ADA, CALLBACK, furnish};
use crate::harness::TestServer;
use crate::harness::jar::Page;
use crate::harness::rows::{Everything, RECORD, without};
use crate::harness::seed::PASSWORD;
use crate::harness::sources::rust_files;

/// What has been taken for SQL, a pattern, a path of JSON or a format elsewhere.
const PAYLOADS: [&str; 40] = [
    "'",
    "''",
    "\"",
    "`",
    "\\",
    "\\'",
    "' OR '1'='1",
    "' OR 1=1 --",
    "' OR 1=1 #",
    "\" OR \"\"=\"",
    "1 OR 1=1",
    "'; DROP TABLE users; --",
    "'; SELECT pg_sleep(5); --",
    "' UNION SELECT phc FROM passwords --",
    "' AND (SELECT count(*) FROM sqlite_master) > 0 --",
    "') OR ('1'='1",
    "x' AND 1=(SELECT 1) --",
    "%",
    "%%",
    "_",
    "%a%",
    "a_a",
    "[a-z]",
    "*",
    "?",
    "$1",
    ":1",
    "@p",
    "?1",
    "{}",
    "{0}",
    "$where",
    "||",
    "|| 'a'",
    "/**/",
    "--",
    "#",
    "E'\\x27'",
    "U&'\\0027'",
    "::text",
];

/// A path, the parameter that takes a caller's text, what else the request needs, and how a name that nobody has is
/// answered: the status and the error.
type Door =
    (&'static str, &'static str, &'static [(&'static str, &'static str)], (u16, Option<&'static str>));

/// Where a caller's text goes into a look-up.
const DOORS: [Door; 18] = [
    (
        "/oauth2/authorize",
        "client_id",
        &[("redirect_uri", CALLBACK), ("response_type", "code")],
        (400, Some("invalid_request")),
    ),
    ("/oauth2/authorize", "tenant", ASKED, (303, None)),
    ("/oauth2/authorize", "resource", ASKED, (303, Some("invalid_target"))),
    ("/oauth2/authorize", "redirect_uri", ASKED, (400, Some("invalid_request"))),
    ("/oauth2/authorize", "scope", ASKED, (303, Some("invalid_scope"))),
    ("/oauth2/authorize", "login_hint", ASKED, (303, None)),
    ("/oauth2/authorize", "id_token_hint", ASKED, (303, Some("invalid_request"))),
    ("/oauth2/authorize/resume", "interaction", &[], (400, Some("invalid_request"))),
    ("/login", "interaction", &[], (400, Some("invalid_request"))),
    ("/setup", "token", &[], (410, Some("invalid_request"))),
    ("/oauth2/logout", "client_id", &[], (200, None)),
    ("/oauth2/logout", "id_token_hint", &[], (200, None)),
    (
        "/oauth2/token",
        "client_id",
        &[("grant_type", "client_credentials"), ("client_secret", "x")],
        (401, Some("invalid_client")),
    ),
    (
        "/oauth2/token",
        "code",
        &[("grant_type", "authorization_code"), ("client_id", "spa")],
        (400, Some("invalid_grant")),
    ),
    (
        "/oauth2/token",
        "refresh_token",
        &[("grant_type", "refresh_token"), ("client_id", "spa")],
        (400, Some("invalid_grant")),
    ),
    ("/oauth2/revoke", "token", &[("client_id", "spa")], (200, None)),
    (
        "/oauth2/introspect",
        "client_id",
        &[("token", "x"), ("client_secret", "x")],
        (401, Some("invalid_client")),
    ),
    ("/userinfo", "access_token", &[], (401, Some("invalid_token"))),
];

const ASKED: &[(&str, &str)] =
    &[("client_id", "wiki"), ("redirect_uri", CALLBACK), ("response_type", "code"), ("scope", "openid")];

async fn ask(server: &TestServer, (path, name, base, _): Door, value: &str) -> Page {
    let mut fields: Vec<(&str, &str)> = base.iter().copied().filter(|(own, _)| *own != name).collect();
    fields.push((name, value));
    if matches!(path, "/oauth2/token" | "/oauth2/revoke" | "/oauth2/introspect" | "/userinfo") {
        return server.browser().send(Method::POST, path, Some(&fields), &[]).await;
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    server.browser().get(&format!("{path}?{query}")).await
}

/// What a client of the endpoint learns.
fn verdict(page: &Page) -> (u16, Option<String>, Option<String>) {
    let error = serde_json::from_str::<serde_json::Value>(&page.body)
        .ok()
        .and_then(|json| json["error"].as_str().map(str::to_owned));
    let back =
        page.location().filter(|to| to.starts_with(CALLBACK)).and_then(|_| page.answer().remove("error"));
    (page.status.as_u16(), page.text_of("error-code").or(error).or(back), page.marker())
}

#[tokio::test]
async fn p103_a_callers_text_is_matched_as_it_stands() {
    let server = TestServer::with().unlimited().start().await;
    furnish(&server).await;
    let mut below = Everything::open(server.storage());
    let ephemeral = ["interactions", "counters"];
    let before = without(without(below.all(), &RECORD), &ephemeral);
    for door in DOORS {
        let quiet = verdict(&ask(&server, door, "nothing-of-this-name").await);
        assert_eq!((quiet.0, quiet.1.as_deref()), door.3, "{door:?}");
        for payload in PAYLOADS {
            let page = ask(&server, door, payload).await;
            let found = verdict(&page);
            assert_eq!(found, quiet, "{door:?} {payload}");
            assert!(page.location().is_none_or(|to| !to.contains("code=")), "{door:?} {payload}: {page:?}");
            assert!(!page.body.contains("SELECT") && !page.body.contains("syntax"), "{door:?} {payload}");
        }
    }
    assert_eq!(without(without(below.all(), &RECORD), &ephemeral), before, "somebody's rows changed");
}

/// P103: `%` and `_` stand for themselves, and a name that holds them, or a quote, is a name like another.
#[tokio::test]
async fn p103_wildcards_and_quotes_in_names_match_themselves_alone() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let acme = server.scope_of("acme").await;
    let mut people = Vec::new();
    for name in ["a%b@acme.example", "a_b@acme.example", "axb@acme.example", "o'brien@acme.example"] {
        people.push((name, acme.person(name, &[Role::Member]).await));
    }
    for (name, id) in &people {
        let jar = server.browser();
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", name), ("organisation", "acme")]).await;
        let home = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert_eq!(home.marker().as_deref(), Some("page-home"), "{name}: {home:?}");
        let canonical = (*name).to_owned();
        let found = server.database().read(&acme.scope, move |tx| users::find_by_email(tx, &canonical)).await;
        assert_eq!(found.expect("a look-up").map(|user| user.id), Some(*id), "{name}");
    }
    let local = ADA.replace("ada@", "%@");
    for pattern in ["%@acme.example", "a?b@acme.example", "___@acme.example", "a%@acme.example", &local, "%"]
    {
        let jar = server.browser();
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", pattern), ("organisation", "acme")]).await;
        if page.marker().as_deref() == Some("page-password") {
            let refused = jar.submit(&page, &[("password", PASSWORD)]).await;
            assert_eq!(refused.marker().as_deref(), Some("page-password"), "{pattern}: {refused:?}");
        }
        let canonical = pattern.to_owned();
        let found = server.database().read(&acme.scope, move |tx| users::find_by_email(tx, &canonical)).await;
        assert_eq!(found.expect("a look-up"), None, "{pattern}");
    }
}

/// P103: no query is put together from text, and none searches by a pattern. Whoever adds either must come here.
#[test]
fn p103_no_query_is_put_together_from_text() {
    // The statements that are no literal, each with what its text holds beside one.
    const COMPOSED: [(&str, &str); 5] = [
        // The name of the serving role, quoted.
        ("src/storage/migrate.rs", "&format!("),
        // Numbers of our own.
        ("src/storage/connection.rs", "&format!("),
        ("src/storage/database.rs", "&begin(patience)"),
        // Ids, numbers and hashes of our own.
        ("src/storage/pending.rs", "&moves("),
        // A `Statement`, each of which is looked at below.
        ("src/storage/rows.rs", "self.0)"),
    ];
    let (mut literal, mut composed) = (0, Vec::new());
    for path in rust_files("src") {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let [queries, batches, statements] =
            ["sql_query(", "batch_execute(", "Statement("].map(|begin| text.split(begin).skip(1));
        for after in queries.chain(batches).chain(statements) {
            let argument = after.trim_start();
            if path.ends_with("src/storage/rows.rs") && argument.starts_with("pub(super) &'static str)") {
                continue;
            }
            if argument.starts_with('"') {
                literal += 1;
                continue;
            }
            let known =
                COMPOSED.iter().find(|(file, start)| path.ends_with(file) && argument.starts_with(start));
            composed.push(known.unwrap_or_else(|| panic!("{}: {argument:.60}", path.display())));
        }
        for banned in [".like(", ".ilike(", "sql::<", "dsl::sql("] {
            assert!(!text.contains(banned), "{}: {banned}", path.display());
        }
    }
    assert!(literal > 15, "{literal} literal queries found");
    assert_eq!(composed.len(), COMPOSED.len(), "a name of the list is no longer used: {composed:?}");
}
