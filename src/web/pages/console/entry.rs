//! Who comes to a page of the console, and with which right: an owner or an admin of the tenant, read from the database at each
//! request and judged as at the API (P100, R39, D32).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::flows::access::{self, Authorized, Credential, InBrowser, Refused, Right};
use crate::flows::account::SignedIn;
use crate::model::failure::Failure;
use crate::model::role::Permission;
use crate::model::session::SessionRef;
use crate::protocol::params::Params;
use crate::storage::{Directory, TenantTx};
use crate::views::Frame;
use crate::views::console::{ConsoleFrame, ConsoleSection, ConsoleStartPage};
use crate::views::error::ErrorKind;
use crate::views::link::LocalPath;
use crate::web::pages::account::entry::{Visited, prove_first, visited_from};
use crate::web::pages::visitor::{Detour, Visitor};
use crate::web::trouble::Trouble;

/// What the console is for: whoever may do no more than look has the API for it.
const ADMINISTERS: Permission = Permission::ManagePeople;

/// What a page did, or why it did not.
pub(super) type Done<T> = Result<Result<T, Refused>, Detour>;

/// Somebody at a page of the console, signed in; what they may do is asked for each thing that they do.
pub(super) struct Console {
    visited: Visited,
    credential: Credential,
}

/// The account that the request is about. Whoever is not signed in is sent to do so.
pub(super) async fn entered(visitor: &Visitor, params: &Params) -> Result<Console, Detour> {
    let visited = visited_from(visitor, params, ConsoleStartPage::PATH).await?;
    let account = SessionRef { tenant_id: visited.who.scope().id(), sid: visited.who.session().id };
    let (cookie_hash, user) = (visitor.browser.hash().to_owned(), visited.who.user().id);
    let credential = Credential::Browser(Box::new(InBrowser { cookie_hash, account, user }));
    Ok(Console { visited, credential })
}

impl Console {
    /// The frames of a page of this part.
    pub(super) fn frames(&self, visitor: &Visitor, here: ConsoleSection) -> (Frame, ConsoleFrame) {
        let console = ConsoleFrame {
            person: self.visited.person(),
            account: self.visited.named.map(|sid| sid.to_string()),
            here,
            csrf: visitor.hidden(None).csrf,
        };
        (visitor.frame_of(Some(self.visited.who.scope()), None), console)
    }

    /// A page of the console, for this account.
    pub(super) fn to(&self, path: &'static str) -> LocalPath {
        self.visited.to(path)
    }

    /// Who it is.
    pub(super) const fn who(&self) -> &SignedIn {
        &self.visited.who
    }

    /// Reads with the right `R`; `then` is where a proof that is asked for first leads back to.
    pub(super) async fn read<R: Right, T: Send + 'static>(
        &self,
        visitor: &Visitor,
        then: &LocalPath,
        work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>) -> Result<Result<T, Refused>, Failure>
        + Send
        + 'static,
    ) -> Done<T> {
        let (call, credential) = (visitor.call.clone(), self.credential.clone());
        let read = move |directory: &mut Directory<'_>| {
            access::look(directory, &call, &credential, |tx, right| administering(tx, right, work))
        };
        match visitor.sound(visitor.edge.database.read_directory(read).await)? {
            Ok(value) => Ok(Ok(value)),
            Err(refused) => {
                let (call, credential) = (visitor.call.clone(), self.credential.clone());
                let (rules, operation) = (visitor.edge.sign_in.records.clone(), operation(visitor));
                let why = refused.clone();
                let record = move |directory: &mut Directory<'_>| {
                    let denial = (&credential, operation.as_str());
                    if is_denial(&why) {
                        access::note(directory, &call, &rules, denial, &why)
                    } else {
                        Ok(())
                    }
                };
                visitor.sound(visitor.edge.database.write_directory(record).await)?;
                self.settled(visitor, then, refused).await.map(Err)
            }
        }
    }

    /// Reads and writes with the right `R`, in one transaction with its record.
    pub(super) async fn change<R: Right, T: Send + 'static>(
        &self,
        visitor: &Visitor,
        then: &LocalPath,
        work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>) -> Result<Result<T, Refused>, Failure>
        + Send
        + 'static,
    ) -> Done<T> {
        let (call, credential) = (visitor.call.clone(), self.credential.clone());
        let (rules, operation) = (visitor.edge.sign_in.records.clone(), operation(visitor));
        let (who, cookie) = (self.visited.who.session().id, visitor.browser.hash().to_owned());
        let write = move |directory: &mut Directory<'_>| {
            // Before the session, as everywhere.
            SignedIn::hold_tenants(directory)?;
            if let Ok(live) = SignedIn::of_browser(directory, &call, &cookie, Some(who))? {
                live.touch(directory, &call)?;
            }
            let done =
                access::act(directory, &call, &credential, |tx, right| administering(tx, right, work))?;
            if let Err(refused) = &done
                && is_denial(refused)
            {
                access::note(directory, &call, &rules, (&credential, &operation), refused)?;
            }
            Ok(done)
        };
        match visitor.sound(visitor.edge.database.write_directory(write).await)? {
            Ok(value) => Ok(Ok(value)),
            Err(refused) => self.settled(visitor, then, refused).await.map(Err),
        }
    }

    /// What is left of a refusal for the page to say; the rest has an answer of its own.
    async fn settled(
        &self,
        visitor: &Visitor,
        then: &LocalPath,
        refused: Refused,
    ) -> Result<Refused, Detour> {
        match refused {
            Refused::InvalidToken => Err(visitor.to(&LocalPath::page(ConsoleStartPage::PATH)).into()),
            Refused::StepUp(lacks) => {
                Err(prove_first(visitor, &self.visited, (then.clone(), lacks.acr)).await?)
            }
            Refused::LacksScope(_)
            | Refused::NotAPerson
            | Refused::LacksPermission
            | Refused::PersonalToken
            | Refused::Policy => Err(forbidden(visitor).into()),
            Refused::NotFound(_) => Err(visitor.detour(Trouble::NotFound)),
            Refused::MediaType => Err(visitor.detour(Trouble::WrongEncoding)),
            Refused::Above
            | Refused::OwnAccount
            | Refused::LastOwner
            | Refused::Conflict(_)
            | Refused::Changed
            | Refused::Invalid(_) => Ok(refused),
        }
    }
}

/// Goes on for those whom the console is for.
fn administering<R, T>(
    tx: &mut TenantTx<'_>,
    right: &Authorized<R>,
    work: impl FnOnce(&mut TenantTx<'_>, &Authorized<R>) -> Result<Result<T, Refused>, Failure>,
) -> Result<Result<T, Refused>, Failure> {
    if right.may(ADMINISTERS) { work(tx, right) } else { Ok(Err(Refused::LacksPermission)) }
}

/// Whether somebody asked for what is not theirs. That a factor is to be proved again, or a session has just ended, is the
/// way of every day.
const fn is_denial(refused: &Refused) -> bool {
    !matches!(refused, Refused::StepUp(_) | Refused::InvalidToken)
}

/// Which operation it is, in words of the URL map: nothing that was sent.
fn operation(visitor: &Visitor) -> String {
    let pattern = visitor.request.match_pattern().unwrap_or_default();
    format!("{} {pattern}", visitor.request.method())
}

fn forbidden(visitor: &Visitor) -> HttpResponse {
    visitor.error(
        StatusCode::FORBIDDEN,
        ErrorKind::Forbidden,
        ("access_denied", "Your roles, or the sign-in policy of your organisation, do not allow this."),
    )
}
