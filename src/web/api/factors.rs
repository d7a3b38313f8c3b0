//! `/api/v1/users/{user}/factors`: how a person can sign in, and a factor taken away from somebody who lost it.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json};
use super::described::{Described, Shape};
use crate::flows::access::{ResetFactors, SeeFactors};
use crate::flows::factors::overview::Overview;
use crate::flows::people::{self, FactorName};
use crate::model::time::Timestamp;

/// A kind of factor.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FactorKind)]
enum FactorWord {
    /// A password.
    Password,
    /// A passkey.
    Passkey,
    /// An authenticator app.
    Totp,
    /// A sheet of recovery codes.
    RecoveryCodes,
}

/// A factor of a person, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Factor)]
struct FactorShape {
    /// What names it in addresses: `password`, `totp`, `recovery_codes`, or the id of a passkey.
    id: String,
    /// Its kind.
    kind: FactorWord,
    /// What its owner calls it, where it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// When it was set up (RFC 3339).
    created_at: String,
    /// When it was used last (RFC 3339), where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
    /// How many recovery codes are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<usize>,
}

impl FactorShape {
    fn new(id: FactorName, kind: FactorWord, created_at: Timestamp) -> Self {
        let (id, created_at) = (id.to_string(), created_at.to_string());
        Self { id, kind, name: None, created_at, last_used_at: None, left: None }
    }
}

/// The factors of a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FactorList)]
struct FactorList {
    /// They.
    items: Vec<FactorShape>,
}

fn shown(overview: Overview) -> FactorList {
    let mut items = Vec::new();
    if let Some(at) = overview.password {
        items.push(FactorShape::new(FactorName::Password, FactorWord::Password, at));
    }
    items.extend(overview.passkeys.into_iter().map(|passkey| FactorShape {
        name: Some(passkey.name.to_string()),
        last_used_at: passkey.last_used_at.map(|at| at.to_string()),
        ..FactorShape::new(FactorName::Passkey(passkey.id), FactorWord::Passkey, passkey.created_at)
    }));
    if let Some(totp) = overview.totp {
        items.push(FactorShape {
            last_used_at: totp.last_used_at.map(|at| at.to_string()),
            ..FactorShape::new(FactorName::Totp, FactorWord::Totp, totp.created_at)
        });
    }
    if let Some(codes) = overview.codes {
        items.push(FactorShape {
            left: Some(codes.count),
            ..FactorShape::new(FactorName::RecoveryCodes, FactorWord::RecoveryCodes, codes.made_at)
        });
    }
    FactorList { items }
}

const fn described(id: &'static str, summary: &'static str, gives: (u16, Option<Shape>)) -> Described {
    Described {
        id,
        tag: "factors",
        summary,
        query: &[],
        takes: None,
        gives,
        refusals: &[404],
        versioned: false,
    }
}

/// `GET /api/v1/users/{user}/factors`
pub const LIST: Described =
    described("listUserFactors", "How a person can sign in.", (200, Some(Shape::of::<FactorList>())));

/// Lists the factors of a person.
pub async fn list(asked: Asked<SeeFactors>) -> HttpResponse {
    answered(listed(&asked).await)
}

async fn listed(asked: &Asked<SeeFactors>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("user"));
    let overview =
        asked.read(asked.nothing(), move |tx, right, ()| people::factors_of(tx, &call, right, id)).await?;
    Ok(json(StatusCode::OK, &shown(overview)))
}

/// `DELETE /api/v1/users/{user}/factors/{factor}`
pub const RESET: Described = described(
    "resetUserFactor",
    "Takes a factor away from somebody else who lost it. Their sessions and tokens end, and they are told by mail.",
    (204, None),
);

/// Takes a factor of a person away.
pub async fn reset(asked: Asked<ResetFactors>) -> HttpResponse {
    answered(taken_away(&asked).await)
}

async fn taken_away(asked: &Asked<ResetFactors>) -> Outcome {
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let (mail, ids) = (asked.edge.mail.clone(), (asked.id("user"), asked.id::<FactorName>("factor")));
    let done = asked.write(asked.nothing(), move |tx, right, ()| {
        people::reset_factor_of(tx, (&call, &clock), right, &mail, ids)
    });
    done.await?;
    Ok(HttpResponse::NoContent().finish())
}
