//! What the standard claims of a person may hold (OIDC Core §5.1): one rule each for declarations, the API and imports.

use chrono::NaiveDate;
use url::Url;

use super::unseen::{is_joiner, is_unseen};

/// What a claim must be: a test, and the words for whoever fails it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Whether a text may stand there.
    pub holds: fn(&str) -> bool,
    /// What would be right.
    pub words: &'static str,
}

/// A name for people: one line, without characters that are not seen, and turn or hide what stands beside them.
pub const LABEL: Rule = Rule {
    holds: is_label,
    words: "must be 1 to 200 characters on one line, without spaces at the ends and without invisible characters",
};

/// Text that may have several lines (OIDC Core §5.1.1).
pub const LINES: Rule = Rule {
    holds: is_lines,
    words: "must be 1 to 1000 characters; line breaks are the only control characters allowed",
};

/// An address in the web.
pub const LINK: Rule =
    Rule { holds: is_link, words: "must be a web address such as `https://people.example/ada`" };

/// A date, a date without a year (`0000-12-10`) or a year (OIDC Core §5.1).
pub const BIRTHDATE: Rule = Rule {
    holds: is_birthdate,
    words: "must be a date such as `1815-12-10`, `0000-12-10` without the year, or a year in quotes",
};

/// A name of the time zone database.
pub const ZONEINFO: Rule = Rule { holds: is_zoneinfo, words: "must be a time zone such as `Europe/Berlin`" };

/// A language tag in its canonical letters, as far as language and region go (BCP 47).
pub const LOCALE: Rule = Rule { holds: is_locale, words: "must be a language tag such as `de` or `en-GB`" };

/// E.164, with an extension in the form of RFC 3966 at most (OIDC Core §5.1).
pub const PHONE: Rule =
    Rule { holds: is_phone, words: "must be a number with its country code, such as `\"+49 30 901820\"`" };

fn is_label(text: &str) -> bool {
    (1..=200).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_control() || is_unseen(c))
        && text.trim_matches(|c: char| c.is_whitespace() || is_joiner(c)) == text
}

fn is_lines(text: &str) -> bool {
    !text.is_empty() && text.len() <= 1000 && !text.chars().any(|c| c.is_control() && c != '\n')
}

fn is_link(text: &str) -> bool {
    text.len() <= 2000
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

fn is_birthdate(text: &str) -> bool {
    // A leap year stands in for the unknown one, so that 29 February passes.
    let dated = text.strip_prefix("0000-").map_or_else(|| text.to_owned(), |day| format!("2000-{day}"));
    let day = text.len() == 10 && NaiveDate::parse_from_str(&dated, "%Y-%m-%d").is_ok();
    day || (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_zoneinfo(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
    (1..=64).contains(&text.len()) && text.chars().all(allowed)
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && text.len() <= 35
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

fn is_phone(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '-' | '.');
    let (number, extension) = text.split_once(";ext=").unwrap_or((text, "0"));
    let digits = number.chars().filter(char::is_ascii_digit).count();
    number.strip_prefix('+').is_some_and(|rest| rest.chars().all(allowed))
        && (4..=15).contains(&digits)
        && (1..=8).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_digit())
}
