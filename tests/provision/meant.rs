//! Whom a file means: tenants by what it says, however it is spelled, and those that it does not name at all.

use super::deployment::{Deployment, acme};

/// A file that takes much from the tenant whose slug is spelled like this.
fn taking(slug: &str, owners: &str) -> String {
    format!(
        "apiVersion: symbolon/v1
tenants:
  - slug: {slug}
    name: Acme Corp
    plan: free
    policy: {{session: {{idle: 9h, absolute: 30d}}}}
    entitlements: []
    users: [{owners}]
    clients: []
"
    )
}

#[actix_web::test]
async fn p102_a_tenant_is_the_same_however_its_slug_is_spelled() {
    let owner = "{email: ada@acme.example, roles: [owner], status: active}";
    let mut expected = None;
    for spelling in ["acme", "\"ac\\x6de\"", "\"\\u0061cme\"", "\"ac\\\n      me\"", "'acme'"] {
        let deployment = Deployment::with_acme().await;
        let ownerless = deployment.try_apply(&taking(spelling, ""), true).await;
        let ownerless = ownerless.expect_err("the last owner").to_string();
        assert!(ownerless.contains("without an active owner"), "{ownerless}");
        let text = taking(spelling, owner);
        let before = deployment.events("acme").await.len();
        let applied = deployment.prune(&text).await;
        let changes: Vec<String> = applied.changes.iter().map(ToString::to_string).collect();
        let events = deployment.events("acme").await;
        let kinds: Vec<bool> = ["policy.changed", "client.changed", "user.changed"]
            .iter()
            .map(|kind| events.iter().skip(before).any(|event| event.contains(kind)))
            .collect();
        assert_eq!(kinds, [true; 3], "{events:#?}");
        assert!(changes.iter().any(|change| change.contains("- client acme.wiki")), "{changes:#?}");
        assert_eq!(*expected.get_or_insert_with(|| changes.clone()), changes, "spelled {spelling}");
    }
}

#[actix_web::test]
async fn a_product_that_a_tenant_has_as_an_add_on_stays_though_the_file_names_no_tenant() {
    let deployment = Deployment::with_acme().await;
    let catalogue = |graph: &str| {
        format!(
            "apiVersion: symbolon/v1
products:
  - {{key: notes, name: Notes, grants: [read, write, export]}}
{graph}plans:
  - {{key: free, name: Free, entitlements: {{notes: [read]}}}}
  - {{key: pro, name: Pro, entitlements: {{notes: [read, write, export]}}}}
platform: {{resources: [], clients: []}}
"
        )
    };
    let refused = deployment.try_apply(&catalogue(""), true).await.expect_err("still used").to_string();
    assert!(
        refused.contains("the product `graph` would be removed, but the tenant `acme` still uses it"),
        "{refused}"
    );
    let narrower = catalogue("  - {key: graph, name: Knowledge graph, grants: [read]}\n");
    for prune in [false, true] {
        let refused = deployment.try_apply(&narrower, prune).await.expect_err("still had").to_string();
        assert!(
            refused.contains("test.yaml:4:11: products[graph].grants: the grant `write` would be removed, but the tenant `acme` still has it"),
            "{refused}"
        );
    }
    deployment
        .apply(&acme().replace(
            "      - {product: graph, grants: [write], expires_at: 2030-01-01T00:00:00Z}",
            "      []",
        ))
        .await;
    let resources = "platform: {resources: [], clients: []}\n";
    let tenants = "tenants: [{slug: acme, name: Acme Corp, plan: pro, clients: []}, {slug: globex, name: Globex, plan: free, clients: []}]\n";
    deployment.prune(&catalogue("").replace(resources, &format!("{resources}{tenants}"))).await;
}

#[actix_web::test]
async fn a_grant_that_a_plan_outside_the_file_has_stays() {
    let deployment = Deployment::with_acme().await;
    let narrower =
        "apiVersion: symbolon/v1\nproducts:\n  - {key: notes, name: Notes, grants: [read, write]}\n";
    let refused = deployment.try_apply(narrower, false).await.expect_err("still had").to_string();
    assert!(
        refused.contains("the grant `export` would be removed, but the plan `pro` still has it"),
        "{refused}"
    );
    let plan = "plans:\n  - {key: pro, name: Pro, entitlements: {notes: [read, write]}}\n";
    deployment.apply(&format!("{narrower}{plan}")).await;
    let exported = deployment.export().await;
    assert!(deployment.changes(&exported).await.is_empty());
}
