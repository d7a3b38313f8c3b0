//! The way through the pages, and what does not get through (P003, P009, P041, P044, P071).

use reqwest::{Method, StatusCode};

use super::{CALLBACK, authorize, before_the_password, is_signed_in, sign_in, started};
use crate::harness::seed::PASSWORD;

#[tokio::test]
async fn a_person_comes_back_to_the_client_with_a_code() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    let page = jar.open(&authorize("notes", "")).await;
    assert!(page.has("organisation"), "nothing names the tenant yet");
    let back = sign_in(&jar, &page, ("Ada@ACME.example ", "acme"), PASSWORD).await;
    let answer = back.answer();
    assert!(back.location().is_some_and(|to| to.starts_with(CALLBACK)), "{back:#?}");
    assert_eq!(answer.get("state").map(String::as_str), Some("s1"));
    assert_eq!(answer.get("iss").map(String::as_str), Some(server.issuer()));
    assert!(answer.contains_key("code"));
    let again = jar.open(&authorize("notes", "&prompt=none")).await;
    assert!(again.answer().contains_key("code"), "the session is there: {again:#?}");
}

#[tokio::test]
async fn the_client_the_parameter_or_the_domain_names_the_tenant() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    acme.register(super::client("acme.crm", symbolon::model::client::ClientKind::Web)).await;
    for path in [authorize("acme.crm", ""), authorize("notes", "&tenant=acme")] {
        let jar = server.browser();
        let page = jar.open(&path).await;
        assert!(!page.has("organisation"), "{path}");
        let mut back = sign_in(&jar, &page, ("ada@acme.example", ""), PASSWORD).await;
        if back.marker().as_deref() == Some("page-consent") {
            back = jar.submit(&back, &[("decision", "allow")]).await;
        }
        assert!(back.answer().contains_key("code"), "{back:#?}");
    }
    let id = acme.id();
    server
        .as_operator(move |tx| {
            symbolon::storage::records::tenants::set_domains(tx, id, &["acme.example".to_owned()])
        })
        .await;
    let jar = server.browser();
    let page = jar.open(&authorize("notes", "")).await;
    let back = sign_in(&jar, &page, ("ada@acme.example", ""), PASSWORD).await;
    assert!(back.answer().contains_key("code"), "{back:#?}");
    let hinted = server.browser().open(&authorize("notes", "&login_hint=ada%40acme.example")).await;
    assert!(!hinted.has("organisation"));
    assert!(hinted.body.contains("value=\"ada@acme.example\""));
}

#[tokio::test]
async fn the_organisation_is_asked_for_where_nothing_names_it() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    let page = jar.open("/login").await;
    for (filled, problem) in [
        (vec![("username", "nobody"), ("organisation", "acme")], "username-problem"),
        (vec![("username", "ada@acme.example"), ("organisation", "")], "organisation-problem"),
        (vec![("username", "ada@acme.example"), ("organisation", "No Slug!")], "organisation-problem"),
    ] {
        let again = jar.submit(&page, &filled).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.has(problem), "{again:#?}");
    }
}

#[tokio::test]
async fn cancel_tells_the_client() {
    let (server, _) = started().await;
    let jar = server.browser();
    let page = jar.open(&authorize("notes", "")).await;
    let back = jar.submit(&page, &[("action", "cancel")]).await;
    let answer = back.answer();
    assert_eq!(answer.get("error").map(String::as_str), Some("access_denied"));
    assert_eq!(answer.get("state").map(String::as_str), Some("s1"));
}

#[tokio::test]
async fn p003_no_parameter_leads_away_from_us_after_a_sign_in() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    for target in
        ["//evil.example", "/%5Cevil.example", "https:evil.example", "%0d%0aX:1", "%09//evil.example"]
    {
        for name in ["next", "return_to", "redirect_uri", "continue", "to"] {
            let page = server.browser().open(&format!("/login?{name}={target}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.body.contains("evil"), "{name}={target}");
        }
        let jar = server.browser();
        let page = jar.open(&format!("/login?next={target}")).await;
        let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
        let mut fields = page.form().fields;
        fields.push(("password".to_owned(), PASSWORD.to_owned()));
        fields.push(("next".to_owned(), target.to_owned()));
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = jar.post("/login/password", &pairs).await;
        assert_eq!((answer.status, answer.location().as_deref()), (StatusCode::SEE_OTHER, Some("/")));
    }
}

#[tokio::test]
async fn p009_every_step_is_answered_by_303() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    let mut page = jar.open(&authorize("notes", "")).await;
    for filled in [
        [("username", "ada@acme.example"), ("organisation", "acme")],
        [("password", PASSWORD), ("action", "continue")],
    ] {
        let mut fields = page.form().fields;
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = jar.post(&page.form().action, &pairs).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:#?}");
        assert!(answer.body.is_empty());
        page = jar.follow(answer).await;
    }
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.body.is_empty());
}

