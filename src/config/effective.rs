//! What `config check` prints: every setting in force, where it came from, secrets masked. The output is itself a file
//! that could be read, but for the masks.

use std::fmt::Write;

use url::Url;

use super::fault::Origin;
use super::registry::{Key, SECTIONS};
use super::sources::Settings;
use super::values::Raw;

const MASK: &str = "********";

/// The effective configuration as text.
pub fn render(settings: &Settings) -> String {
    let mut text = String::new();
    for section in &SECTIONS {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _infallible = writeln!(text, "{gap}[{}]", section.name);
        for key in section.keys {
            let _infallible = writeln!(text, "{}", line(settings, key));
        }
    }
    text
}

fn line(settings: &Settings, key: &Key) -> String {
    let name = key.short_name();
    let (value, origin) = match (settings.given(key), key.default) {
        (Some(given), _) => (given.value.clone(), given.origin.clone()),
        (None, Some(default)) => (Raw::One(default.to_owned()), Origin::Default),
        (None, None) => return format!("# {name} is not set"),
    };
    let setting = format!("{name} = {}", shown(key, &value));
    format!("{setting:<56} # {origin}")
}

fn shown(key: &Key, value: &Raw) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    if key.kind.is_list() {
        let items: Vec<String> = value.items().into_iter().map(quoted).collect();
        return format!("[{}]", items.join(", "));
    }
    match value {
        Raw::One(text) if key.name == "database.url" => quoted(&masked_url(text)),
        Raw::One(_) | Raw::Many(_) if key.secret => quoted(MASK),
        Raw::One(text) if key.kind.is_bare() => text.clone(),
        Raw::One(text) => quoted(text),
        Raw::Many(items) => quoted(&items.join(",")),
    }
}

/// A database URL without its password. The query may hold one too, so it goes as a whole; and what is not certainly a
/// URL is masked altogether.
fn masked_url(text: &str) -> String {
    if text.starts_with("sqlite:") && !text.contains('?') {
        return text.to_owned();
    }
    let Ok(mut url) = Url::parse(text) else { return MASK.to_owned() };
    if url.host_str().is_none() || url.fragment().is_some() {
        return MASK.to_owned();
    }
    let masked = url.password().is_none() || url.set_password(Some(MASK)).is_ok();
    if url.query().is_some() {
        url.set_query(Some(MASK));
    }
    if masked { url.to_string() } else { MASK.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::masked_url;

    #[test]
    fn a_database_url_is_shown_without_its_password() {
        for (given, shown) in [
            ("sqlite:data/symbolon.sqlite3", "sqlite:data/symbolon.sqlite3"),
            ("postgres://ann:hunter22@db:5432/x", "postgres://ann:********@db:5432/x"),
            ("postgres://ann@db/x?password=hunter22", "postgres://ann@db/x?********"),
            ("postgres://db/x", "postgres://db/x"),
            ("ann:hunter22@db", "********"),
        ] {
            assert_eq!(masked_url(given), shown);
        }
    }
}
