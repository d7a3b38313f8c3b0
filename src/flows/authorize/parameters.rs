//! The parameters of an authorization request, one check after the other (OIDC Core §3.1.2.1). The order is that of the
//! error a developer wants to read first; each refusal goes back to the client.

use crate::crypto::jwt::unverified_claims;
use crate::flows::interaction::{AuthorizationRequest, WantedStrength};
use crate::flows::registered;
use crate::model::client::Client;
use crate::protocol::acr::weakest_asked;
use crate::protocol::claims::supported;
use crate::protocol::claims_request::{ClaimsRequest, WantedAcr};
use crate::protocol::grant_type::GrantType;
use crate::protocol::oauth_error::ErrorCode;
use crate::protocol::params::Params;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::prompt::PromptSet;
use crate::protocol::response_mode::ResponseMode;
use crate::protocol::response_type::ResponseType;
use crate::protocol::scope::ScopeSet;

/// An error to send back, with its fixed description.
pub(super) type AuthorizeRefusal = (ErrorCode, &'static str);

/// The longest `state` or `nonce` that is returned.
const LONGEST_ECHO: usize = 2048;

/// The parameters, and from a request object the two that say how its refusal travels: a client looks for the error
/// where it asked for the answer (OIDC Core §3.1.2.6, §6.1). The object is not verified; the URL could say the same.
pub(super) fn answerable(params: &Params) -> Params {
    let object = params.get("request").and_then(unverified_claims).unwrap_or_default();
    let wished = |name: &'static str| {
        let value = object.get(name)?.as_str()?;
        (!params.has(name)).then_some((name, value))
    };
    let mode = wished("response_mode").filter(|(_, mode)| mode.parse::<ResponseMode>().is_ok());
    let state = wished("state").filter(|(_, state)| !state.contains('\0'));
    params.iter().chain(mode).chain(state).collect()
}

/// `response_mode`; anything unknown travels back in the query.
pub(super) fn response_mode(params: &Params) -> Result<ResponseMode, AuthorizeRefusal> {
    params
        .get("response_mode")
        .map_or(Ok(ResponseMode::default()), str::parse)
        .map_err(|_| (ErrorCode::InvalidRequest, "The response_mode must be query or form_post."))
}

/// Request objects are not read yet, and never ignored in silence (OIDC Core §6.1, P031).
pub(super) fn no_request_object(params: &Params) -> Result<(), AuthorizeRefusal> {
    if params.has("request") {
        Err((ErrorCode::RequestNotSupported, "The parameter request is not supported."))
    } else if params.has("request_uri") {
        Err((ErrorCode::RequestUriNotSupported, "The parameter request_uri is not supported."))
    } else if params.has("registration") {
        Err((ErrorCode::RegistrationNotSupported, "The parameter registration is not supported."))
    } else {
        Ok(())
    }
}

/// `response_type=code`, and nothing that would put a token into a URL (RFC 9700 §2.1.2, P004).
pub(super) fn response_type(params: &Params, client: &Client) -> Result<(), AuthorizeRefusal> {
    let asked = params
        .get("response_type")
        .ok_or((ErrorCode::InvalidRequest, "The parameter response_type is missing."))?;
    asked
        .parse::<ResponseType>()
        .map_err(|_| (ErrorCode::UnsupportedResponseType, "The response_type must be code."))?;
    may_get_codes(client)
}

/// The client was registered for codes.
pub(super) fn may_get_codes(client: &Client) -> Result<(), AuthorizeRefusal> {
    if registered::grant(client, GrantType::AuthorizationCode) {
        Ok(())
    } else {
        Err((ErrorCode::UnauthorizedClient, "The client may not use the authorization code grant."))
    }
}

/// A request that waited, as its client may make it at this moment: what it is registered for may have changed.
pub(super) fn anew(
    client: &Client,
    request: &AuthorizationRequest,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    may_get_codes(client)?;
    if request.code_challenge.is_none() {
        may_go_without_pkce(client)?;
    }
    let scope = some_of(registered::scope(client, &request.scope))?;
    let claims = registered::claims(client, request.claims.clone());
    Ok(AuthorizationRequest { scope, claims, ..request.clone() })
}

/// `scope`, cut to what the client was registered for (RFC 6749 §3.3: the server may ignore a part of it).
pub(super) fn scope(params: &Params, client: &Client) -> Result<ScopeSet, AuthorizeRefusal> {
    let asked: ScopeSet = params
        .get("scope")
        .unwrap_or_default()
        .parse()
        .map_err(|_| (ErrorCode::InvalidScope, "The scope is malformed."))?;
    some_of(registered::scope(client, &asked))
}

/// The scope, if anything is left of it.
pub(super) fn some_of(scope: ScopeSet) -> Result<ScopeSet, AuthorizeRefusal> {
    if scope.is_empty() {
        Err((ErrorCode::InvalidScope, "The scope holds nothing that this client may ask for."))
    } else {
        Ok(scope)
    }
}

