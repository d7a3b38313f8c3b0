//! `/api/v1/tokens` and `/api/v1/users/{user}/tokens`: personal access tokens of whoever asks, and of others (D34).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json};
use super::described::{Described, Shape};
use crate::flows::access::{
    Conflict, Kind, MakeToken, ManageOwnAccount, ReadOwnAccount, Refused, RevokeTokens, SeeTokens,
};
use crate::flows::people;
use crate::flows::tokens::{self, Maker, NewToken, TokenFault};
use crate::model::personal_token::PersonalToken;
use crate::model::time::Timestamp;

/// A personal access token, without itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAccessToken)]
struct TokenShape {
    /// Its id.
    id: String,
    /// What you call it.
    name: String,
    /// What it may be used for.
    scopes: Vec<String>,
    /// The resource servers that it may be exchanged for.
    resources: Vec<String>,
    /// When it was made (RFC 3339).
    created_at: String,
    /// When it ends (RFC 3339).
    expires_at: String,
    /// When it was used last (RFC 3339), to an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

impl From<&PersonalToken> for TokenShape {
    fn from(token: &PersonalToken) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            scopes: token.scopes.iter().cloned().collect(),
            resources: token.resources.iter().cloned().collect(),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.to_string(),
            last_used_at: token.last_used_at.map(|at| at.to_string()),
        }
    }
}

/// Personal access tokens, the newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAccessTokenList)]
struct TokenList {
    /// The tokens that have not ended.
    items: Vec<TokenShape>,
}

/// A token that is to be: for whoever asks, and for nobody else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPersonalAccessToken)]
struct NewTokenShape {
    /// What you call it.
    #[schema(example = "backup of the notes")]
    name: String,
    /// What it may be used for: scopes of this API, and of the resource servers.
    scopes: Vec<String>,
    /// The resource servers that it may be exchanged for at the token endpoint.
    #[serde(default)]
    resources: Vec<String>,
    /// When it ends (RFC 3339): within 366 days.
    #[schema(example = "2027-01-31T12:00:00Z")]
    expires_at: String,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = MadePersonalAccessToken)]
struct MadeShape {
    /// The token itself: shown now, and never again.
    token: String,
    #[serde(flatten)]
    about: TokenShape,
}

const fn described(
    id: &'static str,
    summary: &'static str,
    gives: (u16, Option<Shape>),
    refusals: &'static [u16],
) -> Described {
    Described { id, tag: "tokens", summary, query: &[], takes: None, gives, refusals, versioned: false }
}

/// `GET /api/v1/tokens`
pub const LIST: Described = described(
    "listPersonalAccessTokens",
    "Your personal access tokens, without themselves.",
    (200, Some(Shape::of::<TokenList>())),
    &[],
);

/// Lists the caller's tokens.
pub async fn list(asked: Asked<ReadOwnAccount>) -> HttpResponse {
    answered(listed(&asked).await)
}

async fn listed(asked: &Asked<ReadOwnAccount>) -> Outcome {
    let call = asked.call.clone();
    let list = asked.read(asked.nothing(), move |tx, right, ()| {
        right.check(tx)?;
        tokens::list(tx, &call, right.user()).map(Ok)
    });
    let items = list.await?.iter().map(TokenShape::from).collect();
    Ok(json(StatusCode::OK, &TokenList { items }))
}

/// `POST /api/v1/tokens`
pub const MAKE: Described = Described {
    takes: Some(Shape::of::<NewTokenShape>()),
    ..described(
        "makePersonalAccessToken",
        "Makes a personal access token, shown in this answer alone. None is made by a personal access token.",
        (201, Some(Shape::of::<MadeShape>())),
        &[409],
    )
};

/// Makes a token.
pub async fn make(asked: Asked<MakeToken>, body: Bytes) -> HttpResponse {
    answered(made(&asked, &body).await)
}

