//! More of the same kinds: redirect URIs that are nearly right, response types that come in late, and every answer's
//! issuer (P001, P003, P004, P005).

use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;

use super::{ADA, CALLBACK, acme, assert_error_page, request, sign_in};
use crate::harness::TestServer;
use crate::harness::jar::Page;
use crate::harness::rows::Everything;
use crate::harness::seed::{PASSWORD, client};

/// Texts that some comparison, parser or decoder takes for `https://app.example/callback`.
const NEAR: [&str; 30] = [
    "HTTPS://app.example/callback",
    "https://app.example/callback?",
    "https://app.example/callback#",
    "https://app.example/callback/.",
    "https://app.example/callback/..",
    "https://app.example/callback/../callback",
    "https://app.example//callback",
    "https://app.example/./callback",
    "https://app.example/%63allback",
    "https://app.example/callback%20",
    "https://app.example/callback%00",
    "https://app.example/callback%0d%0aSet-Cookie:x=1",
    "https://app.example/callback%252f",
    "https://app.example/callback;x",
    "https://app.example/callback,https://evil.example",
    "https://app.example/callback https://evil.example",
    "https://app.example/callback\t",
    "https://app.example/callback\u{a0}",
    "https://app.example/callback\u{200b}",
    "https://app.example/callb\u{430}ck",
    "https://\u{ff41}pp.example/callback",
    "https://app\u{3002}example/callback",
    "https://app.example:0443/callback",
    "https://app.example:/callback",
    "https://user@app.example/callback",
    "https://user:pass@app.example/callback",
    "https://app.example%00.evil.example/callback",
    "https://[app.example]/callback",
    "data:text/html,https://app.example/callback",
    "app.example/callback",
];

/// P001: from a browser in which somebody is signed in, so that nothing but the comparison stands in the way; no request
/// is kept and no code is made.
#[tokio::test]
async fn p001_no_near_copy_gets_a_code_of_somebody_who_is_signed_in() {
    let server = acme().await;
    let jar = server.browser();
    let page = jar.open(&request(&[])).await;
    sign_in(&jar, page, ADA).await;
    let kept = |server: &TestServer| {
        let rows = Everything::open(server.storage()).all();
        (rows["interactions"].len(), rows["authorization_codes"].len())
    };
    let before = kept(&server);
    for near in NEAR {
        for prompt in ["none", "login", ""] {
            let page = jar.get(&request(&[("redirect_uri", near), ("prompt", prompt)])).await;
            assert_error_page(&page, near);
            assert!(!page.body.contains("evil.example"), "{near} comes back");
        }
    }
    for name in ["redirect_uri[]", "redirect_uri%00", "Redirect_URI", " redirect_uri"] {
        let path = request(&[("redirect_uri", ""), (name, CALLBACK)]);
        assert_error_page(&jar.get(&path).await, name);
    }
    assert_eq!(kept(&server), before);
    assert!(jar.get(&request(&[("prompt", "none")])).await.answer().contains_key("code"));
}

/// P003: no parameter of any page, in the address or in the form, leads away from us.
#[tokio::test]
async fn p003_no_page_can_be_told_where_to_go() {
    let server = TestServer::with().unlimited().start().await;
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    for target in [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%2f/evil.example",
        "/\tevil",
        "\t//evil.example",
        "/\r\nLocation: https://evil.example",
        "/.evil.example",
        "@evil.example",
        "//evil.example%2f..",
        "\u{ff0f}\u{ff0f}evil.example",
    ] {
        for name in [
            "next",
            "return_to",
            "returnTo",
            "redirect",
            "redirect_to",
            "url",
            "goto",
            "target",
            "RelayState",
            "back",
        ] {
            let jar = server.browser();
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair(name, target).finish();
            let page = jar.open(&format!("/login?{query}")).await;
            let page =
                jar.submit(&page, &[("username", ADA), ("organisation", "acme"), (name, target)]).await;
            let (action, mut fields) = (page.form().action, page.form().fields);
            fields.push((name.to_owned(), target.to_owned()));
            fields.push(("password".to_owned(), PASSWORD.to_owned()));
            let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            let joint = if action.contains('?') { '&' } else { '?' };
            let answer = jar.post(&format!("{action}{joint}{query}"), &pairs).await;
            assert_eq!(
                (answer.status.as_u16(), answer.location().as_deref()),
                (303, Some("/")),
                "{name}={target:?}"
            );
        }
        let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        for path in
            ["/", "/oauth2/logout", "/login/accounts", "/oauth2/authorize/resume", "/consent", "/setup"]
        {
            let page = server.browser().get(&format!("{path}?next={encoded}&interaction={encoded}")).await;
            assert_at_home(&page, &format!("{path} {target:?}"));
        }
    }
}

