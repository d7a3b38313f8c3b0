//! Several accounts in one browser (D1, D12).

use std::time::Duration;

use super::{authorize, exchange, sign_in, signed_in, started};
use crate::harness::seed::PASSWORD;
use crate::harness::tokens::{claims, text};

#[tokio::test]
async fn the_chooser_lists_the_accounts_of_this_browser_and_changes_the_cookie() {
    let (server, notes) = started().await;
    let ada = server.organisation("acme", &[]).await.person("ada@same.example", &[]).await;
    let other = server.organisation("globex", &[]).await.person("ada@same.example", &[]).await;
    let jar = signed_in(&server, "ada@same.example", "acme").await;
    // The chooser lists them as they came.
    server.advance(Duration::from_secs(1)).await;
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("ada@same.example", "globex"), PASSWORD).await;
    let before = jar.cookie("symbolon");
    for (choice, user) in [("account-1", ada), ("account-2", other)] {
        let chooser = jar.open(&authorize("notes", "")).await;
        assert_eq!(chooser.marker().as_deref(), Some("page-accounts"), "{chooser:#?}");
        assert!(!chooser.has("account-3"));
        let (_, after) = chooser.body.split_once(&format!("id=\"{choice}\"")).expect("the button");
        let (_, after) = after.split_once("value=\"").expect("its value");
        let value = after.split('"').next().expect("its value");
        let back = jar.submit(&chooser, &[("account", value)]).await;
        let tokens = exchange(&server, &notes, &back).await;
        assert_eq!(subject(&tokens), user.to_string());
    }
    assert_ne!(jar.cookie("symbolon"), before, "a switch changes the cookie");
}

#[tokio::test]
async fn another_account_can_be_signed_in_from_the_chooser() {
    let (server, notes) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let bob = acme.person("bob@acme.example", &[]).await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    let chooser = jar.open(&authorize("notes", "&prompt=select_account")).await;
    let page = jar.submit(&chooser, &[("action", "other")]).await;
    let back = sign_in(&jar, &page, ("bob@acme.example", "acme"), PASSWORD).await;
    assert_eq!(subject(&exchange(&server, &notes, &back).await), bob.to_string());
}

#[tokio::test]
async fn signing_in_again_keeps_the_session_and_renews_the_proof() {
    let (server, notes) = started().await;
    server.organisation("acme", &[]).await.person("ada@acme.example", &[]).await;
    let jar = signed_in(&server, "ada@acme.example", "acme").await;
    let first = exchange(&server, &notes, &jar.open(&authorize("notes", "&max_age=1000")).await).await;
    server.advance(Duration::from_mins(1)).await;
    let page = jar.open(&authorize("notes", "&prompt=login&max_age=1000")).await;
    let back = sign_in(&jar, &page, ("ada@acme.example", "acme"), PASSWORD).await;
    let second = exchange(&server, &notes, &back).await;
    assert_eq!(claim(&first, "sid"), claim(&second, "sid"));
    let proved = |tokens| claim(tokens, "auth_time").as_i64().expect("auth_time");
    assert_eq!(proved(&second) - proved(&first), 60);
}

fn subject(tokens: &serde_json::Value) -> String {
    claim(tokens, "sub").as_str().expect("a subject").to_owned()
}

/// A claim of the ID token, unverified: the server under test just signed it.
fn claim(tokens: &serde_json::Value, name: &str) -> serde_json::Value {
    claims(&text(tokens, "id_token"))[name].clone()
}
