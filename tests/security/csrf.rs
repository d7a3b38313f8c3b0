//! Requests that another site makes a browser send (P070, P071).

use reqwest::Method;
use symbolon::server::routes::{self, Route};
use symbolon::web::middleware::gate::Guard;

use super::{ADA, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;

/// A browser that stands before the password field.
async fn before_the_password(server: &TestServer) -> (Jar, Page) {
    let jar = server.browser();
    let page = jar.open(&authorize("s")).await;
    let page = jar.submit(&page, &[("username", ADA)]).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "{}", page.body);
    (jar, page)
}

/// Every page that acts upon a POST of a person, by the URL map itself. Of those that other sites send people to by POST,
/// authorization only goes on by GET.
fn doors() -> Vec<&'static str> {
    let table = routes::table();
    let takes_posts = table.iter().filter(|route| {
        matches!(route.gate().guard, Guard::Browser | Guard::Relay)
            && route.gate().methods.iter().any(|method| method.as_str() == "POST")
    });
    takes_posts.map(Route::path).filter(|path| *path != "/oauth2/authorize").collect()
}

#[tokio::test]
async fn p070_every_page_refuses_a_post_that_is_not_from_our_own_form() {
    let server = TestServer::with().unlimited().start().await;
    furnish(&server).await;
    let (jar, page) = before_the_password(&server).await;
    let form = page.form();
    let field = |name: &str| form.fields.iter().find(|(own, _)| own == name).unwrap().1.clone();
    let (token, interaction) = (field("csrf"), field("interaction"));
    let (_other, theirs) = before_the_password(&server).await;
    let foreign_token = theirs.form().fields.iter().find(|(own, _)| own == "csrf").unwrap().1.clone();
    let ours = server.issuer().to_owned();
    let doors = doors();
    assert!(doors.contains(&"/login/password") && doors.contains(&"/oauth2/logout"), "{doors:?}");

    for path in doors {
        for (csrf, headers) in [
            (None, vec![("origin", ours.as_str())]),
            (Some(""), vec![("origin", ours.as_str())]),
            (Some("wrong"), vec![("origin", ours.as_str())]),
            (Some(foreign_token.as_str()), vec![("origin", ours.as_str())]),
            (Some(token.as_str()), vec![("origin", "https://evil.example")]),
            (Some(token.as_str()), vec![("origin", "null")]),
            (Some(token.as_str()), vec![("origin", ours.as_str()), ("sec-fetch-site", "cross-site")]),
            (Some(token.as_str()), vec![("sec-fetch-site", "same-site")]),
        ] {
            let mut fields =
                vec![("interaction", interaction.as_str()), ("password", PASSWORD), ("decision", "allow")];
            fields.extend(csrf.map(|csrf| ("csrf", csrf)));
            let page = jar.send(Method::POST, path, Some(&fields), &headers).await;
            assert_eq!(page.status, 403, "{path} {csrf:?} {headers:?}");
            assert_eq!(page.marker().as_deref(), Some("page-error"), "{path}");
            assert_eq!(page.location(), None, "{path}");
        }
    }
    // Nothing happened meanwhile: the person still signs in from the page that was open all the time.
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(page.answer().contains_key("code"), "{page:?}");
}

/// P070: the question whether to sign out is answered on our own page alone.
#[tokio::test]
async fn p070_another_site_cannot_answer_the_question_of_signing_out() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let (jar, page) = before_the_password(&server).await;
    jar.submit(&page, &[("password", PASSWORD)]).await;
    let question = jar.open("/oauth2/logout").await;
    let form = question.form();
    let mut fields: Vec<(&str, &str)> =
        form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("decision", "confirm"));
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", server.issuer()), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let answered = jar.send(Method::POST, "/oauth2/logout", Some(&fields), headers).await;
        assert_eq!(answered.status, 403, "{headers:?}");
        let again = jar.open(&format!("{}&prompt=none", authorize("still"))).await;
        assert!(again.answer().contains_key("code"), "{headers:?}: {again:?}");
    }
    assert_eq!(jar.post("/oauth2/logout", &fields).await.status, 200);
    let again = jar.open(&format!("{}&prompt=none", authorize("gone"))).await;
    assert_eq!(again.answer()["error"], "login_required");
}

