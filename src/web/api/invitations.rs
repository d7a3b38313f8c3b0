//! `/api/v1/invitations`: who was invited, and inviting one or many.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::{Asked, Outcome, answered, json};
use super::described::{Described, Shape};
use super::query::Query;
use super::shapes::RoleWord;
use crate::flows::access::{Conflict, Fault, Invite, Kind, ManageInvitations, ReadInvitations, Refused};
use crate::flows::invitations::{
    self, DAYS, Filter, InvitationRefusal, Inviter, MOST, MOST_DAYS, Newcomer, RefusedNewcomer,
};
use crate::flows::provision::import::Format;
use crate::model::ids::InvitationId;
use crate::model::invitation::{Invitation, Standing};
use crate::model::role::Role;
use crate::model::time::Timestamp;

const ADDRESS: &str = "It must be an e-mail address.";
const LIFE: &str = "It must be a number of days from 1 to 30.";

/// How an invitation stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = InvitationStatus)]
enum StandingWord {
    /// It may be accepted.
    Open,
    /// Its time is over.
    Expired,
    /// It became an account.
    Accepted,
    /// It was taken back, or another one took its place.
    Withdrawn,
}

/// An invitation, without its link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
struct InvitationShape {
    /// Its id; its account will have it too.
    id: String,
    /// The address that it went to.
    #[schema(example = "ada@acme.example")]
    email: String,
    /// How it stands.
    status: StandingWord,
    /// The roles of the account itself.
    roles: Vec<RoleWord>,
    /// The ids of its groups.
    groups: Vec<String>,
    /// The language of its mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    /// The id of the person who invites; absent where it was the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_by: Option<String>,
    /// How often it was mailed.
    sent: u32,
    /// When it was made (RFC 3339).
    #[schema(example = "2026-01-31T12:00:00.000000Z")]
    created_at: String,
    /// Until when it stands (RFC 3339).
    expires_at: String,
}

impl InvitationShape {
    fn of(it: &Invitation, now: Timestamp) -> Self {
        Self {
            id: it.id.to_string(),
            email: it.email.clone(),
            status: match Standing::of(it, now) {
                Standing::Open => StandingWord::Open,
                Standing::Expired => StandingWord::Expired,
                Standing::Accepted => StandingWord::Accepted,
                Standing::Withdrawn => StandingWord::Withdrawn,
            },
            roles: it.roles.iter().copied().map(RoleWord::from).collect(),
            groups: it.groups.iter().map(ToString::to_string).collect(),
            locale: Some(it.language.clone()).filter(|tag| !tag.is_empty()),
            invited_by: it.invited_by.map(|id| id.to_string()),
            sent: it.sent,
            created_at: it.created_at.to_string(),
            expires_at: it.expires_at.to_string(),
        }
    }
}

