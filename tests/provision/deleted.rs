//! What was deleted leaves nothing to those who bear its name later (P015, P104).

use serde_json::json;

use super::running::{ADA, HANK, Person, Running};
use crate::harness::tokens::{claims, text};

/// P015: an application that was deleted begins anew when it is declared again: what people gave it is gone.
#[tokio::test]
async fn p015_nothing_that_a_deleted_application_had_comes_back_with_it() {
    let running = Running::new().await;
    let jar = running.server.browser();
    let page = jar.open(&Running::asks_for_wiki()).await;
    let page = ADA.signs_in(&jar, &page).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
    let code = jar.submit(&page, &[("decision", "allow")]).await.answer().remove("code").expect("a code");
    let again = jar.get(&Running::asks_for_wiki()).await.answer();
    let unused = again.get("code").expect("no question: it was allowed");
    let tokens = running.exchanged("acme.wiki", &code).await.json();

    let (from, to) =
        (running.file.find("      - client_id: acme.wiki").expect("it"), "      - client_id: acme.notes-in");
    let to = running.file.find(to).expect("the next");
    let without = format!("{}{}", &running.file[..from], &running.file[to..]);
    running.apply(&without, true).await;
    running.apply(&running.file, false).await;

    let refresh = text(&tokens, "refresh_token");
    let refused = running.refreshed_by("acme.wiki", &refresh).await;
    assert_eq!(refused.json()["error"], "invalid_grant", "{refused:?}");
    assert_eq!(running.exchanged("acme.wiki", unused).await.json()["error"], "invalid_grant");
    let page = jar.open(&Running::asks_for_wiki()).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "she is asked again: {page:?}");
}

/// P104: everything of a deleted tenant is refused over HTTP, and a new tenant begins with nothing.
#[tokio::test]
async fn p104_nothing_of_a_deleted_tenant_works_and_an_heir_gets_nothing() {
    let running = Running::new().await;
    let hank = running.hold(HANK).await;
    let ada = running.hold(ADA).await;
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    let machine = text(&running.ask("globex.report", "/oauth2/token", &grant).await.json(), "access_token");
    let code = running.silent(&hank).await.remove("code").expect("a code");
    let jwks = running.server.browser().get("/.well-known/jwks.json").await.body;
    let (before, _) = running.file.split_once("  - slug: globex").expect("globex stands last");
    running.apply(before, true).await;

    running.assert_out(&hank, "deleted").await;
    let refused = running.exchanged("notes", &code).await;
    assert_eq!(text(&refused.json(), "error"), "invalid_grant", "a code from before");
    let refused = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!((refused.status.as_u16(), text(&refused.json(), "error").as_str()), (401, "invalid_client"));
    let told = running.ask("notes", "/oauth2/introspect", &[("token", &machine)]).await;
    assert_eq!(told.json(), json!({"active": false}));
    let asked = Running::asks("globex.report", "");
    assert_eq!(running.server.browser().get(&asked).await.status, 400);
    assert_eq!(
        running.server.browser().get("/.well-known/jwks.json").await.body,
        jwks,
        "keys are the deployment's"
    );
    assert_eq!(running.userinfo(&ada).await, 200, "nobody else");

    let taken = running.try_apply(&running.file, false).await.expect_err("the slug was used");
    assert!(taken.to_string().contains("was deleted"), "{taken}");
    let heir = running.edited(&[("slug: globex", "slug: globexnew"), ("globex.report", "globexnew.report")]);
    let heir = heir.replace("password: {env: GLOBEX_HANK_PASSWORD}", "password: {env: ACME_ADA_PASSWORD}");
    running.apply(&heir, false).await;
    running.assert_out(&hank, "an heir of the same address and domain").await;
    let page = hank.jar.open(&Running::asks_for_notes("")).await;
    let page = HANK.signs_in(&hank.jar, &page).await;
    assert_eq!(page.marker().as_deref(), Some("page-password"), "the old password opens nothing");
    let new = running.hold(Person { password: ADA.password, ..HANK }).await;
    assert_ne!(claims(&new.access)["sub"], claims(&hank.access)["sub"]);
    assert_ne!(claims(&new.access)["tenant_id"], claims(&hank.access)["tenant_id"]);
}
