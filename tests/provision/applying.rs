//! Applying a declaration: once, twice, changed, exported again.

use std::time::Duration;

use symbolon::model::status::Status;
use symbolon::protocol::opaque;
use symbolon::protocol::revocation_feed::{RevokedKind, entry_key};
use symbolon::storage::records::{clients, passwords, revocations, users};

use super::deployment::{Deployment, acme};

#[actix_web::test]
async fn the_example_is_applied_once_and_then_changes_nothing() {
    let deployment = Deployment::new().await;
    let planned = deployment.plan(&acme()).await;
    assert_eq!(planned.changes.len(), 22, "{:#?}", planned.changes);
    assert_eq!(deployment.change_number().await, 1, "a plan writes nothing");
    let applied = deployment.apply(&acme()).await;
    assert_eq!(applied.changes.len(), 22);
    let number = deployment.change_number().await;
    assert!(number > 1, "running nodes must see it");
    assert!(deployment.changes(&acme()).await.is_empty());
    let again = deployment.apply(&acme()).await;
    assert!(again.changes.is_empty() && again.made.is_empty(), "{:#?}", again.changes);
    assert_eq!(deployment.change_number().await, number);
}

#[actix_web::test]
async fn what_is_exported_is_no_change() {
    let deployment = Deployment::with_acme().await;
    let exported = deployment.export().await;
    let planned = deployment.plan(&exported).await;
    assert!(planned.changes.is_empty(), "{exported}\n{:#?}", planned.changes);
    let pruned = deployment.try_apply(&exported, true).await.unwrap_or_else(|faults| panic!("{faults}"));
    assert!(pruned.changes.is_empty(), "{:#?}", pruned.changes);
    assert_eq!(deployment.export().await, exported);
}

