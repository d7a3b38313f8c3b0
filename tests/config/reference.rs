//! The reference of the settings is what the code says.

use symbolon::config::Config;
use symbolon::config::registry;
use symbolon::config::sources::Settings;

#[test]
fn the_reference_in_the_docs_is_the_one_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == symbolon::config::reference::markdown(),
        "out of date; run: cargo run -- config reference > docs/configuration.md"
    );
}

#[test]
fn every_key_stands_in_the_section_that_it_is_named_after_and_once() {
    let mut seen = std::collections::BTreeSet::new();
    for section in &registry::SECTIONS {
        for key in section.keys {
            assert_eq!(key.section(), section.name, "{}", key.name);
            assert!(seen.insert(key.name), "{} twice", key.name);
        }
    }
}

#[test]
fn every_default_can_be_given_as_a_value() {
    for key in registry::keys() {
        let Some(default) = key.default else { continue };
        let settings = Settings::none().with(key.name, default);
        assert!(Config::read(&settings).is_ok(), "{} = {default}", key.name);
    }
}
