//! The colour of a tenant on its own pages, and nowhere else (D1, docs/pages.md).

use reqwest::StatusCode;
use symbolon::model::client::ClientKind;
use symbolon::model::tenant::Tenant;
use symbolon::storage::TenantScope;
use symbolon::storage::records::tenants;

use super::{authorize, client, exchange, open_client, sign_in, signed_in};
use crate::harness::TestServer;
use crate::harness::html::tags;
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::{PASSWORD, Registered};

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

/// Which page it is, and whose: by the name over the card and the stylesheet of its brand.
fn owned(page: &Page) -> (String, &'static str) {
    let (_, name) = page.body.split_once("<span class=\"top-name\"><bdi>").expect("a name");
    let owner = match (name.split('<').next(), stylesheets(page).len()) {
        (Some("Tenant acme"), 2) => "acme",
        (Some("Tenant globex"), 1) => "globex",
        (Some("Symbolon"), 1) => "nobody",
        other => panic!("{other:?}: {page:#?}"),
    };
    (page.marker().expect("a marker"), owner)
}

/// Acme with a colour, Ada, and its own client; globex with Hank; and a client of the platform that serves both.
async fn two_tenants() -> (TestServer, Registered, Registered) {
    let server = TestServer::with().unlimited().start().await;
    let own = {
        let acme = server.organisation("acme", &[]).await;
        acme.person("ada@acme.example", &[]).await;
        give_colour(&server, &acme.scope).await;
        server.organisation("globex", &[]).await.person("hank@globex.example", &[]).await;
        acme.register(client("acme.crm", ClientKind::Web)).await
    };
    let notes = server.platform().await.register(open_client("notes")).await;
    (server, own, notes)
}

/// What comes behind the consent, where it is asked.
async fn allowed(jar: &Jar, path: &str) -> Page {
    let page = jar.open(path).await;
    if page.marker().as_deref() == Some("page-consent") {
        return jar.submit(&page, &[("decision", "allow")]).await;
    }
    page
}

/// §4.6: nothing flickers between two names on the way through the pages of one request. D1: the name of a tenant shows only
/// where its own client, or an account that was proved in this browser, has told it already.
#[tokio::test]
async fn a_form_post_is_a_page_of_the_tenant_that_the_request_settled() {
    let (server, _, _) = two_tenants().await;
    let quiet = "&response_mode=form_post&prompt=none";
    let refused = server.browser().open(&authorize("acme.crm", &format!("{quiet}&ui_locales=de"))).await;
    assert_eq!(owned(&refused), ("page-form-post".to_owned(), "acme"));
    assert!(refused.body.contains("<html lang=\"de\""), "{refused:#?}");
    for named in ["", "&tenant=acme"] {
        let refused = server.browser().open(&authorize("notes", &format!("{quiet}{named}"))).await;
        assert_eq!(owned(&refused), ("page-form-post".to_owned(), "nobody"), "no proof, no name: {named}");
    }
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    for id in ["acme.crm", "notes"] {
        let posted = allowed(&jar, &authorize(id, "&response_mode=form_post")).await;
        assert_eq!(owned(&posted), ("page-form-post".to_owned(), "acme"), "{id}");
    }
}

/// The same of the pages of a sign-out.
#[tokio::test]
async fn a_sign_out_is_a_page_of_the_tenant_that_it_is_about() {
    let (server, own, notes) = two_tenants().await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    let mut hints = Vec::new();
    for client in [&own, &notes] {
        let back = allowed(&jar, &authorize(client.id(), "")).await;
        let tokens = exchange(&server, client, &back).await;
        let hint = tokens["id_token"].as_str().expect("an ID token");
        hints.push(format!("/oauth2/logout?id_token_hint={hint}"));
    }
    let question = jar.open("/oauth2/logout").await;
    assert_eq!(owned(&question), ("page-logout-confirm".to_owned(), "acme"));
    let hank = signed_in(&server, "hank@globex.example", "globex").await;
    for (browser, hint, expected) in [
        // The hint of a tenant's own client tells no more than the client's id does on the sign-in page.
        (&server.browser(), &hints[0], ("page-logged-out", "acme")),
        // An ID token may have been found: whoever brings it learns nothing that is not in it.
        (&server.browser(), &hints[1], ("page-logged-out", "nobody")),
        (&hank, &hints[1], ("page-logout-confirm", "globex")),
    ] {
        let page = browser.open(hint).await;
        let (marker, owner) = owned(&page);
        assert_eq!((marker.as_str(), owner), expected);
    }
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("hank@globex.example", "globex"), PASSWORD).await;
    let question = jar.open("/oauth2/logout").await;
    assert_eq!(owned(&question), ("page-logout-confirm".to_owned(), "nobody"), "two tenants");
    assert_eq!(owned(&jar.open(&hints[1]).await), ("page-logged-out".to_owned(), "acme"));
    let left = jar.open(&hints[1]).await;
    assert_eq!(owned(&left), ("page-logout-confirm".to_owned(), "globex"), "the one account that is left");
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
