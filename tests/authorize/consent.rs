//! Consent (RFC 6749 §10.2, OIDC Core §3.1.2.4, D17, P008).

use reqwest::Method;
use symbolon::model::client::ClientKind;
use symbolon::model::resource_server::OpenTo;

use super::{ADA, CALLBACK, acme, assert_error_page, assert_sent_back, request, sign_in};
use crate::harness::TestServer;
use crate::harness::seed::{PASSWORD, Registered, client};
use crate::harness::tokens::{basic, claims, text};

/// The platform's client `shop`, which is nobody's own and must ask.
async fn shop() -> TestServer {
    let server = acme().await;
    let mut shop = client("shop", ClientKind::Web);
    shop.metadata.first_party = false;
    shop.metadata.tenants = OpenTo::All;
    shop.metadata.redirect_uris = vec![CALLBACK.to_owned(), "https://app.example/second".to_owned()];
    server.platform().await.register(shop).await;
    server
}

fn ask(changes: &[(&'static str, &'static str)]) -> String {
    let mut all = vec![("client_id", "shop"), ("scope", "openid")];
    all.extend_from_slice(changes);
    request(&all)
}

#[tokio::test]
async fn p008_consent_covers_what_was_shown_and_no_more() {
    let server = shop().await;
    let jar = server.browser();
    let page = jar.open(&ask(&[])).await;
    let page = sign_in(&jar, page, ADA).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{}", page.body);
    assert!(page.has("consent-allow") && page.has("consent-deny"));
    let back = jar.submit(&page, &[("decision", "allow")]).await;
    assert!(back.answer().contains_key("code"));

    assert!(jar.get(&ask(&[("prompt", "none")])).await.answer().contains_key("code"), "it is remembered");
    let wider = jar.open(&ask(&[("scope", "openid email")])).await;
    assert_eq!(wider.marker().as_deref(), Some("page-consent"), "a wider scope");
    let elsewhere = jar.open(&ask(&[("redirect_uri", "https://app.example/second")])).await;
    assert_eq!(elsewhere.marker().as_deref(), Some("page-consent"), "another way back");
    let silent = jar.get(&ask(&[("scope", "openid email"), ("prompt", "none")])).await;
    assert_sent_back(&server, &silent, "consent_required", "a wider scope, and no page");
    let anew = jar.open(&ask(&[("prompt", "consent")])).await;
    assert_eq!(anew.marker().as_deref(), Some("page-consent"), "asked for");
}

/// P008: what was allowed at one resource server, or for one way back, was not allowed at another, though each was seen before.
#[tokio::test]
async fn p008_consents_to_parts_do_not_make_one_to_what_was_never_asked() {
    let server = shop().await;
    let platform = server.platform().await;
    for api in [FILES, MAIL] {
        platform.resource(api, None, &["read", "write"], OpenTo::All).await;
    }
    reader(&server).await;
    let ask = |changes: &[(&'static str, &'static str)]| {
        let mut all = vec![("client_id", "reader"), ("scope", "openid")];
        all.extend_from_slice(changes);
        request(&all)
    };
    let second = ("redirect_uri", "https://app.example/second");
    let jar = server.browser();
    let page = jar.open(&ask(&[("resource", FILES)])).await;
    let page = sign_in(&jar, page, ADA).await;
    assert!(page.body.contains(FILES), "an API of which no scope is asked for is named: {}", page.body);
    let jar = server.browser();
    let page = jar.open(&ask(&[("scope", "openid read"), ("resource", FILES)])).await;
    let page = sign_in(&jar, page, ADA).await;
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    for allowed in [
        ask(&[("scope", "openid write"), ("resource", MAIL)]),
        ask(&[("scope", "openid email")]),
        ask(&[("scope", "openid"), second]),
    ] {
        let page = jar.open(&allowed).await;
        assert_eq!(page.marker().as_deref(), Some("page-consent"), "{allowed}: {page:?}");
        assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    }
    for (silent, changes) in [
        (true, vec![("scope", "openid email read"), ("resource", FILES)]),
        (true, vec![("scope", "write"), ("resource", MAIL)]),
        (true, vec![("scope", "openid"), second]),
        (false, vec![("scope", "openid write"), ("resource", FILES)]),
        (false, vec![("scope", "openid read"), ("resource", MAIL)]),
        (false, vec![("scope", "openid read")]),
        (false, vec![("scope", "openid email"), second]),
        (false, vec![("scope", "openid write"), ("resource", MAIL), second]),
    ] {
        let mut changes = changes;
        changes.push(("prompt", "none"));
        let answer = jar.get(&ask(&changes)).await;
        assert_eq!(answer.answer().contains_key("code"), silent, "{changes:?}: {answer:?}");
        if !silent {
            assert_eq!(answer.answer()["error"], "consent_required", "{changes:?}");
        }
    }
}

