//! Signing in as somebody else than the request names, by `id_token_hint` or a `sub` claim (OIDC Core §3.1.2.1, §5.5.1):
//! nobody else may answer, and the page says why it is back.

use symbolon::model::ids::UserId;

use super::{authorize, exchange, is_signed_in, sign_in, signed_in, started};
use crate::harness::TestServer;
use crate::harness::html::tags;
use crate::harness::jar::Page;
use crate::harness::seed::PASSWORD;
use crate::harness::tokens::{claims, text};

const ADA: &str = "ada@acme.example";
const BOB: &str = "bob@acme.example";
const NOTICE: &str = "asked-for-another";

/// The path of a request that only this person may answer.
fn asking_for(person: UserId, more: &str) -> String {
    let claims = serde_json::json!({"id_token": {"sub": {"value": person.to_string()}}}).to_string();
    let claims: String = url::form_urlencoded::byte_serialize(claims.as_bytes()).collect();
    authorize("notes", &format!("&tenant=acme&claims={claims}{more}"))
}

async fn with_ada_and_bob() -> (TestServer, crate::harness::seed::Registered, UserId) {
    let (server, notes) = started().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person(ADA, &[]).await;
    acme.person(BOB, &[]).await;
    (server, notes, ada)
}

/// What stands in the field of the address.
fn address(page: &Page) -> String {
    let field =
        tags(&page.body).into_iter().find(|tag| tag.get("id") == Some("username")).expect("the field");
    field.get("value").unwrap_or_default().to_owned()
}

/// A notice that is announced, and read with the field that has the focus.
fn assert_told(page: &Page) {
    assert_eq!(page.marker().as_deref(), Some("page-login"), "{page:#?}");
    let all = tags(&page.body);
    let notice = all.iter().find(|tag| tag.get("id") == Some(NOTICE)).unwrap_or_else(|| panic!("{page:#?}"));
    assert_eq!(notice.get("role"), Some("status"));
    let field = all.iter().find(|tag| tag.get("id") == Some("username")).expect("the field");
    assert_eq!(field.get("aria-describedby"), Some(NOTICE));
    assert_ne!(field.get("aria-invalid"), Some("true"), "nothing was typed wrong");
}

#[tokio::test]
async fn another_account_than_the_one_asked_for_is_told_so_and_not_whom_it_is() {
    let (server, notes, ada) = with_ada_and_bob().await;
    let jar = server.browser();
    let page = jar.open(&asking_for(ada, "")).await;
    assert!(!page.has(NOTICE), "nobody signed in yet: {page:#?}");
    let back = sign_in(&jar, &page, (BOB, "acme"), PASSWORD).await;
    assert_told(&back);
    assert!(!back.body.contains(ADA) && !back.body.contains(&ada.to_string()), "{back:#?}");
    assert_eq!(address(&back), "", "the account that cannot answer is not offered again");
    assert!(is_signed_in(&jar).await, "who signed in is signed in");
    assert_told(&jar.open(&back.path).await);
    let wrong = sign_in(&jar, &back, (ADA, "acme"), "wrong password").await;
    assert!(wrong.has("password-problem"), "{wrong:#?}");
    assert!(!jar.open(&back.path).await.has(NOTICE), "it is the answer to one form");
    let done = jar.submit(&wrong, &[("password", PASSWORD)]).await;
    let tokens = exchange(&server, &notes, &done).await;
    assert_eq!(claims(&text(&tokens, "id_token"))["sub"], ada.to_string());
}

#[tokio::test]
async fn the_account_asked_for_is_offered_where_it_is_signed_in_in_this_browser() {
    let (server, notes, ada) = with_ada_and_bob().await;
    let jar = signed_in(&server, ADA, "acme").await;
    let first = exchange(&server, &notes, &jar.open(&authorize("notes", "")).await).await;
    let hint = format!("&prompt=login&id_token_hint={}", text(&first, "id_token"));
    let page = jar.open(&authorize("notes", &hint)).await;
    let back = sign_in(&jar, &page, (BOB, "acme"), PASSWORD).await;
    assert_told(&back);
    assert_eq!(address(&back), ADA);
    let done = sign_in(&jar, &back, (ADA, "acme"), PASSWORD).await;
    let tokens = exchange(&server, &notes, &done).await;
    assert_eq!(claims(&text(&tokens, "id_token"))["sub"], ada.to_string());
}

#[tokio::test]
async fn the_chooser_says_so_too_and_lists_the_account_asked_for_alone() {
    let (server, notes, ada) = with_ada_and_bob().await;
    let jar = signed_in(&server, ADA, "acme").await;
    let chooser = jar.open(&asking_for(ada, "&prompt=select_account")).await;
    assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:#?}");
    assert!(!chooser.has(NOTICE));
    let page = jar.submit(&chooser, &[("action", "other")]).await;
    let back = sign_in(&jar, &page, (BOB, "acme"), PASSWORD).await;
    assert_eq!(back.marker().as_deref(), Some("page-accounts"), "{back:#?}");
    assert!(back.has(NOTICE) && back.body.contains(ADA) && !back.body.contains(BOB), "{back:#?}");
    let (_, after) = back.body.split_once("name=\"account\" value=\"").expect("a choice");
    let done = jar.submit(&back, &[("account", after.split('"').next().expect("a value"))]).await;
    let tokens = exchange(&server, &notes, &done).await;
    assert_eq!(claims(&text(&tokens, "id_token"))["sub"], ada.to_string());
}
