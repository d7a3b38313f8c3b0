//! `/invitation`: GET shows who invites to what and changes nothing; POST makes the account (P059, P066).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::enrol::{codes, own_name};
use super::passkey::{answer, prompt};
use super::visitor::{Detour, Outcome, Visitor, answered};
use super::{card, offer};
use crate::crypto::password::{PasswordHash, Weakness};
use crate::flows::factors::passkey::{Here, ask_for_first};
use crate::flows::invitations::{
    AcceptRefusal, Accepted, Accepting, Doors, First, GuestRefusal, Offer, accept, accept_as_guest, look,
    note_refusal, who_may,
};
use crate::flows::passwords;
use crate::flows::session::{CookieChange, LiveAccount};
use crate::model::failure::Failure;
use crate::model::invitation::Origin;
use crate::model::profile::Profile;
use crate::model::profile_rules::LABEL;
use crate::model::secret::Secret;
use crate::model::session::Factor;
use crate::protocol::params::Params;
use crate::views::accounts::AccountChoice;
use crate::views::error::ErrorKind;
use crate::views::link::LocalPath;
use crate::views::setup::NewPasswordProblem;
use crate::views::{IdentifierPage, InvitationDonePage, InvitationPage};
use crate::web::guard::browser::Browser;
use crate::web::trouble::Trouble;

/// `GET /invitation?token=…`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /invitation`.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(submit(&visitor, &body).await)
}

/// What is wrong with the form.
#[derive(Default, Clone, Copy)]
struct Faults {
    name: bool,
    password: Option<Weakness>,
    passkey: bool,
}

async fn show(visitor: &Visitor) -> Outcome {
    let Some(token) = visitor.query()?.secret("token") else { return Ok(dead(visitor)) };
    match offered(visitor, &token).await? {
        Some(offer) => {
            page(visitor, (&offer, token), StatusCode::OK, (String::new(), Faults::default())).await
        }
        None => Ok(dead(visitor)),
    }
}

async fn offered(visitor: &Visitor, token: &Secret<String>) -> Result<Option<Offer>, Detour> {
    let (call, token) = (visitor.call.clone(), token.clone());
    let looked = visitor.edge.database.read_directory(move |directory| look(directory, &call, &token));
    Ok(visitor.sound(looked.await)?.ok())
}

async fn page(
    visitor: &Visitor,
    (offer, token): (&Offer, Secret<String>),
    status: StatusCode,
    (name, faults): (String, Faults),
) -> Outcome {
    let passkey = if offer.may_begin_with(Some(Factor::Passkey)) {
        let here = Here { user: offer.invitation.user_id(), browser: visitor.browser.hash() };
        let account = &offer.invitation.email;
        visitor.sound(ask_for_first(&visitor.call, &visitor.edge.passkeys, here, account))?
    } else {
        None
    };
    let has_passwords = offer.may_begin_with(Some(Factor::Password));
    let homes = homes(visitor, offer).await?;
    let page = InvitationPage {
        frame: visitor.frame_of(Some(&offer.scope), None),
        form: visitor.hidden(None),
        token,
        inviter: offer.inviter.clone(),
        email: offer.invitation.email.clone(),
        roles: offer.invitation.roles.clone(),
        name,
        name_problem: faults.name,
        shortest: has_passwords
            .then(|| u32::try_from(passwords::rules_of(&offer.policy).least()).unwrap_or(u32::MAX)),
        password_problem: faults.password.map(problem),
        passkey: passkey.map(prompt),
        passkey_problem: faults.passkey,
        homes: homes.iter().map(home).collect(),
        guests: offer.policy.guests.allowed && offer.invitation.origin == Origin::Invited,
    };
    Ok(visitor.show(status, &page))
}

async fn submit(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let Some(token) = params.secret("token") else { return Ok(dead(visitor)) };
    let doors = Doors {
        sign_in: visitor.edge.sign_in.clone(),
        passkeys: visitor.edge.passkeys.clone(),
        life: visitor.edge.authorize.interaction,
    };
    let Some(offer) = offered(visitor, &token).await? else {
        let call = visitor.call.clone();
        let noted = visitor.edge.database.write_directory(move |tx| note_refusal(tx, &call, &doors, &token));
        visitor.sound(noted.await)?;
        return Ok(dead(visitor));
    };
    if params.get("action") == Some("guest") {
        return as_guest(visitor, (token, &doors), &params).await;
    }
    let typed = params.get("name").unwrap_or_default().trim().to_owned();
    let name_is_faulty = !(LABEL.holds)(&typed);
    let first = first(visitor, &params, (&offer, &typed)).await?;
    let first = match first {
        Ok(first) if !name_is_faulty => first,
        other => {
            let faults = Faults { name: name_is_faulty, password: other.err(), passkey: false };
            return page(visitor, (&offer, token), StatusCode::UNPROCESSABLE_ENTITY, (typed, faults)).await;
        }
    };
    let renewed = visitor.renewed(&params, None);
    let accepting = Accepting { token: token.clone(), name: typed.clone(), first };
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let accepted = visitor.edge.database.write_directory(move |directory| {
        let cookie = CookieChange { old: &old, new: &new };
        accept(directory, &call, &doors, accepting, cookie)
    });
    match visitor.sound(accepted.await)? {
        Ok(accepted) => welcome(visitor, accepted, &renewed, &params).await,
        Err(AcceptRefusal::Dead) => Ok(dead(visitor)),
        Err(AcceptRefusal::Method) => Err(visitor.detour(Trouble::Malformed)),
        Err(AcceptRefusal::Passkey(_)) => {
            let faults = Faults { passkey: true, ..Faults::default() };
            page(visitor, (&offer, token), StatusCode::UNPROCESSABLE_ENTITY, (typed, faults)).await
        }
    }
}