/// RFC 8252 §7.3, P008: a native client comes back at another port each time. That is no other way back; another path is.
#[tokio::test]
async fn p008_a_native_client_is_consented_to_once_for_all_its_ports() {
    let server = acme().await;
    let mut own = client("acme.native", ClientKind::Native);
    own.metadata.redirect_uris =
        vec!["http://127.0.0.1/callback".to_owned(), "http://127.0.0.1/other".to_owned()];
    server.scope_of("acme").await.register(own).await;
    let ask = |to: &'static str, more: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("client_id", "acme.native"),
            ("redirect_uri", to),
            ("scope", "openid"),
            ("tenant", ""),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ];
        all.extend_from_slice(more);
        request(&all)
    };
    let jar = server.browser();
    let page = jar.open(&ask("http://127.0.0.1:5001/callback", &[])).await;
    let page = sign_in(&jar, page, ADA).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{}", page.body);
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    let silent = [("prompt", "none")];
    let again = jar.get(&ask("http://127.0.0.1:5002/callback", &silent)).await;
    assert!(
        again.location().expect("an answer").starts_with("http://127.0.0.1:5002/callback?code="),
        "{again:?}"
    );
    let elsewhere = jar.get(&ask("http://127.0.0.1:5002/other", &silent)).await;
    assert!(
        elsewhere.location().is_some_and(|to| to.starts_with("http://127.0.0.1:5002/other")),
        "{elsewhere:?}"
    );
    assert_eq!(elsewhere.answer().get("error").map(String::as_str), Some("consent_required"));
}

/// P008: claims asked for one by one are asked about like the scopes that give them, and a client gets none that it was
/// not registered for.
#[tokio::test]
async fn p008_no_claim_slips_past_the_consent() {
    let server = shop().await;
    let mut narrow = client("narrow", ClientKind::Web);
    narrow.metadata.tenants = OpenTo::All;
    narrow.metadata.scopes = vec!["openid".to_owned()];
    let narrow = server.platform().await.register(narrow).await;
    let jar = server.browser();
    let page = jar.open(&ask(&[])).await;
    let page = sign_in(&jar, page, ADA).await;
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    for claims in [
        r#"{"userinfo":{"email":null}}"#,
        r#"{"id_token":{"email":{"essential":true}}}"#,
        r#"{"userinfo":{"phone_number":null,"nonsense":null}}"#,
        r#"{"id_token":{"name":null},"userinfo":{"address":null}}"#,
    ] {
        let silent = jar.get(&ask(&[("claims", claims), ("prompt", "none")])).await;
        assert_sent_back(&server, &silent, "consent_required", claims);
        let page = jar.open(&ask(&[("claims", claims)])).await;
        assert_eq!(page.marker().as_deref(), Some("page-consent"), "{claims}");
    }
    let email = r#"{"userinfo":{"email":null}}"#;
    let page = jar.open(&ask(&[("claims", email)])).await;
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    let quiet = jar.get(&ask(&[("claims", email), ("prompt", "none")])).await;
    assert!(quiet.answer().contains_key("code"), "and it is remembered");
    let harmless = r#"{"id_token":{"auth_time":{"essential":true},"acr":null,"sub":null}}"#;
    assert!(jar.get(&ask(&[("claims", harmless), ("prompt", "none")])).await.answer().contains_key("code"));

    let both = r#"{"id_token":{"email":null,"name":null},"userinfo":{"email":null,"phone_number":null}}"#;
    let back = jar.get(&request(&[("client_id", "narrow"), ("scope", "openid"), ("claims", both)])).await;
    let code = back.answer().remove("code").unwrap_or_else(|| panic!("{back:?}"));
    let basic = basic("narrow", &narrow.secret);
    let fields = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK)];
    let tokens =
        jar.send(Method::POST, "/oauth2/token", Some(&fields), &[("authorization", &basic)]).await.json();
    let id = claims(&text(&tokens, "id_token")).to_string();
    assert!(!id.contains("Lovelace") && !id.contains(ADA), "{id}");
    let bearer = format!("Bearer {}", text(&tokens, "access_token"));
    let told = jar.send(Method::GET, "/userinfo", None, &[("authorization", &bearer)]).await;
    assert!(told.status == 200 && !told.body.contains(ADA), "{told:?}");
}

