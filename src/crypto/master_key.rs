//! The master key: the one secret outside the database. Everything sealed or keyed derives from it (R43).

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroize as _;

use crate::effects::Random;
use crate::model::digest::hex;
use crate::model::secret::Secret;

/// How many bytes a key has.
pub const KEY_LEN: usize = 32;

/// 32 random bytes, written as 43 characters of base64url without padding.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    secret: Secret<[u8; KEY_LEN]>,
}

/// What a derived key is for. Two purposes never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Account names of lock counters (D31).
    AccountNames,
    /// Tokens against cross-site requests, and other values that a browser carries for us.
    BrowserTokens,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::AccountNames => "symbolon/v1/account-names",
            Self::BrowserTokens => "symbolon/v1/browser-tokens",
        }
    }
}

impl MasterKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        Self::from_bytes(random.bytes())
    }

    /// Reads the written form, white space around it ignored.
    ///
    /// # Errors
    /// Another length or alphabet, or bytes that no random source gave.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let mut decoded = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| MasterKeyError::Malformed)?;
        let bytes = <[u8; KEY_LEN]>::try_from(decoded.as_slice()).map_err(|_| MasterKeyError::Malformed);
        decoded.zeroize();
        let bytes = bytes?;
        if is_sample(&bytes) { Err(MasterKeyError::Sample) } else { Ok(Self::from_bytes(bytes)) }
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// The file is missing, not a file, readable by others than its owner, or holds no key.
    pub fn read(path: &Path) -> Result<Self, MasterKeyError> {
        let unreadable = |source: io::Error| MasterKeyError::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        let facts = file.metadata().map_err(unreadable)?;
        if !facts.is_file() {
            return Err(MasterKeyError::Malformed);
        }
        if !only_owner_reads(&facts) {
            return Err(MasterKeyError::ReadableByOthers { path: path.to_owned() });
        }
        let mut text = String::with_capacity(64);
        file.take(1024).read_to_string(&mut text).map_err(unreadable)?;
        let key = Self::parse(&text);
        text.zeroize();
        key
    }

    /// Makes a key and writes it into a new file that only its owner can read, on the disk before this returns.
    ///
    /// # Errors
    /// The file exists already, or cannot be written.
    pub fn create(path: &Path, random: &dyn Random) -> Result<Self, MasterKeyError> {
        let unwritable = |source: io::Error| MasterKeyError::Unwritable { path: path.to_owned(), source };
        let key = Self::generate(random);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(unwritable)?;
        file.write_all(key.to_text().expose().as_bytes()).map_err(unwritable)?;
        file.sync_all().map_err(unwritable)?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
        }
        Ok(key)
    }

    /// Names this key without telling anything about it: eight characters.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The written form with a line end.
    pub fn to_text(&self) -> Secret<String> {
        let mut text = URL_SAFE_NO_PAD.encode(self.secret.expose());
        text.push('\n');
        Secret::new(text)
    }

    /// The key of one purpose (RFC 5869).
    pub fn subkey(&self, purpose: Purpose) -> Secret<[u8; KEY_LEN]> {
        self.derive(&[], purpose.label().as_bytes())
    }

    /// A derived key under a salt.
    pub(super) fn derive(&self, salt: &[u8], label: &[u8]) -> Secret<[u8; KEY_LEN]> {
        Secret::new(derive(self.secret.expose(), salt, label))
    }

    fn from_bytes(bytes: [u8; KEY_LEN]) -> Self {
        let fingerprint = derive(&bytes, &[], b"symbolon/v1/key-id");
        let (name, _) = fingerprint.split_at(4);
        Self { id: hex(name), secret: Secret::new(bytes) }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

struct KeyLength;

impl KeyType for KeyLength {
    fn len(&self) -> usize {
        KEY_LEN
    }
}

fn derive(secret: &[u8], salt: &[u8], label: &[u8]) -> [u8; KEY_LEN] {
    let mut key = [0; KEY_LEN];
    let pseudo_random = Salt::new(HKDF_SHA256, salt).extract(secret);
    let filled = pseudo_random.expand(&[label], KeyLength).and_then(|output| output.fill(&mut key));
    // HKDF fails only for outputs over 255 hashes; going on with a known key would be worse than ending.
    if filled.is_err() {
        std::process::abort();
    }
    key
}

/// Keys from documentation and idle hands: few distinct bytes, or counting up.
fn is_sample(bytes: &[u8; KEY_LEN]) -> bool {
    let mut distinct = bytes.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let counting = bytes.iter().zip(bytes.iter().skip(1)).all(|(one, next)| one.wrapping_add(1) == *next);
    distinct.len() < 16 || counting || bytes.iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(unix)]
fn only_owner_reads(facts: &fs::Metadata) -> bool {
    const GROUP_AND_OTHERS: u32 = 0o077;
    let mode = std::os::unix::fs::PermissionsExt::mode(&facts.permissions());
    mode & GROUP_AND_OTHERS == 0
}

#[cfg(not(unix))]
fn only_owner_reads(_: &fs::Metadata) -> bool {
    true
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Not 32 bytes in base64url.
    #[error("the master key is not 43 characters of base64url")]
    Malformed,
    /// A key that somebody typed or copied from a page.
    #[error("the master key is a sample, not a random value")]
    Sample,
    /// Group or others may read it.
    #[error("{} can be read by others than its owner: chmod 600 it", path.display())]
    ReadableByOthers {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It exists already, or cannot be written.
    #[error("{} cannot be created", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::SeededRandom;

    #[test]
    fn a_key_file_reads_back_and_is_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = MasterKey::create(&path, &SeededRandom::new(1)).unwrap();
        assert_eq!(MasterKey::read(&path).unwrap().id(), made.id());
        assert!(matches!(
            MasterKey::create(&path, &SeededRandom::new(2)),
            Err(MasterKeyError::Unwritable { .. })
        ));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(MasterKey::read(&path), Err(MasterKeyError::ReadableByOthers { .. })));
        }
    }

    #[test]
    fn samples_and_scraps_are_refused_and_nothing_shows_the_key() {
        for text in [
            "",
            "secret",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ] {
            assert!(MasterKey::parse(text).is_err(), "{text}");
        }
        let key = MasterKey::generate(&SeededRandom::new(3));
        let text = key.to_text();
        assert!(MasterKey::parse(text.expose()).is_ok());
        assert!(!format!("{key:?}").contains(text.expose().trim()));
    }
}
