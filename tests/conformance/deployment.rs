//! The files that an operator takes for a run of the suite: the declaration and the suite's configuration.

use std::collections::BTreeSet;

use serde_json::Value;

use super::suite::{CALLBACK, Client, LOGGED_OUT, Suite, configuration};

#[tokio::test]
async fn the_declaration_is_applied_once_and_its_person_signs_in() {
    let suite = Suite::in_the_query().await;
    let again = suite.apply().await;
    assert!(again.changes.is_empty() && again.warnings.is_empty(), "{again:#?}");
    for client in [Client::First, Client::Second, Client::Post] {
        let visit = suite.visit(&suite.server.browser(), client, &[]).await;
        assert_eq!(visit.done, ["Name", "Password", "Consent", "Complete"], "{client:?}");
    }
}

#[test]
fn the_configuration_names_the_clients_and_addresses_of_the_declaration() {
    let configuration = configuration();
    for (place, client) in
        [("client", Client::First), ("client2", Client::Second), ("client_secret_post", Client::Post)]
    {
        assert_eq!(configuration[place]["client_id"], client.id());
    }
    let alias = configuration["alias"].as_str().expect("an alias");
    for address in [CALLBACK, LOGGED_OUT] {
        assert!(address.contains(&format!("/test/a/{alias}/")), "{address}");
    }
}

/// The address of an authorization request holds the callback too: a pattern without its start would take a page of ours
/// for the suite's.
#[test]
fn a_pattern_of_the_suites_own_address_names_it_from_its_start() {
    let mut patterns = 0;
    for text in include_str!("../../docs/conformance/suite.json").split('"') {
        if text.contains("/test/a/") {
            assert!(
                text.trim_start_matches('^').starts_with("https://localhost.emobix.co.uk:8443/"),
                "{text}"
            );
            patterns += 1;
        }
    }
    assert!(patterns >= 6, "{patterns}");
}

#[test]
fn every_id_of_the_configuration_is_promised_by_the_page_contract() {
    let contract = include_str!("../../docs/pages.md");
    let mut ids = BTreeSet::new();
    collect(&configuration(), &mut ids);
    ids.remove("submission_complete");
    assert!(ids.len() >= 8, "{ids:?}");
    for id in ids {
        assert!(contract.contains(&format!("`{id}`")), "{id}");
    }
}

/// The ids of all commands.
fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) if items.get(1).is_some_and(|kind| kind == "id") => {
            ids.extend(items[2].as_str().map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Object(members) => members.values().for_each(|member| collect(member, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
