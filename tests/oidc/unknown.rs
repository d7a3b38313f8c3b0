//! Nobody learns from the work of a refusal whether a client exists (D8): the same number of queries, never a measured time.

use super::party::{World, basic};
use crate::harness::TestServer;
use crate::harness::jar::Jar;
use crate::harness::statements;

/// What a wrong secret costs, for as many tries as this: past the number that is recorded one by one.
const TRIES: usize = 5;

async fn costs(world: &World, jar: &Jar, client: &str) -> Vec<usize> {
    let proof = basic(client, "a wrong secret of forty characters in all");
    let fields = [("grant_type", "client_credentials")];
    let mut costs = Vec::new();
    for _ in 0..TRIES {
        let before = statements::asked_of(world.server.storage());
        let headers = [("authorization", proof.as_str())];
        let page = jar.send(reqwest::Method::POST, "/oauth2/token", Some(&fields), &headers).await;
        assert_eq!(page.status, 401);
        costs.push(statements::asked_of(world.server.storage()) - before);
    }
    costs
}

/// A name whose wrong secrets cost something else than those of a client that exists, with what they cost.
async fn differing() -> Option<(&'static str, Vec<usize>, Vec<usize>)> {
    // One connection: another that is opened in the middle would be counted.
    let settings = TestServer::with().set("limits.recorded_failures", "3 per 10m");
    let world = World::on(settings.set("database.pool_size", "1")).await;
    let jar = world.server.browser();
    // Remembered by the node from here on, and its connections are open.
    world.machine_token(&world.job).await;
    // The counters that all names made up in a window share are there.
    costs(&world, &jar, "somebody").await;
    let known = costs(&world, &jar, "acme.job").await;
    assert!(known.iter().all(|cost| *cost > 5), "queries are counted: {known:?}");
    assert_ne!(known.first(), known.last(), "the last is past the limit: {known:?}");
    world.server.suspend_client("globex", "globex.job").await;
    world.server.refresh().await;
    for name in ["acme.jobs", "nobody", "nowhere.job", "globex.job"] {
        let cost = costs(&world, &jar, name).await;
        if cost != known {
            return Some((name, cost, known));
        }
    }
    None
}

/// The node looks for changes twice a second, which adds its queries to whatever is counted just then: what differs by itself
/// differs in every round.
#[tokio::test]
async fn d8_a_wrong_secret_of_a_client_that_exists_asks_the_database_as_often_as_one_of_none() {
    const ROUNDS: usize = 6;
    statements::watch();
    let mut found = None;
    for _ in 0..ROUNDS {
        found = differing().await;
        if found.is_none() {
            return;
        }
    }
    panic!("in each of {ROUNDS} rounds: {found:?}");
}
