//! What a request presents: its one bearer token (RFC 6750 §2.1) and the scope headers, taken from any framework's
//! headers. Tokens in the query or the body are never looked for.

use super::refusal::{Refusal, RequestFault};
use crate::protocol::bearer::{self, NoBearer};
use crate::protocol::scope_headers::{CONTEXT, ScopeHeaders, TENANT, WORKSPACE};

/// The headers of a request that matter here, as they came.
#[derive(Debug, Clone, Default)]
pub struct RequestHeaders<'a> {
    authorization: Vec<&'a [u8]>,
    tenant: Vec<&'a [u8]>,
    workspace: Vec<&'a [u8]>,
    context: Vec<&'a [u8]>,
}

impl<'a> RequestHeaders<'a> {
    /// Picks the headers that matter. Names are compared without case; a repeated header must come as several pairs.
    pub fn from_headers(headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut picked = Self::default();
        for (name, value) in headers {
            let values = if name.eq_ignore_ascii_case("Authorization") {
                &mut picked.authorization
            } else if name.eq_ignore_ascii_case(TENANT) {
                &mut picked.tenant
            } else if name.eq_ignore_ascii_case(WORKSPACE) {
                &mut picked.workspace
            } else if name.eq_ignore_ascii_case(CONTEXT) {
                &mut picked.context
            } else {
                continue;
            };
            values.push(value);
        }
        picked
    }

    /// The bearer token.
    ///
    /// # Errors
    /// [`Refusal::NoToken`] without credentials of the scheme `Bearer` (any case), [`RequestFault::Authorization`]
    /// when the header is repeated, or the scheme is followed by anything but one token.
    pub fn bearer(&self) -> Result<&'a str, Refusal> {
        let Some(value) = only(&self.authorization, RequestFault::Authorization)? else {
            return Err(Refusal::NoToken);
        };
        bearer::token_of(value).map_err(|fault| match fault {
            NoBearer::OtherScheme => Refusal::NoToken,
            NoBearer::Malformed => RequestFault::Authorization.into(),
        })
    }

    /// The scope headers, each once at most.
    ///
    /// # Errors
    /// [`RequestFault::ScopeHeaderMalformed`] for a repeated one, or one that is no text.
    pub fn scope_headers(&self) -> Result<ScopeHeaders<'a>, Refusal> {
        let once = |values: &[&'a [u8]]| only(values, RequestFault::ScopeHeaderMalformed);
        Ok(ScopeHeaders {
            tenant: once(&self.tenant)?,
            workspace: once(&self.workspace)?,
            context: once(&self.context)?,
        })
    }
}

fn only<'a>(values: &[&'a [u8]], fault: RequestFault) -> Result<Option<&'a str>, RequestFault> {
    match values {
        [] => Ok(None),
        [one] => std::str::from_utf8(one).map(Some).map_err(|_| fault),
        _ => Err(fault),
    }
}
