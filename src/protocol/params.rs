//! The only parser of request parameters (RFC 6749 §3.1, §3.2, Appendix B): no repetition but `resource` (RFC 8707 §2),
//! UTF-8 only, bounded, an empty value counts as omitted.

use std::fmt;

use crate::model::secret::Secret;

/// The longest body or query read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// The longest single value, in bytes after decoding.
pub const MAX_VALUE: usize = 16 * 1024;
/// The longest name, in bytes after decoding.
pub const MAX_NAME: usize = 128;
/// The most parameters in one request.
pub const MAX_COUNT: usize = 100;

/// The parameters that may stand more than once.
const REPEATABLE: [&str; 1] = ["resource"];

/// The parameters of one request. Its `Debug` form holds names only, because values may be secrets.
#[derive(Clone, Default)]
pub struct Params(Vec<(String, String)>);

/// What could be read although something was wrong with the request: the parameters that stood exactly once and were
/// well-formed, and the fault. The authorization endpoint needs both, to send an error back to a client that it could
/// still identify (RFC 6749 §4.1.2.1).
#[derive(Debug, Clone)]
pub struct Reading {
    /// The parameters beyond doubt.
    pub params: Params,
    /// The first fault, if any.
    pub fault: Option<ParamsError>,
}

impl Params {
    /// Reads `application/x-www-form-urlencoded` bytes: a form body, or the raw query of a URL. Any fault refuses all.
    pub fn parse(input: &[u8]) -> Result<Self, ParamsError> {
        let reading = Self::read(input);
        match reading.fault {
            None => Ok(reading.params),
            Some(fault) => Err(fault),
        }
    }

    /// Reads like [`Params::parse`] and keeps what is beyond doubt.
    pub fn read(input: &[u8]) -> Reading {
        if input.len() > MAX_BYTES {
            return Reading { params: Self::default(), fault: Some(ParamsError::TooLarge) };
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut fault = None;
        for piece in input.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty()) {
            if pairs.len() >= MAX_COUNT {
                return Reading { params: Self::default(), fault: Some(ParamsError::TooLarge) };
            }
            match decode_pair(piece) {
                Ok(pair) => pairs.push(pair),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        let repeated = drop_repeated(&mut pairs);
        pairs.retain(|(_, value)| !value.is_empty());
        Reading { params: Self(pairs), fault: fault.or(repeated.then_some(ParamsError::Repeated)) }
    }

    /// The value, or `None` where it is missing or empty (RFC 6749 §3.1).
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value taken into custody, for passwords, client secrets, codes and tokens.
    pub fn secret(&self, name: &str) -> Option<Secret<String>> {
        self.get(name).map(|value| Secret::new(value.to_owned()))
    }

    /// Every value of a parameter that may be repeated.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether the parameter stands there with a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All names and values, in the order of the request.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    /// For parameters that were parsed before, such as a stored authorization request.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn decode_pair(piece: &[u8]) -> Result<(String, String), ParamsError> {
    let mut halves = piece.splitn(2, |byte| *byte == b'=');
    let name = decode(halves.next().unwrap_or_default(), MAX_NAME)?;
    let value = decode(halves.next().unwrap_or_default(), MAX_VALUE)?;
    Ok((name, value))
}

fn decode(raw: &[u8], limit: usize) -> Result<String, ParamsError> {
    let mut bytes = Vec::with_capacity(raw.len().min(limit));
    let mut rest = raw.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                match (rest.next().copied().and_then(hex_digit), rest.next().copied().and_then(hex_digit)) {
                    (Some(high), Some(low)) => high * 16 + low,
                    _ => return Err(ParamsError::Malformed),
                }
            }
            other => *other,
        });
    }
    if bytes.len() > limit {
        return Err(ParamsError::TooLarge);
    }
    // PostgreSQL cannot store NUL and SQLite can: the two must judge alike (P153).
    if bytes.contains(&0) {
        return Err(ParamsError::Malformed);
    }
    String::from_utf8(bytes).map_err(|_| ParamsError::NotUtf8)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Removes every parameter that stands more than once and may not; says whether there was one.
fn drop_repeated(pairs: &mut Vec<(String, String)>) -> bool {
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let repeated: Vec<String> = names
        .windows(2)
        .filter_map(|pair| match pair {
            [one, two] if one == two && !REPEATABLE.contains(one) => Some((*one).to_owned()),
            _ => None,
        })
        .collect();
    pairs.retain(|(name, _)| !repeated.contains(name));
    !repeated.is_empty()
}

/// Why the parameters of a request cannot be used. The edge answers `invalid_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// RFC 6749 §3.1: parameters must not be included more than once.
    #[error("a parameter is repeated")]
    Repeated,
    /// RFC 6749 Appendix B: UTF-8 is the only encoding.
    #[error("a parameter is not valid UTF-8")]
    NotUtf8,
    /// A broken percent sequence, or NUL.
    #[error("a parameter is malformed")]
    Malformed,
    /// Over one of the limits of this module.
    #[error("the request is too large")]
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_empty_ones_are_omitted() {
        let params = Params::parse(b"a=1+2%2B%C3%A9&b=&c&&d=x=y&resource=r1&resource=r2").unwrap();
        assert_eq!(params.get("a"), Some("1 2+é"));
        assert_eq!((params.get("b"), params.get("c"), params.get("d")), (None, None, Some("x=y")));
        assert_eq!(params.all("resource").collect::<Vec<_>>(), ["r1", "r2"]);
    }

    #[test]
    fn repeated_broken_and_oversized_parameters_are_refused() {
        let large = format!("a={}", "x".repeat(MAX_VALUE + 1));
        let many = (0..=MAX_COUNT).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
        for (input, error) in [
            (&b"a=1&a=1"[..], ParamsError::Repeated),
            (b"a=&a=1", ParamsError::Repeated),
            (b"a=%ff", ParamsError::NotUtf8),
            (b"a=\xff", ParamsError::NotUtf8),
            (b"a=%2", ParamsError::Malformed),
            (b"a=%zz", ParamsError::Malformed),
            (b"a=%00", ParamsError::Malformed),
            (large.as_bytes(), ParamsError::TooLarge),
            (many.as_bytes(), ParamsError::TooLarge),
            (&vec![b'a'; MAX_BYTES + 1], ParamsError::TooLarge),
        ] {
            assert_eq!(Params::parse(input).err(), Some(error));
        }
    }

    #[test]
    fn a_faulty_request_still_tells_what_is_beyond_doubt() {
        let reading = Params::read(b"client_id=a&scope=x&scope=y&state=s&nonce=%ff");
        assert_eq!(reading.params.get("state"), Some("s"));
        assert_eq!(reading.params.get("scope"), None);
        assert_eq!(reading.fault, Some(ParamsError::NotUtf8));
    }

    #[test]
    fn values_never_stand_in_debug_output() {
        assert_eq!(format!("{:?}", Params::parse(b"password=hunter2").unwrap()), "{\"password\"}");
    }
}
