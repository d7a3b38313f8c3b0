//! Codes sent by mail: six random digits, as NIST SP 800-63B-4 §3.1.3 asks of a secret that is typed from another channel.

use std::fmt;

use super::hmac::KeyedHash;
use crate::effects::Random;
use crate::model::secret::Secret;

/// Digits of a code.
const DIGITS: usize = 6;

/// How many codes there are.
const CODES: u64 = 1_000_000;

/// A code.
#[derive(Clone)]
pub struct EmailCode(Secret<String>);

impl EmailCode {
    /// A new code. Of 2^64 draws, none is likelier than another by more than one in 10^13.
    pub fn generate(random: &dyn Random) -> Self {
        let drawn = u64::from_be_bytes(random.bytes()) % CODES;
        Self(Secret::new(format!("{drawn:0DIGITS$}")))
    }

    /// Reads a typed code, with spaces and hyphens wherever they stand; `None` for anything that no mail says.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).take(DIGITS + 1).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| Self(Secret::new(digits)))
    }

    /// The digits, for the mail alone.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored: six digits are tried out in no time, so they are hashed under a key of the deployment, together with what
    /// they belong to.
    pub fn hash(&self, names: &KeyedHash, whose: [&[u8]; 3]) -> String {
        let [tenant, user, sign_in] = whose;
        names.of(&[b"email code", tenant, user, sign_in, self.0.expose().as_bytes()])
    }
}

impl fmt::Debug for EmailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::SeededRandom;

    #[test]
    fn a_code_is_six_digits_and_is_read_as_people_type_it() {
        let random = SeededRandom::new(7);
        for _ in 0..1000 {
            let code = EmailCode::generate(&random);
            let digits = code.expose();
            assert_eq!(digits.len(), DIGITS, "{digits}");
            let (first, rest) = digits.split_at(3);
            let typed = format!(" {first}-{rest} ");
            assert_eq!(
                EmailCode::parse(&typed).map(|code| code.expose().to_owned()).as_deref(),
                Some(digits)
            );
        }
        for text in ["", "12345", "1234567", "12345a", "１２３４５６", "123 4567"] {
            assert!(EmailCode::parse(text).is_none(), "{text}");
        }
    }
}
