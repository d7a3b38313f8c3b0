//! Signed compact texts (RFC 7515 §7.1) with exactly one algorithm, RS256, and a key found by us, never by a hint
//! in the text (RFC 8725 §3.1, §3.10).

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};

/// A public RSA key, parsed once: parsing costs a good part of a verification.
pub(super) struct PreparedKey(ParsedPublicKey);

impl PreparedKey {
    /// Reads modulus and exponent as a JWK holds them (RFC 7518 §6.3.1). Under 2048 bits there is no key.
    pub(super) fn from_jwk_parts(modulus: &str, exponent: &str) -> Option<Self> {
        let n = URL_SAFE_NO_PAD.decode(modulus).ok()?;
        let e = URL_SAFE_NO_PAD.decode(exponent).ok()?;
        // A leading zero byte is not the shortest form that RFC 7518 §2 asks for, but harmless.
        let n = n.strip_prefix(&[0]).unwrap_or(&n);
        if !(256..=1024).contains(&n.len()) || e.is_empty() || e.len() > 8 {
            return None;
        }
        let parts = RsaPublicKeyComponents { n, e: e.as_slice() };
        parts.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok().map(Self)
    }
}

/// A compact text taken apart, its signature not yet checked.
pub(super) struct Unchecked<'a> {
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
    header: Header,
}

/// The text is not what we sign: malformed, another algorithm, critical extensions, too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Takes a compact text of at most `limit` bytes apart.
///
/// # Errors
/// [`Malformed`] unless it has three parts, the header is JSON with `alg` RS256, and there is no `crit`: we
/// understand no extension, and must refuse what names one (RFC 7515 §4.1.11).
pub(super) fn take_apart(text: &str, limit: usize) -> Result<Unchecked<'_>, Malformed> {
    if text.len() > limit {
        return Err(Malformed);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(Malformed)?;
    let (_, payload) = signed.split_once('.').ok_or(Malformed)?;
    if payload.contains('.') {
        return Err(Malformed);
    }
    let header = jsonwebtoken::decode_header(text).map_err(|_| Malformed)?;
    if header.alg != Algorithm::RS256 || header.crit.is_some() {
        return Err(Malformed);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Malformed)?;
    Ok(Unchecked { signed, payload, signature, header })
}

impl Unchecked<'_> {
    /// The `kid` that the sender claims. A name to look up in our own key set, nothing else.
    pub(super) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// Whether `typ` is this media type, whatever the case, with or without `application/` (RFC 7515 §4.1.9).
    pub(super) fn has_type(&self, expected: &str) -> bool {
        let Some(found) = self.header.typ.as_deref() else { return false };
        let prefix = "application/";
        let bare = match found.get(..prefix.len()) {
            Some(start) if start.eq_ignore_ascii_case(prefix) => found.get(prefix.len()..).unwrap_or(""),
            _ => found,
        };
        bare.eq_ignore_ascii_case(expected)
    }

    /// The payload, if this key made the signature.
    ///
    /// # Errors
    /// [`WrongSignature`], also where a rightly signed payload is not base64url: we sign no such thing.
    pub(super) fn open(&self, key: &PreparedKey) -> Result<Vec<u8>, WrongSignature> {
        key.0.verify_sig(self.signed.as_bytes(), &self.signature).map_err(|_| WrongSignature)?;
        URL_SAFE_NO_PAD.decode(self.payload).map_err(|_| WrongSignature)
    }
}

/// The signature is not this key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrongSignature;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(header: &str) -> String {
        format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header))
    }

    #[test]
    fn only_rs256_without_critical_headers_is_taken_apart() {
        for (header, taken) in [
            (r#"{"alg":"RS256"}"#, true),
            (r#"{"alg":"RS256","jku":"https://evil.example"}"#, true),
            (r#"{"alg":"none"}"#, false),
            (r#"{"alg":"HS256"}"#, false),
            (r#"{"alg":"PS256"}"#, false),
            (r#"{"alg":"RS256","crit":["exp"]}"#, false),
            (r#"{"alg":"RS256","alg":"RS256"}"#, false),
            (r#"{"typ":"at+jwt"}"#, false),
            ("[]", false),
        ] {
            assert_eq!(take_apart(&text(header), 1000).is_ok(), taken, "{header}");
        }
        assert!(take_apart(&text(r#"{"alg":"RS256"}"#), 20).is_err(), "over the limit");
    }

    #[test]
    fn media_types_compare_without_case_and_with_or_without_their_prefix() {
        for (typ, fits) in
            [("at+jwt", true), ("APPLICATION/AT+JWT", true), ("jwt", false), ("application", false)]
        {
            let header = text(&format!(r#"{{"alg":"RS256","typ":"{typ}"}}"#));
            assert_eq!(take_apart(&header, 1000).unwrap().has_type("at+jwt"), fits, "{typ}");
        }
    }
}
