//! The schedule: one node at a time, by the clock, and what each job leaves behind.

use std::time::Duration;

use symbolon::effects::Clock as _;
use symbolon::flows::audit::read_checkpoint;
use symbolon::flows::keys;
use symbolon::jobs::EPHEMERAL;
use symbolon::model::signing_key::KeyPurpose;
use symbolon::protocol::revocation_feed::{RevokedKind, entry_key};
use symbolon::storage::records::revocations::{self, Revocation, Within};
use symbolon::storage::records::{audit, counters, setup_links};
use symbolon::storage::tx::Transaction as _;

use super::rig::{RULE, Rig};
use crate::harness::rows::Everything;

fn names(reports: &[symbolon::jobs::Report]) -> Vec<&'static str> {
    for report in reports {
        assert!(report.outcome.is_ok(), "{report:?}");
    }
    reports.iter().map(|report| report.job).collect()
}

#[tokio::test]
async fn one_node_holds_the_lease_and_another_takes_over_when_it_is_gone() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let (one, other) = (rig.schedule(&node), rig.schedule(&node));
    let all = ["rotate_keys", "fold_failures", "prune", "erase_deleted", "checkpoints", "fetch_logos"];
    assert_eq!(names(&one.tick().await.unwrap()), all);
    assert_eq!(names(&other.tick().await.unwrap()), [""; 0]);
    assert_eq!(names(&one.tick().await.unwrap()), [""; 0], "nothing is due again");
    rig.clock.advance(Duration::from_secs(61));
    rig.poll(&node).await;
    assert_eq!(names(&other.tick().await.unwrap()), all);
    rig.clock.advance(Duration::from_secs(301));
    rig.poll(&node).await;
    assert_eq!(names(&other.tick().await.unwrap()), ["rotate_keys", "fold_failures", "prune", "fetch_logos"]);
}

#[tokio::test]
async fn keys_rotate_by_themselves_and_a_missing_next_key_is_published() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let first = rig.keys(&node).tokens().kid().to_owned();
    let schedule = rig.schedule(&node);
    names(&schedule.run_all().await);
    rig.poll(&node).await;
    assert_eq!(rig.keys(&node).tokens().kid(), first);
    rig.clock.advance(RULE.interval);
    rig.poll(&node).await;
    names(&schedule.run_all().await);
    rig.poll(&node).await;
    assert_ne!(rig.keys(&node).tokens().kid(), first);
    let listed = rig.write(|tx| keys::list(tx)).await.unwrap();
    assert_eq!(listed.iter().filter(|key| key.purpose == KeyPurpose::Tokens).count(), 3);
    assert_eq!(rig.write(|tx| keys::missing(tx)).await.unwrap(), []);
}

#[tokio::test]
async fn p132_what_has_ended_is_removed() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let now = rig.call().now;
    let subject_hash = entry_key(RevokedKind::Session, "s1");
    let entry = Revocation { subject_hash, within: Within::default(), dates: true };
    rig.write(move |tx| revocations::put(tx, &[entry], (now, now + Duration::from_hours(1)))).await.unwrap();
    let schedule = rig.schedule(&node);
    names(&schedule.run_all().await);
    assert_eq!(rig.write(move |tx| revocations::count(tx, now)).await.unwrap(), 1);
    rig.clock.advance(Duration::from_hours(2));
    rig.poll(&node).await;
    names(&schedule.run_all().await);
    assert_eq!(rig.write(move |tx| revocations::count(tx, now)).await.unwrap(), 0);
    assert!(rig.write(move |tx| counters::find(tx, "nothing")).await.unwrap().is_none());
}

