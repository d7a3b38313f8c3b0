//! Configuration: sources, faults, the effective configuration, its reference, and the rules of starting.

mod boot;
mod cli_reference;
mod command;
mod reference;
mod roles;
mod sources;

use std::ffi::OsString;
use std::path::PathBuf;

use symbolon::config::Config;
use symbolon::config::fault::ConfigFaults;
use symbolon::config::sources::Settings;

/// A configuration file of this text, in a folder that lives as long as the answer.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("symbolon.toml");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

/// The settings of this file text and these variables.
fn settings(text: &str, variables: &[(&str, &str)]) -> Settings {
    let (_folder, path) = file(text);
    let variables =
        variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect();
    Settings::collect(Some(path), variables)
}

/// The faults as lines, with the folder of the file left out.
fn faults(settings: &Settings) -> Vec<String> {
    let faults: ConfigFaults = Config::read(settings).expect_err("faults");
    let short = |line: String| line.find("symbolon.toml").map_or(line.clone(), |at| line[at..].to_owned());
    faults.iter().map(|fault| short(fault.to_string())).collect()
}
