//! `docs/configuration.md`, written from the registry; a test compares the two.

use std::fmt::Write;

use super::registry::{Key, SECTIONS};

const HEAD: &str = "\
# Configuration

<!-- Written by `symbolon config reference`; change `src/config/` and run it again. -->

Settings come from four places, the later over the earlier:

1. the TOML file that `--config` or `SYMBOLON_CONFIG` names, else `symbolon.toml` in the working directory if it is there;
2. the variable `DATABASE_URL`, for `database.url` alone;
3. variables named `SYMBOLON_SECTION__KEY` (two underscores), lists separated by commas;
4. flags: `--set section.key=value`, and the short ones that `symbolon serve --help` lists. A flag cannot give a secret.

An unknown key is refused, with the known one that was perhaps meant, and every fault is reported at once. `symbolon config check`
prints what is in force and where each value came from, with secrets masked; it ends with 0, or with 78 where the
server would refuse them.

Times are a whole number and `s`, `m`, `h` or `d` (`90s`, `10m`). Sizes are a number of bytes, or with `KiB` or `MiB`.
Rates are `20 per 10m`. Networks are in CIDR form, or one address.

## In production

An issuer other than `localhost`, `127.0.0.0/8` or `[::1]` is production. The server then refuses to start, with the
reason and exit code 78, when

- the issuer is not https;
- it listens without TLS and `server.trusted_proxies` is empty;
- the networks of `server.trusted_proxies` or `outbound.allow_private`, put together, are wider than a /8 (in IPv6 a /16);
- a secret is short, or one of those that stand in samples;
- `cors.allowed_origins` holds `*`, or an origin in plain http that is not on this machine;
- `mail.transport` is `none`;
- the data directory, the SQLite file, the master key, the TLS key, a file that a setting reads a secret from, or a
  configuration file with a secret in it can be read by other users of the machine; of the last three the owner's group may
  read.

";

/// The whole page.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for (index, section) in SECTIONS.iter().enumerate() {
        let gap = if index == 0 { "" } else { "\n" };
        let _infallible = writeln!(page, "{gap}## `[{}]`\n\n{}", section.name, section.doc);
        for key in section.keys {
            page.push_str(&entry(key));
        }
    }
    page
}

fn entry(key: &Key) -> String {
    let default = match key.default {
        Some("") => "empty".to_owned(),
        Some(text) => format!("`{text}`"),
        None => "not set".to_owned(),
    };
    let mut text = String::new();
    let secret = if key.secret { " · secret" } else { "" };
    let _infallible = write!(
        text,
        "\n### `{}`\n\n{} · default: {default}{secret} · `{}`\n\n{}\n",
        key.name,
        key.kind.describe(),
        key.variable(),
        key.doc,
    );
    text
}
