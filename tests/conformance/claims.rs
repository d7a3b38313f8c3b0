//! Claims by scope and one by one (OIDC Core §5.4, §5.5), and the userinfo endpoint in each way of asking (§5.3.1).

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::in_both_plans;
use super::suite::{ADA, Client, Suite};

in_both_plans!(
    oidcc_userinfo_get_tells_the_same_person,
    oidcc_userinfo_post_header_tells_the_same_person,
    oidcc_userinfo_post_body_tells_the_same_person,
    oidcc_scope_profile_gives_every_claim_of_it,
    oidcc_scope_email_gives_every_claim_of_it,
    oidcc_scope_address_gives_every_claim_of_it,
    oidcc_scope_phone_gives_every_claim_of_it,
    oidcc_scope_all_gives_every_standard_claim,
    oidcc_claims_essential_gives_the_name_at_userinfo_alone,
    claims_of_the_identity_travel_in_the_id_token_where_they_are_asked_for,
);

const PROFILE: [&str; 14] = [
    "birthdate",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

async fn oidcc_userinfo_get_tells_the_same_person(suite: Suite) {
    // Every flow asks by GET and compares `sub`.
    let tokens = suite.flow(&suite.server.browser(), Client::First, &[]).await;
    assert_eq!(standard(&suite.userinfo(&tokens.access).await), ["sub"]);
    assert_eq!(suite.ask("nonsense").await.status, 401);
}

async fn oidcc_userinfo_post_header_tells_the_same_person(suite: Suite) {
    let tokens = suite.flow(&suite.server.browser(), Client::First, &[]).await;
    let bearer = format!("Bearer {}", tokens.access);
    let jar = suite.server.browser();
    for form in [None, Some(&[][..])] {
        let page = jar.send(Method::POST, "/userinfo", form, &[("authorization", &bearer)]).await;
        assert_eq!((page.status.as_u16(), &page.json()["sub"]), (200, &tokens.claims["sub"]));
    }
}

async fn oidcc_userinfo_post_body_tells_the_same_person(suite: Suite) {
    let tokens = suite.flow(&suite.server.browser(), Client::First, &[]).await;
    let form = [("access_token", &*tokens.access)];
    let page = suite.server.browser().send(Method::POST, "/userinfo", Some(&form), &[]).await;
    assert_eq!((page.status.as_u16(), &page.json()["sub"]), (200, &tokens.claims["sub"]));
}

async fn oidcc_scope_profile_gives_every_claim_of_it(suite: Suite) {
    scope_gives(&suite, "openid profile", &PROFILE).await;
}

async fn oidcc_scope_email_gives_every_claim_of_it(suite: Suite) {
    scope_gives(&suite, "openid email", &["email", "email_verified"]).await;
}

async fn oidcc_scope_address_gives_every_claim_of_it(suite: Suite) {
    scope_gives(&suite, "openid address", &["address"]).await;
}

async fn oidcc_scope_phone_gives_every_claim_of_it(suite: Suite) {
    scope_gives(&suite, "openid phone", &["phone_number", "phone_number_verified"]).await;
}

async fn oidcc_scope_all_gives_every_standard_claim(suite: Suite) {
    let all: Vec<&str> = PROFILE
        .into_iter()
        .chain(["address", "email", "email_verified", "phone_number", "phone_number_verified"])
        .collect();
    scope_gives(&suite, "openid profile email address phone", &all).await;
}

/// The scope is announced, and the userinfo endpoint tells these claims besides `sub`, each in its type (§5.1).
async fn scope_gives(suite: &Suite, scope: &str, claims: &[&str]) {
    let metadata = suite.server.browser().get("/.well-known/openid-configuration").await.json();
    for announced in scope.split(' ') {
        assert!(
            metadata["scopes_supported"].as_array().is_some_and(|all| all.iter().any(|own| own == announced))
        );
    }
    let tokens = suite.flow(&suite.server.browser(), Client::First, &[("scope", scope)]).await;
    let told = suite.userinfo(&tokens.access).await;
    let mut expected: Vec<&str> = claims.to_vec();
    expected.push("sub");
    expected.sort_unstable();
    assert_eq!(standard(&told), expected);
    for (claim, value) in &told {
        let holds = match claim.as_str() {
            "email_verified" | "phone_number_verified" => value == true,
            "updated_at" => value.as_i64().is_some_and(|time| time > 0 && time <= suite.server.now().unix()),
            "address" => {
                value.as_object().is_some_and(|parts| parts.len() == 6 && parts.values().all(is_text))
            }
            "birthdate" => value == "1815-12-10",
            "email" => value == ADA,
            "profile" | "picture" | "website" => {
                value.as_str().is_some_and(|link| link.starts_with("https://"))
            }
            _ => is_text(value),
        };
        assert!(holds, "{claim}: {value}");
    }
}

/// The names of the standard claims in an answer, sorted; ours speak of the tenant.
fn standard(told: &Map<String, Value>) -> Vec<&str> {
    let ours = ["tenant", "tenant_id"];
    let mut names: Vec<&str> = told.keys().map(String::as_str).filter(|name| !ours.contains(name)).collect();
    names.sort_unstable();
    names
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

async fn oidcc_claims_essential_gives_the_name_at_userinfo_alone(suite: Suite) {
    let claims = json!({"userinfo": {"name": {"essential": true}}}).to_string();
    let tokens = suite.flow(&suite.server.browser(), Client::First, &[("claims", &claims)]).await;
    let told = suite.userinfo(&tokens.access).await;
    assert_eq!((standard(&told), &told["name"]), (vec!["name", "sub"], &json!("Ada King Lovelace")));
    assert!(!tokens.claims.contains_key("name"), "asked for at the userinfo endpoint");
}

async fn claims_of_the_identity_travel_in_the_id_token_where_they_are_asked_for(suite: Suite) {
    let claims = json!({
        "userinfo": {"given_name": null, "password": null, "http://example.info/claims/groups": null},
        "id_token": {"nickname": null, "auth_time": {"essential": true}, "acr": {"values": ["urn:symbolon:acr:1"]}},
    });
    let changes = [("claims", &*claims.to_string())];
    let tokens = suite.flow(&suite.server.browser(), Client::First, &changes).await;
    assert_eq!(tokens.claims["nickname"], "Countess");
    assert_eq!(tokens.claims["acr"], "urn:symbolon:acr:1");
    assert!(tokens.claims["auth_time"].is_i64());
    assert_eq!(standard(&suite.userinfo(&tokens.access).await), ["given_name", "sub"]);
    for malformed in ["{", "[]", "{\"userinfo\":7}", "null"] {
        let jar = suite.server.browser();
        let page = suite.visit(&jar, Client::First, &[("claims", malformed)]).await.page;
        suite.refused(&jar, &page, &["invalid_request"]).await;
    }
}