async fn made(asked: &Asked<MakeToken>, body: &Bytes) -> Outcome {
    let new = asked.body::<NewTokenShape>(body).and_then(NewTokenShape::read);
    let (call, terms) = (asked.call.clone(), asked.edge.mail.clone());
    let make = asked.write(new, move |tx, right, new| {
        right.check(tx)?;
        let made = tokens::make(tx, &call, &terms, Maker::of_api(right), new)?;
        Ok(made.map_err(refused))
    });
    let (token, secret) = make.await?;
    let about = TokenShape::from(&token);
    Ok(json(StatusCode::CREATED, &MadeShape { token: secret.expose().clone(), about }))
}

impl NewTokenShape {
    fn read(self) -> Result<NewToken, Refused> {
        let expires_at = Timestamp::parse_rfc3339(&self.expires_at).ok_or_else(|| {
            Refused::invalid("/expires_at", "It must be a time such as `2027-01-31T12:00:00Z`.")
        })?;
        Ok(NewToken {
            name: self.name,
            scopes: self.scopes.into_iter().collect(),
            resources: self.resources.into_iter().collect(),
            expires_at,
        })
    }
}

fn refused(fault: TokenFault) -> Refused {
    match fault {
        TokenFault::Name => {
            Refused::invalid("/name", "It must be 1 to 200 characters on one line, and no secret.")
        }
        TokenFault::Scope => Refused::invalid(
            "/scopes",
            "There must be some, each one that your roles allow or that a resource server named here defines.",
        ),
        TokenFault::Resource => Refused::invalid(
            "/resources",
            "Each must be a resource server that is open to your organisation.",
        ),
        TokenFault::Expiry => Refused::invalid("/expires_at", "It must end in the future, within 366 days."),
        TokenFault::TooMany => Refused::Conflict(Conflict::TooMany),
        TokenFault::Gone => Refused::InvalidToken,
    }
}

/// `DELETE /api/v1/tokens/{token}`
pub const REVOKE: Described = described(
    "revokePersonalAccessToken",
    "Revokes one of your personal access tokens, and what it was exchanged for, at once.",
    (204, None),
    &[404],
);

/// Revokes a token.
pub async fn revoke(asked: Asked<ManageOwnAccount>) -> HttpResponse {
    answered(revoked(&asked).await)
}

async fn revoked(asked: &Asked<ManageOwnAccount>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("token"));
    let done = asked.write(asked.nothing(), move |tx, right, ()| {
        right.check(tx)?;
        let gone = match id {
            Some(id) => tokens::revoke(tx, &call, right.user(), id)?,
            None => false,
        };
        Ok(if gone { Ok(()) } else { Err(Refused::NotFound(Kind::PersonalToken)) })
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/v1/users/{user}/tokens`
pub const OF_USER: Described = described(
    "listUserTokens",
    "The personal access tokens of a person, without themselves.",
    (200, Some(Shape::of::<TokenList>())),
    &[404],
);

/// Lists the tokens of a person.
pub async fn of_user(asked: Asked<SeeTokens>) -> HttpResponse {
    answered(listed_of_user(&asked).await)
}

async fn listed_of_user(asked: &Asked<SeeTokens>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("user"));
    let list = asked.read(asked.nothing(), move |tx, right, ()| people::tokens_of(tx, &call, right, id));
    let items = list.await?.iter().map(TokenShape::from).collect();
    Ok(json(StatusCode::OK, &TokenList { items }))
}

/// `DELETE /api/v1/users/{user}/tokens/{token}`
pub const REVOKE_OF_USER: Described = described(
    "revokeUserToken",
    "Revokes a personal access token of a person, and what it was exchanged for, at once.",
    (204, None),
    &[404],
);

/// Revokes a token of a person.
pub async fn revoke_of_user(asked: Asked<RevokeTokens>) -> HttpResponse {
    answered(revoked_of_user(&asked).await)
}

async fn revoked_of_user(asked: &Asked<RevokeTokens>) -> Outcome {
    let (call, ids) = (asked.call.clone(), (asked.id("user"), asked.id("token")));
    asked.write(asked.nothing(), move |tx, right, ()| people::revoke_token_of(tx, &call, right, ids)).await?;
    Ok(HttpResponse::NoContent().finish())
}