/// PKCE: S256 always for public clients, and for others where they send it or are bound to (RFC 9700 §2.1.1, P012).
pub(super) fn pkce(params: &Params, client: &Client) -> Result<Option<String>, AuthorizeRefusal> {
    let Some(challenge) = params.get("code_challenge") else {
        if params.has("code_challenge_method") {
            return Err((ErrorCode::InvalidRequest, "The parameter code_challenge is missing."));
        }
        return may_go_without_pkce(client).map(|()| None);
    };
    CodeChallenge::parse(challenge, params.get("code_challenge_method"))
        .map(|challenge| Some(challenge.as_str().to_owned()))
        .map_err(|_| (ErrorCode::InvalidRequest, "PKCE needs a code_challenge made with method S256."))
}

/// Whether a request of this client needs no challenge.
pub(super) fn may_go_without_pkce(client: &Client) -> Result<(), AuthorizeRefusal> {
    if client.needs_pkce() {
        Err((ErrorCode::InvalidRequest, "PKCE is required: send code_challenge with method S256."))
    } else {
        Ok(())
    }
}

/// `state` or `nonce`: returned exactly, so bounded, and without control characters, which no `state` has (RFC 6749
/// Appendix A.5) and JSON writes sixfold.
pub(super) fn echoed(params: &Params, name: &'static str) -> Result<Option<String>, AuthorizeRefusal> {
    match params.get(name) {
        Some(text) if text.len() > LONGEST_ECHO => {
            Err((ErrorCode::InvalidRequest, "The state or nonce is longer than 2048 bytes."))
        }
        Some(text) if text.contains(char::is_control) => {
            Err((ErrorCode::InvalidRequest, "The state or nonce holds a control character."))
        }
        other => Ok(other.map(str::to_owned)),
    }
}

/// A hint, where it can be one: of at most this many bytes, and without control characters. Any other is left out.
pub(super) fn hinted(params: &Params, name: &str, longest: usize) -> Option<String> {
    let hint = params.get(name)?;
    (hint.len() <= longest && !hint.contains(char::is_control)).then(|| hint.to_owned())
}

/// The person that the `claims` parameter wants (OIDC Core §5.5.1): a `sub` is at most 255 ASCII characters (§2).
pub(super) fn subject(claims: &ClaimsRequest) -> Result<Option<String>, AuthorizeRefusal> {
    match claims.wanted_subject() {
        Some(sub) if sub.len() > 255 || !sub.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
            Err((ErrorCode::InvalidRequest, "The claims name a sub that can be nobody's."))
        }
        other => Ok(other.map(str::to_owned)),
    }
}

/// `prompt`.
pub(super) fn prompt(params: &Params) -> Result<PromptSet, AuthorizeRefusal> {
    params
        .get("prompt")
        .unwrap_or_default()
        .parse()
        .map_err(|_| (ErrorCode::InvalidRequest, "The prompt holds an unknown value, or none with others."))
}

/// `max_age` in seconds, or the client's default.
pub(super) fn max_age(params: &Params, client: &Client) -> Result<Option<u64>, AuthorizeRefusal> {
    match params.get("max_age") {
        None => Ok(client.metadata.default_max_age),
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 10 => text
            .parse()
            .map(Some)
            .map_err(|_| (ErrorCode::InvalidRequest, "The max_age is not a number of seconds.")),
        Some(_) => Err((ErrorCode::InvalidRequest, "The max_age is not a number of seconds.")),
    }
}

/// `claims`, cut like `scope` to what there is and the client was registered for.
pub(super) fn claims(params: &Params, client: &Client) -> Result<ClaimsRequest, AuthorizeRefusal> {
    let mut claims =
        params.get("claims").map_or_else(|| Ok(ClaimsRequest::default()), ClaimsRequest::parse).map_err(
            |_| (ErrorCode::InvalidRequest, "The claims are not the JSON object of OpenID Connect Core 5.5."),
        )?;
    let supported = supported();
    claims.retain(|claim| supported.contains(&claim));
    Ok(registered::claims(client, claims))
}

/// The strength that `acr_values` or the `claims` parameter aim for (D13). An essential wish for values that
/// no sign-in reaches can never be met (OIDC Core §5.5.1.1).
pub(super) fn strength(
    params: &Params,
    claims: &ClaimsRequest,
) -> Result<Option<WantedStrength>, AuthorizeRefusal> {
    let (acr, essential) = match claims.wanted_acr() {
        Some(WantedAcr::Essential(values)) => {
            let none = "None of the acr values asked for can be reached.";
            let acr = weakest_asked(values).ok_or((ErrorCode::UnmetAuthenticationRequirements, none))?;
            (Some(acr), true)
        }
        Some(WantedAcr::Voluntary(values)) if !values.is_empty() => (weakest_asked(values), false),
        Some(WantedAcr::Voluntary(_)) | None => {
            (weakest_asked(params.get("acr_values").unwrap_or_default().split(' ')), false)
        }
    };
    Ok(acr.map(|acr| WantedStrength { acr, essential }))
}
