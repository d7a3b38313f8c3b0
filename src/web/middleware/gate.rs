//! The gate of one route: what the URL map declares of it is held here, so that no handler can forget it.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};

use super::cors::OriginList;
use super::{body, cors, panics};
use crate::protocol::params::Params;
use crate::views::text::Locale;
use crate::web::edge::Edge;
use crate::web::family::Family;
use crate::web::guard::browser::Browser;
use crate::web::guard::csrf::{FIELD, is_from_here, same_origin};
use crate::web::knocker::{Sender, Who, moves_the_window};
use crate::web::limits::Door;
use crate::web::media_type::is_form;
use crate::web::meter::TooMany;
use crate::web::notes::Notes;
use crate::web::trouble::Trouble;

/// Who may come through. Every route declares one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Anybody; the answer holds nothing that is not public.
    Open,
    /// A person in a browser. Whatever is not a GET must come from our own page in the same browser (P070, P071).
    Browser,
    /// A person in a browser, sent by another site, which may do so by POST (OIDC Core §3.1.2.1). The handler changes
    /// nothing but what waits for the person, and asks for the token of the form where it does.
    Relay,
    /// An OAuth client that the handler authenticates.
    Client,
    /// The bearer of an access token, which the handler verifies.
    Bearer,
    /// The same at the JSON API: each method declares the scope and the permission without which its flow does nothing.
    Api,
}

/// What the URL map says of a route.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Who may come through.
    pub guard: Guard,
    /// Which limit counts.
    pub door: Option<Door>,
    /// Whether scripts of listed origins may call it.
    pub cors: bool,
    /// The methods it takes.
    pub methods: Vec<Method>,
}

/// Stands before one route.
///
/// # Errors
/// An answer in the shape of the family, after a panic inside; all else is an `Ok` answer.
pub async fn gate(
    gate: Rc<Gate>,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(edge) = request.app_data::<Data<Edge>>().cloned() else { return next.call(request).await };
    let family = Family::of_path(request.path());
    let notes = edge.notes(request.request());
    let origin = if gate.cors { cors::origin_of(request.headers()).map(str::to_owned) } else { None };
    let listed = if origin.is_some() { edge.origins().await } else { Arc::default() };

    if gate.cors && cors::is_preflight(request.method(), request.headers()) {
        let allowed = origin.as_deref().filter(|origin| cors::allows(&edge.rules, &listed, origin, None));
        return Ok(request.into_response(cors::preflight(allowed, &gate.methods)));
    }
    notes.sent_by(sender(&gate, &request, &edge, &listed));
    let mut response = match admit(&gate, &mut request, &edge, &notes).await {
        Err(trouble) => {
            let trouble = if trouble == Trouble::CrossSite {
                let asks = request.request();
                Browser::of(asks, &edge).refuse_cross_site(asks, &edge).await
            } else {
                trouble
            };
            let answer = trouble_answer(&edge, request.request(), trouble, family);
            request.into_response(answer)
        }
        Ok(()) => panics::caught(next.call(request)).await.unwrap_or_else(|panics::Panicked| {
            let frame = edge.frame_for(Locale::default());
            let answer = Trouble::Internal.answer(family, frame, notes.request_id());
            // The request went with the handler, so the answer leaves as an error.
            Err(InternalError::from_response("panic", answer).into())
        })?,
    };
    if let Err(too_many) = charge(&gate, &edge, &notes, response.status().as_u16()) {
        let answer = trouble_answer(&edge, response.request(), Trouble::TooMany(too_many), family);
        response = response.into_response(answer);
    }
    if gate.cors {
        cors::vary(response.headers_mut());
        let client = notes.caller().client;
        if let Some(origin) = origin
            && cors::allows(&edge.rules, &listed, &origin, client.as_ref())
        {
            cors::open(response.headers_mut(), &origin);
        }
    }
    Ok(response)
}

