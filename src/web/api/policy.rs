//! `/api/v1/policy`: the rules of the tenant for signing in, changed, and tried before.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json, versioned};
use super::described::{Described, Shape};
use super::policy_shapes::{ProvedWord, RulesShape};
use crate::flows::access::{ChangePolicy, ReadPolicy, Refused};
use crate::flows::policy::{self, Affected, Current, Door, Rule, Verdict, Wanted};
use crate::model::failure::Failure;
use crate::model::policy::Policy;
use crate::model::session::Factor;

/// The sign-in policy of the tenant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
struct PolicyShape {
    /// How often it was set: another one after each change.
    version: i64,
    /// The rules.
    policy: RulesShape,
}

/// A policy that is to take the place of the tenant's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPolicy)]
struct NewShape {
    /// All rules: those that are left out have their default.
    policy: RulesShape,
    /// Whether it is meant though it keeps the caller out.
    #[serde(default)]
    accept_lock_out: bool,
}

/// A policy that is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyDraft)]
struct DraftShape {
    /// All rules: those that are left out have their default.
    policy: RulesShape,
}

/// Somebody who signed in, and would not have as they did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AffectedUser)]
struct AffectedShape {
    /// The id of the person.
    user: String,
    /// Whether none of their sign-ins would have led in.
    locked_out: bool,
    /// Sign-ins that the draft refuses.
    refused: usize,
    /// Sign-ins for which it asks for one factor more, which they have.
    second_factor: usize,
    /// The keys of the rules that decided.
    #[schema(value_type = Vec<String>)]
    rules: Vec<&'static str>,
}

impl From<&Affected> for AffectedShape {
    fn from(it: &Affected) -> Self {
        Self {
            user: it.user.to_string(),
            locked_out: it.locked_out,
            refused: it.refused,
            second_factor: it.stepped_up,
            rules: it.rules.iter().map(|rule| rule.as_str()).collect(),
        }
    }
}

/// What a draft would have made of the sign-ins of the last 30 days.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Simulation)]
struct SimulationShape {
    /// Sign-ins that were looked at.
    sign_ins: usize,
    /// How many people it would have locked out.
    locked_out: usize,
    /// Whoever would not have come in as they did.
    affected: Vec<AffectedShape>,
}

/// A question what a policy makes of somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyQuestion)]
struct QuestionShape {
    /// The id of the person.
    user: String,
    /// What they prove; a password where it is left out.
    #[serde(default = "by_password")]
    with: Vec<ProvedWord>,
    /// Where they are: an IP address. Nowhere known where it is left out.
    #[serde(default)]
    from: Option<String>,
    /// The policy to judge by, in place of the tenant's.
    #[serde(default)]
    policy: Option<RulesShape>,
}

fn by_password() -> Vec<ProvedWord> {
    vec![ProvedWord::Password]
}

/// What comes of it at a door.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Verdict)]
enum VerdictWord {
    /// They come in.
    Pass,
    /// One factor more is asked for.
    SecondFactor,
    /// They do not.
    Refused,
}

/// One door.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DoorVerdict)]
struct DoorShape {
    /// The door: `sign_in`, `session`, `refresh` or `administration`.
    #[schema(value_type = String)]
    door: &'static str,
    /// What comes of it.
    verdict: VerdictWord,
    /// The key of the rule that decided, or that will when a grace period is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    rule: Option<&'static str>,
    /// Whether it passes as the break-glass account only.
    break_glass: bool,
}

/// What a policy makes of somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyAnswer)]
struct AnswerShape {
    /// The id of the person.
    user: String,
    /// Each door.
    doors: Vec<DoorShape>,
}

impl From<(Door, Verdict)> for DoorShape {
    fn from((door, verdict): (Door, Verdict)) -> Self {
        let (word, rule) = match verdict {
            Verdict::Pass { in_grace, .. } => (VerdictWord::Pass, in_grace),
            Verdict::Second(rule) => (VerdictWord::SecondFactor, Some(rule)),
            Verdict::Refused(rule) => (VerdictWord::Refused, Some(rule)),
        };
        let break_glass = matches!(verdict, Verdict::Pass { by_break_glass: true, .. });
        Self { door: door.as_str(), verdict: word, rule: rule.map(Rule::as_str), break_glass }
    }
}

impl QuestionShape {
    fn read(self) -> Result<policy::Asked, Refused> {
        let address = self.from.as_deref().map(str::parse::<IpAddr>).transpose();
        Ok(policy::Asked {
            user: self.user.parse().ok(),
            factors: self.with.into_iter().map(Factor::from).collect(),
            address: address.map_err(|_| Refused::invalid("/from", "It must be an IP address."))?,
            draft: self.policy.as_ref().map(RulesShape::read).transpose()?,
        })
    }
}

const fn described(
    id: &'static str,
    summary: &'static str,
    (takes, gives): (Option<Shape>, Shape),
    refusals: &'static [u16],
) -> Described {
    Described {
        id,
        tag: "policy",
        summary,
        query: &[],
        takes,
        gives: (200, Some(gives)),
        refusals,
        versioned: false,
    }
}

