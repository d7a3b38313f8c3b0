//! Opaque secrets that we generate: a readable prefix, then base64url of tenant id, 32 random bytes and a CRC-32 (D5).
//! Only their SHA-256 is stored. The checksum finds typing errors and scanners' finds; it proves nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::digest::sha256_hex;
use crate::model::ids::TenantId;
use crate::model::secret::Secret;

/// Kinds that name their tenant, so that their look-up is scoped (D5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantKind {
    /// An authorization code (RFC 6749 §4.1.2).
    AuthorizationCode,
    /// A refresh token (RFC 6749 §1.5).
    RefreshToken,
    /// A single-use link by which a tenant's first owner is set up.
    SetupLink,
    /// A personal access token (D34).
    PersonalToken,
    /// The token of a link that is mailed.
    MailedLink,
    /// The link of an invitation.
    Invitation,
}

impl TenantKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::SetupLink,
        Self::PersonalToken,
        Self::MailedLink,
        Self::Invitation,
    ];

    /// The readable beginning, the underscore included.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "syc_",
            Self::RefreshToken => "syr_",
            Self::SetupLink => "syl_",
            Self::PersonalToken => "syp_",
            Self::MailedLink => "sym_",
            Self::Invitation => "syi_",
        }
    }
}

/// Kinds that belong to the deployment or to something named beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlainKind {
    /// The browser's session cookie.
    SessionCookie,
    /// A client secret; the client id stands beside it.
    ClientSecret,
    /// What goes on with a login by a client's own forms; the interaction stands beside it.
    LoginStep,
    /// The secret in the cookie of a device that is remembered.
    Device,
}

impl PlainKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::SessionCookie, Self::ClientSecret, Self::LoginStep, Self::Device];

    /// The readable beginning, the underscore included.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::SessionCookie => "syb_",
            Self::ClientSecret => "sys_",
            Self::LoginStep => "syh_",
            Self::Device => "syd_",
        }
    }
}

/// A new secret of a tenant, made from 32 fresh random bytes.
pub fn issue(kind: TenantKind, tenant: TenantId, random: &[u8; 32]) -> Secret<String> {
    write(kind.prefix(), tenant.as_bytes(), random)
}

/// A new secret without a tenant, made from 32 fresh random bytes.
pub fn issue_plain(kind: PlainKind, random: &[u8; 32]) -> Secret<String> {
    write(kind.prefix(), &[], random)
}

/// A presented secret that is well-formed: the tenant it names (unproved until the hash is found there), and its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    /// The tenant in which to look.
    pub tenant: TenantId,
    /// The [`hash`] of the whole text: what is stored and looked up.
    pub hash: String,
}

/// Reads a presented secret of this kind; `None` for anything else, so that garbage costs no look-up.
pub fn parse(kind: TenantKind, text: &str) -> Option<Presented> {
    let payload: [u8; 48] = read(kind.prefix(), text)?;
    let tenant = payload.first_chunk::<16>()?;
    Some(Presented { tenant: TenantId::from_bytes(*tenant), hash: hash(text) })
}

/// Reads a presented secret without a tenant and gives the 32 bytes in it.
pub fn parse_plain(kind: PlainKind, text: &str) -> Option<[u8; 32]> {
    read(kind.prefix(), text)
}

/// Whether a text is one of our secrets, of whichever kind: it may have been put in the wrong place (P116).
pub fn is_any(text: &str) -> bool {
    TenantKind::ALL.into_iter().any(|kind| parse(kind, text).is_some())
        || PlainKind::ALL.into_iter().any(|kind| parse_plain(kind, text).is_some())
}

/// SHA-256 of the whole text, prefix included, in hexadecimal: the form in which every generated secret is stored. They
/// are long and random, so a plain hash is enough (docs/architecture.md, invariant 3).
pub fn hash(text: &str) -> String {
    sha256_hex(text.as_bytes())
}

fn write(prefix: &str, tenant: &[u8], random: &[u8; 32]) -> Secret<String> {
    let mut payload = Vec::with_capacity(52);
    payload.extend_from_slice(tenant);
    payload.extend_from_slice(random);
    payload.extend_from_slice(&checksum(prefix, &payload).to_be_bytes());
    let text = Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(&payload)));
    zeroize::Zeroize::zeroize(&mut payload);
    text
}

fn read<const N: usize>(prefix: &str, text: &str) -> Option<[u8; N]> {
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(prefix)?).ok()?;
    let (payload, crc) = bytes.split_last_chunk::<4>()?;
    let payload: [u8; N] = payload.try_into().ok()?;
    (checksum(prefix, &payload) == u32::from_be_bytes(*crc)).then_some(payload)
}

/// CRC-32 (ISO-HDLC) over prefix and payload, bit by bit: some fifty bytes need no table.
fn checksum(prefix: &str, payload: &[u8]) -> u32 {
    let crc = prefix.bytes().chain(payload.iter().copied()).fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    });
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issued_secret_names_its_tenant_and_survives_no_change() {
        let tenant = TenantId::from_bytes([7; 16]);
        let code = issue(TenantKind::AuthorizationCode, tenant, &[9; 32]);
        let read = parse(TenantKind::AuthorizationCode, code.expose()).unwrap();
        assert!(read.tenant == tenant && read.hash == hash(code.expose()));
        assert!(parse(TenantKind::RefreshToken, code.expose()).is_none());
        for position in 0..code.expose().len() {
            let mut changed = code.expose().clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert!(
                parse(TenantKind::AuthorizationCode, &String::from_utf8(changed).unwrap()).is_none(),
                "{position}"
            );
        }
    }

    #[test]
    fn the_checksum_is_the_common_crc_32() {
        assert_eq!(checksum("", b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn garbage_is_no_secret() {
        for text in ["", "syc_", "syb_AAAA", "syb_é", &"A".repeat(10_000)] {
            assert!(parse_plain(PlainKind::SessionCookie, text).is_none());
        }
        let cookie = issue_plain(PlainKind::SessionCookie, &[1; 32]);
        assert_eq!(parse_plain(PlainKind::SessionCookie, cookie.expose()), Some([1; 32]));
    }
}
