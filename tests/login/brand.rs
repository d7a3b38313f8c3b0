//! The colour of a tenant on its own pages, and nowhere else (D1, docs/pages.md).

use reqwest::StatusCode;
use symbolon::model::client::ClientKind;
use symbolon::model::tenant::Tenant;
use symbolon::storage::records::tenants;

use super::{authorize, client, open_client};
use crate::harness::TestServer;
use crate::harness::html::tags;
use crate::harness::jar::Page;

/// The stylesheets of a page.
fn stylesheets(page: &Page) -> Vec<String> {
    let links = tags(&page.body).into_iter().filter(|tag| tag.get("rel") == Some("stylesheet"));
    links.map(|tag| tag.get("href").expect("an address").to_owned()).collect()
}

#[tokio::test]
async fn a_tenants_colour_is_on_its_own_pages_and_on_no_others() {
    let server = TestServer::start().await;
    let acme = server.organisation("acme", &[]).await;
    acme.register(client("acme.crm", ClientKind::Web)).await;
    server.platform().await.register(open_client("notes")).await;
    let tenant = acme.scope.tenant().clone();
    server
        .as_operator(move |tx| {
            let accent = Some("#7a3b12".parse().expect("an accent"));
            tenants::update(tx, &Tenant { accent, ..tenant })
        })
        .await;
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
