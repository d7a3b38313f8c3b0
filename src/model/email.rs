//! E-mail addresses and the one rule by which two of them are the same (D3), for sign-up, sign-in, provisioning,
//! federation and recovery alike.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use super::unseen::{is_joiner, is_unseen};

/// An address: as it was given, for display, and in the form that decides equality.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email {
    spelling: String,
    canonical: String,
}

impl Email {
    /// The address as it was given, without spaces around it.
    pub fn spelling(&self) -> &str {
        &self.spelling
    }

    /// The form that decides equality: NFKC, trimmed, the domain by IDNA, everything case-folded (D3).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The domain in its ASCII form.
    pub fn domain(&self) -> &str {
        self.canonical.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    /// Accepts one `@` with something before it and a domain behind it, up to 254 characters (RFC 5321 §4.5.3.1).
    /// Quoted local parts and address literals are refused: nobody has one, and two programs read them differently.
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let spelling = text.trim();
        let composed: String = spelling.nfkc().collect();
        let (local, domain) = composed.trim().split_once('@').ok_or(InvalidEmail)?;
        let local = fold(local);
        let odd = |c: char| c.is_whitespace() || c.is_control() || is_unseen(c) || is_joiner(c);
        let plain = |c: char| !odd(c) && !"\"(),:;<>[]\\@".contains(c);
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if local.is_empty() || local.len() > 64 || dots || !local.chars().all(plain) {
            return Err(InvalidEmail);
        }
        let domain = canonical_domain(domain).ok_or(InvalidEmail)?;
        let canonical = format!("{local}@{domain}");
        if canonical.len() > 254 || spelling.chars().count() > 254 {
            return Err(InvalidEmail);
        }
        Ok(Self { spelling: spelling.to_owned(), canonical })
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelling)
    }
}

/// The text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be an e-mail address such as `ada@acme.example`")]
pub struct InvalidEmail;

/// A domain in lower-case ASCII (IDNA, UTS 46), or `None` when it is none. It needs a dot, and is no IP address.
pub fn canonical_domain(text: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(text.trim()).ok()?;
    let labels = ascii.split('.').collect::<Vec<_>>();
    let numeric = labels.last().is_none_or(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    let sound = labels.len() > 1 && labels.iter().all(|label| (1..=63).contains(&label.len()));
    (sound && !numeric && ascii.len() <= 253).then_some(ascii)
}

/// How often a text is folded at most; two rounds settle every text that is known, and one that does not settle is none.
const ROUNDS: usize = 8;

/// Compatibility composition and case folding, so that no change of case makes another text of it: `ß` and `SS`, `ς` and `Σ`,
/// `ᾳ` and `ΑΙ`. Lower-casing alone would keep those apart. The names of domains are not folded by this: `ß` and `ss` are
/// domains of different owners (RFC 5894 §7.2).
fn fold(text: &str) -> String {
    let mut folded = text.to_owned();
    for _ in 0..ROUNDS {
        // Taken apart first: an iota below a letter becomes a letter, behind all other marks (Unicode §3.13, D145).
        let parts = folded.nfkd().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
        let next: String = parts.nfkc().collect();
        if next == folded {
            break;
        }
        folded = next;
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        text.parse::<Email>().unwrap().canonical().to_owned()
    }

    #[test]
    fn p062_six_spellings_of_one_person_are_one_address() {
        for spelling in [
            "jürgen@bücher.example",
            "JÜRGEN@BÜCHER.EXAMPLE",
            "  Ju\u{308}rgen@xn--bcher-kva.example ",
            "ｊürgen@bücher.example",
            "jürgen＠bücher.example",
            "jürgen@BU\u{308}CHER。example",
        ] {
            assert_eq!(canonical(spelling), "jürgen@xn--bcher-kva.example", "{spelling}");
        }
        assert_eq!(canonical("STRASSE@acme.example"), canonical("straße@acme.example"));
        assert_eq!(canonical("ΣΊΣΥΦΟΣ@acme.example"), canonical("σίσυφος@acme.example"));
    }

    /// What the other case of a text is, letter by letter.
    fn cases(text: &str) -> [String; 4] {
        [
            text.to_uppercase(),
            text.to_lowercase(),
            text.chars().flat_map(char::to_uppercase).collect(),
            text.chars().flat_map(char::to_lowercase).collect(),
        ]
    }

    #[test]
    fn p062_no_change_of_case_or_form_makes_another_address_of_any_letter() {
        let mut judged = 0;
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let cased = cases(&text).iter().any(|other| *other != text);
            let composed = !unicode_normalization::is_nfkc(&text);
            if !cased && !composed {
                continue;
            }
            judged += 1;
            for text in [text.clone(), format!("{c}\u{345}\u{301}x"), format!("\u{3b1}{c}\u{308}")] {
                let folded = fold(&text);
                assert_eq!(fold(&folded), folded, "{c:?} in {text:?} settles");
                // The iota below a letter moves when marks are put in order, and becomes a letter in upper case: in that
                // order is the other case told (Unicode §3.13, D145).
                for other in cases(&text.nfd().collect::<String>()) {
                    assert_eq!(fold(&other), folded, "{c:?} in {text:?} against {other:?}");
                }
                for form in [text.nfc().collect(), text.nfd().collect(), text.nfkd().collect::<String>()] {
                    assert_eq!(fold(&form), folded, "{c:?} in {text:?} against {form:?}");
                }
            }
        }
        assert!(judged > 7000, "{judged} letters");
        for (one, other) in
            [("ᾳ", "ΑΙ"), ("ﬁ", "FI"), ("ŉ", "ʼN"), ("ǰ", "J\u{30c}"), ("ẖ", "H\u{331}"), ("ﬓ", "ՄՆ")]
        {
            assert_eq!(
                canonical(&format!("{one}@acme.example")),
                canonical(&format!("{other}@acme.example"))
            );
        }
    }

    /// Two domains that two may own are not one: what is one is for IDNA to say.
    #[test]
    fn p062_domains_are_one_where_idna_says_so_and_nowhere_else() {
        assert_eq!(canonical_domain("BÜCHER.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_ne!(canonical_domain("straße.example"), canonical_domain("strasse.example"));
        assert_ne!(canonical_domain("ıbm.example"), canonical_domain("ibm.example"));
        assert_eq!(canonical_domain("İbm.example"), canonical_domain("i\u{307}bm.example"));
    }

    #[test]
    fn the_spelling_is_kept_for_display() {
        let email: Email = " Ada@Acme.Example ".parse().unwrap();
        assert_eq!((email.spelling(), email.canonical()), ("Ada@Acme.Example", "ada@acme.example"));
        assert_eq!(email.domain(), "acme.example");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ada",
            "@acme.example",
            "ada@",
            "ada@localhost",
            "a@b@acme.example",
            "ada@acme",
            "ada@127.0.0.1",
            "ada@[127.0.0.1]",
            "\"a b\"@acme.example",
            "a b@acme.example",
            ".a@acme.example",
            "a..b@acme.example",
            "ada@-acme.example",
            "ada@acme..example",
            "ada@acme.example\r\nBcc: x@y.example",
            "a\u{0}@acme.example",
        ] {
            assert_eq!(text.parse::<Email>(), Err(InvalidEmail), "{text:?}");
        }
        assert!(format!("{}@acme.example", "a".repeat(65)).parse::<Email>().is_err());
    }
}
