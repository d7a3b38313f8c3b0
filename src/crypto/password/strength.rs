//! What is accepted as a new password, the same rule at every door (R20, P040).

use std::collections::BTreeSet;

use zxcvbn::{Score, zxcvbn};

use super::{MAX_CHARS, MIN_CHARS, Password};

/// The fewest characters that are left when names and addresses of the account are taken out.
const MIN_OWN_CHARS: usize = 8;

/// Words that people are made to change their passwords with, and the year behind them.
const SEASONAL: [&str; 22] = [
    "spring",
    "summer",
    "autumn",
    "winter",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Long passwords from published lists that a strength estimate alone would let through, in lower case.
const COMMON: &str = include_str!("common.txt");

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Under as many characters as [`PasswordRules`] ask for.
    #[error("the password is too short: it needs {least} characters or more")]
    TooShort {
        /// The fewest.
        least: usize,
    },
    /// Over [`MAX_CHARS`] characters.
    #[error("the password is too long: it may have 128 characters at most")]
    TooLong,
    /// Common, a pattern, or quickly guessed.
    #[error("the password is easily guessed")]
    Guessable,
    /// Little more than the names and addresses of its account.
    #[error("the password is made of names that belong to the account")]
    Contextual,
}

/// What a tenant may ask of a new password beyond what every one must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    least: usize,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { least: MIN_CHARS }
    }
}

impl PasswordRules {
    /// At least so many characters, and never fewer than [`MIN_CHARS`] or more than [`MAX_CHARS`].
    pub fn of_length(least: usize) -> Self {
        Self { least: least.clamp(MIN_CHARS, MAX_CHARS) }
    }

    /// The fewest characters.
    pub const fn least(self) -> usize {
        self.least
    }
}

/// Judges a new password. `context` holds what an attacker knows of the account: e-mail address, names, the tenant's
/// and the product's name. Takes milliseconds for long passwords, so on a worker only
/// ([`super::PasswordPool::accept`]).
///
/// # Errors
/// The first rule that does not hold.
pub fn check(password: &Password, rules: PasswordRules, context: &[&str]) -> Result<(), Weakness> {
    let text = password.text();
    if text.chars().count() < rules.least {
        return Err(Weakness::TooShort { least: rules.least });
    }
    let lower = text.to_lowercase();
    let words = words_of(context);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Names written backwards are the same names.
    for text in [lower.clone(), lower.chars().rev().collect()] {
        if without(&text, words.iter().copied()) < MIN_OWN_CHARS {
            return Err(Weakness::Contextual);
        }
    }
    for text in std::iter::once(&lower).chain(&spelled_out(&lower)) {
        let common = COMMON.lines().any(|line| line == text);
        // A common word with a year, digits and signs around it has a score of three.
        if common || is_seasonal(text) || zxcvbn(text, &words).score() < Score::Four {
            return Err(Weakness::Guessable);
        }
    }
    Ok(())
}

/// What is left of a text that is spelled out letter by letter, `p.a.s.s!`, without the one or two signs between the letters.
fn spelled_out(text: &str) -> Option<String> {
    let signs: BTreeSet<char> = text.chars().filter(|c| !c.is_alphanumeric()).collect();
    let mut pairs = text.chars().zip(text.chars().skip(1));
    let apart = pairs.all(|(one, next)| !one.is_alphabetic() || !next.is_alphabetic());
    (apart && (1..=2).contains(&signs.len())).then(|| text.chars().filter(|c| c.is_alphanumeric()).collect())
}

/// How many guesses a text takes, as a power of ten; a single character counts half.
pub fn guesses(text: &str) -> f64 {
    if text.chars().count() == 1 { 0.5 } else { zxcvbn(text, &[]).guesses_log10() }
}

/// How many characters are left when these words are taken out.
fn without<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> usize {
    words.into_iter().fold(text.to_owned(), |left, word| left.replace(word, "")).chars().count()
}

/// Whether it is little more than a season, a month or a day, with any digits in it.
fn is_seasonal(lower: &str) -> bool {
    let undated = lower.replace(|c: char| c.is_ascii_digit(), "");
    SEASONAL.iter().any(|word| lower.contains(word)) && without(&undated, SEASONAL) < MIN_OWN_CHARS
}

