//! What goes with `--prune`, what may not go, and what never comes back.

use std::time::Duration;

use symbolon::model::status::Status;
use symbolon::storage::records::{clients, groups, passwords, tenants, users, workspaces};

use super::deployment::{Deployment, acme};

const ACME_ONLY: &str = "apiVersion: symbolon/v1
tenants:
  - slug: acme
    name: Acme Corp
    plan: pro
    region: eu
    domains: [acme.example]
";

#[actix_web::test]
async fn nothing_unnamed_goes_without_prune() {
    let deployment = Deployment::with_acme().await;
    let changed = deployment.changes("apiVersion: symbolon/v1\nproducts: []\nplans: []\ntenants: []\n").await;
    assert!(changed.is_empty(), "{changed:#?}");
}

#[actix_web::test]
async fn a_list_that_the_file_does_not_have_is_not_pruned() {
    let deployment = Deployment::with_acme().await;
    let applied = deployment.prune("apiVersion: symbolon/v1\n").await;
    assert!(applied.changes.is_empty(), "{:#?}", applied.changes);
}

#[actix_web::test]
async fn what_the_file_does_not_name_goes() {
    let deployment = Deployment::with_acme().await;
    let file = format!(
        "{ACME_ONLY}    users: [{{email: ada@acme.example, email_verified: true, roles: [owner]}}]
    groups: []
    workspaces: [{{slug: research, name: Research, contexts: [{{slug: eu, name: Europe}}]}}]
    clients: []
"
    );
    let applied = deployment.prune(&file).await;
    let removed: Vec<String> =
        applied.changes.iter().map(ToString::to_string).filter(|change| change.starts_with('-')).collect();
    assert_eq!(
        removed,
        [
            "- client acme.nightly-export in acme",
            "- client acme.notes-in-browser in acme",
            "- client acme.wiki in acme",
            "- user grace@acme.example in acme",
            "- group engineering in acme",
            "- context research/us in acme",
            "- workspace sales in acme",
            "- tenant globex, with 1 user, 1 client",
        ]
    );
    let left = deployment
        .inside("acme", |tx| {
            Ok((groups::all(tx)?.len(), workspaces::all(tx)?.len(), workspaces::all_contexts(tx)?.len()))
        })
        .await;
    assert_eq!(left, (0, 1, 1));
    assert!(deployment.prune(&file).await.changes.is_empty());
    let exported = deployment.export().await;
    assert!(!exported.contains("globex") && !exported.contains("grace"), "{exported}");
    assert!(deployment.changes(&exported).await.is_empty());
}

#[actix_web::test]
async fn p102_the_last_owner_stays() {
    let deployment = Deployment::with_acme().await;
    let users = |users: &str| format!("{ACME_ONLY}    users: [{users}]\n");
    for (file, prune) in [
        (users(""), true),
        (users("{email: grace@acme.example}"), true),
        (users("{email: ada@acme.example, roles: [admin]}"), false),
        (users("{email: ada@acme.example, roles: [owner], status: suspended}"), false),
        (
            users("{email: ada@acme.example}, {email: eve@acme.example, roles: [owner], status: suspended}"),
            false,
        ),
    ] {
        let refused = deployment.try_apply(&file, prune).await.expect_err("the last owner").to_string();
        assert!(refused.contains("without an active owner"), "{file}\n{refused}");
        let ada = deployment.inside("acme", |tx| users::find_by_email(tx, "ada@acme.example")).await.unwrap();
        assert!(ada.status.is_active() && ada.roles.len() == 1);
    }
    let handed_over = users("{email: ada@acme.example}, {email: eve@acme.example, roles: [owner]}");
    deployment.apply(&handed_over).await;
    let by_group = format!(
        "{ACME_ONLY}    groups: [{{name: owners, roles: [owner]}}]
    users: [{{email: eve@acme.example}}, {{email: ada@acme.example, groups: [owners]}}]\n"
    );
    deployment.apply(&by_group).await;
    let group_lost = by_group.replace("roles: [owner]", "roles: [admin]");
    let refused = deployment.try_apply(&group_lost, false).await.expect_err("the last owner").to_string();
    assert!(refused.contains("without an active owner"), "{refused}");
}

