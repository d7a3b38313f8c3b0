//! Who comes to an account page, and with which right: read from the database each time (P045, P048).

use crate::flows::Call;
use crate::flows::account::{Fresh, NotSignedIn, Reprove, SignedIn, reprove};
use crate::model::failure::Failure;
use crate::model::ids::SessionId;
use crate::protocol::acr::Acr;
use crate::protocol::params::Params;
use crate::storage::Directory;
use crate::views::account::frame::{ACCOUNT, AccountFrame, Section};
use crate::views::console::ConsoleStartPage;
use crate::views::link::LocalPath;
use crate::views::person::Person;
use crate::views::{AccountStartPage, FactorPage, Frame, IdentifierPage};
use crate::web::pages::card;
use crate::web::pages::then::Then;
use crate::web::pages::visitor::{Detour, Visitor, going_on};

/// Somebody at a page of their account.
pub(in crate::web::pages) struct Visited {
    /// Who it is.
    pub(in crate::web::pages) who: SignedIn,
    /// The session that the request named, where it did.
    pub(in crate::web::pages) named: Option<SessionId>,
}

impl Visited {
    /// The frames of a page in this part of the area.
    pub(super) fn frames(&self, visitor: &Visitor, here: Section) -> (Frame, AccountFrame) {
        let account = AccountFrame {
            person: self.person(),
            account: self.named.map(|sid| sid.to_string()),
            here,
            csrf: visitor.hidden(None).csrf,
        };
        // The language that the person chose goes before that of the browser.
        let language = self.who.user().profile.locale.as_deref();
        (visitor.frame_of(Some(self.who.scope()), language), account)
    }

    /// The person, as they see themselves.
    pub(in crate::web::pages) fn person(&self) -> Person {
        card::person_in(self.who.user(), self.who.scope())
    }

    /// A page of the area, for this account.
    pub(in crate::web::pages) fn to(&self, path: &'static str) -> LocalPath {
        match self.named {
            Some(sid) => LocalPath::page(path).with(ACCOUNT, &sid.to_string()),
            None => LocalPath::page(path),
        }
    }
}

/// The account that the request is about. Whoever is not signed in is sent to do so; where several accounts are and none is
/// named, it is asked which.
pub(super) async fn visited(visitor: &Visitor, params: &Params) -> Result<Visited, Detour> {
    visited_from(visitor, params, AccountStartPage::PATH).await
}

/// The same for an area that begins at this path, where it is asked which account is meant.
pub(in crate::web::pages) async fn visited_from(
    visitor: &Visitor,
    params: &Params,
    start: &'static str,
) -> Result<Visited, Detour> {
    let named = match params.get(ACCOUNT).map(str::parse::<SessionId>) {
        None => None,
        Some(Ok(sid)) => Some(sid),
        Some(Err(_)) => return Err(visitor.to(&LocalPath::page(start)).into()),
    };
    let sign_in = || match start {
        ConsoleStartPage::PATH => Then::Console.sign_in(),
        _ => LocalPath::page(IdentifierPage::PATH),
    };
    if !visitor.browser.has_signed_in() {
        return Err(visitor.to(&sign_in()).into());
    }
    let (call, cookie) = (visitor.call.clone(), visitor.browser.hash().to_owned());
    let read = visitor
        .edge
        .database
        .read_directory(move |directory| SignedIn::of_browser(directory, &call, &cookie, named));
    match visitor.sound(read.await)? {
        Ok(who) => {
            visitor.note_user(who.scope().id(), who.user().id);
            Ok(Visited { who, named })
        }
        Err(NotSignedIn::Nobody) if named.is_none() => Err(visitor.to(&sign_in()).into()),
        Err(NotSignedIn::Nobody | NotSignedIn::Several(_)) => Err(visitor.to(&LocalPath::page(start)).into()),
    }
}