fn assert_at_home(page: &Page, what: &str) {
    if let Some(to) = page.location() {
        let path = to.trim_start_matches('/');
        assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'), "{what}: {to}");
        assert!(!path.contains("evil"), "{what}: {to}");
    }
    assert!(page.headers.get("refresh").is_none() && !page.body.contains("evil"), "{what}: {page:?}");
}

/// P004: a response type that comes in later, at any page of the way, changes nothing.
#[tokio::test]
async fn p004_no_page_takes_another_response_type() {
    let server = acme().await;
    for swapped in ["token", "id_token", "id_token token", "code id_token", "none"] {
        let jar = server.browser();
        let swap = [("response_type", swapped), ("response_mode", "fragment"), ("nonce", "other")];
        let page = jar.open(&request(&[])).await;
        let page = jar.submit(&page, &[&[("username", ADA)], &swap[..]].concat()).await;
        let (_, handle) = page.path.split_once("interaction=").expect("a handle");
        let form = page.form();
        let mut fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        fields.push(("password", PASSWORD));
        fields.extend(swap);
        let onward = jar.post(&form.action, &fields).await;
        assert!(onward.location().is_some_and(|to| to.starts_with("/oauth2/authorize/resume")), "{onward:?}");
        let encoded = swapped.replace(' ', "+");
        let path = format!(
            "/oauth2/authorize/resume?interaction={handle}&response_type={encoded}&response_mode=fragment"
        );
        let back = jar.get(&path).await;
        let target = back.location().expect("an answer");
        assert!(target.starts_with(&format!("{CALLBACK}?code=")) && !target.contains('#'), "{target}");
        for (name, _) in back.answer() {
            assert!(["code", "state", "iss"].contains(&name.as_str()), "{swapped}: {target}");
        }
    }
}

/// P005: success and error, of two tenants, in both response modes, by every way that an answer can come about.
#[tokio::test]
async fn p005_no_answer_of_any_tenant_comes_without_the_issuer() {
    let server = acme().await;
    server.organisation("globex", &[]).await.person("hank@globex.example", &[]).await;
    let mut asking = client("asking", ClientKind::Web);
    asking.metadata.first_party = false;
    asking.metadata.tenants = OpenTo::All;
    server.platform().await.register(asking).await;
    let metadata = server.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    let issuer = metadata["issuer"].as_str().expect("an issuer");
    for (email, tenant) in [(ADA, "acme"), ("hank@globex.example", "globex")] {
        for mode in ["query", "form_post"] {
            let jar = server.browser();
            let ask = |more: &[(&'static str, &'static str)]| {
                let mut all = vec![("client_id", "asking"), ("tenant", tenant), ("response_mode", mode)];
                all.extend_from_slice(more);
                request(&all)
            };
            let mut answers =
                vec![jar.get(&ask(&[("prompt", "none")])).await, jar.get(&ask(&[("max_age", "x")])).await];
            let page = jar.open(&ask(&[])).await;
            answers.push(jar.submit(&page, &[("action", "cancel")]).await);
            for decision in ["deny", "allow"] {
                let page = jar.open(&ask(&[("prompt", "consent")])).await;
                let page = if page.marker().as_deref() == Some("page-login") {
                    sign_in(&jar, page, email).await
                } else {
                    page
                };
                answers.push(jar.submit(&page, &[("decision", decision)]).await);
            }
            answers.push(jar.get(&ask(&[("prompt", "none")])).await);
            for (n, answer) in answers.iter().enumerate() {
                let told = told(answer);
                assert_eq!(
                    told.get("iss").map(String::as_str),
                    Some(issuer),
                    "{tenant} {mode} {n}: {answer:?}"
                );
                assert_eq!(told.contains_key("code"), n >= 4, "{tenant} {mode} {n}: {answer:?}");
            }
            assert_eq!(told(&answers[4]).get("state").map(String::as_str), Some("s-123"));
        }
    }
}

/// The parameters of an answer, in the address or in the form.
fn told(page: &Page) -> std::collections::BTreeMap<String, String> {
    if page.marker().as_deref() == Some("page-form-post") {
        page.form().fields.into_iter().collect()
    } else {
        page.answer()
    }
}