/// Invitations, a page of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationPage)]
struct InvitationPage {
    /// The invitations of this page, in the order in which they were made.
    items: Vec<InvitationShape>,
    /// The `cursor` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Invitations that were sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SentInvitations)]
struct SentShape {
    /// All of them, in the order in which they were asked for.
    items: Vec<InvitationShape>,
}

/// Somebody who is to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewInvitation)]
struct NewShape {
    /// The address.
    #[schema(example = "ada@acme.example")]
    email: String,
    /// The roles of the account; other than `member` and `readonly` are offered by owners. `member` where they are left out.
    #[serde(default = "member")]
    roles: Vec<RoleWord>,
    /// Ids or names of groups.
    #[serde(default)]
    groups: Vec<String>,
    /// The language of the mail, a tag.
    #[serde(default)]
    locale: String,
    /// For how many days it stands, 30 at most; 7 where it is left out.
    #[serde(default = "usual_days")]
    days: u32,
}

/// Some who are to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewInvitations)]
struct NewShapes {
    /// They, 500 at most.
    invitations: Vec<OneOfMany>,
    /// For how many days all of them stand, 30 at most; 7 where it is left out.
    #[serde(default = "usual_days")]
    days: u32,
}

/// One of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OneOfNewInvitations)]
struct OneOfMany {
    /// The address.
    #[schema(example = "ada@acme.example")]
    email: String,
    /// The roles of the account; `member` where they are left out.
    #[serde(default = "member")]
    roles: Vec<RoleWord>,
    /// Ids or names of groups.
    #[serde(default)]
    groups: Vec<String>,
    /// The language of the mail, a tag.
    #[serde(default)]
    locale: String,
}

fn member() -> Vec<RoleWord> {
    vec![RoleWord::Member]
}

const fn usual_days() -> u32 {
    DAYS
}

impl OneOfMany {
    fn read(self, place: usize) -> Newcomer {
        Newcomer {
            line: u64::try_from(place).unwrap_or(u64::MAX),
            email: self.email,
            roles: self.roles.into_iter().map(|word| Role::from(word).as_str().to_owned()).collect(),
            groups: self.groups,
            locale: self.locale,
        }
    }
}

impl NewShape {
    fn read(self) -> Result<(Newcomer, u32), Refused> {
        let days = checked_days(self.days)?;
        let Self { email, roles, groups, locale, .. } = self;
        Ok((OneOfMany { email, roles, groups, locale }.read(0), days))
    }
}

fn checked_days(days: u32) -> Result<u32, Refused> {
    if (1..=MOST_DAYS).contains(&days) { Ok(days) } else { Err(Refused::invalid("/days", LIFE)) }
}

const fn described(
    id: &'static str,
    summary: &'static str,
    gives: (u16, Option<Shape>),
    refusals: &'static [u16],
) -> Described {
    Described { id, tag: "invitations", summary, query: &[], takes: None, gives, refusals, versioned: false }
}

const SHOWN: (u16, Option<Shape>) = (200, Some(Shape::of::<InvitationShape>()));

/// `GET /api/v1/invitations`
pub const LIST: Described = Described {
    query: &[
        ("email", "Those to this address, whatever its case or form."),
        ("status", "Those that stand so: `open`, `expired`, `accepted` or `withdrawn`."),
        ("limit", "How many at most, from 1 to 200; 50 where it is left out."),
        ("cursor", "The `next` of the page before."),
    ],
    ..described(
        "listInvitations",
        "Who was invited to the tenant, page by page, until 30 days after their time was over.",
        (200, Some(Shape::of::<InvitationPage>())),
        &[400],
    )
};

/// Lists invitations.
pub async fn list(asked: Asked<ReadInvitations>) -> HttpResponse {
    answered(listed(&asked).await)
}

async fn listed(asked: &Asked<ReadInvitations>) -> Outcome {
    let (call, now) = (asked.call.clone(), asked.call.now);
    let wanted = asked.query(LIST.query).and_then(|query| wanted(&query));
    let page = asked.read(wanted, move |tx, right, (filter, after, limit)| {
        right.check(tx)?;
        invitations::list(tx, &call, &filter, (after, limit)).map(Ok)
    });
    let page = page.await?;
    let next = page.next.map(|id| id.to_string());
    let items = page.items.iter().map(|it| InvitationShape::of(it, now)).collect();
    Ok(json(StatusCode::OK, &InvitationPage { items, next }))
}

fn wanted(query: &Query) -> Result<(Filter, Option<InvitationId>, u16), Refused> {
    let should = "It must be `open`, `expired`, `accepted` or `withdrawn`.";
    let filter = Filter { email: query.parsed("email", ADDRESS)?, standing: query.parsed("status", should)? };
    Ok((filter, query.cursor()?, query.limit()?))
}

/// `GET /api/v1/invitations/{invitation}`
pub const GET: Described = described("getInvitation", "One invitation.", SHOWN, &[404]);

/// Shows one invitation.
pub async fn get(asked: Asked<ReadInvitations>) -> HttpResponse {
    answered(got(&asked).await)
}

async fn got(asked: &Asked<ReadInvitations>) -> Outcome {
    let id = asked.id("invitation");
    let found = asked.read(asked.nothing(), move |tx, right, ()| {
        right.check(tx)?;
        Ok(invitations::get(tx, id)?.map_err(refused))
    });
    Ok(json(StatusCode::OK, &InvitationShape::of(&found.await?, asked.call.now)))
}

/// `POST /api/v1/invitations`
pub const SEND: Described = Described {
    takes: Some(Shape::of::<NewShape>()),
    ..described(
        "sendInvitation",
        "Invites somebody by mail. An open invitation to the same address is withdrawn.",
        (201, Some(Shape::of::<InvitationShape>())),
        &[409],
    )
};

/// Invites somebody.
pub async fn send(asked: Asked<Invite>, body: Bytes) -> HttpResponse {
    answered(sent(&asked, &body).await)
}

async fn sent(asked: &Asked<Invite>, body: &Bytes) -> Outcome {
    let new = asked.body::<NewShape>(body).and_then(NewShape::read);
    let items = write(asked, new.map(|(newcomer, days)| (vec![newcomer], days)), |faults| {
        faults.first().map_or_else(|| refused(InvitationRefusal::NotFound), |fault| refused(fault.why))
    });
    let items = items.await?;
    let now = asked.call.now;
    match items.first() {
        Some(only) => Ok(json(StatusCode::CREATED, &InvitationShape::of(only, now))),
        None => Ok(HttpResponse::NoContent().finish()),
    }
}

/// `POST /api/v1/invitations/batch`
pub const SEND_MANY: Described = Described {
    takes: Some(Shape::of::<NewShapes>()),
    ..described(
        "sendInvitations",
        "Invites many by mail, or nobody: every one that cannot be invited is named. Takes `text/csv` too, with a header.",
        (201, Some(Shape::of::<SentShape>())),
        &[409],
    )
};

/// Invites many.
pub async fn send_many(asked: Asked<Invite>, body: Bytes) -> HttpResponse {
    answered(many_sent(&asked, &body).await)
}

async fn many_sent(asked: &Asked<Invite>, body: &Bytes) -> Outcome {
    let (many, root) = match asked.text("text/csv", body) {
        Ok(Some(text)) => (of_csv(text), ""),
        Ok(None) => (asked.body::<NewShapes>(body).and_then(of_list), "/invitations"),
        Err(refused) => (Err(refused), ""),
    };
    let items = write(asked, many, move |faults| all_refused(faults, root)).await?;
    let now = asked.call.now;
    let items = items.iter().map(|it| InvitationShape::of(it, now)).collect();
    Ok(json(StatusCode::CREATED, &SentShape { items }))
}

fn of_list(many: NewShapes) -> Result<(Vec<Newcomer>, u32), Refused> {
    let days = checked_days(many.days)?;
    if many.invitations.is_empty() || many.invitations.len() > MOST {
        return Err(Refused::invalid("/invitations", "There must be 1 to 500."));
    }
    let read = many.invitations.into_iter().enumerate().map(|(place, one)| one.read(place));
    Ok((read.collect(), days))
}

/// What stands in the header or in a cell that cannot be read is not repeated.
fn of_csv(text: &str) -> Result<(Vec<Newcomer>, u32), Refused> {
    let should = "The file must be CSV with a header of `email`, `roles`, `groups` and `locale`, of which only `email` is \
                  needed, and 1 to 500 lines behind it with as many fields.";
    let newcomers = invitations::read(text, Format::Csv).map_err(|lines| {
        Refused::Invalid(lines.iter().map(|it| Fault::at(format!("/{}", it.line), should)).collect())
    })?;
    let newcomers = newcomers.into_iter().map(|newcomer| Newcomer {
        roles: if newcomer.roles.is_empty() {
            vec![Role::Member.as_str().to_owned()]
        } else {
            newcomer.roles
        },
        ..newcomer
    });
    Ok((newcomers.collect(), DAYS))
}

/// Sends what was asked for, all or nothing.
async fn write(
    asked: &Asked<Invite>,
    new: Result<(Vec<Newcomer>, u32), Refused>,
    told: impl FnOnce(&[RefusedNewcomer]) -> Refused + Send + 'static,
) -> Result<Vec<Invitation>, super::asked::Detour> {
    let (call, terms) = (asked.call.clone(), asked.edge.mail.clone());
    let sent = asked.write(new, move |tx, right, (newcomers, days)| {
        right.check(tx)?;
        let inviter = Inviter::of_api(right);
        let sent = invitations::invite_many(tx, &call, &terms, &inviter, (&newcomers, days))?;
        Ok(sent.map_err(|faults| told(&faults)))
    });
    sent.await
}

/// What is above the caller's roles is refused as such, and recorded (P101); of all else every place is named.
fn all_refused(faults: &[RefusedNewcomer], root: &str) -> Refused {
    if faults.iter().any(|fault| fault.why == InvitationRefusal::Above) {
        return Refused::Above;
    }
    if faults.iter().any(|fault| fault.why == InvitationRefusal::Closed) {
        return Refused::Conflict(Conflict::Closed);
    }
    let at = |fault: &RefusedNewcomer| format!("{root}/{}/{}", fault.line, fault.field);
    Refused::Invalid(faults.iter().map(|fault| Fault::at(at(fault), fault.why.words())).collect())
}

/// `POST /api/v1/invitations/{invitation}/resend`
pub const RESEND: Described = described(
    "resendInvitation",
    "Sends an open or expired invitation again, with a new link; the one before is dead. It stands for seven days from now.",
    SHOWN,
    &[404, 409],
);

/// Sends an invitation again.
pub async fn resend(asked: Asked<Invite>) -> HttpResponse {
    answered(resent(&asked).await)
}

async fn resent(asked: &Asked<Invite>) -> Outcome {
    let (call, terms, id) = (asked.call.clone(), asked.edge.mail.clone(), asked.id("invitation"));
    let done = asked.write(asked.nothing(), move |tx, right, ()| {
        right.check(tx)?;
        let inviter = Inviter::of_api(right);
        Ok(invitations::resend(tx, &call, &terms, &inviter, (id, DAYS))?.map_err(refused))
    });
    Ok(json(StatusCode::OK, &InvitationShape::of(&done.await?, asked.call.now)))
}

/// `POST /api/v1/invitations/{invitation}/withdraw`
pub const WITHDRAW: Described =
    described("withdrawInvitation", "Takes an invitation back: its link is dead.", SHOWN, &[404, 409]);

/// Takes an invitation back.
pub async fn withdraw(asked: Asked<ManageInvitations>) -> HttpResponse {
    answered(withdrawn(&asked).await)
}

async fn withdrawn(asked: &Asked<ManageInvitations>) -> Outcome {
    let (call, id) = (asked.call.clone(), asked.id("invitation"));
    let done = asked.write(asked.nothing(), move |tx, right, ()| {
        right.check(tx)?;
        Ok(invitations::withdraw(tx, &call, &Inviter::of_api(right), id)?.map_err(refused))
    });
    Ok(json(StatusCode::OK, &InvitationShape::of(&done.await?, asked.call.now)))
}

/// The refusal of the API for this one.
pub(in crate::web) fn refused(refusal: InvitationRefusal) -> Refused {
    match refusal {
        InvitationRefusal::NotFound => Refused::NotFound(Kind::Invitation),
        InvitationRefusal::Above => Refused::Above,
        InvitationRefusal::AddressTaken => Refused::Conflict(Conflict::AddressTaken),
        InvitationRefusal::Closed => Refused::Conflict(Conflict::Closed),
        InvitationRefusal::Answered => Refused::Conflict(Conflict::Answered),
        InvitationRefusal::MailedEnough => Refused::Conflict(Conflict::MailedEnough),
        InvitationRefusal::Group
        | InvitationRefusal::Twice
        | InvitationRefusal::Address
        | InvitationRefusal::Role
        | InvitationRefusal::Locale => Refused::invalid(format!("/{}", refusal.field()), refusal.words()),
    }
}
