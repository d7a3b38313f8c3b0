//! How fresh a sign-in is, and whose (OIDC Core §3.1.2.1, §3.1.2.6; P006, P007).

use std::collections::BTreeMap;
use std::time::Duration;

use symbolon::model::client::ClientKind;
use symbolon::model::role::Role;

use super::party::{CALLBACK, World, claims, platform_client, text};
use crate::harness::jar::Jar;
use crate::harness::seed::{PASSWORD, Registered};

/// `auth_time` of the ID token that this answer leads to.
async fn auth_time(world: &World, client: &Registered, answer: &BTreeMap<String, String>) -> i64 {
    let code = answer.get("code").unwrap_or_else(|| panic!("{answer:?}"));
    let tokens = world.exchange(client, code).await.json();
    let (id, access) = (claims(&text(&tokens, "id_token")), claims(&text(&tokens, "access_token")));
    assert_eq!(id["auth_time"], access["auth_time"]);
    id["auth_time"].as_i64().unwrap_or_else(|| panic!("no auth_time in {id}"))
}

#[tokio::test]
async fn p006_a_demanded_sign_in_shows_in_auth_time_and_no_other_does() {
    let world = World::new().await;
    let mut strict = platform_client("strict", ClientKind::Web);
    strict.metadata.default_max_age = Some(60);
    let strict = world.server.platform().await.register(strict).await;
    let jar = world.server.browser();
    let wiki = &world.wiki;
    let mut proved = world.server.now().unix();
    assert_eq!(auth_time(&world, wiki, &world.authorize(&jar, wiki, &[]).await).await, proved);
    for (client, extra, fresh) in [
        (wiki, vec![], false),
        (wiki, vec![("prompt", "login")], true),
        (wiki, vec![("max_age", "1000")], false),
        (wiki, vec![("max_age", "1")], true),
        (wiki, vec![("max_age", "0")], true),
        (wiki, vec![("prompt", "login"), ("max_age", "100000")], true),
        (wiki, vec![("prompt", "login consent")], true),
        (wiki, vec![("claims", r#"{"id_token":{"auth_time":{"essential":true}}}"#)], false),
        (&strict, vec![], true),
        (&strict, vec![("max_age", "5000")], false),
    ] {
        world.server.advance(Duration::from_mins(10)).await;
        let now = world.server.now().unix();
        let answer = world.authorize(&jar, client, &extra).await;
        if fresh {
            proved = now;
        }
        assert_eq!(auth_time(&world, client, &answer).await, proved, "{extra:?}");
    }
}

/// P006: `auth_time` is the time of the proof, not of the request; and a page that waits proves nothing.
#[tokio::test]
async fn p006_the_proof_counts_and_not_the_page_before_it() {
    let world = World::new().await;
    let jar = world.server.browser();
    world.authorize(&jar, &world.wiki, &[]).await;
    world.server.advance(Duration::from_mins(5)).await;
    let asked = |more: &str| {
        let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
        format!(
            "/oauth2/authorize?response_type=code&client_id=wiki&redirect_uri={callback}&scope=openid&tenant=acme{more}"
        )
    };
    let waiting = jar.open(&asked("&prompt=login")).await;
    let (_, handle) = waiting.path.split_once("interaction=").expect("a handle");
    // Going on without a proof, or with the proof of another request, leads back to the same question.
    for _ in 0..2 {
        let resumed = jar.get(&format!("/oauth2/authorize/resume?interaction={handle}")).await;
        assert!(!resumed.location().expect("a way on").contains("code="), "{resumed:?}");
        let other = jar.open(&asked("&prompt=login")).await;
        let other = prove(&jar, other).await;
        assert!(other.contains_key("code"));
    }
    world.server.advance(Duration::from_secs(90)).await;
    let now = world.server.now().unix();
    let answer = prove(&jar, jar.open(&waiting.path).await).await;
    let fields =
        [("grant_type", "authorization_code"), ("code", &*answer["code"]), ("redirect_uri", CALLBACK)];
    let tokens = world.token(&world.wiki, &fields).await.json();
    assert_eq!(claims(&text(&tokens, "id_token"))["auth_time"], now);
}

async fn prove(jar: &Jar, page: crate::harness::jar::Page) -> BTreeMap<String, String> {
    let page = if page.marker().as_deref() == Some("page-login") {
        jar.submit(&page, &[("username", "ada@acme.example")]).await
    } else {
        page
    };
    jar.submit(&page, &[("password", PASSWORD)]).await.answer()
}

/// P007: `prompt=none` with hints, good and not, and with all that would need a page.
#[tokio::test]
async fn p007_prompt_none_answers_at_once_for_the_person_it_names_alone() {
    let world = World::new().await;
    world.server.scope_of("acme").await.person("grace@acme.example", &[Role::Member]).await;
    let mut asking = platform_client("asking", ClientKind::Web);
    asking.metadata.first_party = false;
    let asking = world.server.platform().await.register(asking).await;
    let (ada, grace) = (world.server.browser(), world.server.browser());
    let own = hint(&world, &world.authorize(&ada, &world.wiki, &[]).await).await;
    let page = grace.open("/login").await;
    let page = grace.submit(&page, &[("username", "grace@acme.example"), ("organisation", "acme")]).await;
    grace.submit(&page, &[("password", PASSWORD)]).await;
    let hers = hint(&world, &world.authorize(&grace, &world.wiki, &[]).await).await;
    let mut forged = own.clone();
    forged.truncate(forged.len() - 8);
    let subject = claims(&hers)["sub"].as_str().expect("a subject").to_owned();
    let wanted = format!(r#"{{"id_token":{{"sub":{{"value":"{subject}"}}}}}}"#);
    world.server.advance(Duration::from_hours(2)).await;
    for (client, extra, error) in [
        (&world.wiki, vec![("id_token_hint", &*own)], None),
        (&world.wiki, vec![], None),
        (&world.wiki, vec![("id_token_hint", &*hers)], Some("login_required")),
        (&world.wiki, vec![("claims", &*wanted)], Some("login_required")),
        (&world.wiki, vec![("id_token_hint", &*own), ("claims", &*wanted)], Some("invalid_request")),
        (&world.wiki, vec![("id_token_hint", &*forged)], Some("invalid_request")),
        (&world.other, vec![("id_token_hint", &*own)], Some("invalid_request")),
        (&world.wiki, vec![("max_age", "60")], Some("login_required")),
        (&world.wiki, vec![("tenant", "globex")], Some("login_required")),
        (&world.wiki, vec![("tenant", "nowhere")], Some("login_required")),
        (&asking, vec![], Some("consent_required")),
    ] {
        let mut extra = extra;
        extra.push(("prompt", "none"));
        let answer = world.authorize(&ada, client, &extra).await;
        assert_eq!(answer.get("error").map(String::as_str), error, "{extra:?}");
        assert_eq!(answer.contains_key("code"), error.is_none(), "{extra:?}");
        assert_eq!(answer.get("state").map(String::as_str), Some("s"), "{extra:?}");
        assert_eq!(answer.get("iss").map(String::as_str), Some(world.server.issuer()), "{extra:?}");
    }
    let nobody = world.authorize(&world.server.browser(), &world.wiki, &[("prompt", "none")]).await;
    assert_eq!(nobody.get("error").map(String::as_str), Some("login_required"));
}

async fn hint(world: &World, answer: &BTreeMap<String, String>) -> String {
    text(&world.exchange(&world.wiki, &answer["code"]).await.json(), "id_token")
}
