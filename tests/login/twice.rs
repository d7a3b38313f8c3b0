//! Forms that are sent twice at once, by a double click or from two windows: one answer counts, on both databases, and none
//! is an outage (P147, P153).

use std::sync::Arc;

use symbolon::storage::records::consents;

use super::{
    authorize, before_the_password, count, events, is_signed_in, open_client, sign_in, signed_in, started,
};
use crate::harness::jar::{Jar, Page};
use crate::harness::seed::PASSWORD;

const ADA: &str = "ada@acme.example";

/// The form of a page, sent so often at once by the same browser.
async fn at_once(jar: &Jar, page: &Page, filled: &[(&str, &str)], times: usize) -> Vec<Page> {
    let mut fields = page.form().fields;
    fields.retain(|(name, _)| filled.iter().all(|(other, _)| name != other));
    fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let form = Arc::new((page.form().action, fields));
    let sending: Vec<_> = (0..times)
        .map(|_| {
            let (browser, form) = (jar.copy(), Arc::clone(&form));
            tokio::spawn(async move {
                let fields: Vec<(&str, &str)> =
                    form.1.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                browser.post(&form.0, &fields).await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for one in sending {
        answers.push(one.await.expect("an answer"));
    }
    answers
}

fn statuses(pages: &[Page]) -> Vec<u16> {
    let mut all: Vec<u16> = pages.iter().map(|page| page.status.as_u16()).collect();
    all.sort_unstable();
    all
}

/// The new cookie. All answers lead to the same place and bring this one, so that none takes the place of another (P069).
fn the_same_cookie(answers: &[Page]) -> String {
    assert_eq!(statuses(answers), vec![303; answers.len()]);
    assert!(answers.iter().all(|page| page.location() == answers[0].location()), "{answers:#?}");
    let cookies: Vec<_> = answers.iter().map(|page| page.header("set-cookie").expect("a cookie")).collect();
    assert!(cookies.iter().all(|cookie| cookie == &cookies[0]), "{answers:#?}");
    assert!(cookies[0].starts_with("symbolon="), "{answers:#?}");
    cookies[0].split(['=', ';']).nth(1).expect("its value").to_owned()
}

#[tokio::test]
async fn p147_a_plain_sign_in_sent_twice_leaves_the_browser_signed_in() {
    let (server, _) = started().await;
    server.organisation("acme", &[]).await.person(ADA, &[]).await;
    for _ in 0..5 {
        let (jar, page) = before_the_password(&server, ADA, "acme").await;
        let answers = at_once(&jar, &page, &[("password", PASSWORD), ("action", "continue")], 3).await;
        jar.set_cookie("symbolon", &the_same_cookie(&answers));
        for answer in answers {
            let shown = jar.follow(answer).await;
            assert!(shown.has("home-sign-out"), "{shown:?}");
        }
        assert!(is_signed_in(&jar).await);
    }
}

#[tokio::test]
async fn p147_a_password_form_sent_twice_signs_in_once() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    for round in 1..=5 {
        let jar = server.browser();
        let page = jar.open(&authorize("notes", "&tenant=acme")).await;
        let page = jar.submit(&page, &[("username", ADA), ("action", "continue")]).await;
        let fields = [("password", PASSWORD), ("action", "continue")];
        let answers = at_once(&jar, &page, &fields, 4).await;
        let cookie = the_same_cookie(&answers);
        assert_eq!(count(&events(&server, &acme.scope).await, "session.sign_in"), round);
        // Whatever answer the browser shows, it goes on from there.
        jar.set_cookie("symbolon", &cookie);
        let back = jar.follow(answers[0].clone()).await;
        assert!(back.answer().contains_key("code"), "{back:?}");
        let over = jar.follow(answers[3].clone()).await;
        assert_eq!((over.status.as_u16(), over.marker().as_deref()), (400, Some("page-error")), "{over:?}");
        assert!(over.has("error-home") && is_signed_in(&jar).await, "{over:?}");
    }
}

#[tokio::test]
async fn p147_a_choice_of_account_sent_twice_counts_once() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    acme.person(ADA, &[]).await;
    acme.person("bob@acme.example", &[]).await;
    let jar = signed_in(&server, ADA, "acme").await;
    let page = jar.open("/login").await;
    sign_in(&jar, &page, ("bob@acme.example", "acme"), PASSWORD).await;
    for _ in 0..5 {
        let mine = jar.copy();
        let chooser = mine.open(&authorize("notes", "&prompt=select_account")).await;
        let (_, after) = chooser.body.split_once("id=\"account-1\"").expect("the button");
        let value = after.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a value");
        let answers = at_once(&mine, &chooser, &[("account", value)], 4).await;
        jar.set_cookie("symbolon", &the_same_cookie(&answers));
        let back = jar.follow(answers[0].clone()).await;
        assert!(back.answer().contains_key("code"), "{back:?}");
    }
}

#[tokio::test]
async fn p147_consent_given_twice_at_once_and_in_two_windows_is_kept_whole() {
    let (server, _) = started().await;
    let acme = server.organisation("acme", &[]).await;
    let ada = acme.person(ADA, &[]).await;
    let jar = signed_in(&server, ADA, "acme").await;
    for n in 0..5 {
        let name = format!("shop{n}");
        let mut shop = open_client(&name);
        shop.metadata.first_party = false;
        let shop = server.platform().await.register(shop).await;
        let with =
            |scope: &str| authorize(&name, "").replace("scope=openid", &format!("scope=openid%20{scope}"));
        let (email, profile) = (jar.open(&with("email")).await, jar.open(&with("profile")).await);
        let fields = [("decision", "allow")];
        let (first, second) =
            tokio::join!(at_once(&jar, &email, &fields, 3), at_once(&jar, &profile, &fields, 3));
        for answers in [first, second] {
            assert_eq!(statuses(&answers), [303; 3]);
        }
        let client = shop.id().parse().expect("a client id");
        let kept = server.database().read(&acme.scope, move |tx| consents::find(tx, ada, &client)).await;
        let kept = kept.expect("a read").expect("a consent");
        assert_eq!(kept.scopes().into_iter().collect::<Vec<_>>(), ["email", "openid", "profile"]);
    }
}
