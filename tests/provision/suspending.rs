//! A status that a file states (D27), and the cut-off that goes with it (D14).

use std::time::Duration;

use symbolon::model::status::Status;
use symbolon::protocol::revocation_feed::{RevokedKind, entry_key};
use symbolon::storage::records::{revocations, users};

use super::deployment::{Deployment, acme};

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
