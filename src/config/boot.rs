//! The rules of starting in production (D28, R70, P134): each unsafe setting is a reason not to start.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use ipnet::IpNet;

use super::fault::{ConfigFault, in_words};
use super::mail::{MailTls, MailTransport};
use super::{Config, SecretFile};
use crate::model::issuer::Issuer;

/// A secret that people chose is refused below this many characters.
const LEAST_SECRET: usize = 12;

/// And below this many different ones.
const LEAST_DISTINCT: usize = 6;

/// Words of samples and tutorials that must never be a secret, nor make up most of one.
const SAMPLES: [&str; 14] = [
    "changeme",
    "change-me",
    "change_me",
    "password",
    "passw0rd",
    "secret",
    "symbolon",
    "postgres",
    "example",
    "sample",
    "default",
    "letmein",
    "admin",
    "12345678",
];

/// Every reason not to start with this configuration, but for the master key, which `server::master_key` judges; empty
/// where it may start. Outside production nothing is refused.
pub fn refusals(config: &Config) -> Vec<ConfigFault> {
    if !config.is_production() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    network(config, &mut faults);
    origins(config, &mut faults);
    mail(config, &mut faults);
    secrets(config, &mut faults);
    files(config, &mut faults);
    faults
}

/// What deserves a word at the start, though it is allowed.
pub fn warnings(config: &Config) -> Vec<ConfigFault> {
    let mut warnings = Vec::new();
    if !config.is_production() {
        let message = "names this machine alone, so what production forbids is allowed";
        warnings.push(ConfigFault::of_key("server.issuer", message));
    }
    if let Some(folder) = &config.audit.checkpoint_dir
        && let Err(error) = std::fs::read_dir(folder)
    {
        let message = format!(
            "cannot look into {}: {}; checkpoints stay in the database alone until it can be written to",
            folder.display(),
            in_words(&error)
        );
        warnings.push(ConfigFault::of_key("audit.checkpoint_dir", message));
    }
    warnings
}

fn network(config: &Config, faults: &mut Vec<ConfigFault>) {
    let server = &config.server;
    if !server.issuer.is_https() {
        faults.push(ConfigFault::of_key(
            "server.issuer",
            "must begin with https:// when it is not on this machine",
        ));
    }
    if server.tls.is_none() && server.trusted_proxies.is_empty() {
        let message = "the listener is plain HTTP and no proxy is named that speaks TLS in front of it; set \
                       server.tls_certificate and server.tls_key, or list your proxies here";
        faults.push(ConfigFault::of_key("server.trusted_proxies", message));
    }
    if is_too_wide(&server.trusted_proxies) {
        let message = "trusts the whole internet, or much of it, to say who the client is; list the addresses of your proxies";
        faults.push(ConfigFault::of_key("server.trusted_proxies", message));
    }
    if is_too_wide(&config.outbound.allow_private) {
        let message = "lets requests of ours go nearly anywhere, into your network and to a cloud's metadata; list the \
                       private networks that hold what we have to reach";
        faults.push(ConfigFault::of_key("outbound.allow_private", message));
    }
}

/// Whether networks, put together, are wider than any that one organisation has: a /8, and in IPv6 a /16 or the private
/// `fc00::/7` (RFC 4193 §3.1).
fn is_too_wide(networks: &[IpNet]) -> bool {
    IpNet::aggregate(&networks.to_vec()).iter().any(|network| match network {
        IpNet::V4(four) => four.prefix_len() < 8,
        IpNet::V6(six) => {
            let private = six.prefix_len() >= 7 && six.addr().is_unique_local();
            six.prefix_len() < 16 && !private
        }
    })
}

fn mail(config: &Config, faults: &mut Vec<ConfigFault>) {
    match &config.mail.transport {
        MailTransport::None => faults.push(ConfigFault::of_key(
            "mail.transport",
            "no mail can be sent; set it to smtp with mail.smtp_host and mail.from",
        )),
        MailTransport::Smtp(smtp) if smtp.tls == MailTls::None => faults.push(ConfigFault::of_key(
            "mail.smtp_tls",
            "mails hold links that sign people in; set it to starttls or tls",
        )),
        MailTransport::Smtp(_) => {}
    }
}

/// Which scripts may call us: over plain http anybody on the way could put one of their own into the page.
fn origins(config: &Config, faults: &mut Vec<ConfigFault>) {
    if config.cors.any_origin {
        let message = "* would let every website call us; list the origins one by one";
        faults.push(ConfigFault::of_key("cors.allowed_origins", message));
    }
    let listed = config.cors.allowed_origins.iter().filter_map(|origin| origin.parse::<Issuer>().ok());
    if listed.into_iter().any(|origin| !origin.is_https() && !origin.is_loopback()) {
        let message = "origins must begin with https:// when they are not on this machine";
        faults.push(ConfigFault::of_key("cors.allowed_origins", message));
    }
}

fn secrets(config: &Config, faults: &mut Vec<ConfigFault>) {
    if let Some(password) = database_password(config.database.url.expose())
        && let Some(why) = weakness(&password)
    {
        faults.push(ConfigFault::of_key("database.url", format!("its password {why}")));
    }
    if let MailTransport::Smtp(smtp) = &config.mail.transport
        && let Some((_, password)) = &smtp.login
        && let Some(why) = weakness(password.expose())
    {
        faults.push(ConfigFault::of_key("mail.smtp_password", format!("it {why}")));
    }
}

