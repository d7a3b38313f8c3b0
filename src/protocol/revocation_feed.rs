//! The signed list by which verifiers learn of revocations within seconds (D14, invariant 8).

use serde::{Deserialize, Serialize};

use crate::model::digest::{hex, sha256};

/// The `typ` header of the feed, so that it is taken for no other token.
pub const TYPE: &str = "revocations+jwt";
/// The most bytes of a feed; beyond it the issuer collapses entries to coarser ones.
pub const MAX_BYTES: usize = 256 * 1024;
/// How long one copy of the feed is good, in seconds.
pub const LIFE_SECONDS: i64 = 30;
/// How often a verifier fetches it, in seconds.
pub const POLL_SECONDS: u64 = 2;
/// The longest life of an access token, and so the longest stay of an entry, in seconds.
pub const LONGEST_TOKEN_SECONDS: i64 = 3600;

/// The payload of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationFeed {
    /// The issuer.
    pub iss: String,
    /// When this copy was made, in seconds since the epoch.
    pub iat: i64,
    /// When this copy stops being good, in seconds since the epoch.
    pub exp: i64,
    /// Rises with every change; a verifier refuses a copy with a lower one than it has seen.
    pub seq: u64,
    /// What is revoked.
    pub revoked: Vec<Entry>,
}

/// One revocation. It names nothing: only who already holds the value can find it here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// SHA-256 of `kind:value`, in lower-case hexadecimal ([`entry_key`]).
    pub h: String,
    /// The cut-off, in seconds since the epoch: tokens with an `iat` up to and including it are revoked.
    pub t: i64,
}

impl Entry {
    /// The revocation of everything issued up to `cut_off` for this value.
    pub fn new(kind: RevokedKind, value: &str, cut_off: i64) -> Self {
        Self { h: entry_key(kind, value), t: cut_off }
    }

    /// Whether a token issued at `iat`, whose value of this entry's kind matches, is revoked.
    pub const fn covers(&self, iat: i64) -> bool {
        iat <= self.t
    }

    /// The hash in `h` as bytes; `None` when it is not 64 lower-case hexadecimal digits.
    pub fn hash(&self) -> Option<EntryHash> {
        let mut hash = [0; 32];
        let digits = self.h.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let nibble = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
                *byte = (*byte << 4) | nibble;
            }
        }
        Some(hash)
    }
}

/// What an entry can revoke, from the finest to the coarsest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevokedKind {
    /// One token, by `jti`.
    Token,
    /// The tokens of one session, by `sid`.
    Session,
    /// The tokens of one person or service account, by `sub`.
    Subject,
    /// The tokens of one client, by `client_id`.
    Client,
    /// The tokens of one tenant, by `tenant_id`.
    Tenant,
    /// The tokens signed by one key, by `kid`.
    Key,
}

impl RevokedKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Token, Self::Session, Self::Subject, Self::Client, Self::Tenant, Self::Key];

    /// The name of the claim or header that the entry is about: the first half of what is hashed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "jti",
            Self::Session => "sid",
            Self::Subject => "sub",
            Self::Client => "client_id",
            Self::Tenant => "tenant_id",
            Self::Key => "kid",
        }
    }

    /// The kind with this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// SHA-256 of `kind:value`.
pub type EntryHash = [u8; 32];

/// What an entry holds, in bytes: SHA-256 of `kind:value`.
pub fn entry_hash(kind: RevokedKind, value: &str) -> EntryHash {
    sha256(format!("{}:{value}", kind.as_str()).as_bytes())
}

/// The key of an entry: SHA-256 of `kind:value` in lower-case hexadecimal.
pub fn entry_key(kind: RevokedKind, value: &str) -> String {
    hex(&entry_hash(kind, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_hides_its_value_and_covers_what_was_issued_before() {
        let entry = Entry::new(RevokedKind::Token, "abc", 100);
        // echo -n jti:abc | sha256sum
        assert_eq!(entry.h, "ba45ec15fb920260deacfed089e818e02491a721e4cee30fbc8f0676b7c60ef2");
        assert!(entry.covers(99) && entry.covers(100) && !entry.covers(101));
        assert_ne!(entry.h, entry_key(RevokedKind::Session, "abc"));
        assert_eq!(entry.hash(), Some(entry_hash(RevokedKind::Token, "abc")));
        for broken in ["", "ba45", "Ba45ec15fb920260deacfed089e818e02491a721e4cee30fbc8f0676b7c60ef2"] {
            assert_eq!(Entry { h: broken.into(), t: 100 }.hash(), None, "{broken}");
        }
    }
}
