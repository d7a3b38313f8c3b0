//! The secrets and passwords of a declaration: made, given, replaced, never shown again (P029).

use std::time::Duration;

use symbolon::protocol::opaque;
use symbolon::storage::records::{clients, passwords, users};

use super::deployment::{Deployment, acme};
use super::running::Running;
use crate::harness::tokens::text;

#[actix_web::test]
async fn generated_secrets_are_shown_once_and_work() {
    let deployment = Deployment::new().await;
    let applied = deployment.apply(&acme()).await;
    let made: Vec<_> =
        applied.made.iter().map(|made| (made.kind, made.tenant.as_str(), made.name.as_str())).collect();
    assert_eq!(made, [("password", "acme", "grace@acme.example")]);
    let password = applied.made[0].secret.expose();
    assert!(password.len() == 23 && password.matches('-').count() == 3, "{password}");
    let client = "apiVersion: symbolon/v1
platform: {clients: [{client_id: robot, name: R, kind: service, secret: {generate: true}}]}
";
    let applied = deployment.apply(client).await;
    let secret = applied.made[0].secret.expose().clone();
    let now = deployment.call().now;
    let id = "robot".parse().unwrap();
    let live = deployment.inside("platform", move |tx| clients::live_secrets(tx, &id, now)).await;
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].hash, opaque::hash(&secret));
    assert!(deployment.apply(client).await.made.is_empty());
}

#[actix_web::test]
async fn p029_secrets_never_come_back() {
    let mut deployment = Deployment::new().await;
    deployment.later(Duration::from_secs(1));
    let applied = deployment.apply(&acme()).await;
    let mut hidden: Vec<String> = deployment.sources.variables.values().cloned().collect();
    hidden.extend(applied.made.iter().map(|made| made.secret.expose().clone()));
    let hashes: Vec<String> = hidden.iter().map(|secret| opaque::hash(secret)).collect();
    hidden.extend(hashes);
    let phc = deployment
        .inside("acme", |tx| {
            let ada = users::find_by_email(tx, "ada@acme.example")?.expect("ada");
            Ok(passwords::find(tx, ada.id)?.expect("a password").expose().clone())
        })
        .await;
    hidden.push(phc);
    let mut seen = vec![deployment.export().await, format!("{applied:?}")];
    seen.push(serde_json::to_string(&applied.changes).unwrap());
    seen.extend(applied.changes.iter().map(ToString::to_string));
    for slug in ["platform", "acme", "globex"] {
        seen.extend(deployment.events(slug).await);
    }
    for secret in &hidden {
        assert!(seen.iter().all(|text| !text.contains(secret.as_str())), "{secret} came back");
    }
    assert!(seen[0].contains("keep: true"));
}

#[actix_web::test]
async fn a_changed_secret_takes_the_place_of_the_old_one() {
    let mut deployment = Deployment::with_acme().await;
    deployment
        .sources
        .variables
        .insert("ACME_WIKI_SECRET".to_owned(), "Zk3vT9qLw7Xc2Rm5Yb8Nd4Gh6Jp1Fs0A".to_owned());
    deployment.later(Duration::from_secs(5));
    let changed = deployment.changes(&acme()).await;
    assert_eq!(changed, ["~ client acme.wiki in acme\n    secret: \"another\" -> \"as given\""]);
    deployment.apply(&acme()).await;
    let now = deployment.call().now;
    let live = deployment
        .inside("acme", move |tx| clients::live_secrets(tx, &"acme.wiki".parse().unwrap(), now))
        .await;
    assert_eq!(live.len(), 1);
    assert!(deployment.changes(&acme()).await.is_empty());
}

/// P029: a secret that was replaced is dead at once, and no answer over HTTP holds one.
#[tokio::test]
async fn p029_a_replaced_secret_is_dead_on_the_running_server() {
    let mut running = Running::new().await;
    let grant = [("grant_type", "client_credentials"), ("scope", "notes")];
    let first = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!(first.status, 200);
    let old = running.sources.variables["GLOBEX_REPORT_SECRET"].clone();
    running
        .sources
        .variables
        .insert("GLOBEX_REPORT_SECRET".into(), "Zk3vT9qLw7Xc2Rm5Yb8Nd4Gh6Jp1Fs0A".into());
    running.apply(&running.file, false).await;
    let page = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!(page.status, 200, "the new one works: {page:?}");
    let new =
        running.sources.variables.insert("GLOBEX_REPORT_SECRET".into(), old.clone()).expect("the new one");
    let refused = running.ask("globex.report", "/oauth2/token", &grant).await;
    assert_eq!((refused.status.as_u16(), text(&refused.json(), "error").as_str()), (401, "invalid_client"));
    for answer in [first, page, refused] {
        let all = format!("{:?} {}", answer.headers, answer.body);
        assert!(!all.contains(&old) && !all.contains(&new), "{all}");
    }
}

#[actix_web::test]
async fn passwords_are_initial_only() {
    let mut deployment = Deployment::with_acme().await;
    deployment.sources.variables.insert("ACME_ADA_PASSWORD".to_owned(), "quite another phrase 77".to_owned());
    assert!(deployment.changes(&acme()).await.is_empty());
    deployment.sources.variables.remove("ACME_ADA_PASSWORD");
    assert!(deployment.changes(&acme()).await.is_empty(), "a password that is not needed need not be there");
}

#[actix_web::test]
async fn a_password_is_set_where_there_is_none() {
    let deployment = Deployment::with_acme().await;
    let user = |password: &str| {
        format!(
            "apiVersion: symbolon/v1
tenants: [{{slug: globex, name: Globex, plan: free, domains: [globex.example], users: [{{email: eve@globex.example{password}}}]}}]
"
        )
    };
    deployment.apply(&user("")).await;
    let applied = deployment.apply(&user(", password: {generate: true}")).await;
    assert_eq!((applied.changes.len(), applied.made.len()), (1, 1), "{:#?}", applied.changes);
    assert!(deployment.apply(&user(", password: {generate: true}")).await.changes.is_empty());
}

/// D27: of several that make the same people at once one is faster, and only its passwords are in force.
#[actix_web::test]
async fn of_three_at_once_only_the_one_that_makes_the_people_shows_their_passwords() {
    let deployment = Deployment::new().await;
    let file = acme();
    let (one, two, three) =
        tokio::join!(deployment.apply(&file), deployment.apply(&file), deployment.apply(&file));
    let mut shown: Vec<_> = [one, two, three]
        .into_iter()
        .map(|applied| (!applied.changes.is_empty(), applied.made.len()))
        .collect();
    shown.sort_unstable();
    assert_eq!(shown, [(false, 0), (false, 0), (true, 1)]);
}
