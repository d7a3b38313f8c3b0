//! The `claims` parameter (OIDC Core §5.5), bounded in size and depth.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::model::strict_json;

/// The longest `claims` parameter read, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// The deepest nesting accepted; §5.5 itself needs four levels.
pub const MAX_DEPTH: usize = 8;
/// The most claims named in one member.
pub const MAX_CLAIMS: usize = 64;

/// Which single claims a client asks for, and where it wants them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClaimsRequest {
    /// Claims wanted from the userinfo endpoint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, Ask>,
    /// Claims wanted in the ID token.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, Ask>,
}

/// How one claim is asked for (OIDC Core §5.5.1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ask {
    /// Whether the client calls it essential.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The values that the client wants, in its order of preference: `value` and `values` in one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

impl ClaimsRequest {
    /// Reads the parameter. Members that we don't know are ignored (OIDC Core §5.5).
    pub fn parse(text: &str) -> Result<Self, ClaimsRequestError> {
        if text.len() > MAX_BYTES || depth(text) > MAX_DEPTH {
            return Err(ClaimsRequestError);
        }
        let Ok(Value::Object(members)) = strict_json::read(text.as_bytes()) else {
            return Err(ClaimsRequestError);
        };
        let asked = Self { userinfo: member(&members, "userinfo")?, id_token: member(&members, "id_token")? };
        // A `sub` that is no text can be nobody's: the request must not succeed for somebody (OIDC Core §3.1.2.2).
        let nobodys = members.get("id_token").and_then(|asked| asked.get("sub")).is_some_and(is_nobodys);
        if nobodys { Err(ClaimsRequestError) } else { Ok(asked) }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// Every claim that is asked for, wherever it is wanted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.userinfo.keys().chain(self.id_token.keys()).map(String::as_str)
    }

    /// Forgets the claims that fail this test.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.userinfo.retain(|claim, _| keep(claim));
        self.id_token.retain(|claim, _| keep(claim));
    }

    /// Forgets the values asked for: once `sub` and `acr` are read, nothing asks for them.
    pub fn forget_values(&mut self) {
        for ask in self.userinfo.values_mut().chain(self.id_token.values_mut()) {
            ask.values = Vec::new();
        }
    }

    /// The `sub` that the ID token must have (OIDC Core §5.5.1); the request must fail for any other person.
    pub fn wanted_subject(&self) -> Option<&str> {
        self.id_token.get("sub")?.values.first()?.as_str()
    }

    /// The `acr` values wanted, and whether they are essential (OIDC Core §5.5.1.1): then nothing less will do.
    pub fn wanted_acr(&self) -> Option<WantedAcr<'_>> {
        let ask = self.id_token.get("acr")?;
        let values: Vec<&str> = ask.values.iter().filter_map(Value::as_str).collect();
        Some(if ask.essential && !values.is_empty() {
            WantedAcr::Essential(values)
        } else {
            WantedAcr::Voluntary(values)
        })
    }
}

/// A wish for `acr` by the `claims` parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedAcr<'a> {
    /// One of these, or the request fails.
    Essential(Vec<&'a str>),
    /// One of these if it can be; empty where only the claim itself is wanted.
    Voluntary(Vec<&'a str>),
}

fn member(members: &Map<String, Value>, name: &str) -> Result<BTreeMap<String, Ask>, ClaimsRequestError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(claims)) if claims.len() <= MAX_CLAIMS => {
            claims.iter().map(|(claim, ask)| Ok((claim.clone(), read_ask(ask)?))).collect()
        }
        Some(_) => Err(ClaimsRequestError),
    }
}

fn read_ask(ask: &Value) -> Result<Ask, ClaimsRequestError> {
    let Value::Object(ask) = ask else {
        return if ask.is_null() { Ok(Ask::default()) } else { Err(ClaimsRequestError) };
    };
    let essential = match ask.get("essential") {
        None => false,
        Some(essential) => essential.as_bool().ok_or(ClaimsRequestError)?,
    };
    let values = match (ask.get("value"), ask.get("values")) {
        (None, None) => Vec::new(),
        (Some(one), None) => vec![one.clone()],
        (None, Some(Value::Array(several))) => several.clone(),
        (_, Some(_)) => return Err(ClaimsRequestError),
    };
    Ok(Ask { essential, values })
}

/// Whether values are asked for of which not all are text, or none is there.
fn is_nobodys(sub: &Value) -> bool {
    let no_text = |values: &Vec<Value>| values.is_empty() || !values.iter().all(Value::is_string);
    sub.get("value").is_some_and(|value| !value.is_string())
        || sub.get("values").and_then(Value::as_array).is_some_and(no_text)
}

/// How deep the brackets nest, without building anything.
fn depth(text: &str) -> usize {
    let (mut deepest, mut open, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The parameter is not what OIDC Core §5.5 describes; answered with `invalid_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the claims parameter is malformed")]
pub struct ClaimsRequestError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_oidc_core_5_5_is_read() {
        let text = r#"{"userinfo":{"given_name":{"essential":true},"nickname":null},
            "id_token":{"auth_time":{"essential":true},"acr":{"values":["urn:symbolon:acr:2"],"essential":true},
            "sub":{"value":"248289761001"}},"other":5}"#;
        let request = ClaimsRequest::parse(text).unwrap();
        assert!(request.userinfo["given_name"].essential && !request.userinfo["nickname"].essential);
        assert_eq!(request.wanted_subject(), Some("248289761001"));
        assert_eq!(request.wanted_acr(), Some(WantedAcr::Essential(vec!["urn:symbolon:acr:2"])));
        let stored = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<ClaimsRequest>(&stored).unwrap(), request);
    }

    #[test]
    fn malformed_deep_and_large_requests_are_refused() {
        let deep = format!("{{\"userinfo\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let nested = format!("{{\"userinfo\":{{\"a\":{{\"value\":{}{}}}}}}}", "[".repeat(9), "]".repeat(9));
        let large = format!("{{\"x\":\"{}\"}}", "y".repeat(MAX_BYTES));
        for bad in [
            "",
            "null",
            "[]",
            "{",
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"a":1}}"#,
            r#"{"userinfo":{"a":null,"a":{"essential":true}}}"#,
            r#"{"id_token":{"sub":{"value":"a"}},"id_token":{}}"#,
            &deep,
            &nested,
            &large,
            r#"{"id_token":{"a":{"essential":"yes"}}}"#,
            r#"{"id_token":{"a":{"values":"x"}}}"#,
            r#"{"id_token":{"sub":{"value":12345}}}"#,
            r#"{"id_token":{"sub":{"value":null}}}"#,
            r#"{"id_token":{"sub":{"values":["a",["b"]]}}}"#,
            r#"{"id_token":{"sub":{"values":[]}}}"#,
        ] {
            assert!(ClaimsRequest::parse(bad).is_err());
        }
    }
}