#[tokio::test]
async fn saying_no_answers_access_denied_and_is_not_remembered_as_a_yes() {
    let server = shop().await;
    let jar = server.browser();
    let page = jar.open(&ask(&[])).await;
    let page = sign_in(&jar, page, ADA).await;
    let back = jar.submit(&page, &[("decision", "deny")]).await;
    assert_sent_back(&server, &back, "access_denied", "no");
    let page = jar.open(&ask(&[])).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"));
    for (name, unclear) in
        [("decision", "perhaps"), ("decision", ""), ("decision", "ALLOW"), ("other", "allow")]
    {
        let refused = jar.submit(&page, &[(name, unclear)]).await;
        assert_error_page(&refused, unclear);
    }
    let back = jar.submit(&page, &[("decision", "allow")]).await;
    assert!(back.answer().contains_key("code"), "the question stood until it was answered: {back:?}");
}

#[tokio::test]
async fn first_party_is_the_platforms_word_and_not_a_tenants() {
    let server = acme().await;
    let mut own = client("acme.sneaky", ClientKind::Web);
    own.metadata.first_party = true;
    server.scope_of("acme").await.register(own).await;
    let jar = server.browser();
    let page = jar.open(&request(&[("client_id", "acme.sneaky"), ("tenant", "")])).await;
    let page = sign_in(&jar, page, ADA).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"));
}

#[tokio::test]
async fn consent_without_our_form_changes_nothing() {
    let server = shop().await;
    let jar = server.browser();
    let page = jar.open(&ask(&[])).await;
    let page = sign_in(&jar, page, ADA).await;
    let (_, handle) = page.path.split_once("interaction=").expect("a handle");
    let forged = jar.post("/consent", &[("interaction", handle), ("decision", "allow")]).await;
    assert_eq!(forged.status, 403);
    let skipped = jar.get(&format!("/oauth2/authorize/resume?interaction={handle}")).await;
    assert!(!skipped.location().expect("a way on").contains("code="), "the question cannot be skipped");
}

/// D17: the platform's own clients ask nobody, whatever the request says; a tenant's client that
/// claims to be first-party asks when it is told to.
#[tokio::test]
async fn prompt_consent_asks_for_every_client_but_the_platforms_own() {
    let server = acme().await;
    let mut own = client("acme.sneaky", ClientKind::Web);
    own.metadata.first_party = true;
    server.scope_of("acme").await.register(own).await;
    let jar = server.browser();
    let page = jar.open(&request(&[("prompt", "consent")])).await;
    let back = sign_in(&jar, page, ADA).await;
    assert!(back.answer().contains_key("code"), "{back:?}");
    let sneaky = [("client_id", "acme.sneaky"), ("tenant", "")];
    let page = jar.open(&request(&sneaky)).await;
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    let again = jar.open(&request(&[("prompt", "consent"), sneaky[0], sneaky[1]])).await;
    assert_eq!(again.marker().as_deref(), Some("page-consent"), "{again:?}");
}

