//! Secrets that somebody sends in a URL (P044).

use reqwest::Method;

use super::{ADA, authorize, furnish};
use crate::harness::TestServer;
use crate::harness::rows::Everything;

#[tokio::test]
async fn p044_a_password_or_token_in_the_url_is_refused_and_appears_nowhere() {
    let server = TestServer::start().await;
    furnish(&server).await;
    let browser = server.browser();
    let page = browser.open(&authorize("s")).await;
    let page = browser.submit(&page, &[("username", ADA)]).await;
    let (_, query) = page.path.split_once('?').expect("the interaction");
    for path in [
        format!("/login/password?{query}&password=hunter22hunter22"),
        format!("/login?username={ADA}&password=hunter22hunter22"),
        "/oauth2/token?grant_type=password&username=a&password=hunter22hunter22".to_owned(),
        "/oauth2/token?grant_type=client_credentials&client_id=wiki&client_secret=hunter22hunter22"
            .to_owned(),
        "/oauth2/introspect?token=hunter22hunter22".to_owned(),
        "/oauth2/revoke?token=hunter22hunter22".to_owned(),
        "/userinfo?access_token=hunter22hunter22".to_owned(),
    ] {
        let page = browser.send(Method::GET, &path, None, &[]).await;
        assert!(matches!(page.status.as_u16(), 400 | 401 | 405), "{path}: {}", page.status);
        assert!(!page.body.contains("hunter22"), "{path}");
        for (name, value) in &page.headers {
            assert!(!value.to_str().unwrap_or_default().contains("hunter22"), "{path}: {name}");
        }
    }
    // A POST whose secrets stand in the query is no better.
    for path in ["/oauth2/token?client_id=wiki&client_secret=hunter22hunter22&grant_type=client_credentials"]
    {
        let page = browser.send(Method::POST, path, Some(&[]), &[]).await;
        assert!(matches!(page.status.as_u16(), 400 | 401), "{path}: {}", page.status);
        assert!(!page.body.contains("hunter22"), "{path}");
    }
    let kept = Everything::open(server.storage()).all();
    assert!(kept["audit_events"].len() > 1, "something is recorded");
    assert!(!format!("{kept:?}").contains("hunter22"), "the records and all else that is kept");
}