/// `GET /api/v1/policy`
pub const GET: Described = Described {
    versioned: true,
    ..described(
        "getPolicy",
        "The sign-in policy of the tenant, with its version.",
        (None, Shape::of::<PolicyShape>()),
        &[],
    )
};

/// Shows the policy.
pub async fn get(asked: Asked<ReadPolicy>) -> HttpResponse {
    answered(got(&asked).await)
}

async fn got(asked: &Asked<ReadPolicy>) -> Outcome {
    let read = asked.read(asked.nothing(), |tx, right, ()| in_shape(policy::read(tx, right)?));
    Ok(shown(&read.await?))
}

/// `PUT /api/v1/policy`
pub const SET: Described = Described {
    versioned: true,
    ..described(
        "setPolicy",
        "Puts a policy in place of the tenant's. One by which no owner could sign in any more is refused, and one that keeps \
         the caller out is refused unless `accept_lock_out` says that it is meant.",
        (Some(Shape::of::<NewShape>()), Shape::of::<PolicyShape>()),
        &[409, 412],
    )
};

/// Sets the policy.
pub async fn set(asked: Asked<ChangePolicy>, body: Bytes) -> HttpResponse {
    answered(replaced(&asked, &body).await)
}

async fn replaced(asked: &Asked<ChangePolicy>, body: &Bytes) -> Outcome {
    let given = asked.body::<NewShape>(body).and_then(|new| Ok((new.policy.read()?, new.accept_lock_out)));
    let (call, expected) = (asked.call.clone(), asked.if_match());
    // The sign-ins of late are read before: nobody else waits for that.
    let tried = asked.read(given, move |tx, right, (draft, accept_lock_out)| {
        let simulated = policy::try_draft(tx, &call, right, &draft)?;
        Ok(simulated.map(|simulated| Wanted {
            locked_out: simulated.locked_out().collect(),
            draft,
            expected,
            accept_lock_out,
        }))
    });
    let wanted = tried.await?;
    let (call, clock) = (asked.call.clone(), Arc::clone(&asked.edge.clock));
    let done = asked.write(Ok(wanted), move |tx, right, wanted| {
        in_shape(policy::set(tx, (&call, &clock), right, &wanted)?)
    });
    Ok(shown(&done.await?))
}

/// `POST /api/v1/policy/simulate`
pub const SIMULATE: Described = described(
    "simulatePolicy",
    "What a draft would have made of the sign-ins of the last 30 days, and whom it would have locked out. Changes nothing.",
    (Some(Shape::of::<DraftShape>()), Shape::of::<SimulationShape>()),
    &[],
);

/// Tries a draft.
pub async fn simulate(asked: Asked<ReadPolicy>, body: Bytes) -> HttpResponse {
    answered(simulated(&asked, &body).await)
}

async fn simulated(asked: &Asked<ReadPolicy>, body: &Bytes) -> Outcome {
    let draft = asked.body::<DraftShape>(body).and_then(|draft| draft.policy.read());
    let call = asked.call.clone();
    let tried =
        asked.read(draft, move |tx, right, draft: Policy| policy::try_draft(tx, &call, right, &draft));
    let simulation = tried.await?;
    let shape = SimulationShape {
        sign_ins: simulation.sign_ins,
        locked_out: simulation.locked_out().count(),
        affected: simulation.affected.iter().map(AffectedShape::from).collect(),
    };
    Ok(json(StatusCode::OK, &shape))
}

/// `POST /api/v1/policy/explain`
pub const EXPLAIN: Described = described(
    "explainPolicy",
    "What the policy, or a draft, makes of a person at each door, and which rule decides. Changes nothing.",
    (Some(Shape::of::<QuestionShape>()), Shape::of::<AnswerShape>()),
    &[404],
);

/// Says which rule decides.
pub async fn explain(asked: Asked<ReadPolicy>, body: Bytes) -> HttpResponse {
    answered(explained(&asked, &body).await)
}

async fn explained(asked: &Asked<ReadPolicy>, body: &Bytes) -> Outcome {
    let question = asked.body::<QuestionShape>(body).and_then(QuestionShape::read);
    let call = asked.call.clone();
    let answer =
        asked.read(question, move |tx, right, asked| policy::explain_to(tx, &call, right, asked)).await?;
    let doors = answer.doors.into_iter().map(DoorShape::from).collect();
    Ok(json(StatusCode::OK, &AnswerShape { user: answer.user.to_string(), doors }))
}

fn shown(shape: &PolicyShape) -> HttpResponse {
    versioned(StatusCode::OK, &shape.version.to_string(), shape)
}

fn in_shape(read: Result<Current, Refused>) -> Result<Result<PolicyShape, Refused>, Failure> {
    read.map(|Current { policy, version }| Ok(PolicyShape { version, policy: RulesShape::of(&policy)? }))
        .map_or_else(|refused| Ok(Err(refused)), |shape| shape.map(Ok))
}