/// What must hold before the handler runs, in the order of rising cost.
async fn admit(gate: &Gate, request: &mut ServiceRequest, edge: &Edge, notes: &Notes) -> Result<(), Trouble> {
    if gate.guard != Guard::Open && !edge.is_fresh() {
        // A node that lost the database may have missed a revocation (D25).
        return Err(Trouble::Unavailable);
    }
    if gate.guard != Guard::Open && edge.running.is_over() {
        // Whoever resets connections must not pile up requests that run on without them (P132).
        return Err(Trouble::Unavailable);
    }
    if gate.guard == Guard::Browser {
        // After what is asked of every request: such a refusal may look up who is signed in, and record it.
        same_origin(request.method(), request.headers(), &edge.issuer).map_err(|_| Trouble::CrossSite)?;
    }
    if let Some(who) = whose(gate, request, edge, notes).await? {
        // Strangers at the same address take nothing away from whoever is signed in, and the other way round.
        notes.counts_for(who);
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let limited = gate.door.zip(notes.knocker()).filter(|(door, _)| match door {
        // A page of the sign-in is shown also where no more proofs are taken: it says what came of the last one.
        Door::SignIn | Door::Mail => !reads,
        // Judged when it is known what the token or the signature is worth, by `charge`.
        Door::Bearer | Door::Passkey => false,
        Door::Authorize | Door::Token | Door::Setup | Door::Logout => true,
    });
    if let Some((door, knocker)) = &limited {
        // Before the body: it need not be read of whoever is not let in.
        edge.limits.peek(*door, knocker, notes.now()).map_err(Trouble::TooMany)?;
    }
    if !reads {
        let body = body::collect(request, &edge.rules).await?;
        if gate.guard == Guard::Browser && gate.methods.contains(request.method()) {
            let field = form_token(request, &body)?;
            edge.csrf
                .verify(request.request(), &edge.issuer, field.as_deref())
                .map_err(|_| Trouble::CrossSite)?;
        }
    }
    if let Some((door, knocker)) = limited {
        // After the body, which may take its time: whoever holds many back until the others are judged gains nothing.
        let leave = edge.limits.enter(door, knocker, edge.clock.now()).await;
        notes.keep_leave(leave.map_err(Trouble::TooMany)?);
    }
    // All this may have taken its time, and a revocation must not be dated by when it began (D14).
    notes.again(edge.clock.now());
    if gate.guard != Guard::Open && !edge.is_fresh() {
        return Err(Trouble::Unavailable);
    }
    Ok(())
}

/// Whose share this request uses up where somebody has signed in.
async fn whose(
    gate: &Gate,
    request: &ServiceRequest,
    edge: &Edge,
    notes: &Notes,
) -> Result<Option<Who>, Trouble> {
    let Some(door @ (Door::Authorize | Door::Logout)) = gate.door else { return Ok(None) };
    let browser = Browser::of(request.request(), edge);
    let Some(own) = browser.own_share() else { return Ok(None) };
    if door == Door::Logout {
        return Ok(Some(own));
    }
    // The person is looked up, so that several browsers bring no more, and a browser may ask for that only so often.
    edge.limits.take(door, &notes.knocker_of(own), notes.now()).map_err(Trouble::TooMany)?;
    let call = edge.call(request.request());
    let person = browser.signed_in(edge, &call).await;
    let person = person.map_err(|failure| Trouble::of_failure(&failure, call.request_id))?;
    Ok(person.map(|account| Who::Person(account.user.id)))
}

/// The token of a page's form. Pages take forms and nothing else.
fn form_token(request: &ServiceRequest, body: &Bytes) -> Result<Option<String>, Trouble> {
    if !is_form(request.headers()) {
        return Err(Trouble::Malformed);
    }
    let params = Params::parse(body).map_err(|_| Trouble::Malformed)?;
    Ok(params.get(FIELD).map(str::to_owned))
}

/// Whose share this request uses up.
fn sender(gate: &Gate, request: &ServiceRequest, edge: &Edge, listed: &OriginList) -> Sender {
    let headers = request.headers();
    if is_from_here(headers, &edge.issuer)
        || (matches!(gate.door, Some(Door::Authorize | Door::Logout)) && moves_the_window(headers))
    {
        return Sender::Visitor;
    }
    let script =
        cors::origin_of(headers).filter(|origin| gate.cors && cors::is_listed(&edge.rules, listed, origin));
    script.map_or(Sender::Elsewhere, |origin| Sender::Listed(origin.to_owned()))
}

/// Counts what the door counts: where requests begin or end a session every one that was let in, at the pages of a sign-in
/// proofs that failed, elsewhere refusals.
///
/// A confidential client that has proved itself answers for what it asks by its own share: a relying party redeems
/// whatever code a visitor brings to its callback, and that must not shut the door for every client at its address.
///
/// # Errors
/// One more bad token or signature of a passkey than may come from there. A good one is answered all the same, for whoever passes on the tokens
/// of others, as the back end of an application does, would be shut out by the rubbish of one of them. Nobody guesses
/// a signature, and to look at one costs about what a refusal does.
fn charge(gate: &Gate, edge: &Edge, notes: &Notes, status: u16) -> Result<(), TooMany> {
    let (Some(door), Some(knocker)) = (gate.door, notes.knocker()) else { return Ok(()) };
    let refused = matches!(status, 400 | 401 | 403 | 404);
    let counts = match door {
        Door::Authorize | Door::Logout => true,
        // An ask is noted as what counts, whatever comes of it: the same for accounts that there are and those there are not.
        Door::SignIn | Door::Passkey | Door::Mail => notes.is_failed(),
        Door::Token => (notes.is_failed() || refused) && !notes.is_proved(),
        Door::Bearer => refused,
        Door::Setup => notes.is_failed() || refused,
    };
    // The time now: a body may have taken its time, and what others were counted meanwhile stays.
    let now = edge.clock.now();
    match notes.leave() {
        Some(leave) => leave.end(counts),
        None if counts && matches!(door, Door::Bearer | Door::Passkey) => {
            return edge.limits.take(door, &knocker, now);
        }
        // Refused before it could try anything, by where it came from or what it brought.
        None if counts && refused => edge.limits.charge(door, &knocker, now),
        None => {}
    }
    Ok(())
}

fn trouble_answer(edge: &Edge, request: &HttpRequest, trouble: Trouble, family: Family) -> HttpResponse {
    let frame = edge.frame(request, None);
    let mut answer = trouble.answer(family, frame, edge.notes(request).request_id());
    if matches!(trouble, Trouble::TooSlow | Trouble::TooLarge) {
        // The rest of the body is not read, so the connection cannot serve another request.
        answer.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    }
    answer
}
