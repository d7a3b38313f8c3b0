//! Every table that names people is in the one list by which people are erased, or says here why it is not (R75, P145).

use std::collections::BTreeMap;
use std::time::Duration;

use symbolon::flows::links::by_admin::{self, AdminLink};
use symbolon::flows::provision::{self, PERSONAL, RECOVERY};
use symbolon::model::audit::Actor;
use symbolon::model::ids::{TenantId, UserId};
use symbolon::model::role::Role;
use symbolon::storage::records::users;

use crate::harness::TestServer;
use crate::harness::rows::Everything;

const SCHEMA: [&str; 2] =
    [include_str!("../../src/storage/schema.rs"), include_str!("../../src/storage/schema/people.rs")];

/// Columns that hold a person, or their address.
const NAMING: [&str; 7] =
    ["user_id", "email", "email_canonical", "recipient", "address", "account", "owner_email"];

/// Tables with such a column that are not in the list, and why.
const OTHERS: [(&str, &str); 2] = [
    ("users", "its row stays as an id that leads nowhere, emptied"),
    ("audit_events", "holds ids alone; what names people stands beside the chain, and goes"),
];

/// The tables of the schema with their columns.
fn tables() -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for text in SCHEMA {
        let mut table = None;
        for line in text.lines().map(str::trim) {
            if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
                table = Some(name.to_owned());
            } else if let (Some((column, _)), Some(table)) = (line.split_once(" -> "), &table) {
                all.entry(table.clone()).or_default().push(column.to_owned());
            }
        }
    }
    assert!(all.len() > 30, "the schema is read: {}", all.len());
    all
}

#[test]
fn p145_every_table_that_names_people_is_in_the_list_of_erasure() {
    let tables = tables();
    for (table, columns) in &tables {
        let names = columns.iter().any(|column| NAMING.contains(&column.as_str()));
        let listed = PERSONAL.iter().filter(|own| own.name == table).count();
        let excused = OTHERS.iter().filter(|(own, _)| own == table).count();
        assert_eq!(listed + excused, usize::from(names), "{table} {columns:?}");
    }
    for own in PERSONAL {
        assert!(tables.contains_key(own.name), "{} is no table", own.name);
    }
}

/// Grace of acme, deleted while an invitation to her and a link for her wait.
async fn deleted(server: &TestServer) -> (TenantId, UserId) {
    let acme = server.organisation("acme", &[]).await;
    acme.person("owner@acme.example", &[Role::Owner]).await;
    let grace = acme.person("grace@acme.example", &[Role::Member]).await;
    let (call, clock, links) = (server.operator(), server.edge.clock.clone(), server.edge.links.clone());
    server
        .database()
        .write(&acme.scope, move |tx| {
            let user = users::find(tx, grace)?.expect("grace");
            let sent = by_admin::send(tx, &call, &links, (Actor::Operator, &user), AdminLink::PasswordReset)?;
            assert_eq!(sent, Ok(()));
            provision::delete_user(tx, (&call, &clock), &Actor::Operator, &user)
        })
        .await
        .expect("deleted");
    (acme.id(), grace)
}

fn mentions(server: &TestServer, tenant: TenantId) -> Vec<String> {
    let rows = Everything::open(server.storage()).of_tenant(tenant);
    let found = rows.into_iter().filter(|(_, rows)| format!("{rows:?}").contains("grace@acme.example"));
    found.map(|(table, _)| table).collect()
}

/// As long as they can be brought back they stay; then nothing names them, and the record says that the product did it.
#[tokio::test]
async fn r75_whoever_was_deleted_is_erased_when_nobody_can_bring_them_back() {
    let server = TestServer::start().await;
    let (acme, _) = deleted(&server).await;
    server.advance(RECOVERY).await;
    server.run_jobs().await;
    assert!(mentions(&server, acme).contains(&"users".to_owned()), "they can still be brought back");
    server.advance(Duration::from_hours(2)).await;
    server.run_jobs().await;
    assert_eq!(mentions(&server, acme), Vec::<String>::new());
    let events = Everything::open(server.storage()).of_tenant(acme)["audit_events"].clone();
    let erased = |event: &&String| event.contains("user.erased") && event.contains("system");
    assert_eq!(events.iter().filter(erased).count(), 1);
    server.run_jobs().await;
    let after = Everything::open(server.storage()).of_tenant(acme)["audit_events"].clone();
    assert_eq!(after.iter().filter(|event| event.contains("user.erased")).count(), 1, "once");
}

/// Whoever comes back with the address is a new person, whose things stay when the old one is erased.
#[tokio::test]
async fn r75_a_new_account_with_the_address_keeps_what_is_its_own() {
    let server = TestServer::start().await;
    let (acme, old) = deleted(&server).await;
    let scope = server.scope_of("acme").await;
    let new = scope.person("grace@acme.example", &[Role::Member]).await;
    let (call, links) = (server.operator(), server.edge.links.clone());
    server
        .database()
        .write(&scope.scope, move |tx| {
            let user = users::find(tx, new)?.expect("the new one");
            by_admin::send(tx, &call, &links, (Actor::Operator, &user), AdminLink::PasswordReset).map(drop)
        })
        .await
        .expect("sent");
    server.advance(RECOVERY + Duration::from_hours(2)).await;
    server.run_jobs().await;
    let rows = Everything::open(server.storage()).of_tenant(acme);
    assert!(rows["users"].iter().any(|row| row.contains(&new.to_string()) && row.contains("grace@acme")));
    assert!(rows["users"].iter().any(|row| row.contains(&old.to_string()) && !row.contains("grace@acme")));
    assert!(rows["passwords"].iter().any(|row| row.contains(&new.to_string())));
}
