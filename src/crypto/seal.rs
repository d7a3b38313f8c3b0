//! Sealing: secrets that we must use again are stored encrypted, bound to the place they belong to (D26).

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroize as _;

use super::master_key::MasterKey;
use crate::effects::Random;
use crate::model::ids::TenantId;
use crate::model::secret::Secret;

const VERSION: &str = "sealed1";
const LABEL: &[u8] = b"symbolon/v1/seal";
const SALT_LEN: usize = 16;

/// Where a sealed value stands. A value copied to another row, column or tenant does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The tenant of the row; `None` in a table of the deployment.
    pub tenant: Option<TenantId>,
    /// The table.
    pub table: &'a str,
    /// The row's key.
    pub row: &'a str,
    /// The column.
    pub column: &'a str,
}

impl Place<'_> {
    fn to_associated_data(self) -> Vec<u8> {
        let tenant = self.tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
        let mut data = Vec::with_capacity(128);
        for part in [VERSION, &tenant, self.table, self.row, self.column] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

/// Seals and opens with AES-256-GCM. Each value has a key of its own, derived under a random salt, so that no number of
/// values wears the master key out. The envelope is `sealed1.<key id>.<base64url of salt, nonce, ciphertext, tag>`.
#[derive(Clone)]
pub struct Sealer {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl Sealer {
    /// Seals under `current`; opens what any of these keys sealed.
    pub const fn new(current: MasterKey, older: Vec<MasterKey>) -> Self {
        Self { current, older }
    }

    /// Seals a value for its place.
    pub fn seal(&self, place: Place<'_>, value: &[u8], random: &dyn Random) -> Result<String, SealError> {
        let salt: [u8; SALT_LEN] = random.bytes();
        let nonce: [u8; NONCE_LEN] = random.bytes();
        let mut sealed = value.to_vec();
        value_key(&self.current, &salt)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.to_associated_data()),
                &mut sealed,
            )
            .map_err(|_| SealError)?;
        let envelope = [salt.as_slice(), nonce.as_slice(), sealed.as_slice()].concat();
        Ok(format!("{VERSION}.{}.{}", self.current.id(), URL_SAFE_NO_PAD.encode(envelope)))
    }

    /// Opens what was sealed for this very place.
    pub fn open(&self, place: Place<'_>, envelope: &str) -> Result<Secret<Vec<u8>>, SealError> {
        let (key_id, encoded) = envelope
            .strip_prefix(VERSION)
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.split_once('.'))
            .ok_or(SealError)?;
        let master = std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id() == key_id)
            .ok_or(SealError)?;
        let envelope = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| SealError)?;
        let (salt, rest) = envelope.split_at_checked(SALT_LEN).ok_or(SealError)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut buffer = sealed.to_vec();
        let opened = value_key(master, salt)?
            .open_in_place(nonce, Aad::from(place.to_associated_data()), &mut buffer)
            .map(|value| value.to_vec());
        buffer.zeroize();
        opened.map(Secret::new).map_err(|_| SealError)
    }

    /// The id of the key that new values are sealed under.
    pub fn key_id(&self) -> &str {
        self.current.id()
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({})", self.current.id())
    }
}

fn value_key(master: &MasterKey, salt: &[u8]) -> Result<LessSafeKey, SealError> {
    let key = master.derive(salt, LABEL);
    UnboundKey::new(&AES_256_GCM, key.expose()).map(LessSafeKey::new).map_err(|_| SealError)
}

/// The value does not open: another key, another place, or changed. Which of these is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open: the master key is another, or the value was moved or changed")]
pub struct SealError;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::SeededRandom;
    use crate::model::ids::Id as _;
    use crate::model::time::Timestamp;

    const PLACE: Place<'static> =
        Place { tenant: None, table: "signing_keys", row: "k1", column: "private_key" };

    #[test]
    fn a_sealed_value_opens_at_its_place_only() {
        let random = SeededRandom::new(5);
        let sealer = Sealer::new(MasterKey::generate(&random), Vec::new());
        let envelope = sealer.seal(PLACE, b"private", &random).unwrap();
        assert_eq!(sealer.open(PLACE, &envelope).unwrap().expose(), b"private");
        let tenant = Some(TenantId::from_parts(Timestamp::from_unix(1), [0; 10]));
        for elsewhere in [
            Place { tenant, ..PLACE },
            Place { table: "other", ..PLACE },
            Place { row: "k2", ..PLACE },
            Place { column: "x", ..PLACE },
        ] {
            assert!(sealer.open(elsewhere, &envelope).is_err());
        }
    }

    #[test]
    fn another_key_a_changed_byte_or_scraps_do_not_open() {
        let random = SeededRandom::new(6);
        let old = MasterKey::generate(&random);
        let envelope = Sealer::new(old.clone(), Vec::new()).seal(PLACE, b"private", &random).unwrap();
        let stranger = Sealer::new(MasterKey::generate(&random), Vec::new());
        assert!(stranger.open(PLACE, &envelope).is_err());
        let rotated = Sealer::new(MasterKey::generate(&random), vec![old]);
        assert!(rotated.open(PLACE, &envelope).is_ok());
        let changed = format!("{}AAAA", envelope.trim_end_matches(char::is_alphanumeric));
        let shortened = envelope.trim_start_matches('s');
        for bad in [changed.as_str(), "", "sealed1", "sealed1..", "sealed1.00000000.AAAA", shortened] {
            assert!(rotated.open(PLACE, bad).is_err(), "{bad}");
        }
    }
}
