//! The record of what the API and the console refused (P098, P101): where the person who reads the trail of the tenant finds it.

use super::credential::Credential;
use super::refusal::Refused;
use crate::flows::call::Call;
use crate::flows::failures::{self, RecordRules, Source};
use crate::model::audit::{Actor, Event, EventKind, EventResult};
use crate::model::failure::Failure;
use crate::model::personal_token::PersonalToken;
use crate::protocol::token_claims::AccessTokenClaims;
use crate::storage::Directory;
use crate::storage::records::personal_access_tokens;

/// Notes a refusal on the chain of the caller's tenant, or where that is switched off on the platform's; one by one up to the
/// limit (D23). A request that is no more than mistaken is not noted. An id that is another tenant's and one that never
/// existed leave the same record.
///
/// # Errors
/// The database fails.
pub fn note(
    directory: &mut Directory<'_>,
    call: &Call,
    rules: &RecordRules,
    (credential, operation): (&Credential, &str),
    refused: &Refused,
) -> Result<(), Failure> {
    let Some(reason) = refused.recorded_as() else { return Ok(()) };
    let event = call
        .event(EventKind::AccessDenied, EventResult::Denied, Actor::Anonymous)
        .with("at", if matches!(credential, Credential::Browser(_)) { "console" } else { "api" })
        .with("operation", operation)
        .with("reason", reason);
    let tenant = directory.tenant(credential.tenant())?;
    let (event, named) = match (credential, &tenant) {
        (Credential::Token(bearer), _) => held_by(event, bearer.claims()),
        (Credential::PersonalToken(presented), Some(scope)) => {
            let found = personal_access_tokens::find(&mut directory.enter(scope)?, &presented.hash)?;
            made_by(event, found.as_ref())
        }
        (Credential::PersonalToken(_), None) => made_by(event, None),
        (Credential::Browser(browser), _) => {
            let event = event.on("session", browser.account.sid).for_user(browser.user);
            (event, browser.user.to_string())
        }
    };
    let tenant = tenant.map(|scope| scope.id());
    failures::record(directory, call, rules, Source { tenant, named: &named }, event)
}

/// Who holds a token proves nothing more than the token does, and is named by it.
fn held_by(event: Event, claims: &AccessTokenClaims) -> (Event, String) {
    let mut event = event.on("access_token", &claims.jti);
    if let Ok(client) = claims.client_id.parse() {
        event = event.by_client(&client);
    }
    if let Ok(user) = claims.sub.parse() {
        event = event.for_user(user);
    }
    (event, claims.sub.clone())
}

/// One that nobody has names nobody: strangers who make some up are counted together.
fn made_by(event: Event, token: Option<&PersonalToken>) -> (Event, String) {
    match token {
        None => (event, "personal_access_token".to_owned()),
        Some(token) => {
            let event = event.on("personal_access_token", token.id).for_user(token.user_id);
            (event, token.user_id.to_string())
        }
    }
}
