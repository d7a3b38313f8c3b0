//! Recovery codes: 80 random bits in base32, for the day on which another factor is lost (NIST SP 800-63B-4 §3.1.2).

use std::fmt;

use super::totp::{base32, in_groups};
use crate::effects::Random;
use crate::model::digest::sha256_hex;
use crate::model::secret::Secret;

/// How many stand on a sheet.
pub const ON_A_SHEET: usize = 10;

/// Random bytes of a code.
const BYTES: usize = 10;

/// Letters of a code.
const LETTERS: usize = BYTES * 8 / 5;

/// A code, in capitals without spaces.
#[derive(Clone)]
pub struct RecoveryCode(Secret<String>);

impl RecoveryCode {
    /// A new code.
    pub fn generate(random: &dyn Random) -> Self {
        Self(base32(&random.bytes::<BYTES>()))
    }

    /// Reads a typed code: 16 letters and digits of base32 (RFC 4648 §6) in either case, with spaces and hyphens wherever
    /// they stand. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .take(LETTERS + 1)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let of_base32 = |byte: u8| matches!(byte, b'A'..=b'Z' | b'2'..=b'7');
        (letters.len() == LETTERS && letters.bytes().all(of_base32)).then(|| Self(Secret::new(letters)))
    }

    /// The code as it stands on the sheet, in groups of four.
    pub fn to_typed(&self) -> Secret<String> {
        Secret::new(in_groups(&self.0).replace(' ', "-"))
    }

    /// SHA-256 in hexadecimal: what is stored. It is long and random, so a plain hash is enough.
    pub fn hash(&self) -> String {
        sha256_hex(self.0.expose().as_bytes())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::SeededRandom;

    #[test]
    fn p049_a_code_has_80_bits_and_is_read_however_it_is_typed() {
        let random = SeededRandom::new(9);
        let code = RecoveryCode::generate(&random);
        assert_ne!(RecoveryCode::generate(&random).hash(), code.hash());
        let typed = code.to_typed();
        let typed = typed.expose();
        assert_eq!((typed.len(), typed.matches('-').count()), (19, 3), "{typed}");
        for text in [
            typed.clone(),
            typed.to_lowercase(),
            typed.replace('-', ""),
            typed.replace('-', " "),
            format!(" {typed} "),
        ] {
            assert_eq!(RecoveryCode::parse(&text).unwrap().hash(), code.hash(), "{text}");
        }
        for text in [
            "",
            typed.trim_start_matches(char::is_alphanumeric),
            &format!("{typed}A"),
            "AAAA-AAAA-AAAA-AAA1",
            "ÄAAA-AAAA-AAAA-AAAA",
        ] {
            assert!(RecoveryCode::parse(text).is_none(), "{text}");
        }
        assert!(RecoveryCode::parse(&"A".repeat(100_000)).is_none());
        assert_eq!(format!("{code:?}"), "RecoveryCode(..)");
    }
}
