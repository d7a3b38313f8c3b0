//! What `/api/v1/auth` takes and gives, and what its document says of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::described::{Described, Shape};
use crate::flows::factors::passkey::Question;

/// The first step of a login.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoginFirstStep)]
pub(super) struct FirstStep {
    /// The e-mail address of the person.
    pub(super) username: String,
    /// The password.
    #[schema(format = Password)]
    pub(super) password: String,
    /// The short name of the organisation, where the domain of the address does not tell it.
    pub(super) organisation: Option<String>,
    /// The scope of the tokens; `openid` where it is left out.
    pub(super) scope: Option<String>,
    /// The resource servers that they are for (RFC 8707).
    #[serde(default)]
    pub(super) resource: Vec<String>,
}

/// Each step after it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoginNextStep)]
pub(super) struct NextStep {
    /// The handle of the challenge. It is good for one proof.
    pub(super) handle: String,
    /// Which of the methods is proved.
    pub(super) factor: FactorWord,
    /// The code of an authenticator, of the sheet, or of a mail. With `email_code`, none asks for that mail.
    pub(super) code: Option<String>,
    /// The sealed question, as the challenge brought it.
    pub(super) question: Option<String>,
    /// What `navigator.credentials.get` gave, as JSON.
    #[schema(value_type = Option<Object>)]
    pub(super) answer: Option<Value>,
}

/// A second factor.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LoginFactor)]
pub(super) enum FactorWord {
    /// The code of an authenticator.
    Totp,
    /// A code of the sheet.
    RecoveryCode,
    /// A code that is mailed. A step without `code` has a new one sent, proves nothing and leaves the handle.
    EmailCode,
    /// A passkey.
    Passkey,
}

/// Either step.
#[derive(ToSchema)]
#[schema(as = Login)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what is read by the presence of `handle`")]
enum Login {
    /// The first.
    First(FirstStep),
    /// Each after it.
    Next(NextStep),
}

/// Proved, but not enough: what is asked for next.
#[derive(Serialize, ToSchema)]
#[schema(as = LoginChallenge)]
pub(super) struct Asked {
    /// `second_factor`.
    #[schema(value_type = String)]
    challenge: &'static str,
    /// Goes on with the login, for ten minutes and one proof.
    handle: String,
    /// What can be proved, the best first: `passkey`, `totp`, `email_code`, `recovery_code`.
    #[schema(value_type = Vec<String>)]
    methods: Vec<&'static str>,
    /// The question for a passkey, where it is one of the methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    passkey: Option<PasskeyQuestion>,
}

impl Asked {
    pub(super) const fn second(
        handle: String,
        methods: Vec<&'static str>,
        passkey: Option<PasskeyQuestion>,
    ) -> Self {
        Self { challenge: "second_factor", handle, methods, passkey }
    }
}

/// A question for a passkey.
#[derive(Serialize, ToSchema)]
#[schema(as = LoginPasskeyQuestion)]
pub(super) struct PasskeyQuestion {
    /// The options for `navigator.credentials.get`.
    #[schema(value_type = Object)]
    options: Value,
    /// Comes back with the answer.
    question: String,
}

impl From<Question> for PasskeyQuestion {
    fn from(question: Question) -> Self {
        Self { options: question.options, question: question.sealed }
    }
}

/// Tokens, as the token endpoint gives them (RFC 6749 §5.1).
#[derive(ToSchema)]
#[schema(as = Tokens)]
#[expect(dead_code, reason = "describes what is written elsewhere")]
struct Tokens {
    /// The access token.
    access_token: String,
    /// `Bearer`.
    token_type: String,
    /// Seconds that it lives.
    expires_in: i64,
    /// Its scope.
    scope: String,
    /// The refresh token, where the client may refresh.
    refresh_token: Option<String>,
    /// The ID token, where `openid` was granted.
    id_token: Option<String>,
}

/// What a step comes to.
#[derive(ToSchema)]
#[schema(as = LoginAnswer)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the two answers of one address")]
enum LoginAnswer {
    /// It was enough.
    Done(Tokens),
    /// More is asked for.
    More(Asked),
}

/// A refresh token to be used up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoginRefresh)]
pub(super) struct Presented {
    /// The refresh token.
    pub(super) refresh_token: String,
    /// Less than was granted.
    pub(super) scope: Option<String>,
    /// Fewer resource servers than were granted (RFC 8707 §2.2).
    #[serde(default)]
    pub(super) resource: Vec<String>,
}

/// Whom to sign out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoginEnd)]
pub(super) struct SignOut {
    /// A refresh token of the login, used though it may be.
    pub(super) refresh_token: String,
}

const fn described(
    id: &'static str,
    summary: &'static str,
    takes: Shape,
    gives: (u16, Option<Shape>),
) -> Described {
    Described {
        id,
        tag: "auth",
        summary,
        query: &[],
        takes: Some(takes),
        gives,
        refusals: &[],
        versioned: false,
    }
}

/// `POST /api/v1/auth/login`
pub const LOGIN: Described = described(
    "login",
    "Signs a person in by a form of the client: tokens, or what has to be proved next.",
    Shape::of::<Login>(),
    (200, Some(Shape::of::<LoginAnswer>())),
);

/// `POST /api/v1/auth/refresh`
pub const REFRESH: Described = described(
    "refreshLogin",
    "Uses a refresh token up, as the token endpoint does.",
    Shape::of::<Presented>(),
    (200, Some(Shape::of::<Tokens>())),
);

/// `POST /api/v1/auth/logout`
pub const LOGOUT: Described =
    described("logout", "Ends the session behind a refresh token.", Shape::of::<SignOut>(), (204, None));
