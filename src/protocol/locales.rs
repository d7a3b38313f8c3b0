//! Language tags: their canonical casing (RFC 5646 §2.1.1) and the choice among wishes
//! (RFC 4647 §3.4, OIDC Core §3.1.2.1 `ui_locales`).

/// The tag in canonical casing: language in lower case, script in title case, region in upper case. `None` where it is
/// no well-formed tag of the simple shapes that we use.
pub fn canonical(tag: &str) -> Option<String> {
    let mut parts = Vec::new();
    for (index, part) in tag.split('-').enumerate() {
        if part.is_empty() || part.len() > 8 || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let lower = part.to_ascii_lowercase();
        parts.push(match (index, part.len()) {
            (0, 2..=8) if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => lower,
            (0, _) => return None,
            (_, 2) => part.to_ascii_uppercase(),
            (_, 4) if part.starts_with(|first: char| first.is_ascii_alphabetic()) => title_case(&lower),
            _ => lower,
        });
    }
    (parts.len() <= 4).then(|| parts.join("-"))
}

fn title_case(lower: &str) -> String {
    let mut letters = lower.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
}

/// The first of the wishes that is supported, each shortened from its end until it is (RFC 4647 §3.4). A
/// space-delimited list as in `ui_locales`; unusable wishes are passed over,
/// because an unsupported locale must not be an error.
pub fn negotiate<'a>(wishes: &str, supported: &[&'a str]) -> Option<&'a str> {
    wishes.split(' ').take(16).find_map(|wish| best_match(wish, supported))
}

/// The same for an `Accept-Language` header (RFC 9110 §12.5.4): the wish with the highest weight wins.
pub fn negotiate_header<'a>(header: &str, supported: &[&'a str]) -> Option<&'a str> {
    let mut wishes: Vec<(u16, &str)> = header.split(',').take(16).filter_map(weighted).collect();
    wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wishes.into_iter().find_map(|(_, wish)| best_match(wish, supported))
}

/// One wish of the header and its weight in thousandths; `None` where the weight is zero or unreadable.
fn weighted(item: &str) -> Option<(u16, &str)> {
    let mut parts = item.split(';');
    let tag = parts.next()?.trim();
    let weight = match parts.next().map(str::trim) {
        None => 1000,
        Some(quality) => {
            let digits = quality.strip_prefix("q=")?;
            let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            if fraction.len() > 3 {
                return None;
            }
            whole.parse::<u16>().ok()?.checked_mul(1000)? + format!("{fraction:0<3}").parse::<u16>().ok()?
        }
    };
    (1..=1000).contains(&weight).then_some((weight, tag))
}

fn best_match<'a>(wish: &str, supported: &[&'a str]) -> Option<&'a str> {
    let mut tag = canonical(wish)?;
    loop {
        if let Some(found) = supported.iter().find(|own| **own == tag) {
            return Some(found);
        }
        tag.truncate(tag.rfind('-')?);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_get_their_canonical_casing() {
        for (written, canonical_form) in
            [("EN", "en"), ("de-at", "de-AT"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")]
        {
            assert_eq!(canonical(written).as_deref(), Some(canonical_form));
        }
        for bad in ["", "-", "e", "en_US", "de--AT", "é", "abcdefghi"] {
            assert_eq!(canonical(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_first_supported_wish_wins() {
        assert_eq!(negotiate("fr de-AT en", &["en", "de"]), Some("de"));
        assert_eq!(negotiate("fr", &["en"]), None);
        assert_eq!(negotiate_header("fr, en;q=0.5, de-CH;q=0.75", &["en", "de"]), Some("de"));
        assert_eq!(negotiate_header("de;q=0, *;q=x, en;q=2", &["en", "de"]), None);
    }
}
