//! The line that each request leaves in the log (R60): which fields it has, whom it names, and that nothing in it is secret.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;

use super::hashing::{ISSUER, PASSWORD, before_the_password, home};
use crate::harness::jar::{Jar, Page};
use crate::harness::tokens::{claims, text};

const ADA: &str = "ada@acme.example";
const CALLBACK: &str = "http://127.0.0.1:9095/callback";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What every line has, and what one has besides where it is known.
const ALWAYS: [&str; 10] =
    ["timestamp", "level", "target", "message", "request", "method", "route", "status", "micros", "address"];
const KNOWN: [&str; 3] = ["tenant", "client", "user"];

/// The lines of requests, by the id that their answer had.
fn lines(log: &str) -> BTreeMap<String, Value> {
    let all = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let access = all.filter(|line| line["target"] == "symbolon::access");
    access.map(|line| (line["request"].as_str().expect("an id").to_owned(), line)).collect()
}

fn id_of(page: &Page) -> String {
    page.header("x-request-id").expect("an id").to_owned()
}

/// The form of a page with one more field, sent; nothing followed.
async fn send(jar: &Jar, page: &Page, filled: (&str, &str)) -> Page {
    let form = page.form();
    let mut fields: Vec<(&str, &str)> =
        form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(filled);
    jar.post(&form.action, &fields).await
}

/// Every answer on Ada's way to a code.
async fn signs_in(jar: &Jar) -> [Page; 6] {
    let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
    let path = format!(
        "/oauth2/authorize?response_type=code&client_id=app&redirect_uri={callback}&scope=openid\
         &state=a-state-to-hide&nonce=a-nonce-to-hide&login_hint=a-hint-to-hide\
         &code_challenge={CHALLENGE}&code_challenge_method=S256&tenant=acme"
    );
    let onward = |page: &Page| page.location().unwrap_or_else(|| panic!("no redirect but {page:?}"));
    let begun = jar.get(&path).await;
    let asks = jar.get(&onward(&begun)).await;
    let named = send(jar, &asks, ("username", ADA)).await;
    let asks_on = jar.get(&onward(&named)).await;
    let signed_in = send(jar, &asks_on, ("password", PASSWORD)).await;
    let back = jar.get(&onward(&signed_in)).await;
    [begun, asks, named, asks_on, signed_in, back]
}

#[tokio::test]
async fn each_request_leaves_one_line_with_who_asked_and_nothing_secret() {
    let home = home();
    let serving = home.program.serve();
    let jar = Jar::at(&serving.url(""), ISSUER);
    let steps = signs_in(&jar).await;
    let code = steps[5].answer().remove("code").expect("a code");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("client_id", "app"),
        ("code_verifier", VERIFIER),
    ];
    let bare = Jar::at(&serving.url(""), ISSUER);
    let answer = bare.send(Method::POST, "/oauth2/token", Some(&fields), &[]).await;
    let tokens = answer.json();
    let (access, proof) = (text(&tokens, "access_token"), text(&tokens, "id_token"));
    let user = claims(&proof)["sub"].as_str().expect("a subject").to_owned();
    let tenant = claims(&proof)["tenant_id"].as_str().expect("a tenant").to_owned();
    let bearer = format!("Bearer {access}");
    let userinfo = bare.send(Method::GET, "/userinfo", None, &[("authorization", &bearer)]).await;
    assert_eq!(userinfo.status, 200, "{userinfo:?}");
    let silent = jar.get("/oauth2/authorize?client_id=app&code=a-code-to-hide&token=a-token-to-hide").await;
    let place = format!("/a-path-to-hide?code={code}&state=a-state-to-hide&token={access}");
    let astray = jar.send(Method::GET, &place, None, &[("authorization", &bearer)]).await;
    let front = jar.get("/?code=a-code-to-hide").await;
    let question = jar.get("/oauth2/logout").await;
    let over = send(&jar, &question, ("decision", "confirm")).await;
    assert!(over.has("page-logged-out"), "{over:?}");
    let (stranger, page) = before_the_password(&serving, (ADA, "acme")).await;
    let wrong = stranger.submit(&page, &[("password", "a-guess-to-hide")]).await;
    let session = jar.cookie("symbolon").expect("a cookie");
    let csrf = jar.cookie("symbolon-csrf").expect("a cookie");
    serving.signal("TERM");
    let (_, log) = serving.wait();
    let lines = lines(&log);

    for line in lines.values() {
        let fields: BTreeSet<&str> =
            line.as_object().expect("an object").keys().map(String::as_str).collect();
        let more = fields.iter().filter(|field| !ALWAYS.contains(field)).all(|field| KNOWN.contains(field));
        assert!(more && ALWAYS.iter().all(|field| fields.contains(field)), "{line}");
    }
    // Whom the line of each answer names: of the sign-in, the last two know; before them nobody has proved anything.
    let (before, known) = steps.split_at(4);
    let nobody = before.iter().chain([&silent, &astray, &wrong]);
    let ada = known.iter().chain([&answer, &userinfo, &front, &question, &over]);
    for (page, named) in nobody.map(|page| (page, false)).chain(ada.map(|page| (page, true))) {
        let line = lines.get(&id_of(page)).unwrap_or_else(|| panic!("no line for {page:?}"));
        assert_eq!(line["status"], page.status.as_u16(), "{line}");
        let (whom, where_) = (line["user"].as_str(), line["tenant"].as_str());
        assert_eq!(
            (whom, where_),
            if named { (Some(&*user), Some(&*tenant)) } else { (None, None) },
            "{line}"
        );
    }
    assert_eq!(lines[&id_of(&answer)]["client"], "app");
    assert_eq!(lines[&id_of(&astray)]["route"], "-", "no path that somebody made up");
    assert_eq!(lines[&id_of(&front)]["address"], "127.0.0.1");
    let hidden =
        [&code, &access, &proof, &session, &csrf, PASSWORD, VERIFIER, CHALLENGE, ADA, "to-hide", "Bearer"];
    for secret in hidden {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
