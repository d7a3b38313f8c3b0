//! Who is switched off, or deleted, or whose tenant is, is out on the running server, and so is an application
//! (P015, P074; invariant 8).

use super::running::{ADA, HANK, Running};
use crate::harness::tokens::text;

const ADA_LINES: &str = "      - email: ada@acme.example
        name: {given: Ada, family: Lovelace}
        roles: [owner]
        workspaces: [research, sales]
        password: {env: ACME_ADA_PASSWORD}
";

/// P074, P015: whoever is suspended or deleted, or whose tenant is, is out everywhere, with everything they hold.
#[tokio::test]
async fn p074_who_is_switched_off_is_out_everywhere() {
    let suspended = ("email: ada@acme.example", "email: ada@acme.example\n        status: suspended");
    let slug = ("  - slug: acme\n", "  - slug: acme\n    status: suspended\n");
    for (what, edit, prune) in [
        ("the person is suspended", suspended, false),
        ("the person is deleted", (ADA_LINES, ""), true),
        ("the tenant is suspended", slug, false),
    ] {
        let running = Running::new().await;
        let (first, second) = (running.hold(ADA).await, running.hold(ADA).await);
        let stranger = running.hold(HANK).await;
        assert!(running.is_active(&first.access).await);
        running.apply(&running.edited(&[edit]), prune).await;
        for held in [&first, &second] {
            running.assert_out(held, what).await;
        }
        let page = first.jar.open(&Running::asks_for_notes("")).await;
        let page = first.jar.submit(&page, &[("username", ADA.email)]).await;
        // The domain of a tenant that is switched off names nothing any more.
        let page = if page.marker().as_deref() == Some("page-login") {
            first.jar.submit(&page, &[("username", ADA.email), ("organisation", "acme")]).await
        } else {
            page
        };
        let page = first.jar.submit(&page, &[("password", ADA.password)]).await;
        assert_eq!(page.marker().as_deref(), Some("page-password"), "{what}: the right password");
        assert_eq!(running.userinfo(&stranger).await, 200, "{what}: nobody else");
        assert_eq!(running.refreshed(&stranger).await.status, 200, "{what}: nobody else");
    }
}

/// P074: an application that is switched off, or taken away from the tenant, gets nothing more and has nothing more.
#[tokio::test]
async fn p074_an_application_that_is_switched_off_has_nothing() {
    let suspended = ("    - client_id: notes\n", "    - client_id: notes\n      status: suspended\n");
    let closed = (
        "first_party: true                # no consent page\n      tenants: all",
        "first_party: true\n      tenants: [globex]",
    );
    for (what, edit) in [("suspended", suspended), ("closed to the tenant", closed)] {
        let running = Running::new().await;
        let held = running.hold(ADA).await;
        running.apply(&running.edited(&[edit]), false).await;
        assert_eq!(running.userinfo(&held).await, 401, "{what}");
        assert!(!running.is_active(&held.access).await, "{what}");
        let refused = running.refreshed(&held).await;
        assert!(matches!(refused.status.as_u16(), 400 | 401), "{what}: {refused:?}");
        assert!(
            matches!(text(&refused.json(), "error").as_str(), "invalid_grant" | "invalid_client"),
            "{what}"
        );
        let asked = Running::asks_for_notes("&prompt=none");
        let silent = held.jar.get(&asked).await;
        assert!(silent.location().is_none_or(|to| !to.contains("code=")), "{what}: {silent:?}");
        assert!(
            held.jar.open("/").await.has("home-sign-out"),
            "{what}: the session is not the application's"
        );
    }
}