fn database_password(url: &str) -> Option<String> {
    let url = super::database::parse(url).filter(|url| url.scheme() != "sqlite")?;
    let in_query =
        url.query_pairs().find(|(name, _)| name == "password").map(|(_, value)| value.into_owned());
    in_query.or_else(|| {
        let password = url.password()?;
        // Percent-decoding by the form rules, with plus signs kept.
        let form = format!("p={}", password.replace('+', "%2B"));
        url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned())
    })
}

/// Why a secret that somebody chose is refused. It counts as a sample when few letters and digits are left of it without all
/// of the words.
fn weakness(secret: &str) -> Option<&'static str> {
    let lower = secret.to_lowercase();
    let left = SAMPLES.iter().fold(lower.clone(), |left, word| left.replace(word, ""));
    let own = left.chars().filter(|c| c.is_alphanumeric()).count();
    let distinct = lower.chars().collect::<BTreeSet<_>>().len();
    if left.len() < lower.len() && own < LEAST_SECRET {
        Some("is one of those that stand in samples")
    } else if secret.chars().count() < LEAST_SECRET {
        Some("is shorter than 12 characters")
    } else if distinct < LEAST_DISTINCT {
        Some("is a few characters over and over")
    } else {
        None
    }
}

fn files(config: &Config, faults: &mut Vec<ConfigFault>) {
    private(&config.server.data_dir, "server.data_dir", "0700", faults);
    if let Some(path) = config.database.sqlite_path()
        && !path.starts_with(&config.server.data_dir)
        && path.exists()
    {
        private(&path, "database.url", "0600", faults);
        if let Some(folder) = path.parent().filter(|folder| is_open_to_others(folder)) {
            let message = format!("other users can write to {0}; run chmod go-w {0}", folder.display());
            faults.push(ConfigFault::of_key("database.url", message));
        }
    }
    if let Some(tls) = &config.server.tls {
        kept_from_others(&tls.key, "server.tls_key", faults);
    }
    let mut told = BTreeSet::new();
    for SecretFile { key, path } in &config.secret_files {
        if (!key.starts_with("database.url") || database_password(config.database.url.expose()).is_some())
            && told.insert(path)
        {
            kept_from_others(path, key, faults);
        }
    }
}

/// Whether others may put another file in the place of one in this folder; in a sticky one they may not.
fn is_open_to_others(folder: &Path) -> bool {
    const WRITE: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    std::fs::metadata(folder).is_ok_and(|data| data.mode() & WRITE != 0 && data.mode() & STICKY == 0)
}

/// Whether only the owner may change a file, and read it together with a group: distributions give TLS keys to a group of
/// servers, and settings to that of the server.
fn kept_from_others(path: &Path, key: &str, faults: &mut Vec<ConfigFault>) {
    const OTHERS: u32 = 0o027;
    if std::fs::metadata(path).is_ok_and(|data| data.mode() & OTHERS != 0) {
        let message =
            format!("{0} holds a secret, and others can reach it; run chmod g-w,o-rwx {0}", path.display());
        faults.push(ConfigFault::of_key(key, message));
    }
}

/// Whether only the owner may reach this file or folder.
fn private(path: &Path, key: &str, mode: &str, faults: &mut Vec<ConfigFault>) {
    const OTHERS: u32 = 0o077;
    match std::fs::metadata(path) {
        Ok(data) if data.mode() & OTHERS == 0 => {}
        Ok(_) => {
            let message = format!("{0} can be read by other users; run chmod {mode} {0}", path.display());
            faults.push(ConfigFault::of_key(key, message));
        }
        Err(error) => {
            let message =
                format!("cannot look at {}: {} (`symbolon init` makes it)", path.display(), in_words(&error));
            faults.push(ConfigFault::of_key(key, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{database_password, weakness};

    #[test]
    fn sample_and_short_secrets_are_weak() {
        for weak in [
            "",
            "changeme",
            "ChangeMe123",
            "symbolon-password",
            "postgres",
            "k3Jf9-sLq2",
            "secretsecretsecret",
            "symbolon-postgres-password",
            "postgres-symbolon-admin-secret-2026",
            "change_me:default:example",
            "symbolonpostgrespasswordchangeme",
            "Passw0rd.Passw0rd.Passw0rd",
            "abababababababab",
        ] {
            assert!(weakness(weak).is_some(), "{weak}");
        }
        for good in ["k3Jf9-sLq2xZ", "correct horse battery staple", "my-secret-is-longer-than-that"] {
            assert_eq!(weakness(good), None, "{good}");
        }
    }

    #[test]
    fn the_password_of_a_database_url_is_found_wherever_it_stands() {
        assert_eq!(database_password("postgres://u:a%2Bb@h/d").as_deref(), Some("a+b"));
        assert_eq!(database_password("postgres://u@h/d?password=x+y").as_deref(), Some("x y"));
        assert_eq!(database_password("postgres://u@h/d"), None);
        assert_eq!(database_password("sqlite:data/x.sqlite3"), None);
    }
}