#[actix_web::test]
async fn p104_a_deleted_tenant_is_gone_and_its_slug_is_never_used_again() {
    let deployment = Deployment::with_acme().await;
    deployment.prune(ACME_ONLY).await;
    let globex = deployment.tenant("globex").await;
    assert!(matches!(globex.tenant().status, Status::Deleted { .. }));
    let lookups = deployment
        .database
        .read_directory(|directory| {
            Ok([
                directory.tenant_by_slug(&"globex".parse().unwrap())?,
                directory.client_owner(&"globex.report".parse().unwrap())?,
                directory.domain_owner("globex.example")?,
            ])
        })
        .await
        .unwrap();
    assert!(lookups.iter().all(Option::is_none), "{lookups:?}");
    let refused = deployment.try_apply(&acme(), false).await.expect_err("the slug was used").to_string();
    assert!(refused.contains("`globex` belonged to a tenant that was deleted"), "{refused}");
    let heir = acme().replace("globex", "globex-two");
    let applied = deployment.apply(&heir.replace("globex-two.example", "globex.example")).await;
    assert!(!applied.changes.is_empty());
    let new = deployment.tenant("globex-two").await;
    assert_ne!(new.id(), globex.id());
    let id = new.id();
    let domains = deployment.database.read_platform(&deployment.right, tenants::all_domains).await;
    assert!(domains.unwrap().contains(&("globex.example".to_owned(), id)));
}

#[actix_web::test]
async fn a_deleted_account_leaves_its_address_and_nothing_else() {
    let deployment = Deployment::with_acme().await;
    let before =
        deployment.inside("acme", |tx| users::find_by_email(tx, "grace@acme.example")).await.unwrap();
    let file = format!("{ACME_ONLY}    users: [{{email: ada@acme.example, roles: [owner]}}]\n");
    deployment.prune(&file).await;
    let id = before.id;
    let (found, old, password) = deployment
        .inside("acme", move |tx| {
            Ok((
                users::find_by_email(tx, "grace@acme.example")?,
                users::find(tx, id)?,
                passwords::find(tx, id)?.is_some(),
            ))
        })
        .await;
    assert!(found.is_none() && !password);
    assert!(matches!(old.unwrap().status, Status::Deleted { .. }));
    let again = file.replace("users: [", "users: [{email: grace@acme.example}, ");
    deployment.apply(&again).await;
    let after = deployment.inside("acme", |tx| users::find_by_email(tx, "grace@acme.example")).await.unwrap();
    assert_ne!(after.id, before.id, "a new person");
}

#[actix_web::test]
async fn a_deleted_client_comes_back_without_its_old_secrets() {
    let mut deployment = Deployment::with_acme().await;
    deployment.prune(&format!("{ACME_ONLY}    clients: []\n")).await;
    let id = "acme.wiki".parse().unwrap();
    let gone = deployment.inside("acme", move |tx| clients::find(tx, &id)).await.unwrap();
    assert!(matches!(gone.status, Status::Deleted { .. }));
    deployment.later(Duration::from_secs(10));
    let file = format!(
        "{ACME_ONLY}    clients: [{{client_id: acme.wiki, name: Wiki, kind: service, secret: {{generate: true}}}}]\n"
    );
    let applied = deployment.apply(&file).await;
    assert_eq!(applied.made.len(), 1);
    let now = deployment.call().now;
    let id = "acme.wiki".parse().unwrap();
    let live = deployment.inside("acme", move |tx| clients::live_secrets(tx, &id, now)).await;
    assert_eq!(live.len(), 1);
}

#[actix_web::test]
async fn domains_move_between_tenants_in_one_file() {
    let deployment = Deployment::with_acme().await;
    let swapped = acme()
        .replace("domains: [acme.example]", "domains: [x]")
        .replace("domains: [globex.example]", "domains: [acme.example]")
        .replace("domains: [x]", "domains: [globex.example]");
    deployment.apply(&swapped).await;
    assert!(deployment.changes(&swapped).await.is_empty());
}

#[actix_web::test]
async fn products_and_plans_that_are_still_used_stay() {
    let deployment = Deployment::with_acme().await;
    let refused = deployment.try_apply("apiVersion: symbolon/v1\nproducts: []\nplans: []\n", true).await;
    let refused = refused.expect_err("still used").to_string();
    for words in ["the product `notes` would be removed", "the plan `pro` would be removed"] {
        assert!(refused.contains(words), "{refused}");
    }
    let applied = deployment.prune("apiVersion: symbolon/v1\nproducts: []\nplans: []\ntenants: []\nplatform: {resources: [], clients: []}\n").await;
    assert!(
        applied.changes.iter().all(|change| change.to_string().starts_with('-')),
        "{:#?}",
        applied.changes
    );
    let exported = deployment.export().await;
    assert!(exported.trim_end().ends_with("apiVersion: symbolon/v1"), "{exported}");
}
