//! Personal access tokens on the pages of their owner (P113 to P116).

use reqwest::Method;
use symbolon::model::resource_server::OpenTo;
use symbolon::server::routes;

use super::{ADA, BOB, World, field, prove};
use crate::harness::jar::{Jar, Page};
use crate::harness::rows::Everything;
use crate::harness::seed::PASSWORD;

const NOTES: &str = "https://notes.example";

/// Makes a token that may see its owner's account.
async fn made(jar: &Jar) -> (Page, String) {
    let page = jar.open("/account/tokens/new").await;
    assert_eq!(page.marker().as_deref(), Some("page-token-new"), "{page:?}");
    let fields = [("name", "backup"), ("days", "30"), ("grant-1", "account:read")];
    let page = jar.submit(&page, &fields).await;
    assert_eq!(page.marker().as_deref(), Some("page-token-made"), "{page:?}");
    let token = page.text_of("token").expect("a token");
    (page, token)
}

impl World {
    /// What the API says to this token about the account of its owner.
    async fn asks(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let answer = self.server.browser().send(Method::GET, "/api/v1/tokens", None, &headers).await;
        answer.status.as_u16()
    }
}

/// P115: shown once, kept as a hash, dead when revoked.
#[tokio::test]
async fn p115_a_token_of_the_page_is_shown_once_and_dead_when_revoked() {
    let world = World::new().await;
    let jar = world.ada().await;
    assert!(jar.open("/account/tokens").await.has("tokens-none"));
    let (page, token) = made(&jar).await;
    assert!(
        token.starts_with("syp_") && page.header("cache-control").is_some_and(|it| it.contains("no-store"))
    );
    assert_eq!(world.asks(&token).await, 200);
    let list = jar.open("/account/tokens").await;
    assert!(list.has("token-1") && list.body.contains("backup") && !list.body.contains(&token), "{list:?}");
    let below = format!("{:?}", Everything::open(world.server.storage()).all());
    assert!(!below.contains(&token), "it is kept nowhere");
    assert!(world.subjects().await.iter().any(|subject| subject.to_lowercase().contains("token")));
    // To revoke protects: no fresh proof is asked for.
    world.later().await;
    let done = jar.submit(&list, &[]).await;
    assert!(done.has("tokens-notice") && done.has("tokens-none"), "{done:?}");
    assert_eq!(world.asks(&token).await, 401);
    assert!(jar.submit(&list, &[]).await.has("tokens-notice"), "sent again it is answered alike");
}

/// P113: for nobody else, whatever the form says, and not without a proof of a moment ago.
#[tokio::test]
async fn p113_the_page_makes_no_token_for_somebody_else() {
    let world = World::new().await;
    let (jar, bob) = (world.ada().await, world.browser(BOB, PASSWORD).await);
    let csrf = field(&jar.open("/account/tokens/new").await, "csrf");
    let base = [("csrf", csrf.as_str()), ("name", "x"), ("days", "30"), ("grant-1", "account:read")];
    for (name, value) in [("user", BOB), ("user_id", BOB), ("sub", BOB), ("email", BOB), ("tenant_id", "x")] {
        let fields: Vec<(&str, &str)> = base.iter().copied().chain([(name, value)]).collect();
        let sent = jar.post("/account/tokens/new", &fields).await;
        assert_eq!(sent.status.as_u16(), 400, "{name}: {sent:?}");
    }
    let stranger = world.server.browser().post("/account/tokens/new", &base).await;
    assert_eq!(stranger.status.as_u16(), 403, "another browser's form: {stranger:?}");
    world.later().await;
    let stale = jar.post("/account/tokens/new", &base).await;
    assert!(stale.location().is_some_and(|to| to.starts_with("/login/factor")), "{stale:?}");
    assert_eq!(Everything::open(world.server.storage()).count("personal_access_tokens"), 0);
    assert!(bob.open("/account/tokens").await.has("tokens-none"));
    let asked = jar.open("/account/tokens/new").await;
    assert_eq!(prove(&jar, &asked).await.marker().as_deref(), Some("page-token-new"));
}