/// P132: however much has ended, it goes some at a time; and a table that cannot be pruned is told, and keeps no other from
/// being pruned.
#[tokio::test]
async fn p132_a_table_that_fails_keeps_no_other_from_being_pruned() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let now = rig.call().now;
    rig.write(move |tx| setup_links::insert(tx, "hash", now, now)).await.unwrap();
    let many = |count: u32| {
        let key = |n: u32| entry_key(RevokedKind::Session, &n.to_string());
        let entry = |n| Revocation { subject_hash: key(n), within: Within::default(), dates: true };
        (0..count).map(entry).collect::<Vec<_>>()
    };
    let entries = many(2500);
    rig.write(move |tx| revocations::put(tx, &entries, (now, now))).await.unwrap();
    let some = rig.write(move |tx| revocations::prune(tx, now + Duration::from_secs(1), 700)).await.unwrap();
    assert_eq!(some, 700, "no more than asked for");

    Everything::open(&rig.home).hide("setup_links");
    rig.clock.advance(Duration::from_hours(30));
    rig.poll(&node).await;
    let reports = rig.schedule(&node).run_all().await;
    let failed: Vec<_> =
        reports.iter().filter(|report| report.outcome.is_err()).map(|report| report.job).collect();
    assert_eq!(failed, ["prune"]);
    let rows = Everything::open(&rig.home).all();
    assert_eq!((rows["hidden_setup_links"].len(), rows["revocations"].len()), (1, 0));
}

/// Each table whose rows expire has a job that removes them: a new column `expires_at` must join the list.
#[test]
fn p132_every_table_with_an_expiry_is_pruned() {
    let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/common")).unwrap();
    let schema: String = migrations
        .map(|folder| std::fs::read_to_string(folder.unwrap().path().join("up.sql")).unwrap())
        .collect();
    // These few rows come with the schema, or are what a tenant bought.
    let kept = ["leases", "tenant_entitlements", "client_secrets"];
    for table in schema.split("CREATE TABLE ").skip(1) {
        let name = table.split_whitespace().next().unwrap();
        let columns = table.split(");").next().unwrap();
        if columns.contains("expires_at") && !kept.contains(&name) {
            assert!(EPHEMERAL.iter().any(|entry| entry.table == name), "{name} is never pruned");
        }
    }
}

#[tokio::test]
async fn p137_a_checkpoint_is_signed_each_day_in_which_something_happened() {
    let rig = Rig::new().await;
    let node = rig.node().await;
    let schedule = rig.schedule(&node);
    let stored = |rig: &Rig| {
        let database = rig.database.clone();
        async move {
            database
                .read_directory(|directory| {
                    let platform = directory.platform()?;
                    let statements = audit::checkpoints(&mut directory.enter(&platform)?)?;
                    Ok((platform.id(), statements))
                })
                .await
                .unwrap()
        }
    };
    names(&schedule.run_all().await);
    let (platform, statements) = stored(&rig).await;
    assert_eq!(statements.len(), 1);
    let keys = rig.keys(&node);
    let checkpoint = read_checkpoint(&statements[0].1, &rig.issuer, keys.own()).unwrap();
    assert_eq!((checkpoint.seq, checkpoint.tenant_id), (6, platform));

    // More happened, but not a day went by; then it did.
    rig.rotate(KeyPurpose::Tokens).await;
    names(&schedule.run_all().await);
    assert_eq!(stored(&rig).await.1.len(), 1);
    // A copy of the first with other words beside it, as of a later and longer chain, puts nothing off.
    let (copy, later) = (statements[0].1.clone(), rig.clock.now() + Duration::from_hours(1_000_000));
    rig.write(move |tx| {
        let platform = tx.directory().platform()?;
        audit::insert_checkpoint(&mut tx.enter(&platform)?, 1_000_000, &copy, later)
    })
    .await
    .unwrap();
    rig.clock.advance(Duration::from_hours(24));
    rig.poll(&node).await;
    names(&schedule.run_all().await);
    assert_eq!(stored(&rig).await.1.len(), 3);

    // Once its key is revoked the newest proves nothing: another is stated without waiting for the next day.
    let signer = rig.keys(&node).tokens().kid().to_owned();
    rig.revoke(&signer).await.unwrap();
    rig.poll(&node).await;
    names(&schedule.run_all().await);
    let statements = stored(&rig).await.1;
    let keys = rig.keys(&node);
    let good = |place: usize| {
        let statement: &(i64, String) = &statements[place];
        read_checkpoint(&statement.1, &rig.issuer, keys.own()).is_ok()
    };
    assert_eq!([good(0), good(1), good(2)], [true, false, true]);
    names(&schedule.run_all().await);
    assert_eq!(stored(&rig).await.1.len(), 4);
}
