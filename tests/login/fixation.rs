//! A browser that holds somebody else's cookie (P069, D1), and whose address the record names (P123).

use reqwest::Method;

use super::{authorize, before_the_password, events, is_signed_in, sign_in, signed_in, started};
use crate::harness::seed::PASSWORD;

const COOKIE: &str = "symbolon";

/// P069: an attacker plants the cookie of a session of their own. Whoever signs in over it leaves the attacker nothing.
#[tokio::test]
async fn p069_a_planted_session_learns_nothing_of_who_signs_in_over_it() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("eve@acme.example", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let eve = signed_in(&server, "eve@acme.example", "acme").await;
    let planted = eve.cookie(COOKIE).expect("a cookie");
    let victim = server.browser();
    victim.set_cookie(COOKIE, &planted);
    let page = victim.open(&authorize("notes", "&prompt=login&tenant=acme")).await;
    let back = sign_in(&victim, &page, ("ada@acme.example", "acme"), PASSWORD).await;
    assert!(back.answer().contains_key("code"), "{back:?}");
    assert_ne!(victim.cookie(COOKIE).expect("a cookie"), planted, "the value changes at every rise");
    assert!(is_signed_in(&victim).await);
    // The attacker's copy is dead, or is the attacker still; it never shows or becomes the other person.
    let home = eve.open("/").await;
    assert!(!home.body.contains("ada@acme.example"), "{home:?}");
    let chooser = eve.open(&authorize("notes", "&prompt=select_account&tenant=acme")).await;
    assert!(!chooser.body.contains("ada@acme.example"), "{chooser:?}");
    let silent = eve.get(&authorize("notes", "&prompt=none&tenant=acme&login_hint=ada%40acme.example")).await;
    assert!(!silent.answer().contains_key("code"), "{silent:?}");
}

/// P123: the record names the address of the socket, whatever the headers claim.
#[tokio::test]
async fn p123_the_record_names_the_socket_and_no_claim() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person("ada@acme.example", &[]).await;
    let (jar, page) = before_the_password(&server, "ada@acme.example", "acme").await;
    let form = page.form();
    for password in ["wrong password", PASSWORD] {
        let mut fields: Vec<(&str, &str)> =
            form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("password", password));
        let headers = [
            ("origin", server.issuer()),
            ("x-forwarded-for", "203.0.113.9"),
            ("x-real-ip", "203.0.113.9"),
            ("forwarded", "for=203.0.113.9;host=evil.example;proto=https"),
            ("x-forwarded-host", "evil.example"),
            ("cf-connecting-ip", "203.0.113.9"),
            ("true-client-ip", "203.0.113.9"),
        ];
        jar.send(Method::POST, &form.action, Some(&fields), &headers).await;
    }
    assert!(is_signed_in(&jar).await);
    let seen = format!("{:?}", events(&server, &acme.scope).await);
    assert!(seen.contains("127.0.0.1"), "{seen}");
    assert!(!seen.contains("203.0.113.9") && !seen.contains("evil.example"), "{seen}");
}
