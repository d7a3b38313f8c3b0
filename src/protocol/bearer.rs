//! The bearer token of an `Authorization` header (RFC 6750 §2.1), read alike by the provider and by the verifier: where
//! two that ask each other read it differently, one lets through what the other refused.

/// What is wrong with the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBearer {
    /// It is of another scheme.
    OtherScheme,
    /// It is of the scheme `Bearer`, or nearly, and does not hold one token.
    Malformed,
}

/// The token: `"Bearer" SP b64token`, the scheme in any case (RFC 9110 §11.1). The grammar lets several spaces stand between
/// the two; nobody sends them but whoever tries what is let through, so one is taken. Spaces around the value are not part of
/// it (RFC 9110 §5.5).
///
/// # Errors
/// See [`NoBearer`].
pub fn token_of(header: &str) -> Result<&str, NoBearer> {
    const SCHEME: &str = "bearer";
    let header = header.trim_matches(' ');
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if scheme.eq_ignore_ascii_case(SCHEME) {
        return if is_token(token) { Ok(token) } else { Err(NoBearer::Malformed) };
    }
    let is_garbled = scheme.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME));
    Err(if is_garbled { NoBearer::Malformed } else { NoBearer::OtherScheme })
}

/// Whether this is a `b64token`: letters, digits and `-._~+/`, and then at most `=`.
fn is_token(text: &str) -> bool {
    let bare = text.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !bare.is_empty() && bare.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p020_a_header_holds_one_token_of_the_grammar() {
        for (header, token) in [
            ("Bearer a.b-c_d~e+f/9", Ok("a.b-c_d~e+f/9")),
            ("bEARER a==", Ok("a==")),
            ("Bearer  a", Err(NoBearer::Malformed)),
            ("Bearer a ", Ok("a")),
            ("Bearer", Err(NoBearer::Malformed)),
            ("Bearer ", Err(NoBearer::Malformed)),
            ("Bearer =", Err(NoBearer::Malformed)),
            ("Bearer a=b", Err(NoBearer::Malformed)),
            ("Bearer =a", Err(NoBearer::Malformed)),
            ("Bearer a b", Err(NoBearer::Malformed)),
            ("Bearer a,b", Err(NoBearer::Malformed)),
            ("Bearer \ta", Err(NoBearer::Malformed)),
            ("Bearer\ta", Err(NoBearer::Malformed)),
            ("Bearer: a", Err(NoBearer::Malformed)),
            ("Bearer \u{e9}", Err(NoBearer::Malformed)),
            ("", Err(NoBearer::OtherScheme)),
            ("Basic YTpi", Err(NoBearer::OtherScheme)),
            ("DPoP a", Err(NoBearer::OtherScheme)),
        ] {
            assert_eq!(token_of(header), token, "{header:?}");
        }
    }
}