/// Makes a change for which it is enough to be signed in: found again in the transaction of the change itself.
pub(super) async fn act<T: Send + 'static>(
    visitor: &Visitor,
    visited: &Visited,
    page: &'static str,
    work: impl FnOnce(&mut Directory<'_>, &Call, &SignedIn) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Detour> {
    let (call, cookie, named) = (visitor.call.clone(), visitor.browser.hash().to_owned(), visited.named);
    let done = visitor
        .edge
        .database
        .write_directory(move |directory| done_by(directory, &call, (&cookie, named), work));
    // Between the two looks the session ended.
    visitor.sound(done.await)?.ok_or_else(|| Detour::from(visitor.to(&visited.to(page))))
}

/// The same for a change that others make too, who hold the tenants for it: they are held before the person, as everywhere.
pub(super) async fn act_among_others<T: Send + 'static>(
    visitor: &Visitor,
    visited: &Visited,
    page: &'static str,
    work: impl FnOnce(&mut Directory<'_>, &Call, &SignedIn) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Detour> {
    let (call, cookie, named) = (visitor.call.clone(), visitor.browser.hash().to_owned(), visited.named);
    let done = visitor.edge.database.write_directory(move |directory| {
        SignedIn::hold_tenants(directory)?;
        done_by(directory, &call, (&cookie, named), work)
    });
    visitor.sound(done.await)?.ok_or_else(|| Detour::from(visitor.to(&visited.to(page))))
}

fn done_by<T>(
    directory: &mut Directory<'_>,
    call: &Call,
    (cookie, named): (&str, Option<SessionId>),
    work: impl FnOnce(&mut Directory<'_>, &Call, &SignedIn) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let Ok(who) = SignedIn::held_of_browser(directory, call, cookie, named)? else { return Ok(None) };
    who.touch(directory, call)?;
    work(directory, call, &who).map(Some)
}

/// Makes a sensitive change, for somebody who proved a factor a moment ago: the right is found in the transaction of the
/// change itself. Everybody else is sent to prove one, and back to the page at this path; then nothing has changed.
pub(super) async fn change<T: Send + 'static>(
    visitor: &Visitor,
    visited: &Visited,
    page: &'static str,
    work: impl FnOnce(&mut Directory<'_>, &Call, &Fresh) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Detour> {
    proved(visitor, visited, page).await?;
    let done = act(visitor, visited, page, move |directory, call, who| match who.fresh(call) {
        Some(fresh) => work(directory, call, &fresh).map(Some),
        None => Ok(None),
    });
    done.await?.ok_or_else(|| Detour::from(visitor.to(&visited.to(page))))
}

/// Lets on whoever proved a factor a moment ago, and sends everybody else to prove one, and back to the page at this path: for
/// pages on which something is typed that would be lost on the way.
pub(super) async fn proved(visitor: &Visitor, visited: &Visited, page: &'static str) -> Result<(), Detour> {
    match visited.who.fresh(&visitor.call) {
        Some(_) => Ok(()),
        None => Err(prove_first(visitor, visited, (visited.to(page), visited.who.reach())).await?),
    }
}

/// On to the proof of a factor, of so much strength where that is asked for, and back to this page of ours.
pub(in crate::web::pages) async fn prove_first(
    visitor: &Visitor,
    visited: &Visited,
    (then, aim): (LocalPath, Option<Acr>),
) -> Result<Detour, Detour> {
    let leave = visitor.may_begin().await?;
    let (call, cookie, who) = (visitor.call.clone(), visitor.browser.hash().to_owned(), visited.who.clone());
    let then = then.as_str().to_owned();
    let wanted = Reprove { then, life: visitor.edge.authorize.interaction, aim };
    let begun = visitor
        .edge
        .database
        .write_directory(move |directory| reprove(directory, &call, (&who, &cookie), wanted))
        .await;
    if let Some(leave) = leave {
        leave.end(begun.is_ok());
    }
    Ok(visitor.to(&going_on(FactorPage::PATH, visitor.sound(begun)?)).into())
}
