//! Finds the bearer token of a request (RFC 6750 §2): in the header, or in the form of a POST; never in the URL (P020).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;

use crate::flows::Call;
use crate::flows::access::Credential;
use crate::flows::bearer::{self, Bearer};
use crate::protocol::bearer::{NoBearer, token_of};
use crate::protocol::opaque::{self, TenantKind};
use crate::protocol::params::Params;
use crate::web::edge::Edge;
use crate::web::oidc::error::{BearerError, Halt};

/// The name of the token in a form or a URL.
const FIELD: &str = "access_token";

/// The token that the request carries, verified as far as it goes without the database.
pub fn bearer(
    request: &HttpRequest,
    edge: &Edge,
    call: &Call,
    form: Option<&Params>,
) -> Result<Bearer, Halt> {
    let token = find(request, form)?;
    let keys = edge.current_keys()?;
    bearer::read(call, keys.own(), token).ok_or_else(|| BearerError::InvalidToken.into())
}

/// What the caller of the API brings, in the header and nowhere else.
pub fn credential(request: &HttpRequest, edge: &Edge, call: &Call) -> Result<Credential, Halt> {
    let token = find(request, None)?;
    if let Some(presented) = opaque::parse(TenantKind::PersonalToken, token) {
        return Ok(Credential::PersonalToken(presented));
    }
    bearer(request, edge, call, None).map(|token| Credential::Token(Box::new(token)))
}

fn find<'a>(request: &'a HttpRequest, form: Option<&'a Params>) -> Result<&'a str, BearerError> {
    let in_url = Params::read(request.query_string().as_bytes()).params.has(FIELD)
        || request.query_string().split('&').any(|pair| pair.split('=').next() == Some(FIELD));
    if in_url {
        return Err(BearerError::InvalidRequest);
    }
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next();
    if headers.next().is_some() {
        return Err(BearerError::InvalidRequest);
    }
    let posted = form.and_then(|form| form.get(FIELD));
    match (header, posted) {
        (Some(_), Some(_)) => Err(BearerError::InvalidRequest),
        (None, None) => Err(BearerError::Missing),
        // A field may hold any text: one that is no token is a malformed token (RFC 6750 §3.1), not a malformed request.
        (None, Some(token)) => Ok(token),
        (Some(header), None) => {
            let header = header.to_str().map_err(|_| BearerError::InvalidRequest)?;
            token_of(header).map_err(|fault| match fault {
                NoBearer::OtherScheme => BearerError::Missing,
                NoBearer::Malformed => BearerError::InvalidRequest,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn found(headers: &[&str], query: &str, form: Option<&str>) -> Result<String, BearerError> {
        let mut request = TestRequest::with_uri(&format!("/userinfo{query}"));
        for header in headers {
            request = request.append_header((AUTHORIZATION, header.to_owned()));
        }
        let form = form.map(|form| Params::parse(form.as_bytes()).unwrap());
        find(&request.to_http_request(), form.as_ref()).map(str::to_owned)
    }

    #[test]
    fn p020_a_token_is_taken_from_one_place_that_is_not_the_url() {
        assert_eq!(found(&["Bearer a.b.c"], "", None).as_deref(), Ok("a.b.c"));
        assert_eq!(found(&["bEARER a.b.c="], "", None).as_deref(), Ok("a.b.c="));
        assert_eq!(found(&[], "", Some("access_token=a.b.c")).as_deref(), Ok("a.b.c"));
        for query in [
            "?access_token=a.b.c",
            "?access_token",
            "?x=1&access_token=a&access_token=b",
            "?access%5Ftoken=a",
        ] {
            assert_eq!(found(&[], query, None), Err(BearerError::InvalidRequest), "{query}");
        }
        assert_eq!(found(&["Bearer a", "Bearer b"], "", None), Err(BearerError::InvalidRequest));
        assert_eq!(found(&["Bearer a"], "", Some("access_token=a")), Err(BearerError::InvalidRequest));
        for header in [
            "Bearer",
            "Bearer ",
            "Bearer\ta",
            "Bearer  a",
            "Bearer a=b",
            "Bearer a b",
            "Bearer a,b",
            "Bearer =",
        ] {
            assert_eq!(found(&[header], "", None), Err(BearerError::InvalidRequest), "{header}");
        }
        for header in ["Basic YTpi", "DPoP a"] {
            assert_eq!(found(&[header], "", None), Err(BearerError::Missing), "{header}");
        }
        assert_eq!(found(&[], "", None), Err(BearerError::Missing));
        assert_eq!(found(&[], "", Some("access_token=a+b")).as_deref(), Ok("a b"));
    }
}
