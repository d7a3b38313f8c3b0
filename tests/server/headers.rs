//! Headers of every answer (R72, P077) and of cross-origin requests (P035).

use crate::harness::TestServer;

#[tokio::test]
async fn p077_every_answer_has_the_security_headers() {
    let server = TestServer::start().await;
    let browser = server.browser();
    for path in
        ["/", "/nonsense", "/oauth2/nonsense", "/api/v1/nonsense", "/assets/nonsense", "/healthz", "/%ff"]
    {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}: {name}");
        }
        assert!(page.header("permissions-policy").is_some_and(|it| it.contains("camera=()")), "{path}");
        assert!(page.header("x-request-id").is_some(), "{path}");
        assert_eq!(page.header("strict-transport-security"), None, "{path}: plain http promises nothing");
        assert_eq!(page.header("server"), None, "{path}");
    }
}

#[tokio::test]
async fn p077_an_https_issuer_promises_https() {
    let server = TestServer::with().set("server.issuer", "https://id.example.com").start().await;
    let page = server.browser().get("/nonsense").await;
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test]
async fn p077_error_pages_carry_the_number_of_the_request() {
    let server = TestServer::start().await;
    let page = server.browser().get("/nonsense").await;
    assert_eq!(page.status, 404);
    assert_eq!(page.marker().as_deref(), Some("page-error"));
    assert_eq!(page.text_of("request-id").as_deref(), page.header("x-request-id"));
    assert_eq!(page.text_of("error-code").as_deref(), Some("invalid_request"));
}