#[tokio::test]
async fn p041_a_form_that_is_not_whole_moves_nothing_on() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    let page = jar.open("/login").await;
    let csrf = page.form().fields[0].1.clone();
    let password_page =
        jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    let handle = password_page.form().fields[1].1.clone();
    let (csrf, handle) = (csrf.as_str(), handle.as_str());
    let broken: [(&str, &[(&str, &str)]); 8] = [
        ("/login", &[("csrf", csrf)]),
        ("/login", &[("csrf", csrf), ("username", "")]),
        ("/login", &[("csrf", csrf), ("username[]", "ada@acme.example")]),
        ("/login", &[("csrf", csrf), ("username", "a@b.example"), ("username", "ada@acme.example")]),
        ("/login/password", &[("csrf", csrf), ("interaction", handle)]),
        ("/login/password", &[("csrf", csrf), ("interaction", handle), ("password", "")]),
        ("/login/password", &[("csrf", csrf), ("password", PASSWORD)]),
        ("/login/password", &[("csrf", csrf), ("interaction", "null"), ("password", PASSWORD)]),
    ];
    for (path, fields) in broken {
        let answer = jar.post(path, fields).await;
        assert!(
            [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY].contains(&answer.status),
            "{path} {fields:?} {answer:#?}"
        );
        assert!(!is_signed_in(&jar).await);
    }
}

#[tokio::test]
async fn p044_a_password_in_a_url_is_refused() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    for path in ["/login", "/login/password", "/login/accounts", "/setup", "/oauth2/logout"] {
        let query = "username=ada%40acme.example&password=correct+horse+battery+staple";
        let answer = jar.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.location().is_none() && !answer.body.contains("correct horse"));
        let put = jar.send(Method::PUT, path, Some(&[("password", PASSWORD)]), &[]).await;
        assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    assert!(!is_signed_in(&jar).await);
}

#[tokio::test]
async fn p071_a_sign_in_needs_a_form_of_this_browser() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let (_, page) = before_the_password(&server, "ada@acme.example", "acme").await;
    let fields = page.form().fields;
    let victim = server.browser();
    victim.open("/login").await;
    let field =
        |name: &str| fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str());
    let forged: [&[(&str, &str)]; 3] = [
        &[("interaction", field("interaction")), ("password", PASSWORD)],
        &[("csrf", ""), ("interaction", field("interaction")), ("password", PASSWORD)],
        &[("csrf", field("csrf")), ("interaction", field("interaction")), ("password", PASSWORD)],
    ];
    for fields in forged {
        let answer = victim.post("/login/password", fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:#?}");
    }
    let foreign = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let answer = victim.send(Method::POST, "/login", Some(&[("username", "a@b.example")]), &foreign).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!is_signed_in(&victim).await);
}

#[tokio::test]
async fn an_interaction_answers_to_its_own_browser_only() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let page = server.browser().open(&authorize("notes", "")).await;
    let stolen = server.browser().get(&page.path).await;
    assert_eq!((stolen.status, stolen.marker().as_deref()), (StatusCode::BAD_REQUEST, Some("page-error")));
}

/// A form that was refused is answered by the way to its page, which says what was wrong and keeps what was typed.
/// Nothing of it stands in the URL. A form that is not whole is refused on the spot (P041).
#[tokio::test]
async fn a_refused_form_is_told_by_its_page_until_the_next_one() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = server.browser();
    let page = jar.open(&authorize("notes", "")).await;
    let form = page.form();
    let hidden: Vec<(&str, &str)> = form.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let long = "x".repeat(5000);
    for (username, organisation, problem, kept) in [
        ("no address", "acme", "username-problem", "no address"),
        (&*long, "acme", "username-problem", &long[..320]),
        ("ada@acme.example", "No Slug!", "organisation-problem", "No Slug!"),
    ] {
        let fields = [&hidden[..], &[("username", username), ("organisation", organisation)]].concat();
        let sent = jar.post("/login", &fields).await;
        let place = sent.location().expect("the way to the page");
        assert!(place.starts_with("/login?interaction=") && place.len() < 120, "{place}");
        let told = jar.get(&place).await;
        assert!(told.status == StatusCode::OK && told.has(problem), "{told:?}");
        assert!(told.body.contains(&format!("value=\"{kept}\"")), "{told:?}");
        assert!(jar.get(&place).await.has(problem), "to look at it changes nothing");
    }
    let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
    assert!(!page.has("password-problem"), "{page:?}");
    for password in ["wrong password", "another wrong one"] {
        let told = jar.submit(&page, &[("password", password)]).await;
        assert_eq!((told.status, told.has("password-problem")), (StatusCode::OK, true), "{told:?}");
        assert!(
            told.path.starts_with("/login/password?interaction=") && !told.path.contains("wrong"),
            "{told:?}"
        );
    }
    let empty = jar.submit(&page, &[("password", "")]).await;
    assert_eq!((empty.status, empty.has("password-problem")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    assert!(jar.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"));
}
