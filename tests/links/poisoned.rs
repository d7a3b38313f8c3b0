//! P057: whatever a request says of the host it means, a mailed link leads to the configured issuer.

use reqwest::Method;

use super::{ADA, Post};

const HEADERS: [(&str, &str); 6] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("forwarded", "host=evil.example;proto=https"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-port", "4443"),
    ("x-original-url", "https://evil.example/"),
];

#[tokio::test]
async fn p057_links_lead_to_the_issuer_whatever_the_request_says() {
    let post = Post::new().await;
    for by in ["login-link", "login-reset"] {
        for (name, value) in HEADERS {
            let (jar, page) = post.before(ADA).await;
            let asked = jar.open(&page.attribute(by, "href").expect("a way")).await;
            let form = asked.form();
            let mut fields: Vec<(&str, &str)> =
                form.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            fields.push(("action", "continue"));
            let before = post.server.mails().await.len();
            let headers =
                [("origin", post.server.issuer()), ("sec-fetch-site", "same-origin"), (name, value)];
            let answer = jar.send(Method::POST, &form.action, Some(&fields), &headers).await;
            let place = answer.location().unwrap_or_default();
            assert!(place.is_empty() || place.starts_with("/login/"), "{name}: {answer:?}");
            let mails = post.server.mails().await;
            for mail in &mails[before..] {
                // Panics where the link is anywhere else.
                post.path(mail);
                assert!(!mail.text.contains("evil") && !mail.html.contains("evil"), "{name}: {mail:?}");
            }
            assert_eq!(mails.len() - before, usize::from(answer.status == 303), "{name}: {answer:?}");
        }
    }
}
