//! Where settings come from, which one wins, and what is said of bad ones.

use std::time::Duration;

use symbolon::config::Config;
use symbolon::config::effective::render;
use symbolon::config::sources::Settings;

use super::{faults, settings};

#[test]
fn without_settings_the_defaults_hold() {
    let config = Config::read(&Settings::none()).unwrap();
    assert_eq!(config.server.issuer.as_str(), "http://localhost:8080");
    assert_eq!(config.tokens.code, Duration::from_mins(1));
    assert_eq!(config.tokens.access, Duration::from_mins(10));
    assert_eq!(config.limits.sign_in_address.count.get(), 20);
    assert_eq!(config.database.url.expose(), "sqlite:data/symbolon.sqlite3");
    assert!(!config.is_production());
}

#[test]
fn a_later_source_wins_over_an_earlier_one() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\n[database]\nurl = \"sqlite:file.sqlite3\"\n";
    let url = |settings: &Settings| Config::read(settings).unwrap().database.url.expose().clone();
    let port = |settings: &Settings| Config::read(settings).unwrap().server.listen.port();

    let file = settings(text, &[]);
    assert_eq!((url(&file).as_str(), port(&file)), ("sqlite:file.sqlite3", 1));

    let database_url = ("DATABASE_URL", "postgres://db/one");
    assert_eq!(url(&settings(text, &[database_url])), "postgres://db/one");

    let ours = ("SYMBOLON_DATABASE__URL", "postgres://db/two");
    for variables in [[ours, database_url], [database_url, ours]] {
        assert_eq!(url(&settings(text, &variables)), "postgres://db/two");
    }

    let mut flagged = settings(text, &[("SYMBOLON_SERVER__LISTEN", "127.0.0.1:2")]);
    assert_eq!(port(&flagged), 2);
    flagged.flag("--listen", "server.listen", "127.0.0.1:3");
    assert_eq!(port(&flagged), 3);
}

#[test]
fn every_fault_is_reported_at_once_with_its_place_and_the_nearest_name() {
    let text = "\
issuer = \"https://id.example.com\"
[server]
isuer = \"https://id.example.com\"
listen = \"localhost:80\"
workers = 1000
trusted_proxies = [\"10.0.0.1/8\", \"10.0.0.0/8\"]
[tokens]
code_lifetime = \"1 minute\"
access_lifetime = \"2h\"
[limits]
token_client = \"many\"
[tokenz]
refresh_idle = \"1d\"
[foo]
x = 1
[log]
style = \"json\"
";
    let settings = settings(text, &[("SYMBOLON_LOG__FROMAT", "json"), ("SYMBOLON_LOG_LEVEL", "debug")]);
    let expected = [
        "symbolon.toml:15: foo.x: unknown key; the sections are server, cors, database, keys, tokens, limits, links, outbound, mail, audit, log",
        "symbolon.toml:1: issuer: unknown key; the nearest known one is server.issuer",
        "symbolon.toml:17: log.style: unknown key; known in [log] are format, level, requests",
        "symbolon.toml:3: server.isuer: unknown key; the nearest known one is server.issuer",
        "symbolon.toml:13: tokenz.refresh_idle: unknown key; the nearest known one is tokens.refresh_idle",
        "SYMBOLON_LOG__FROMAT: log.fromat: unknown key; the nearest known one is log.format",
        "SYMBOLON_LOG_LEVEL: no setting has this name; the nearest known one is SYMBOLON_LOG__LEVEL",
        "symbolon.toml:5: server.workers: write a whole number from 0 to 256",
        "symbolon.toml:4: server.listen: write an IP address and a port, like 127.0.0.1:8080 or [::]:8080",
        "symbolon.toml:6: server.trusted_proxies: the address part has bits behind its prefix; did you mean 10.0.0.0/8?",
        "symbolon.toml:8: tokens.code_lifetime: write a time like 30s, 10m, 8h or 90d",
        "symbolon.toml:9: tokens.access_lifetime: the time must be between 30s and 1h",
        "symbolon.toml:11: limits.token_client: write a rate like `20 per 10m`: a number of at least 1, the word per, a time of at least 1s",
    ];
    assert_eq!(faults(&settings), expected);
}

#[test]
fn broken_toml_is_reported_with_its_line() {
    let found = faults(&settings("[server]\nlisten = \n", &[]));
    assert!(found.iter().any(|line| line.starts_with("symbolon.toml:2: ")), "{found:?}");
}

#[test]
fn a_fault_never_repeats_a_secret() {
    let variables =
        [("SYMBOLON_MAIL__SMTP_PASSWORD", "hunter22"), ("DATABASE_URL", "mysql://u:hunter22@db/x")];
    let found = faults(&settings("", &variables));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(!found.concat().contains("hunter22"), "{found:?}");
}

#[test]
fn a_secret_is_not_taken_from_a_flag() {
    let mut settings = Settings::none();
    settings.flag("--set", "database.url", "postgres://u:hunter22@db/x");
    let found = faults(&settings);
    assert!(
        found[0].starts_with("--set: database.url: a secret does not belong on a command line"),
        "{found:?}"
    );
}

#[test]
fn variables_of_a_container_platform_are_left_alone() {
    let variables = [("SYMBOLON_PORT", "tcp://10.0.0.1:80"), ("SYMBOLON_SERVICE_HOST", "10.0.0.1")];
    assert!(Config::read(&settings("", &variables)).is_ok());
}

#[test]
fn lists_come_as_toml_lists_or_with_commas() {
    let listed = settings("[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"192.0.2.7\"]\n", &[]);
    let commas = settings("", &[("SYMBOLON_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7")]);
    for settings in [listed, commas] {
        let proxies = Config::read(&settings).unwrap().server.trusted_proxies;
        assert_eq!(proxies, ["10.0.0.0/8".parse().unwrap(), "192.0.2.7/32".parse().unwrap()]);
    }
}

#[test]
fn the_effective_configuration_names_every_source_and_masks_secrets() {
    let variables = [
        ("DATABASE_URL", "postgres://ann:hunter22@db/x"),
        ("SYMBOLON_KEYS__MASTER_KEY", "6tB0nWdyr7RkqYlGv1sAfZ3xK9jUeCmPhLo5iTwD8Q4"),
    ];
    let shown = render(&settings("[log]\nformat = \"json\"\n", &variables));
    let line =
        |start: &str| shown.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("format = \"json\"").ends_with("symbolon.toml:2"), "{shown}");
    assert!(line("url = \"postgres://ann:********@db/x\"").ends_with("# DATABASE_URL"), "{shown}");
    assert!(line("master_key = \"********\"").ends_with("# SYMBOLON_KEYS__MASTER_KEY"), "{shown}");
    assert!(line("workers = 0").ends_with("# default"), "{shown}");
    assert!(!shown.contains("hunter22") && !shown.contains("6tB0nWdyr7"), "{shown}");
}
