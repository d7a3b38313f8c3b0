//! Sessions: when a page must come, and when none may (OIDC Core §3.1.2.1, §3.1.2.6).

use std::time::Duration;

use super::in_both_plans;
use super::suite::{Client, Suite, Tokens};

in_both_plans!(
    oidcc_prompt_login_asks_again_and_moves_auth_time,
    oidcc_prompt_none_not_logged_in_answers_login_required,
    oidcc_prompt_none_logged_in_answers_without_a_page,
    oidcc_max_age_1_asks_again_and_moves_auth_time,
    oidcc_max_age_10000_answers_without_a_page,
    oidcc_id_token_hint_answers_without_a_page,
    an_id_token_hint_of_nobody_here_is_refused,
);

/// Signs in, lets time pass, and sends a second request with these parameters.
async fn twice(suite: &Suite, module: &str, changes: &[(&str, &str)]) -> (Tokens, Tokens, Vec<String>) {
    let jar = suite.server.browser();
    let first = suite.flow(&jar, Client::First, &[]).await;
    suite.server.advance(Duration::from_secs(2)).await;
    let hint: Vec<(&str, &str)> = changes
        .iter()
        .map(|(name, value)| (*name, if *value == "HINT" { &*first.id_token } else { *value }))
        .collect();
    let visit = suite.browser(module).visit(&jar, &suite.request(Client::First, &hint)).await;
    let second = suite.redeem(&jar, Client::First, &visit.page, &[]).await;
    assert_eq!(first.claims["sub"], second.claims["sub"]);
    (first, second, visit.done)
}

fn auth_time(tokens: &Tokens) -> i64 {
    tokens.claims["auth_time"].as_i64().expect("auth_time")
}

/// The second request shows the sign-in page again, though a session is there.
async fn asks_again(suite: Suite, module: &str, changes: &[(&str, &str)]) {
    let (first, second, done) = twice(&suite, module, changes).await;
    assert_eq!(done, ["Name", "Password", "Complete"]);
    assert!(auth_time(&second) > auth_time(&first));
    assert!(suite.server.now().unix() - auth_time(&second) <= 5, "it is recent");
}

/// The second request is answered at once, for the same sign-in.
async fn answers_at_once(suite: Suite, module: &str, changes: &[(&str, &str)]) {
    let (first, second, done) = twice(&suite, module, changes).await;
    assert_eq!(done, ["Complete"]);
    assert_eq!(auth_time(&second), auth_time(&first));
    assert_eq!(second.claims["sid"], first.claims["sid"]);
}

async fn oidcc_prompt_login_asks_again_and_moves_auth_time(suite: Suite) {
    asks_again(suite, "oidcc-prompt-login", &[("prompt", "login")]).await;
}

async fn oidcc_max_age_1_asks_again_and_moves_auth_time(suite: Suite) {
    asks_again(suite, "oidcc-max-age-1", &[("max_age", "1")]).await;
}

async fn oidcc_max_age_10000_answers_without_a_page(suite: Suite) {
    answers_at_once(suite, "oidcc-max-age-10000", &[("max_age", "10000")]).await;
}

async fn oidcc_prompt_none_logged_in_answers_without_a_page(suite: Suite) {
    answers_at_once(suite, "oidcc-prompt-none-logged-in", &[("prompt", "none")]).await;
}

async fn oidcc_id_token_hint_answers_without_a_page(suite: Suite) {
    answers_at_once(suite, "oidcc-id-token-hint", &[("prompt", "none"), ("id_token_hint", "HINT")]).await;
}

async fn oidcc_prompt_none_not_logged_in_answers_login_required(suite: Suite) {
    let jar = suite.server.browser();
    let visit = suite.visit(&jar, Client::First, &[("prompt", "none")]).await;
    assert!(visit.pictures.is_empty());
    suite.refused(&jar, &visit.page, &["login_required"]).await;
}

async fn an_id_token_hint_of_nobody_here_is_refused(suite: Suite) {
    let jar = suite.server.browser();
    let tokens = suite.flow(&jar, Client::First, &[]).await;
    let (head, _) = tokens.id_token.rsplit_once('.').expect("a signature");
    let elsewhere = suite.flow(&suite.server.browser(), Client::Second, &[]).await;
    for hint in ["x", &format!("{head}."), &tokens.access, &elsewhere.id_token] {
        let page =
            suite.visit(&jar, Client::First, &[("prompt", "none"), ("id_token_hint", hint)]).await.page;
        suite.refused(&jar, &page, &["invalid_request"]).await;
    }
}
