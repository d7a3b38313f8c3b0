//! Many people at once: everybody gets their own (P017).

use std::rc::Rc;

use symbolon::model::role::Role;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use super::party::{World, claims, text};
use crate::harness::jar::Jar;
use crate::harness::seed::PASSWORD;

const SIGN_INS: usize = 200;

/// A browser of somebody, and what its tokens must say.
struct Person {
    jar: Jar,
    sub: String,
    sid: String,
}

async fn arrive(world: &World, email: &str) -> Person {
    let jar = world.server.browser();
    let page = jar.open("/login").await;
    let page = jar.submit(&page, &[("username", email), ("organisation", "acme")]).await;
    let page = jar.submit(&page, &[("password", PASSWORD)]).await;
    assert!(page.body.contains(email), "{page:?}");
    let answer = world.authorize(&jar, &world.wiki, &[]).await;
    let id = claims(&text(&world.exchange(&world.wiki, &answer["code"]).await.json(), "id_token"));
    Person { jar, sub: text(&id, "sub"), sid: text(&id, "sid") }
}

async fn once(world: &World, person: &Person, n: usize) {
    let (nonce, state) = (format!("nonce-{n}"), format!("state-{n}"));
    let client = if n.is_multiple_of(3) { &world.spa } else { &world.wiki };
    let answer = world.authorize(&person.jar, client, &[("nonce", &nonce), ("state", &state)]).await;
    assert_eq!(answer.get("state"), Some(&state), "{answer:?}");
    let tokens = world.exchange(client, &answer["code"]).await.json();
    let (id, access) = (claims(&text(&tokens, "id_token")), text(&tokens, "access_token"));
    assert_eq!((text(&id, "sub"), text(&id, "sid")), (person.sub.clone(), person.sid.clone()), "{n}");
    assert_eq!(text(&id, "nonce"), nonce);
    assert_eq!(text(&id, "aud"), client.id());
    assert_eq!(text(&id, "at_hash"), symbolon::crypto::half_hash::half_hash(&access));
    assert_eq!(text(&claims(&access), "sub"), person.sub);
    assert_eq!(text(&world.userinfo(&access).await.json(), "sub"), person.sub);
    let next = world.refresh(client, &text(&tokens, "refresh_token")).await.json();
    assert_eq!(text(&claims(&text(&next, "id_token")), "sub"), person.sub);
}

/// P017: two hundred sign-ins of two people, in parallel through two clients and six browsers.
#[tokio::test]
async fn p017_two_hundred_interleaved_sign_ins_keep_apart() {
    let world = Rc::new(World::new().await);
    world.server.scope_of("acme").await.person("grace@acme.example", &[Role::Member]).await;
    let mut people = Vec::new();
    for n in 0..6 {
        let email = if n % 2 == 0 { "ada@acme.example" } else { "grace@acme.example" };
        people.push(Rc::new(arrive(&world, email).await));
    }
    assert_ne!(people[0].sub, people[1].sub);
    assert_ne!(people[0].sid, people[2].sid);
    let at_once = Rc::new(Semaphore::new(20));
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..SIGN_INS)
        .map(|n| {
            let (world, person) = (Rc::clone(&world), Rc::clone(&people[n % people.len()]));
            let at_once = Rc::clone(&at_once);
            local.spawn_local(async move {
                let _turn = at_once.acquire().await.expect("a turn");
                once(&world, &person, n).await;
            })
        })
        .collect();
    local.await;
    for task in tasks {
        task.await.expect("everybody got their own");
    }
}
