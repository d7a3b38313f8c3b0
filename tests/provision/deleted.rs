//! What was deleted leaves nothing to those who bear its name later (P015, P104).

use std::time::Duration;

use serde_json::json;
use symbolon::model::consent::Consent;
use symbolon::storage::PlatformScope;
use symbolon::storage::records::consents;
use symbolon::storage::records::users;

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

    running.apply(&running.without_wiki(), true).await;
    running.apply(&running.file, false).await;

    let refresh = text(&tokens, "refresh_token");
    let refused = running.refreshed_by("acme.wiki", &refresh).await;
    assert_eq!(refused.json()["error"], "invalid_grant", "{refused:?}");
    assert_eq!(running.exchanged("acme.wiki", unused).await.json()["error"], "invalid_grant");
    let page = jar.open(&Running::asks_for_wiki()).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "she is asked again: {page:?}");
}

/// P015: what stands under the name of a deleted application, however it came there, counts for nothing when the application
/// is declared again, and none of it comes back with the next answer.
#[tokio::test]
async fn p015_a_consent_from_before_an_application_came_back_is_none() {
    let running = Running::new().await;
    let jar = running.server.browser();
    let page = jar.open(&Running::asks_for_wiki()).await;
    let page = ADA.signs_in(&jar, &page).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "{page:?}");
    let before = running.server.operator();
    running.apply(&running.without_wiki(), true).await;
    running.server.advance(Duration::from_secs(2)).await;
    let mut late = Consent::default();
    let all = ["address", "email", "offline_access", "openid", "profile"];
    late.allow("http://127.0.0.1:9090/callback", None, all);
    let right = PlatformScope::operator();
    let stored = running.server.database().write_platform(&right, move |tx| {
        let scope = tx.tenant_by_slug(&"acme".parse().expect("a slug"))?.expect("the tenant");
        let mut tx = tx.enter(&scope)?;
        let ada = users::find_by_email(&mut tx, ADA.email)?.expect("Ada").id;
        let wiki = "acme.wiki".parse().expect("an id");
        consents::put(&mut tx, (ada, &wiki), &late, (before.id(), before.now))?;
        Ok((scope, ada, wiki))
    });
    let (scope, ada, wiki) = stored.await.expect("stored");
    running.apply(&running.file, false).await;
    let page = jar.open(&Running::asks_for_wiki()).await;
    assert_eq!(page.marker().as_deref(), Some("page-consent"), "she is asked: {page:?}");
    assert!(jar.submit(&page, &[("decision", "allow")]).await.answer().contains_key("code"));
    let kept = running.server.database().read(&scope, move |tx| consents::find(tx, ada, &wiki)).await;
    let kept = kept.expect("a read").expect("a consent");
    assert_eq!(kept.scopes(), ["offline_access", "openid"].into(), "what she was shown now");
    assert!(jar.get(&Running::asks_for_wiki()).await.answer().contains_key("code"), "and it counts");
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