/// P070: nobody else's page signs a person out, though the endpoint also takes what relying parties post to it.
#[tokio::test]
async fn p070_no_other_site_signs_a_person_out() {
    let server = TestServer::with().unlimited().start().await;
    furnish(&server).await;
    let (jar, page) = before_the_password(&server).await;
    assert!(jar.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"));
    let question = jar.open("/oauth2/logout").await;
    let field = |name: &str| {
        let fields = question.form().fields;
        fields.into_iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{name}: {question:?}")).1
    };
    let (token, pending) = (field("csrf"), field("pending"));
    let ours = server.issuer();
    for (csrf, headers) in [
        (None, vec![("origin", ours)]),
        (Some(""), vec![("origin", ours)]),
        (Some("wrong"), vec![("origin", ours)]),
        (Some(&*token), vec![("origin", "https://evil.example")]),
        (Some(&*token), vec![("origin", "null")]),
        (Some(&*token), vec![("origin", ours), ("sec-fetch-site", "cross-site")]),
        (Some(&*token), vec![("sec-fetch-site", "same-site")]),
    ] {
        let mut fields = vec![("pending", &*pending), ("decision", "confirm")];
        fields.extend(csrf.map(|csrf| ("csrf", csrf)));
        let page = jar.send(Method::POST, "/oauth2/logout", Some(&fields), &headers).await;
        assert_eq!(
            (page.status.as_u16(), page.marker().as_deref()),
            (403, Some("page-error")),
            "{headers:?}"
        );
        let still = jar.get(&format!("{}&prompt=none", authorize("still"))).await;
        assert!(still.answer().contains_key("code"), "{csrf:?} {headers:?}: {still:?}");
    }
    let done = jar.submit(&question, &[("decision", "confirm")]).await;
    assert_eq!(done.marker().as_deref(), Some("page-logged-out"), "our own form does");
}

/// P071: a login POST without the cookie that went with the form signs nobody in.
#[tokio::test]
async fn p071_nobody_is_signed_in_by_a_bare_post() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let (_jar, page) = before_the_password(&server).await;
    let form = page.form();
    let fields: Vec<(&str, &str)> = form
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain([("password", PASSWORD)])
        .collect();
    let victim = server.browser();
    let answered = victim.post(&form.action, &fields).await;
    assert_eq!(answered.status, 403, "{answered:?}");
    let home = victim.open("/").await;
    assert!(!home.body.contains(ADA), "{}", home.body);
}

/// P071: what acts does not act by GET.
#[tokio::test]
async fn p071_nothing_is_done_by_get() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let (jar, page) = before_the_password(&server).await;
    let signed_in = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(signed_in.answer().contains_key("code"));
    for path in [
        "/oauth2/logout?decision=confirm",
        "/consent?decision=allow",
        "/login?action=cancel",
        "/login/accounts?action=other",
    ] {
        let answered = jar.get(path).await;
        assert!(!answered.status.is_server_error(), "{path}");
    }
    let again = jar.open(&format!("{}&prompt=none", authorize("still"))).await;
    assert!(again.answer().contains_key("code"), "the person is signed in all the same: {again:?}");
    for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"] {
        assert_eq!(jar.get(path).await.status, 405, "{path}");
    }
}

/// P133: pictures and forms of another site make a browser ask for pages that are refused; nobody behind its address is
/// shut out by that.
#[tokio::test]
async fn p133_another_site_cannot_use_up_the_limit_of_a_browsers_address() {
    let server = TestServer::with().set("limits.sign_in_address", "5 per 10m").start().await;
    furnish(&server).await;
    let victim = server.browser();
    for _ in 0..10 {
        for path in ["/assets/logos/nobody/x", "/consent", "/login/password", "/login/accounts?interaction=x"]
        {
            victim.get(path).await;
        }
        let forged = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
        let fields = [("username", ADA)];
        let answered = victim.send(Method::POST, "/login", Some(&fields[..]), &forged).await;
        assert_eq!(answered.status, 403);
    }
    let (jar, page) = before_the_password(&server).await;
    assert!(jar.submit(&page, &[("password", PASSWORD)]).await.answer().contains_key("code"));
}
