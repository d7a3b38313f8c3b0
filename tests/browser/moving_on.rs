//! The form-post page goes on by itself, and by its button where scripts do not run.

use askama::Template;
use symbolon::views::link::PostTarget;
use symbolon::views::text::{Catalogue, Locale};
use symbolon::views::{FormPostPage, Frame};

use super::site::Site;
use super::window::{DESKTOP, Look, with_window};

fn site_with_an_answer() -> Site {
    let site = Site::open();
    let catalogue = Catalogue::embedded().expect("the messages");
    let page = FormPostPage {
        action: PostTarget::parse(&site.address("/callback")).expect("a target"),
        fields: vec![("code", "sample".to_owned()), ("state", "\"> &amp; <b>é".to_owned())],
        ..FormPostPage::sample(Frame::sample(&catalogue, Locale::ENGLISH))
    };
    site.put("/done", page.render().expect("a page"));
    site
}

fn received(site: &Site) -> Vec<(String, String)> {
    let posted = site.posted();
    assert_eq!(posted.len(), 1, "posted once");
    url::form_urlencoded::parse(posted[0].as_bytes()).into_owned().collect()
}

fn expected() -> Vec<(String, String)> {
    vec![("code".to_owned(), "sample".to_owned()), ("state".to_owned(), "\"> &amp; <b>é".to_owned())]
}

#[tokio::test]
async fn an_answer_by_form_post_goes_on_by_itself() {
    let site = site_with_an_answer();
    with_window(DESKTOP, |window| async move {
        window.open(&site.address("/done")).await;
        window.arrive_at("page-received").await;
        assert_eq!(received(&site), expected());
    })
    .await;
}

#[tokio::test]
async fn an_answer_by_form_post_has_a_button_where_scripts_do_not_run() {
    let site = site_with_an_answer();
    with_window(Look { script: false, ..DESKTOP }, |window| async move {
        window.open(&site.address("/done")).await;
        assert_eq!(window.marker().await, "page-form-post");
        assert!(site.posted().is_empty(), "nothing goes on without script");
        window.click("form-post-submit").await;
        window.arrive_at("page-received").await;
        assert_eq!(received(&site), expected());
    })
    .await;
}