/// P075: the token of somebody else is not revoked by its id.
#[tokio::test]
async fn p075_nobody_revokes_the_token_of_somebody_else() {
    let world = World::new().await;
    let (jar, bob) = (world.ada().await, world.browser(BOB, PASSWORD).await);
    let (_, token) = made(&bob).await;
    let theirs = field(&bob.open("/account/tokens").await, "token");
    let csrf = field(&jar.open("/account/profile").await, "csrf");
    jar.post("/account/tokens", &[("csrf", &csrf), ("token", &theirs)]).await;
    assert_eq!(world.asks(&token).await, 200);
    assert!(bob.open("/account/tokens").await.has("token-1"));
}

/// P114: a token opens no page, whatever is asked with it, and gets no cookie of somebody who is signed in.
#[tokio::test]
async fn p114_a_token_opens_no_page_of_the_account() {
    let world = World::new().await;
    let (_, token) = made(&world.ada().await).await;
    let bearer = format!("Bearer {token}");
    for route in routes::table() {
        let path = route.path();
        if !path.starts_with("/account") && !path.starts_with("/console") {
            continue;
        }
        let jar = world.server.browser();
        let headers = [("authorization", bearer.as_str())];
        let answer = jar.send(Method::GET, path, None, &headers).await;
        assert!(answer.status.as_u16() >= 300, "{path}: {answer:?}");
        assert!(!answer.body.contains(ADA), "{path}: {answer:?}");
        assert!(!super::is_signed_in(&jar).await, "{path}");
    }
}

/// P114: no more is offered than a person's roles open, and no more is taken than is offered.
#[tokio::test]
async fn p114_the_page_gives_a_token_no_more_than_its_owner_may() {
    let world = World::new().await;
    let acme = world.server.scope_of("acme").await;
    acme.resource(NOTES, None, &["notes:read"], OpenTo::OwnerOnly).await;
    world.server.platform().await.resource("https://secret.example", None, &["s"], OpenTo::OwnerOnly).await;
    let jar = world.ada().await;
    let page = jar.open("/account/tokens/new").await;
    assert!(
        page.body.contains("What notes:read allows") && !page.body.contains("secret.example"),
        "{page:?}"
    );
    assert!(!page.body.contains("people:read"), "{page:?}");
    for grants in [
        vec![],
        vec!["people:read"],
        vec!["openid"],
        vec!["notes:read"],
        vec!["https://secret.example s"],
        vec!["https://notes.example other"],
        vec!["<script>"],
    ] {
        let mut fields = vec![("name", "x"), ("days", "30")];
        fields.extend(grants.iter().map(|grant| ("grant-1", *grant)));
        let refused = jar.submit(&page, &fields).await;
        assert_eq!((refused.status.as_u16(), refused.has("token-choice-problem")), (422, true), "{grants:?}");
        assert!(!refused.body.contains("<script>"), "{refused:?}");
    }
    for (days, status) in [("366", 400), ("0", 400), ("", 400), ("-1", 400), ("7", 200)] {
        let fields = [("name", "x"), ("days", days), ("grant-1", "https://notes.example notes:read")];
        let answer = jar.submit(&page, &fields).await;
        assert_eq!(answer.status.as_u16(), status, "{days}: {answer:?}");
    }
    let list = jar.open("/account/tokens").await;
    assert!(list.body.contains("notes:read") && list.body.contains(NOTES), "{list:?}");
}

/// P116: a token in the field of the name is refused, and shows up nowhere.
#[tokio::test]
async fn p116_a_secret_for_a_name_shows_up_nowhere() {
    let world = World::new().await;
    let jar = world.ada().await;
    let (_, token) = made(&jar).await;
    let page = jar.open("/account/tokens/new").await;
    let fields = [("name", token.as_str()), ("days", "30"), ("grant-1", "account:read")];
    let refused = jar.submit(&page, &fields).await;
    assert_eq!((refused.status.as_u16(), refused.has("token-name-problem")), (422, true), "{refused:?}");
    let below = format!("{:?}", Everything::open(world.server.storage()).all());
    assert!(!below.contains(&token));
}