/// The words of three letters or more, and what is left of them without digits, in lower case, the longest first.
fn words_of(context: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = context
        .iter()
        .chain(&["symbolon"])
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .flat_map(|word| std::iter::once(word).chain(word.split(char::is_numeric)))
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_lowercase)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Secret;

    fn judge(text: &str) -> Result<(), Weakness> {
        let password = Password::new(&Secret::new(text.to_owned()))?;
        let context = ["ada.lovelace@acme.example", "Ada", "Lovelace", "Acme Corp"];
        check(&password, PasswordRules::default(), &context)
    }

    #[test]
    fn p040_common_patterned_and_contextual_passwords_are_refused() {
        for text in [
            "password1234",
            "Passw0rd1234!",
            "123456789012",
            "qwertyuiop12",
            "1q2w3e4r5t6y",
            "iloveyou1234",
            "aaaaaaaaaaaaaa",
            "abcdefghijkl",
            "qwertyqwerty",
            "abc123abc123",
            "letmeinletmein",
            "Welcome2026!",
            "Summer2026!!",
            "correcthorsebatterystaple",
            "CorrectHorseBatteryStaple",
            "administrator",
            "changemechangeme",
            "trustno1trustno1",
            "111111222222",
            "adminadmin123",
            "football1234",
            "monkey123456",
            "Welcome2026!!",
            "Admin1234567!",
            "ChangeMe!2026",
            "company12345!",
            "Hello123World!",
            "password is password",
            "passwort2026!",
            "Geheim123456!",
            "Winter2025-2026",
            "Spring2026Spring",
            "thequickbrownfox",
            "tobeornottobe",
            "maytheforcebewithyou",
            "!QAZ2wsx#EDC4rfv",
            "p a s s w o r d 1",
            "p.a.s.s.w.o.r.d.1",
            "l-e-t-m-e-i-n-2026",
            "p.a.s.s.w.o.r.d.1!",
            "!p.a.s.s.w.o.r.d",
            "p-a-s-s w-o-r-d",
            "йцукенгшщзхъ",
            "qwertzuiopü+",
            "azertyuiopqs",
        ] {
            assert_eq!(judge(text), Err(Weakness::Guessable), "{text}");
        }
        for text in [
            "ada.lovelace1815",
            "Lovelace-Acme!",
            "acmecorp2026",
            "AcmeCorp2024!",
            "symbolon-acme1",
            "elpmaxe.emca@ada",
            "ecalevoL-emcA!",
        ] {
            assert_eq!(judge(text), Err(Weakness::Contextual), "{text}");
        }
        assert_eq!(judge("Tr0ub4dor&3"), Err(Weakness::TooShort { least: 12 }));
    }

    #[test]
    fn p040_a_tenant_may_ask_for_longer_passwords_and_never_for_shorter_ones() {
        let typed = |text: &str| Password::new(&Secret::new(text.to_owned())).unwrap();
        for (asked, text, verdict) in [
            (20, "kurbel-säge-x7μ", Err(Weakness::TooShort { least: 20 })),
            (20, "kurbel-säge-μελάνι-7", Ok(())),
            (0, "v;3(Q/{1x,)", Err(Weakness::TooShort { least: 12 })),
            (8, "v;3(Q/{1x,)Z", Ok(())),
            (4000, &"plum anchor lattice ".repeat(6), Err(Weakness::TooShort { least: 128 })),
            // Counted in form NFKC: the one character is three.
            (0, "v;3(Q/{1\u{2026}", Err(Weakness::TooShort { least: 12 })),
            (0, "v;3(Q/{1x\u{2026}", Ok(())),
        ] {
            assert_eq!(check(&typed(text), PasswordRules::of_length(asked), &[]), verdict, "{asked} {text}");
        }
    }

    /// As password managers make them: nobody guesses these.
    #[test]
    fn p040_random_passwords_pass_with_any_signs_in_them() {
        for text in
            ["5mi>s\\IZHbh?*S/?", "v;3(Q/{1x,)Z", "#1:k$9^e@7!w&4*r", "T~8]u[2}Q|6-", "q=K+7<z>4?M.9,X"]
        {
            assert_eq!(judge(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn p040_each_word_of_a_name_or_an_address_is_known_without_its_digits_too() {
        for (context, text) in [
            ("Zebrafink Orchid", "zebrafinkorchid"),
            ("Zebrafink Orchid", "ZebrafinkOrchid1"),
            ("Zebrafink Orchid", "Zebrafink2026"),
            ("quillon77@mail.example", "Quillon-2026!"),
        ] {
            let password = Password::new(&Secret::new(text.to_owned())).unwrap();
            let judged = check(&password, PasswordRules::default(), &[context]);
            assert_eq!(judged, Err(Weakness::Contextual), "{text}");
        }
    }

    #[test]
    fn p038_long_passphrases_pass_and_their_length_counts_characters_of_form_nfkc() {
        assert_eq!(judge("violet tram forgets nine spoons"), Ok(()));
        assert_eq!(judge("kurbel-säge-μελάνι-7"), Ok(()));
        let long = "plum anchor lattice ".repeat(6) + "quietly";
        assert_eq!(judge(&long), Ok(()));
        assert_eq!(judge(&"é~".repeat(65)), Err(Weakness::TooLong));
        // One code point that is three characters in form NFKC.
        assert!(Password::new(&Secret::new("\u{2026}".repeat(43))).is_err());
        assert!(Password::new(&Secret::new("x".repeat(1_000_000))).is_err());
    }
}
