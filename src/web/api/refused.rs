//! From refusals to problem documents (RFC 9457): one exhaustive match. Texts are fixed; nothing of the request enters them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::flows::access::{Conflict, Fault, Refused, StepUp};
use crate::model::ids::RequestId;
use crate::web::oidc::error::{BearerError, challenge};
use crate::web::problem::{FieldError, Problem};

/// Seconds that a sign-in may be old for a privileged action (D13), as `max_age` says it.
const MAX_AGE: u64 = 600;

/// The answer to a refusal.
pub(super) fn answer(refused: &Refused, request: RequestId) -> HttpResponse {
    let (status, kind, title) = words(refused);
    let problem = Problem::new(status, kind, title, request);
    let faults: &[Fault] = if let Refused::Invalid(faults) = refused { faults } else { &[] };
    let mut response = problem.with(faults.iter().map(told).collect()).response();
    if matches!(refused, Refused::InvalidToken) {
        BearerError::InvalidToken.challenge(&mut response);
    } else if let Refused::LacksScope(scope) = refused {
        BearerError::InsufficientScope(scope.as_str()).challenge(&mut response);
    } else if let Refused::StepUp(lacks) = refused {
        challenge(&mut response, &step_up(*lacks));
    }
    response
}

/// The answer to a request whose token is none.
pub(super) fn unproved(error: BearerError, request: RequestId) -> HttpResponse {
    let (kind, title) = match error {
        BearerError::Missing => ("token-missing", "The request carries no access token."),
        BearerError::InvalidRequest => {
            ("token-misplaced", "The request carries its token in the URL, in several places, or malformed.")
        }
        BearerError::InvalidToken => INVALID_TOKEN,
        BearerError::InsufficientScope(_) => LACKS_SCOPE,
    };
    let mut response = Problem::new(error.status(), kind, title, request).response();
    error.challenge(&mut response);
    response
}

const INVALID_TOKEN: (&str, &str) = ("invalid-token", "The access token is invalid, expired or revoked.");
const LACKS_SCOPE: (&str, &str) =
    ("insufficient-scope", "The access token is not for this API, or lacks the scope that is needed here.");

fn words(refused: &Refused) -> (StatusCode, &'static str, &'static str) {
    const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
    let at = |status, (kind, title): (&'static str, &'static str)| (status, kind, title);
    match refused {
        Refused::InvalidToken => at(StatusCode::UNAUTHORIZED, INVALID_TOKEN),
        Refused::LacksScope(_) => at(FORBIDDEN, LACKS_SCOPE),
        Refused::NotAPerson => {
            (FORBIDDEN, "not-a-person", "A service account has no roles, and none of this is open to it.")
        }
        Refused::LacksPermission => (FORBIDDEN, "forbidden", "Your roles do not allow this."),
        Refused::PersonalToken => (
            FORBIDDEN,
            "personal-token",
            "This asks for a sign-in of a moment ago, and a personal access token is none.",
        ),
        Refused::Policy => (
            FORBIDDEN,
            "policy",
            "The sign-in policy of your organisation does not allow this from where you are, or by how you signed in.",
        ),
        Refused::StepUp(_) => (
            StatusCode::UNAUTHORIZED,
            "insufficient-user-authentication",
            "This needs a more recent or a stronger sign-in; see WWW-Authenticate.",
        ),
        Refused::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "There is nothing at this address."),
        Refused::Above => {
            (FORBIDDEN, "above-your-role", "This would touch or give more than your own roles allow.")
        }
        Refused::OwnAccount => {
            (FORBIDDEN, "own-account", "Nobody does this to their own account; ask another owner.")
        }
        Refused::LastOwner => (
            StatusCode::CONFLICT,
            "last-owner",
            "This would leave the organisation without an active owner; name another owner first.",
        ),
        Refused::Conflict(conflict) => {
            let (kind, title) = conflicting(*conflict);
            (StatusCode::CONFLICT, kind, title)
        }
        Refused::Changed => (
            StatusCode::PRECONDITION_FAILED,
            "changed-meanwhile",
            "It was changed meanwhile; read it again, and then decide.",
        ),
        Refused::MediaType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body of the request is in a form that is not accepted here.",
        ),
        Refused::Invalid(_) => {
            (StatusCode::BAD_REQUEST, "invalid-request", "The request holds what cannot be taken.")
        }
    }
}

const fn conflicting(conflict: Conflict) -> (&'static str, &'static str) {
    match conflict {
        Conflict::AddressTaken => ("address-taken", "Another account has this e-mail address."),
        Conflict::TooMany => ("too-many", "There are as many as there may be; remove one first."),
        Conflict::Closed => {
            ("registration-closed", "The sign-in policy of your organisation lets nobody in who is new.")
        }
        Conflict::Answered => ("wrong-status", "The invitation is not open any more."),
        Conflict::MailedEnough => (
            "mailed-enough",
            "So many mails went to this address of late that it gets none now; try again later.",
        ),
        Conflict::BreakGlass => {
            ("break-glass", "This is the account for emergencies; the declaration alone changes it.")
        }
        Conflict::HasFactor => ("has-factor", "The person has a second factor; take it away first."),
        Conflict::NoPassword => {
            ("no-password", "The sign-in policy of your organisation has no passwords for this person.")
        }
        Conflict::NameTaken => ("name-taken", "Another group has this name."),
        Conflict::LocksOutOwners => (
            "locks-out-owners",
            "With this policy no owner could sign in any more; let one of them in, or apply it by a declaration.",
        ),
        Conflict::LocksOutCaller => (
            "locks-out-caller",
            "With this policy you could not administer the organisation as you do now; say `accept_lock_out` if you mean it.",
        ),
        Conflict::Status => ("wrong-status", "The account is not in the state that this leads from."),
    }
}

/// A place in the body begins with a slash or is the whole of it; any other is a parameter.
fn told(fault: &Fault) -> FieldError {
    let in_body = fault.at.is_empty() || fault.at.starts_with('/');
    let place = |wanted: bool| wanted.then(|| fault.at.clone());
    FieldError { pointer: place(in_body), parameter: place(!in_body), detail: fault.detail.to_string() }
}

/// RFC 9470 §3.
fn step_up(lacks: StepUp) -> String {
    let mut words = "Bearer realm=\"symbolon\", error=\"insufficient_user_authentication\", \
                     error_description=\"A more recent or a stronger sign-in is needed.\""
        .to_owned();
    if let Some(acr) = lacks.acr {
        words = format!("{words}, acr_values=\"{acr}\"");
    }
    format!("{words}, max_age=\"{MAX_AGE}\"")
}