#[actix_web::test]
async fn a_rich_deployment_survives_the_round_trip() {
    let deployment = Deployment::with_acme().await;
    let more = "apiVersion: symbolon/v1
platform:
  users: [{email: op@symbolon.example, roles: [owner], password: {generate: true}}]
  resources: [{identifier: \"urn:example:staff\", name: 'Staff: API #1', tenants: [acme, globex], status: suspended}]
tenants:
  - slug: acme
    name: \"yes\"
    plan: pro
    brand: {accent: \"#7A3B12\"}
    policy: {registration: closed, session: {idle: 90s, absolute: 25h}}
    entitlements: [{product: notes, grants: [read, write]}, {product: graph, grants: [read]}]
    resources: [{identifier: \"https://acme.example/api\", name: Own, product: notes, scopes: [{name: own, description: \"Do: own, things\"}]}]
    workspaces: [{slug: research, name: R, contexts: [{slug: eu, name: EU}]}]
    users:
      - email: Jürgen@Acme.Example
        email_verified: false
        name: {full: 'J \"Ü\"', given: Jürgen, middle: '#', family: \"true\"}
        nickname: \"123\"
        birthdate: 0000-12-10
        locale: de-DE
        zoneinfo: Europe/Berlin
        phone_number: \"+49 30 901820\"
        phone_number_verified: true
        website: https://acme.example/~j?x=1#y
        address: {formatted: \"A 1\\nBerlin\", country: DE}
        status: suspended
        roles: [member, readonly]
        groups: [engineering]
        workspaces: [research: [us], sales]
    clients:
      - client_id: acme.robot
        name: Robot
        kind: service
        secret: {generate: true}
        resources: [\"https://acme.example/api\"]
        scopes: [own]
        workspaces: [research: [eu], sales]
        lifetimes: {access_token: 61s, code: 1m}
      - client_id: acme.phone
        name: Phone
        kind: native
        redirect_uris: [\"com.example.acme:/cb\", \"http://127.0.0.1/cb\"]
        scopes: [openid, offline_access]
        grant_types: [authorization_code]
        default_max_age: 0s
        status: suspended
        logo_uri: https://acme.example/logo.png
        tos_uri: https://acme.example/tos
";
    let applied = deployment.apply(more).await;
    assert_eq!(applied.made.len(), 2);
    assert!(deployment.apply(more).await.changes.is_empty());
    let exported = deployment.export().await;
    assert!(exported.contains("#7a3b12"), "{exported}");
    let planned = deployment.plan(&exported).await;
    assert!(planned.changes.is_empty(), "{exported}\n{:#?}", planned.changes);
    assert!(deployment.changes(more).await.is_empty());
}

#[actix_web::test]
async fn a_context_made_later_reaches_those_who_have_the_whole_workspace() {
    let deployment = Deployment::with_acme().await;
    let file = |contexts: &str| {
        format!(
            "apiVersion: symbolon/v1
tenants:
  - slug: acme
    name: Acme Corp
    plan: pro
    workspaces: [{{slug: sales, name: Sales, contexts: [{contexts}]}}]
    clients: [{{client_id: acme.robot, name: R, kind: service, secret: {{generate: true}}, workspaces: [sales]}}]
"
        )
    };
    deployment.apply(&file("{slug: crm, name: CRM}")).await;
    let more = file("{slug: crm, name: CRM}, {slug: erp, name: ERP}");
    deployment.apply(&more).await;
    let robot =
        deployment.inside("acme", |tx| clients::find(tx, &"acme.robot".parse().unwrap())).await.unwrap();
    assert_eq!(robot.metadata.workspaces.values().map(Vec::len).sum::<usize>(), 2);
    assert!(deployment.changes(&more).await.is_empty());
}

#[actix_web::test]
async fn lists_of_a_named_object_are_authoritative_and_unnamed_objects_stay() {
    let deployment = Deployment::with_acme().await;
    let changed = deployment
        .changes(
            "apiVersion: symbolon/v1
tenants:
  - slug: acme
    name: Acme Corp
    plan: pro
    users: [{email: ada@acme.example, email_verified: true, name: {given: Ada, family: Lovelace}, roles: [owner, admin]}]
",
        )
        .await;
    assert_eq!(changed.len(), 2, "{changed:#?}");
    assert!(changed[0].starts_with("~ tenant acme\n"), "{changed:#?}");
    for key in ["region", "domains", "entitlements"] {
        assert!(changed[0].contains(&format!("\n    {key}: ")), "{changed:#?}");
    }
    assert!(!changed[0].contains("policy"), "the defaults are what the example says: {changed:#?}");
    assert!(changed[1].starts_with("~ user ada@acme.example in acme\n"), "{changed:#?}");
    assert!(changed[1].contains("roles: [\"owner\"] -> [\"owner\",\"admin\"]"), "{changed:#?}");
    assert!(changed[1].contains("workspaces: [\"research\",\"sales\"] -> []"), "{changed:#?}");
}

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
    assert_eq!(live[0].hash, symbolon::model::audit::hex(&opaque::hash(&secret)));
    assert!(deployment.apply(client).await.made.is_empty());
}

#[actix_web::test]
async fn p029_secrets_never_come_back() {
    let mut deployment = Deployment::new().await;
    deployment.later(Duration::from_secs(1));
    let applied = deployment.apply(&acme()).await;
    let mut hidden: Vec<String> = deployment.sources.variables.values().cloned().collect();
    hidden.extend(applied.made.iter().map(|made| made.secret.expose().clone()));
    let hashes: Vec<String> =
        hidden.iter().map(|secret| symbolon::model::audit::hex(&opaque::hash(secret))).collect();
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

#[actix_web::test]
async fn what_only_the_database_can_tell_is_named_at_once_with_its_place() {
    let mut deployment = Deployment::with_acme().await;
    deployment.sources.variables.insert("WEAK".to_owned(), "acme eve".to_owned());
    let found = deployment
        .try_apply(
            "apiVersion: symbolon/v1
platform:
  resources: [{identifier: \"https://api.example\", name: A}]
tenants:
  - slug: initech
    name: Initech
    plan: free
    domains: [acme.example]
    resources: [{identifier: \"https://notes.example\", name: Mine}]
    users:
      - {email: a@initech.example, password: {keep: true}}
      - {email: b@initech.example, password: {env: NOT_SET}}
    clients:
      - {client_id: initech.app, name: A, kind: service, secret: {keep: true}}
",
            false,
        )
        .await
        .expect_err("faults");
    let found = found.to_string();
    for (place, words) in [
        ("8:15:", "leads to the tenant `acme` already"),
        ("9:30:", "belongs to `platform` already"),
        ("11:46:", "this one would be new"),
        ("12:46:", "`NOT_SET` is not set"),
        ("14:66:", "this one has none"),
    ] {
        let line =
            found.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{words}: {found}"));
        assert!(line.starts_with(&format!("test.yaml:{place}")), "{line}");
    }
    assert_eq!(found.lines().count(), 5, "{found}");
    let weak = "apiVersion: symbolon/v1
tenants: [{slug: initech, name: I, plan: free, users: [{email: eve@acme.example, password: {env: WEAK}}]}]
";
    let found = deployment.try_apply(weak, false).await.expect_err("a weak password").to_string();
    let path = "test.yaml:2:92: tenants[initech].users[eve@acme.example].password:";
    assert!(found.starts_with(&format!("{path} the password is too short")), "{found}");
    assert!(!found.contains("acme eve"), "{found}");
}

/// What is wrong in the file, what only the database can tell, and what is weak: nobody has to mend and try three times.
#[actix_web::test]
async fn every_fault_is_named_at_once_whoever_finds_it() {
    let mut deployment = Deployment::with_acme().await;
    deployment.sources.variables.insert("WEAK".to_owned(), "acme eve acme eve".to_owned());
    let file = "apiVersion: symbolon/v1
tenants:
  - slug: initech
    name: Initech
    plan: free
    resources: [{identifier: \"https://notes.example\", name: Mine}]
    users:
      - {email: a@initech.example, password: {env: NOT_SET}, roles: [ownr]}
      - {email: eve@acme.example, password: {env: WEAK}}
      - {email: b@initech.example, password: {keep: true}}
    clients:
      - {client_id: initech.app, name: A, kind: service, secret: {env: NOT_SET_EITHER}}
  - slug: acme
    name: Acme Corp
    plan: free
    users: [{email: ada@acme.example, roles: [ownr]}]
";
    for prune in [false, true] {
        let found = deployment.try_apply(file, prune).await.expect_err("faults").to_string();
        for (place, words) in [
            ("6:30:", "belongs to `platform` already"),
            ("8:46:", "`NOT_SET` is not set"),
            ("8:70:", "did you mean `owner`?"),
            ("9:45:", "made of names"),
            ("10:46:", "this one would be new"),
            ("12:66:", "`NOT_SET_EITHER` is not set"),
            ("16:47:", "did you mean `owner`?"),
        ] {
            let named = |line: &&str| line.starts_with(&format!("test.yaml:{place}")) && line.contains(words);
            assert!(found.lines().any(|line| named(&line)), "{place} {words}: {found}");
        }
        // Ada stays an owner once the word is mended: what was read of her so far says nothing of that.
        assert!(!found.contains("without an active owner"), "{found}");
    }
}

#[actix_web::test]
async fn a_file_may_refer_to_what_another_declared() {
    let deployment = Deployment::with_acme().await;
    let file = "apiVersion: symbolon/v1
tenants:
  - slug: acme
    name: Acme Corp
    plan: free
    users: [{email: eve@acme.example, groups: [engineering], workspaces: [research: [eu]]}]
    clients: [{client_id: acme.more, name: M, kind: service, secret: {generate: true}, resources: [\"https://notes.example\"], scopes: [notes]}]
";
    deployment.apply(file).await;
    let unknown =
        deployment.try_apply(&file.replace("free", "fre"), false).await.expect_err("an unknown plan");
    assert!(unknown.to_string().contains("did you mean `free`?"), "{unknown}");
    let pruned = deployment.try_apply(&file.replace("users:", "groups: []\n    users:"), true).await;
    let pruned = pruned.expect_err("a group that would be gone").to_string();
    assert!(pruned.contains("unknown group `engineering`"), "{pruned}");
}

#[actix_web::test]
async fn p062_every_spelling_is_the_same_account() {
    let deployment = Deployment::with_acme().await;
    let file = |email: &str| {
        format!(
            "apiVersion: symbolon/v1
tenants: [{{slug: globex, name: Globex, plan: free, domains: [globex.example], users: [{{email: \"{email}\"}}]}}]
"
        )
    };
    deployment.apply(&file("jürgen@bücher.example")).await;
    let before = deployment.inside("globex", users::all).await;
    for spelling in [
        "JÜRGEN@BÜCHER.EXAMPLE",
        "Ju\u{308}rgen@xn--bcher-kva.example",
        "ｊürgen@bücher.example",
        "jürgen＠bücher.example",
        "jürgen@BU\u{308}CHER.example",
    ] {
        let changed = deployment.changes(&file(spelling)).await;
        assert!(changed.len() == 1 && changed[0].starts_with("~ user"), "{changed:#?}");
        deployment.apply(&file(spelling)).await;
    }
    let after = deployment.inside("globex", users::all).await;
    assert_eq!(after.len(), before.len());
}

#[actix_web::test]
async fn suspending_by_the_file_takes_access_away_and_resuming_gives_it_back() {
    let deployment = Deployment::with_acme().await;
    let suspended = acme()
        .replace("slug: globex", "slug: globex\n    status: suspended")
        .replace("client_id: acme.wiki", "client_id: acme.wiki\n        status: suspended")
        .replace("email: grace@acme.example", "email: grace@acme.example\n        status: suspended")
        .replace(
            "identifier: https://graph.example",
            "identifier: https://graph.example\n      status: suspended",
        );
    let changed = deployment.changes(&suspended).await;
    assert_eq!(changed.len(), 4, "{changed:#?}");
    assert!(
        changed.iter().all(|change| change.contains("status: \"active\" -> \"suspended\"")),
        "{changed:#?}"
    );
    deployment.apply(&suspended).await;
    assert!(!deployment.tenant("globex").await.tenant().status.is_active());
    let slug = "globex".parse().unwrap();
    let scope =
        deployment.database.read_directory(move |directory| directory.tenant_by_slug(&slug)).await.unwrap();
    assert!(scope.is_none(), "a suspended tenant has no scope");
    let grace = deployment.inside("acme", |tx| users::find_by_email(tx, "grace@acme.example")).await.unwrap();
    assert!(matches!(grace.status, Status::Suspended { .. }));
    let now = deployment.call().now;
    let feed =
        deployment.database.read_platform(&deployment.right, move |tx| revocations::live(tx, &[], now)).await;
    let globex = deployment.tenant("globex").await.id();
    let mut expected = [
        entry_key(RevokedKind::Client, "acme.wiki"),
        entry_key(RevokedKind::Subject, &grace.id.to_string()),
        entry_key(RevokedKind::Tenant, &globex.to_string()),
    ];
    expected.sort();
    let mut named: Vec<String> = feed.unwrap().into_iter().map(|entry| entry.hash).collect();
    named.sort();
    assert_eq!(named, expected);
    assert!(deployment.changes(&acme()).await.is_empty(), "a status that the file does not state stays");
    let resumed = suspended.replace("status: suspended", "status: active");
    deployment.apply(&resumed).await;
    assert!(deployment.tenant("globex").await.tenant().status.is_active());
    assert!(deployment.changes(&acme()).await.is_empty());
}

/// D14: hashing and writing take their time, and what is refreshed meanwhile must fall under the suspension.
#[actix_web::test]
async fn a_suspension_reaches_what_was_issued_while_passwords_were_hashed_and_the_file_was_written() {
    let mut deployment = Deployment::with_acme().await;
    deployment.take(Duration::from_mins(2));
    let suspended =
        acme().replace("email: grace@acme.example", "email: grace@acme.example\n        status: suspended");
    let begun = deployment.call().now;
    deployment.apply(&suspended).await;
    let read =
        deployment.database.read_platform(&deployment.right, move |tx| revocations::live(tx, &[], begun));
    let cut_offs: Vec<_> = read.await.unwrap().into_iter().map(|entry| entry.cut_off).collect();
    assert_eq!(cut_offs.len(), 1);
    assert!(cut_offs[0] >= begun + Duration::from_mins(4), "{cut_offs:?}");
}

#[actix_web::test]
async fn every_change_is_recorded_where_it_happens() {
    let deployment = Deployment::with_acme().await;
    let kinds = |events: Vec<String>| {
        let kind = |event: &String| {
            let at = event.find("\"kind\":\"").unwrap() + 8;
            event[at..].split('"').next().unwrap().to_owned()
        };
        events.iter().map(kind).collect::<Vec<_>>()
    };
    let acme_events = kinds(deployment.events("acme").await);
    for (kind, count) in [
        ("tenant.changed", 1),
        ("user.changed", 2),
        ("client.changed", 3),
        ("workspace.changed", 5),
        ("group.changed", 1),
    ] {
        assert_eq!(
            acme_events.iter().filter(|event| *event == kind).count(),
            count,
            "{kind}: {acme_events:?}"
        );
    }
    let platform = kinds(deployment.events("platform").await);
    for (kind, count) in [
        ("catalogue.changed", 4),
        ("resource_server.changed", 2),
        ("configuration.applied", 1),
        ("client.secret_changed", 1),
    ] {
        assert_eq!(platform.iter().filter(|event| *event == kind).count(), count, "{kind}: {platform:?}");
    }
    let bodies = deployment.events("acme").await;
    let chained: Vec<&str> = bodies.iter().map(|event| event.split("} ").next().unwrap()).collect();
    assert!(
        chained.iter().all(|body| !body.contains("ada@acme.example")),
        "addresses stand on the erasable side"
    );
    assert!(bodies.iter().any(|event| event.contains("ada@acme.example")));
}
