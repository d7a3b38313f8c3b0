//! The authenticator of a test: `oathtool`, which is none of ours.

use std::process::Command;
use std::time::Duration;

use symbolon::model::time::Timestamp;

use super::jar::{Jar, Page};

/// The time that a code counts.
pub(crate) const STEP: Duration = Duration::from_secs(30);

/// The code that an authenticator with this key, in base32 with or without spaces, shows at this time.
pub(crate) fn code(key: &str, at: Timestamp) -> String {
    let now = format!("--now=@{}", at.unix());
    let shown = Command::new("oathtool")
        .args(["--totp", "--base32", &now, key])
        .output()
        .expect("oathtool runs: scripts/test-tools installs it");
    assert!(shown.status.success(), "{shown:?}");
    String::from_utf8(shown.stdout).expect("text").trim().to_owned()
}

/// Sets an authenticator up for whoever is signed in in this browser; gives its key, and the page that follows.
pub(crate) async fn set_up(jar: &Jar, now: Timestamp) -> (String, Page) {
    let page = jar.open("/account/factors/totp").await;
    let page = jar.submit(&page, &[("action", "begin")]).await;
    let key = page.text_of("totp-key").unwrap_or_else(|| panic!("no key: {page:?}"));
    let page = jar.submit(&page, &[("code", &code(&key, now)), ("action", "confirm")]).await;
    assert!(page.has("recovery-codes"), "{page:?}");
    (key, page)
}

/// A code of the same length that is another.
pub(crate) fn another(code: &str) -> String {
    let digits = code.bytes().map(|digit| char::from(b'0' + (digit - b'0' + 1) % 10));
    digits.collect()
}