/// The accounts of other organisations in this browser that may accept.
async fn homes(visitor: &Visitor, offer: &Offer) -> Result<Vec<LiveAccount>, Detour> {
    if !visitor.browser.has_signed_in() {
        return Ok(Vec::new());
    }
    let (call, offer, cookie) = (visitor.call.clone(), offer.clone(), visitor.browser.hash().to_owned());
    let found =
        visitor.edge.database.read_directory(move |directory| who_may(directory, &call, &offer, &cookie));
    visitor.sound(found.await)
}

fn home(account: &LiveAccount) -> AccountChoice {
    AccountChoice { value: account.session.id.to_string(), person: card::person(account) }
}

/// Accepts with the account of another organisation.
async fn as_guest(visitor: &Visitor, (token, doors): (Secret<String>, &Doors), params: &Params) -> Outcome {
    let home = params.get("home").and_then(|home| home.parse().ok());
    let Some(home) = home else { return Err(visitor.detour(Trouble::Malformed)) };
    let renewed = visitor.renewed(params, None);
    let (call, old, new) =
        (visitor.call.clone(), visitor.browser.hash().to_owned(), renewed.hash().to_owned());
    let (doors, link) = (doors.clone(), token.clone());
    let accepted = visitor.edge.database.write_directory(move |directory| {
        accept_as_guest(directory, &call, &doors, (&link, home), CookieChange { old: &old, new: &new })
    });
    match visitor.sound(accepted.await)? {
        Ok(accepted) => welcome(visitor, accepted, &renewed, params).await,
        Err(GuestRefusal::Dead) => Ok(dead(visitor)),
        // It was signed out meanwhile: the page as it is now.
        Err(GuestRefusal::NotHere) => {
            let page = LocalPath::page(InvitationPage::PATH).with("token", token.expose());
            Ok(visitor.to(&page))
        }
    }
}

/// The first way in that the form brings. A password is judged whatever is wrong with the name, so that the page names every
/// fault.
async fn first(
    visitor: &Visitor,
    params: &Params,
    (offer, name): (&Offer, &str),
) -> Result<Result<First, Weakness>, Detour> {
    match params.get("action") {
        Some("mailbox") => return Ok(Ok(First::Mailbox)),
        Some("password") => {}
        Some(_) | None if params.get("answer").is_some_and(|said| !said.is_empty()) => {
            return Ok(Ok(First::Passkey(answer(params), own_name(visitor)?)));
        }
        Some(_) | None => {}
    }
    let given = params.secret("password").unwrap_or_else(|| Secret::new(String::new()));
    Ok(judge(visitor, &given, (offer, name)).await?.map(First::Password))
}

/// Judges the password by the rules of the tenant, with what an attacker would try first (P040).
async fn judge(
    visitor: &Visitor,
    given: &Secret<String>,
    (offer, name): (&Offer, &str),
) -> Result<Result<PasswordHash, Weakness>, Detour> {
    let edge = &visitor.edge;
    let tenant = offer.scope.tenant();
    let organisation =
        [tenant.name.as_str(), tenant.slug.as_str(), edge.rules.deployment.as_str(), edge.issuer.authority()];
    let known = Profile { name: Some(name.to_owned()), ..Profile::default() };
    let context = passwords::context(&offer.invitation.email, &known, &organisation);
    let chosen = passwords::choose(&edge.passwords, given, passwords::rules_of(&offer.policy), context);
    visitor.sound(chosen.await.map_err(Failure::from))
}

/// On to where the sign-in leads: a second factor, the offer of a passkey, or home.
async fn welcome(visitor: &Visitor, accepted: Accepted, renewed: &Browser, params: &Params) -> Outcome {
    let Accepted { scope, user, proved, sheet } = accepted;
    visitor.note_user(scope.id(), user.id);
    match (proved, sheet) {
        (Some(proved), Some(sheet)) => Ok(codes(visitor, (&proved, sheet), renewed)),
        (Some(proved), None) => offer::after_proof(visitor, &proved, renewed, params).await,
        (None, sheet) => {
            let page = InvitationDonePage {
                frame: visitor.frame_of(Some(&scope), None),
                email: user.email,
                codes: sheet.map(|sheet| sheet.codes).unwrap_or_default(),
                onward: LocalPath::page(IdentifierPage::PATH),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        }
    }
}

fn dead(visitor: &Visitor) -> HttpResponse {
    visitor.note_failure();
    visitor.error(
        StatusCode::GONE,
        ErrorKind::DeadLink,
        ("invalid_request", "The link is unknown, used, or too old."),
    )
}

const fn problem(weakness: Weakness) -> NewPasswordProblem {
    match weakness {
        Weakness::TooShort { .. } => NewPasswordProblem::TooShort,
        Weakness::TooLong => NewPasswordProblem::TooLong,
        Weakness::Guessable | Weakness::Contextual => NewPasswordProblem::TooWeak,
    }
}
