//! The colour of a tenant on its own pages, and nowhere else (D1, docs/pages.md).

use reqwest::StatusCode;
use symbolon::model::client::ClientKind;
use symbolon::model::tenant::Tenant;
use symbolon::storage::TenantScope;
use symbolon::storage::records::tenants;

use super::{authorize, client, exchange, open_client, sign_in, signed_in};
use crate::harness::TestServer;
use crate::harness::html::tags;
use crate::harness::jar::Page;
use crate::harness::seed::PASSWORD;

/// The stylesheets of a page.
fn stylesheets(page: &Page) -> Vec<String> {
    let links = tags(&page.body).into_iter().filter(|tag| tag.get("rel") == Some("stylesheet"));
    links.map(|tag| tag.get("href").expect("an address").to_owned()).collect()
}

async fn give_colour(server: &TestServer, scope: &TenantScope) {
    let accent = Some("#7a3b12".parse().expect("an accent"));
    let coloured = Tenant { accent, ..scope.tenant().clone() };
    server.as_operator(move |tx| tenants::update(tx, &coloured)).await;
}

#[tokio::test]
async fn a_tenants_colour_is_on_its_own_pages_and_on_no_others() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.register(client("acme.crm", ClientKind::Web)).await;
    server.platform().await.register(open_client("notes")).await;
    give_colour(&server, &acme.scope).await;
    let own = server.browser().open(&authorize("acme.crm", "")).await;
    let sheets = stylesheets(&own);
    assert_eq!(sheets.len(), 2, "{own:#?}");
    assert_eq!(sheets[1], "/assets/brand.7a3b12.css");
    let sheet = server.browser().get(&sheets[1]).await;
    assert_eq!(sheet.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(sheet.header("cache-control").is_some_and(|it| it.contains("immutable")));
    assert!(sheet.body.contains("--accent: #7a3b12; --on-accent: #ffffff;"), "{}", sheet.body);
    for path in [authorize("notes", ""), authorize("notes", "&tenant=acme"), "/login".to_owned()] {
        let other = server.browser().open(&path).await;
        assert_eq!(stylesheets(&other).len(), 1, "{path} tells whose tenant it is");
    }
}

/// Whose page it is, by the name over the card and the stylesheet of its brand.
fn owner(page: &Page) -> (String, bool) {
    let (_, name) = page.body.split_once("<span class=\"top-name\"><bdi>").expect("a name");
    (name.split('<').next().expect("a name").to_owned(), stylesheets(page).len() == 2)
}

/// §4.6: nothing flickers between two names on the way through the pages of one request. D1: the name of a tenant shows only
/// where its own client, or an account that was proved in this browser, has told it already.
#[tokio::test]
async fn form_post_and_sign_out_are_pages_of_the_tenant_that_the_request_settled() {
    let server = TestServer::with().unlimited().start().await;
    let acme = server.organisation("acme", &[]).await;
    let globex = server.organisation("globex", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    globex.person("hank@globex.example", &[]).await;
    let own = acme.register(client("acme.crm", ClientKind::Web)).await;
    let notes = server.platform().await.register(open_client("notes")).await;
    give_colour(&server, &acme.scope).await;
    let acme_page = (acme.scope.tenant().name.clone(), true);
    let globex_page = (globex.scope.tenant().name.clone(), false);
    let nobodys = ("Symbolon".to_owned(), false);

    let form_post = "&response_mode=form_post";
    let refused = server
        .browser()
        .open(&authorize("acme.crm", &format!("{form_post}&prompt=none&ui_locales=de")))
        .await;
    assert_eq!((refused.marker().as_deref(), owner(&refused)), (Some("page-form-post"), acme_page.clone()));
    assert!(refused.body.contains("<html lang=\"de\""), "{refused:#?}");
    for named in ["", "&tenant=acme"] {
        let path = authorize("notes", &format!("{form_post}&prompt=none{named}"));
        assert_eq!(
            owner(&server.browser().open(&path).await),
            nobodys,
            "nobody has proved anything: {named}"
        );
    }
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    for id in ["acme.crm", "notes"] {
        let mut posted = jar.open(&authorize(id, form_post)).await;
        if posted.marker().as_deref() == Some("page-consent") {
            posted = jar.submit(&posted, &[("decision", "allow")]).await;
        }
        assert_eq!(
            (posted.marker().as_deref(), owner(&posted)),
            (Some("page-form-post"), acme_page.clone()),
            "{id}"
        );
    }

    let mut hints = Vec::new();
    for client in [&own, &notes] {
        let back = jar.open(&authorize(client.id(), "")).await;
        let tokens = exchange(&server, client, &back).await;
        hints.push(format!(
            "/oauth2/logout?id_token_hint={}",
            tokens["id_token"].as_str().expect("an ID token")
        ));
    }
    let question = jar.open("/oauth2/logout").await;
    assert_eq!(
        (question.marker().as_deref(), owner(&question)),
        (Some("page-logout-confirm"), acme_page.clone())
    );
    let foreign = signed_in(&server, "hank@globex.example", "globex").await;
    let stranger = server.browser();
    for (jar, hint, expected) in [
        // The hint of a tenant's own client tells no more than the client's id does on the sign-in page.
        (&stranger, &hints[0], acme_page.clone()),
        // An ID token may have been found: whoever brings it learns nothing that is not in it.
        (&stranger, &hints[1], nobodys.clone()),
        (&foreign, &hints[1], globex_page.clone()),
    ] {
        assert_eq!(owner(&jar.open(hint).await), expected);
    }
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("hank@globex.example", "globex"), PASSWORD).await;
    let question = jar.open("/oauth2/logout").await;
    assert_eq!(
        (question.marker().as_deref(), owner(&question)),
        (Some("page-logout-confirm"), nobodys.clone())
    );
    let done = jar.open(&hints[1]).await;
    assert_eq!((done.marker().as_deref(), owner(&done)), (Some("page-logged-out"), acme_page));
    assert_eq!(owner(&jar.open(&hints[1]).await), globex_page, "the one account that is left");
}

#[tokio::test]
async fn no_other_stylesheet_can_be_asked_for() {
    let server = TestServer::start().await;
    for name in
        ["brand.ffcc00.css", "brand.7A3B12.css", "brand.7a3b1.css", "brand.%3B%7D*%7B.css", "brand.css"]
    {
        let page = server.browser().get(&format!("/assets/{name}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{name}");
    }
}
