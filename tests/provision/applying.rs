//! Applying a declaration: once, twice, changed, exported again.

use symbolon::storage::records::{clients, users};

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
        lifetimes: {access_token: 61s, id_token: 2m, code: 1m, refresh_idle: 400d, refresh_absolute: 800d}
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
