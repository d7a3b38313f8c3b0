//! Guessing at codes, and whatever else can be typed into their field (P047).

use std::time::Duration;

use reqwest::{Method, StatusCode};

use super::codes::{ADA, Phone};
use super::{before_the_password, is_signed_in};
use crate::harness::TestServer;
use crate::harness::oathtool::another;
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;

/// P047: wrong codes count for the account, over all sign-ins and both kinds of codes; neither a fresh browser nor the right
/// password forgives them.
#[tokio::test]
async fn p047_guesses_are_counted_over_all_sign_ins_and_both_kinds_of_codes() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "20 per 10m").start().await;
    let phone = Phone::on(server).await;
    let mut guesses = 0;
    for round in 0..10 {
        let (jar, page) = before_the_password(&phone.server, ADA, "acme").await;
        let page = jar.submit(&page, &[("password", PASSWORD)]).await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        assert_eq!(page.marker().as_deref(), Some("page-totp"), "{round}: {page:?}");
        let recovers = round % 2 == 1;
        let mut page = if recovers { phone.without_the_phone(&jar, &page).await } else { page };
        for _ in 0..5 {
            let wrong = if recovers { "AAAA-BBBB-CCCC-DDDD".to_owned() } else { another(&phone.shows()) };
            page = jar.submit(&page, &[("code", &wrong)]).await;
            assert!(!is_signed_in(&jar).await);
            guesses += 1;
        }
    }
    assert_eq!(guesses, 20, "at the limit the door is shut, also to the right password");
    // The right codes are refused too, whoever is past the password.
    phone.server.advance(Duration::from_mins(9)).await;
    let (jar, page) = before_the_password(&phone.server, ADA, "acme").await;
    let refused = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
    phone.server.advance(Duration::from_mins(2)).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    let home = jar.submit(&page, &[("code", &phone.shows())]).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
    let mut below = Everything::open(phone.server.storage());
    assert_eq!(below.count("counters WHERE kind = 'sign_in' AND count > 0"), 0, "she signed in");
}

/// P047: whoever stands before the field when the account is locked is refused as well, with the right code.
#[tokio::test]
async fn p047_a_lock_holds_for_sign_ins_that_are_under_way() {
    let server = TestServer::with().unlimited().set("limits.sign_in_account", "4 per 10m").start().await;
    let phone = Phone::on(server).await;
    let (waiting, field) = phone.past_the_password().await;
    let (jar, mut page) = phone.past_the_password().await;
    for _ in 0..4 {
        page = jar.submit(&page, &[("code", &another(&phone.shows()))]).await;
    }
    let refused = waiting.submit(&field, &[("code", &phone.shows())]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
    assert!(refused.headers.contains_key("retry-after") && refused.has("code-problem"));
    assert!(!is_signed_in(&waiting).await);
    phone.server.advance(Duration::from_mins(9)).await;
    // The first factor is good for ten minutes and the lock for as long: from the beginning, then.
    phone.server.advance(Duration::from_mins(2)).await;
    let (jar, page) = phone.past_the_password().await;
    let home = jar.submit(&page, &[("code", &phone.shows())]).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
}

/// P041: whatever stands in the field, the answer is one of ours, and nobody is signed in.
#[tokio::test]
async fn p041_no_malformed_code_moves_a_sign_in_on() {
    let phone = Phone::new().await;
    let (jar, page) = phone.past_the_password().await;
    let recovery = phone.without_the_phone(&jar, &page).await;
    let huge = "1".repeat(60_000);
    let shown = phone.shows();
    let seven = format!("{shown}0");
    let full_width: String =
        shown.bytes().filter_map(|digit| char::from_u32(0xFF10 + u32::from(digit - b'0'))).collect();
    let odd = [
        "",
        " ",
        "-",
        "0",
        "12345",
        &seven,
        &full_width,
        "+12345",
        "12345a",
        "1e5",
        "0x1234",
        "\0\0\0\0\0\0",
        "🔑",
        "null",
        "[123456]",
        "123456 OR 1=1",
        "١٢٣٤٥٦",
        &huge,
    ];
    for form in [&page, &recovery] {
        for text in odd {
            let answer = jar.submit(form, &[("code", text)]).await;
            let told = answer.has("code-problem") || answer.marker().as_deref() == Some("page-error");
            assert!(told && answer.status.as_u16() < 500, "{text:.20?}: {answer:?}");
        }
    }
    // Repeated, missing, in the query, in another encoding.
    let form = page.form();
    let fields: Vec<(&str, &str)> =
        form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let twice = [fields.as_slice(), &[("code", &shown), ("code", &shown)]].concat();
    assert_eq!(jar.post("/login/totp", &twice).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(jar.post("/login/totp", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let no_form: Vec<_> = fields.iter().copied().filter(|(name, _)| *name != "interaction").collect();
    let lost = [no_form.as_slice(), &[("code", shown.as_str())]].concat();
    assert_eq!(jar.post("/login/totp", &lost).await.status, StatusCode::BAD_REQUEST);
    let handle = fields.iter().find(|(name, _)| *name == "interaction").expect("a handle").1;
    let by_get = jar.get(&format!("/login/totp?interaction={handle}&code={shown}")).await;
    assert!(!by_get.body.contains(&shown), "{by_get:?}");
    let head = jar.send(Method::PUT, "/login/totp", Some(&twice), &[]).await;
    assert!(head.status.is_client_error());
    assert!(!is_signed_in(&jar).await);
    // And the right one, as people write it.
    let spaced = format!(" {}-{} ", &shown[..3], &shown[3..]);
    let home = jar.submit(&page, &[("code", &spaced)]).await;
    assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
}

/// P037, P045: the pages of codes are for whoever has proved a factor in this browser, and tell strangers nothing.
#[tokio::test]
async fn p045_the_pages_of_codes_show_strangers_nothing() {
    let phone = Phone::new().await;
    let (_, page) = phone.past_the_password().await;
    let form = page.form();
    let handle = &form.fields.iter().find(|(name, _)| name == "interaction").expect("a handle").1;
    let stranger = phone.server.browser();
    for path in ["/login/totp", "/login/recovery-code", "/login/factor"] {
        let own = format!("{path}?interaction={handle}");
        for asked in [path, own.as_str()] {
            let answer = stranger.open(asked).await;
            assert_eq!(answer.marker().as_deref(), Some("page-error"), "{asked}: {answer:?}");
        }
    }
    // Before the password there is nobody whose factors could be asked.
    let (jar, page) = before_the_password(&phone.server, ADA, "acme").await;
    let handle =
        &page.form().fields.iter().find(|(name, _)| name == "interaction").expect("a handle").1.clone();
    for path in ["/login/totp", "/login/recovery-code", "/login/factor"] {
        let answer = jar.open(&format!("{path}?interaction={handle}")).await;
        assert_eq!(answer.marker().as_deref(), Some("page-error"), "{path}: {answer:?}");
    }
    let own = page.form().fields;
    let mut fields: Vec<(&str, &str)> =
        own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let shown = phone.shows();
    fields.push(("code", &shown));
    jar.post("/login/totp", &fields).await;
    assert!(!is_signed_in(&jar).await, "a code alone opens nothing");
}
