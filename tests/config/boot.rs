//! What a production deployment refuses to start with (D28, P134).

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use symbolon::config::Config;
use symbolon::config::sources::Settings;
use symbolon::effects::SystemRandom;
use symbolon::server::master_key::refusals;

/// A data directory with a master key, as `init` leaves it.
fn data_dir() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    let key = folder.path().join("master.key");
    symbolon::crypto::master_key::MasterKey::create(&key, &SystemRandom).unwrap();
    folder
}

/// Settings that may run in production.
fn sound(data_dir: &Path) -> Settings {
    Settings::none()
        .with("server.issuer", "https://id.example.com")
        .with("server.trusted_proxies", "10.0.0.0/8")
        .with("server.data_dir", data_dir.display().to_string())
        .with("mail.transport", "smtp")
        .with("mail.smtp_host", "mail.example.com")
        .with("mail.from", "id@example.com")
}

fn reasons(settings: &Settings) -> Vec<String> {
    refusals(&Config::read(settings).unwrap()).iter().map(ToString::to_string).collect()
}

#[test]
fn p134_sound_settings_are_let_through() {
    let folder = data_dir();
    assert_eq!(reasons(&sound(folder.path())), Vec::<String>::new());
}

#[test]
fn p134_each_unsafe_setting_is_refused_by_name() {
    let folder = data_dir();
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for (key, value, named) in [
        ("server.issuer", "http://id.example.com", "server.issuer: must begin with https://"),
        ("server.trusted_proxies", "", "server.trusted_proxies: the listener is plain HTTP"),
        ("server.trusted_proxies", "0.0.0.0/0", "server.trusted_proxies: trusts the whole internet"),
        ("server.trusted_proxies", "0.0.0.0/1,128.0.0.0/1", "server.trusted_proxies: trusts the whole"),
        ("server.trusted_proxies", "10.0.0.0/8,64.0.0.0/7", "server.trusted_proxies: trusts the whole"),
        ("server.trusted_proxies", "2000::/3", "server.trusted_proxies: trusts the whole"),
        ("outbound.allow_private", "0.0.0.0/0", "outbound.allow_private: lets requests"),
        ("cors.allowed_origins", "*", "cors.allowed_origins: * would let"),
        ("cors.allowed_origins", "http://a.example", "cors.allowed_origins: origins must begin with https"),
        ("mail.transport", "none", "mail.transport: no mail can be sent"),
        ("database.url", "postgres://u:changeme@db/x", "database.url: its password is one of those"),
        ("database.url", "postgres://u:x7Kq@db/x", "database.url: its password is shorter"),
        ("keys.master_key", zeros, "keys.master_key: the master key is a sample"),
        ("keys.master_key", "short", "keys.master_key: the master key is not 43 characters"),
    ] {
        let found = reasons(&sound(folder.path()).with(key, value));
        assert_eq!(found.len(), 1, "{key}={value}: {found:?}");
        assert!(found[0].starts_with(named), "{key}={value}: {found:?}");
    }
    for (key, value) in [
        ("server.trusted_proxies", "10.0.0.0/8,11.0.0.0/9,fc00::/7,2001:db8::/32"),
        ("outbound.allow_private", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"),
        ("cors.allowed_origins", "https://a.example,http://localhost:3000"),
    ] {
        assert_eq!(reasons(&sound(folder.path()).with(key, value)), Vec::<String>::new(), "{key}={value}");
    }
    let star = Config::read(&sound(folder.path()).with("cors.allowed_origins", "https://*.a.example"));
    assert!(star.unwrap_err().to_string().contains("cors.allowed_origins: write origins like"));
    let hasty = Config::read(&sound(folder.path()).with("keys.rotation_interval", "1h"));
    assert!(hasty.unwrap_err().to_string().contains("keys.rotation_interval: must not be shorter"));
}

#[test]
fn p134_files_that_others_can_read_or_replace_are_refused() {
    let folder = data_dir();
    let elsewhere = tempfile::tempdir().unwrap();
    let in_it = |name: &str| elsewhere.path().join(name);
    for name in ["tls.key", "tls.pem", "data.db"] {
        std::fs::write(in_it(name), "").unwrap();
        std::fs::set_permissions(in_it(name), Permissions::from_mode(0o600)).unwrap();
    }
    let settings = sound(folder.path())
        .with("server.tls_certificate", in_it("tls.pem").display().to_string())
        .with("server.tls_key", in_it("tls.key").display().to_string())
        .with("database.url", format!("sqlite:{}", in_it("data.db").display()));
    let with_modes = |key: u32, file: u32, dir: u32| {
        std::fs::set_permissions(in_it("tls.key"), Permissions::from_mode(key)).unwrap();
        std::fs::set_permissions(in_it("data.db"), Permissions::from_mode(file)).unwrap();
        std::fs::set_permissions(elsewhere.path(), Permissions::from_mode(dir)).unwrap();
        reasons(&settings)
    };
    assert_eq!(with_modes(0o600, 0o600, 0o700), [""; 0]);
    assert_eq!(with_modes(0o640, 0o600, 0o755), [""; 0], "a group of servers may read a TLS key");
    for (key, file, dir, named) in [
        (0o644, 0o600, 0o700, "server.tls_key: "),
        (0o600, 0o640, 0o700, "database.url: "),
        (0o600, 0o600, 0o777, "database.url: other users can write"),
    ] {
        let found = with_modes(key, file, dir);
        assert!(matches!(&found[..], [one] if one.starts_with(named)), "{named} {found:?}");
    }
}

#[test]
fn p134_files_that_others_can_read_are_refused() {
    let folder = data_dir();
    let key = folder.path().join("master.key");
    for mode in [0o644, 0o640, 0o604, 0o440] {
        std::fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        let found = reasons(&sound(folder.path()));
        assert!(found.len() == 1 && found[0].contains("chmod 600 it"), "{mode:o}: {found:?}");
    }
    std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    for mode in [0o755, 0o750, 0o701] {
        std::fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
        let found = reasons(&sound(folder.path()));
        assert!(found.len() == 1 && found[0].contains("run chmod 0700"), "{mode:o}: {found:?}");
    }
}

/// P134: what holds a secret is the server's alone, and its group's to read: the file of settings and the files that it names.
#[test]
fn p134_files_with_secrets_that_others_can_reach_are_refused() {
    let folder = data_dir();
    let secret = "k3Jf9-sLq2xZ-7Qw";
    let elsewhere = tempfile::tempdir().unwrap();
    let at = |name: &str| elsewhere.path().join(name);
    std::fs::write(at("password"), secret).unwrap();
    std::fs::write(at("url"), format!("postgres://u:{secret}@db/x")).unwrap();
    std::fs::write(at("plain-url"), "postgres://u@db/x").unwrap();
    let sound = "[server]\nissuer = 'https://id.example.com'\ntrusted_proxies = ['10.0.0.0/8']\n[mail]\ntransport = 'smtp'\n\
                 smtp_host = 'mail.example.com'\nfrom = 'id@example.com'\n";
    let key = std::fs::read_to_string(folder.path().join("master.key")).unwrap();
    let named = |name: &str| format!("'{}'", at(name).display());
    for (more, holder, fault) in [
        (format!("smtp_user = 'u'\nsmtp_password = '{secret}'"), "symbolon.toml", "mail.smtp_password"),
        (format!("[keys]\nmaster_key = '{}'", key.trim()), "symbolon.toml", "keys.master_key"),
        (format!("[database]\nurl = 'postgres://u:{secret}@db/x'"), "symbolon.toml", "database.url"),
        (
            format!("smtp_user = 'u'\nsmtp_password_file = {}", named("password")),
            "password",
            "mail.smtp_password_file",
        ),
        (format!("[database]\nurl_file = {}", named("url")), "url", "database.url_file"),
        (format!("[database]\nurl_file = {}", named("plain-url")), "plain-url", ""),
        ("[database]\nurl = 'postgres://u@db/x'".to_owned(), "symbolon.toml", ""),
    ] {
        let file = at("symbolon.toml");
        std::fs::write(&file, format!("{sound}{more}\n")).unwrap();
        for (mode, open) in
            [(0o400, false), (0o440, false), (0o640, false), (0o444, true), (0o604, true), (0o620, true)]
        {
            for name in ["symbolon.toml", "password", "url", "plain-url"] {
                std::fs::set_permissions(at(name), Permissions::from_mode(0o600)).unwrap();
            }
            std::fs::set_permissions(at(holder), Permissions::from_mode(mode)).unwrap();
            let settings = Settings::collect(Some(file.clone()), Vec::new())
                .with("server.data_dir", folder.path().display().to_string());
            let found = reasons(&settings);
            if open && !fault.is_empty() {
                let expected = format!("{fault}: {} holds a secret", at(holder).display());
                assert!(matches!(&found[..], [one] if one.starts_with(&expected)), "{mode:o}: {found:?}");
                assert!(!found[0].contains(secret), "{found:?}");
            } else {
                assert_eq!(found, [""; 0], "{more} {mode:o}");
            }
        }
    }
}

#[test]
fn p134_a_missing_master_key_is_refused() {
    let folder = data_dir();
    std::fs::remove_file(folder.path().join("master.key")).unwrap();
    let found = reasons(&sound(folder.path()));
    assert!(found.len() == 1 && found[0].contains("symbolon init"), "{found:?}");
}

#[test]
fn on_this_machine_development_settings_are_let_through() {
    let settings = Settings::none().with("cors.allowed_origins", "*");
    assert_eq!(reasons(&settings), Vec::<String>::new());
}
