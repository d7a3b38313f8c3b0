//! Bodies that are no form, or not the one that was asked for, at every page that takes one (P041).

use std::collections::BTreeMap;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, COOKIE};
use symbolon::server::routes;
use symbolon::web::middleware::gate::Guard;

use super::{authorize, is_signed_in, open_client, sign_in, signed_in, started};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, client};
use crate::harness::rows::{Everything, RECORD, without};
use crate::harness::seed::PASSWORD;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Null, lists, numbers and halves in place of what the pages ask for.
const BODIES: [(&str, &str); 28] = [
    (FORM, ""),
    (FORM, "&&&"),
    (FORM, "="),
    (FORM, "null"),
    (FORM, "username"),
    (FORM, "username=&password="),
    (FORM, "username[]=ada%40acme.example&password[]=x"),
    (FORM, "username.x=ada%40acme.example"),
    (FORM, "username=ada%40acme.example&username=bob%40acme.example"),
    (FORM, "password=a&password=b"),
    (FORM, "username=%00&password=%00"),
    (FORM, "username=%ff&password=%ff"),
    (FORM, "username=%"),
    (FORM, "decision[]=allow&account[]=1&action[]=other"),
    (FORM, "decision=ALLOW"),
    (FORM, "decision=allow%20"),
    (FORM, "decision=yes"),
    (FORM, "decision=allow&decision=deny"),
    (JSON, ""),
    (JSON, "null"),
    (JSON, "[]"),
    (JSON, "0"),
    (JSON, "{}"),
    (JSON, r#"{"username":null,"password":null}"#),
    (JSON, r#"{"username":["ada@acme.example"],"password":[""]}"#),
    (JSON, r#"{"username":1,"password":true}"#),
    ("text/plain", "username=ada@acme.example"),
    (
        "multipart/form-data; boundary=x",
        "--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nada\r\n--x--",
    ),
];

async fn send(
    server: &TestServer,
    jar: &Jar,
    path: &str,
    (media, body): (&str, String),
) -> reqwest::Response {
    client()
        .post(server.url(path))
        .header(COOKIE, jar.cookie_header())
        .header("origin", server.issuer())
        .header(CONTENT_TYPE, media)
        .body(body)
        .send()
        .await
        .expect("an answer")
}

/// The hidden fields that a page of this browser would send along.
async fn hidden(jar: &Jar, page: &str) -> BTreeMap<String, String> {
    jar.open(page).await.form().fields.into_iter().collect()
}

#[tokio::test]
async fn p041_no_body_but_the_form_that_was_asked_for_moves_anything_on() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let mut asking = open_client("asking");
    asking.metadata.first_party = false;
    server.platform().await.register(asking).await;
    // One browser before the password, and one that is asked for consent.
    let stranger = server.browser();
    let page = stranger.open(&authorize("notes", "&tenant=acme")).await;
    let page = stranger.submit(&page, &[("username", "ada@acme.example")]).await;
    let waiting = page.path.clone();
    let person = signed_in(&server, "ada@acme.example", "acme").await;
    let consent = person.open(&authorize("asking", "&tenant=acme")).await;
    assert_eq!(consent.marker().as_deref(), Some("page-consent"), "{consent:?}");

    let table = routes::table();
    let doors = table.iter().filter(|route| {
        matches!(route.gate().guard, Guard::Browser | Guard::Relay)
            && route.gate().methods.iter().any(|method| method.as_str() == "POST")
    });
    let state = || without(without(Everything::open(server.storage()).all(), &RECORD), &["counters"]);
    for door in doors {
        for (jar, page) in [(&stranger, &waiting), (&person, &consent.path)] {
            let fields = hidden(jar, page).await;
            let before = state();
            for (media, body) in BODIES {
                let mut whole = body.to_owned();
                for (name, value) in fields.iter().filter(|_| media == FORM) {
                    let joint = if whole.is_empty() { "" } else { "&" };
                    let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                    whole = format!("{whole}{joint}{name}={value}");
                }
                let answer = send(&server, jar, door.path(), (media, whole)).await;
                let (status, to) = (answer.status(), answer.headers().get("location").cloned());
                let what = format!("{} {media} {body:?}: {status} {to:?}", door.path());
                assert!(status.is_client_error() || status == StatusCode::SEE_OTHER, "{what}");
                let to = to.map(|to| to.to_str().expect("a path").to_owned()).unwrap_or_default();
                assert!(!to.contains("code="), "{what}");
                assert_eq!(state(), before, "{what}");
            }
        }
    }
    assert!(!is_signed_in(&stranger).await && is_signed_in(&person).await);
    let asked = person.open(&consent.path).await;
    assert_eq!(asked.marker().as_deref(), Some("page-consent"), "nobody said yes or no");
    let page = stranger.open(&waiting).await;
    let back = stranger.submit(&page, &[("password", PASSWORD)]).await;
    assert!(back.answer().contains_key("code"), "the page that waited works: {back:?}");
    let fresh = server.browser();
    let page = fresh.open("/login").await;
    let home = sign_in(&fresh, &page, ("ada@acme.example", "acme"), PASSWORD).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"));
}
