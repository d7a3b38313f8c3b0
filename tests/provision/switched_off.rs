//! Who is switched off, or deleted, or whose tenant is, is out on the running server, and so is an application
//! (P015, P074; invariant 8).

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::running::{ADA, HANK, Running};
use crate::harness::tokens::{claims, text};

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

/// D12, P104: what stood before a suspension stays ended when it is over: sessions, refresh tokens with `offline_access`, codes
/// that wait, sign-ins under way.
#[tokio::test]
async fn d12_nothing_from_before_a_suspension_comes_back_when_it_is_over() {
    let tenant = ("  - slug: acme\n", "  - slug: acme\n    status: suspended\n");
    let person = ("email: ada@acme.example", "email: ada@acme.example\n        status: suspended");
    let client =
        ("      - client_id: acme.wiki\n", "      - client_id: acme.wiki\n        status: suspended\n");
    for (what, edit, is_asked) in
        [("the tenant", tenant, false), ("the person", person, false), ("the client", client, true)]
    {
        let running = Running::new().await;
        let jar = running.server.browser();
        let page = jar.open(&Running::asks_for_wiki()).await;
        let page = ADA.signs_in(&jar, &page).await;
        let mut given = jar.submit(&page, &[("decision", "allow")]).await.answer();
        let code = given.remove("code").expect("a code");
        let tokens = running.exchanged("acme.wiki", &code).await.json();
        let silent = Running::asks("acme.wiki", "&prompt=none");
        let waiting = jar.get(&silent).await.answer().remove("code").expect("a code that waits");
        let other = running.server.browser();
        let asked = other.open(&Running::asks_for_wiki()).await;
        let asked = other.submit(&asked, &[("username", ADA.email)]).await;
        assert_eq!(asked.marker().as_deref(), Some("page-password"), "{what}: {asked:?}");

        running.server.advance(Duration::from_secs(1)).await;
        let suspended = running.edited(&[edit]);
        running.apply(&suspended, false).await;
        running.server.advance(Duration::from_secs(1)).await;
        running.apply(&suspended.replace("status: suspended", "status: active"), false).await;
        running.server.advance(Duration::from_secs(1)).await;

        for (kind, refused) in [
            ("refresh token", running.refreshed_by("acme.wiki", &text(&tokens, "refresh_token")).await),
            ("code", running.exchanged("acme.wiki", &waiting).await),
        ] {
            assert_eq!(
                (refused.status.as_u16(), &refused.json()["error"]),
                (400, &json!("invalid_grant")),
                "{what}: {kind}"
            );
        }
        let answer = jar.get(&silent).await.answer();
        // The session of a person is not the application's; its consent stands.
        let expected = if is_asked { None } else { Some("login_required") };
        assert_eq!(answer.get("error").map(String::as_str), expected, "{what}: {answer:?}");
        let typed = other.submit(&asked, &[("password", ADA.password)]).await;
        let went_on = typed.location().is_some_and(|to| to.contains("code="));
        assert_eq!(went_on, what == "the person", "{what}: who proves it anew is in: {typed:?}");

        let anew = running.server.browser();
        let page = anew.open(&Running::asks_for_wiki()).await;
        let code = ADA.signs_in(&anew, &page).await.answer().remove("code").expect("a code");
        let tokens = running.exchanged("acme.wiki", &code).await.json();
        let next = running.refreshed_by("acme.wiki", &text(&tokens, "refresh_token")).await;
        assert_eq!(next.status, 200, "{what}: what is given afterwards is good: {next:?}");
    }
}

/// P104: the API of a tenant that is switched off gives nobody anything, whose tenant is not.
#[tokio::test]
async fn p104_a_suspended_tenants_resource_server_is_out_for_every_tenant() {
    const OWN: &str = "    resources:
      - {identifier: https://globex.example/api, name: Globex, tenants: all, scopes: [{name: gx, description: Globex}]}
    clients:
      - client_id: globex.report
";
    let running = Running::new().await;
    let open = running.edited(&[
        ("    clients:\n      - client_id: globex.report\n", OWN),
        (
            "offline_access, notes]\n      resources: [\"https://notes.example\"]",
            "offline_access, notes, gx]\n      resources: [\"https://notes.example\", \"https://globex.example/api\"]",
        ),
    ]);
    running.apply(&open, false).await;
    let both = Running::asks_for_notes("").replace("+notes", "+notes+gx");
    let jar = running.server.browser();
    let page = jar.open(&both).await;
    let code = ADA.signs_in(&jar, &page).await.answer().remove("code").expect("a code");
    let tokens = running.exchanged("notes", &code).await.json();
    let access = text(&tokens, "access_token");
    assert_eq!(claims(&access)["aud"], json!(["https://globex.example/api", "https://notes.example"]));
    running
        .apply(&open.replace("  - slug: globex\n", "  - slug: globex\n    status: suspended\n"), false)
        .await;
    assert!(!running.is_active(&access).await, "the token that is out");
    let next = running.refreshed_by("notes", &text(&tokens, "refresh_token")).await;
    assert_eq!(next.status, 200, "{next:?}");
    let next = claims(&text(&next.json(), "access_token"));
    assert_eq!(
        (&next["aud"], &next["scope"]),
        (&json!(["https://notes.example"]), &json!("notes offline_access openid"))
    );
    let named = Running::asks_for_notes("&prompt=none&resource=https%3A%2F%2Fglobex.example%2Fapi");
    let back = jar.get(&named.replace("+notes", "+gx")).await.answer();
    assert_eq!(back.get("error").map(String::as_str), Some("invalid_target"), "{back:?}");
}

/// P035, P104: what a tenant's application opened to scripts is closed with the tenant.
#[tokio::test]
async fn p104_the_origins_of_a_tenant_that_is_switched_off_or_deleted_are_closed() {
    const ORIGIN: &str = "http://127.0.0.1:9091";
    let running = Running::new().await;
    let allowed = || async {
        let headers = [("origin", ORIGIN)];
        let page = running.server.browser().send(Method::GET, "/.well-known/jwks.json", None, &headers).await;
        page.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(allowed().await.as_deref(), Some(ORIGIN));
    let suspended = running.edited(&[("  - slug: acme\n", "  - slug: acme\n    status: suspended\n")]);
    running.apply(&suspended, false).await;
    assert_eq!(allowed().await, None, "suspended");
    running.apply(&suspended.replace("status: suspended", "status: active"), false).await;
    assert_eq!(allowed().await.as_deref(), Some(ORIGIN), "active again");
    let (before, _) = running.file.split_once("  - slug: acme\n").expect("acme");
    let (_, after) = running.file.split_once("  - slug: globex\n").expect("globex");
    let without = format!("{before}  - slug: globex\n{after}");
    running.apply(&without, true).await;
    assert_eq!(allowed().await, None, "deleted");
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