const FILES: &str = "https://files.example";
const MAIL: &str = "https://mail.example";

/// A client that may have these scopes of two resource servers, and must ask.
async fn reader(server: &TestServer) -> Registered {
    let mut reader = client("reader", ClientKind::Web);
    reader.metadata.first_party = false;
    reader.metadata.tenants = OpenTo::All;
    reader.metadata.redirect_uris = vec![CALLBACK.to_owned(), "https://app.example/second".to_owned()];
    reader.metadata.resources = vec![FILES.to_owned(), MAIL.to_owned()];
    reader.metadata.scopes = ["openid", "email", "read", "write"].map(str::to_owned).to_vec();
    server.platform().await.register(reader).await
}

/// P008: a yes is one to what its page showed, and not to what a declaration made of the request meanwhile.
#[tokio::test]
async fn p008_a_yes_is_not_one_to_more_than_its_page_showed() {
    let server = acme().await;
    let platform = server.platform().await;
    platform.resource(FILES, None, &["read"], OpenTo::All).await;
    platform.resource(MAIL, None, &["write"], OpenTo::All).await;
    reader(&server).await;
    let jar = server.browser();
    let wish = request(&[("client_id", "reader"), ("scope", "openid read")]);
    let page = jar.open(&wish).await;
    let page = sign_in(&jar, page, ADA).await;
    assert!(!page.body.contains(MAIL), "{}", page.body);
    platform.defines_too(MAIL, "read").await;
    let again = jar.submit(&page, &[("decision", "allow")]).await;
    assert_eq!(again.marker().as_deref(), Some("page-consent"), "{again:?}");
    assert!(again.body.contains(MAIL), "what is asked now: {}", again.body);
    for forged in ["", "x", &"0".repeat(64)] {
        let again = jar.submit(&page, &[("decision", "allow"), ("question", forged)]).await;
        assert_eq!(again.marker().as_deref(), Some("page-consent"), "{forged}");
    }
    let silent = jar.get(&format!("{wish}&prompt=none")).await;
    assert_sent_back(&server, &silent, "consent_required", "nothing was allowed");
    let denied = jar.submit(&page, &[("decision", "deny")]).await;
    assert_sent_back(&server, &denied, "access_denied", "a no is one to anything");
    let asked = jar.open(&wish).await;
    assert!(jar.submit(&asked, &[("decision", "allow")]).await.answer().contains_key("code"));
}

/// P008: nor is it one of somebody else, whom another window chose meanwhile.
#[tokio::test]
async fn p008_a_yes_is_that_of_the_person_whom_its_page_named() {
    const BOB: &str = "bob@acme.example";
    let server = shop().await;
    server.scope_of("acme").await.person(BOB, &[]).await;
    let jar = server.browser();
    for email in [ADA, BOB] {
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", email), ("organisation", "acme")]).await;
        jar.submit(&page, &[("password", PASSWORD)]).await;
    }
    let chooser = jar.open(&ask(&[("prompt", "select_account")])).await;
    let choice = |email: &str| {
        let (before, _) = chooser.body.split_once(email).expect("the account");
        let (_, value) = before.rsplit_once("value=\"").expect("its button");
        value.split('"').next().expect("its value").to_owned()
    };
    let adas = jar.submit(&chooser, &[("account", &choice(ADA))]).await;
    assert!(adas.marker().as_deref() == Some("page-consent") && adas.body.contains(ADA), "{adas:?}");
    let bobs = jar.submit(&chooser, &[("account", &choice(BOB))]).await;
    assert!(bobs.marker().as_deref() == Some("page-consent") && bobs.body.contains(BOB), "{bobs:?}");
    let late = jar.submit(&adas, &[("decision", "allow")]).await;
    assert!(late.marker().as_deref() == Some("page-consent") && late.body.contains(BOB), "{late:?}");
    assert!(jar.submit(&late, &[("decision", "allow")]).await.answer().contains_key("code"));
}
