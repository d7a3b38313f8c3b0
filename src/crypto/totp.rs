//! Time-based one-time passwords: SHA-1, six digits, thirty seconds (RFC 6238, RFC 4226): what every authenticator knows.

use std::fmt;

use totp_rs::{Builder, Totp};

use crate::effects::Random;
use crate::model::secret::Secret;
use crate::model::time::Timestamp;

/// Bytes of a secret, as many as RFC 4226 §4 (R6) recommends.
const SECRET_LEN: usize = 20;

/// Digits of a code.
const DIGITS: usize = 6;

/// The secret that an authenticator shares with us.
#[derive(Clone)]
pub struct TotpSecret(Secret<[u8; SECRET_LEN]>);

/// A code as somebody typed it: six digits. Spaces and hyphens between them are how people and apps write it.
#[derive(Clone)]
pub struct TotpCode(Secret<String>);

impl TotpCode {
    /// Reads a typed code; `None` for anything that no authenticator shows.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).take(DIGITS + 1).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| Self(Secret::new(digits)))
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(..)")
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

impl TotpSecret {
    /// A new secret of 160 bits.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Secret::new(random.bytes()))
    }

    /// The secret with these bytes, which were sealed; `None` where they are too many or too few.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Secret::new(bytes)))
    }

    /// The bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.expose()
    }

    /// The step whose code this is: the one of `now`, the one before or the one after, since clocks drift and people type
    /// slowly (RFC 6238 §5.2, §6). Codes are compared in constant time. Whether the step was used before is the caller's to
    /// ask.
    pub fn matching_step(&self, code: &TotpCode, now: Timestamp) -> Option<i64> {
        let seconds = u64::try_from(now.unix()).ok()?;
        let step = self.totp("", "")?.check(code.0.expose(), seconds)?;
        i64::try_from(step).ok()
    }

    /// What the QR code says: the key with its names, as authenticators read it (`otpauth://`).
    pub fn uri(&self, issuer: &str, account: &str) -> Option<Secret<String>> {
        self.totp(issuer, account)?.to_url().ok().map(Secret::new)
    }

    /// The key for typing: base32 in groups of four.
    pub fn to_typed(&self) -> Secret<String> {
        Secret::new(in_groups(&base32(self.as_bytes())))
    }

    fn totp(&self, issuer: &str, account: &str) -> Option<Totp> {
        Builder::new()
            .with_secret(self.0.expose().to_vec())
            .with_issuer(Some(label(issuer)))
            .with_account_name(label(account))
            .build()
            .ok()
    }
}

/// A name as a label may hold it: a colon would divide it.
fn label(name: &str) -> String {
    name.replace(':', " ")
}

/// Base32 without padding (RFC 4648 §6).
pub(super) fn base32(bytes: &[u8]) -> Secret<String> {
    Secret::new(totp_rs::Secret::new(bytes.into()).to_base32())
}

/// The same in groups of four, as people read and type it.
pub(super) fn in_groups(text: &Secret<String>) -> String {
    let mut grouped = String::with_capacity(text.expose().len() * 5 / 4);
    for (at, letter) in text.expose().chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(letter);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::SeededRandom;

    /// The secret of RFC 6238 appendix B for SHA-1.
    fn of_the_rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn step(secret: &TotpSecret, code: &str, at: i64) -> Option<i64> {
        secret.matching_step(&TotpCode::parse(code).unwrap(), Timestamp::from_unix(at))
    }

    /// RFC 6238 appendix B, the last six of its eight digits.
    #[test]
    fn the_codes_are_those_of_rfc_6238_appendix_b() {
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(&of_the_rfc(), code, at), Some(at / 30), "{at}");
        }
    }

    #[test]
    fn p046_one_step_before_and_one_after_count_and_no_other() {
        let code = "005924";
        let own = 1_234_567_890 / 30;
        for (steps, counts) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let found = step(&of_the_rfc(), code, (own + steps) * 30);
            assert_eq!(found, counts.then_some(own), "{steps} steps later");
        }
        assert_eq!(step(&of_the_rfc(), code, -1), None, "before 1970 there are no codes");
    }

    #[test]
    fn a_code_is_six_digits_and_may_have_spaces_and_hyphens() {
        for text in ["005924", "005 924", " 005-924 ", "0 0 5 9 2 4"] {
            assert!(step(&of_the_rfc(), text, 1_234_567_890).is_some(), "{text}");
        }
        for text in
            ["", "5924", "0059240", "00592٤", "０05924", "+05924", "00592a", "005\u{a0}924", "005.924"]
        {
            assert!(TotpCode::parse(text).is_none(), "{text}");
        }
        assert!(TotpCode::parse(&"0".repeat(100_000)).is_none());
    }

    #[test]
    fn a_secret_has_160_bits_and_is_typed_in_groups_of_four() {
        let secret = TotpSecret::generate(&SeededRandom::new(4));
        assert_eq!(secret.as_bytes().len(), 20);
        let typed = secret.to_typed();
        let groups: Vec<&str> = typed.expose().split(' ').collect();
        assert!(groups.len() == 8 && groups.iter().all(|group| group.len() == 4), "{groups:?}");
        assert_eq!(of_the_rfc().to_typed().expose(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(format!("{secret:?}"), "TotpSecret(..)");
        assert!(TotpSecret::from_bytes(b"short").is_none());
    }

    #[test]
    fn names_stand_in_the_uri_and_cannot_change_it() {
        let uri = of_the_rfc().uri("Acme: R&D?", "ada+x@acme.example").unwrap();
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Acme%20%20R%26D%3F:ada%2Bx%40acme.example?\
             secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%20R%26D%3F"
        );
    }
}
