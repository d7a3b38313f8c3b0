//! `/console/people`: the people of the tenant, searched and leafed through.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;

use super::entry::entered;
use super::person;
use crate::flows::access::ReadPeople;
use crate::flows::people::{self, Filter, Person, Standing};
use crate::model::ids::UserId;
use crate::model::role::Role;
use crate::protocol::params::Params;
use crate::views::console::people::{AccountState, PersonRow};
use crate::views::console::{ConsolePeoplePage, ConsoleSection};
use crate::views::link::LocalPath;
use crate::web::pages::visitor::{Outcome, Visitor, answered};
use crate::web::trouble::Trouble;

/// How many stand on a page.
const ON_A_PAGE: u16 = 50;
/// The parameters of the address.
const SEARCH: &str = "search";
const STATUS: &str = "status";
const ROLE: &str = "role";
const CURSOR: &str = "cursor";
/// The longest text that is looked for: no address is longer.
const LONGEST: usize = 254;

/// What is looked for, as the address says it.
#[derive(Debug, Clone, Default)]
struct Wanted {
    search: String,
    status: Option<AccountState>,
    role: Option<Role>,
    after: Option<UserId>,
}

impl Wanted {
    /// Reads the parameters; an empty one is none.
    fn read(params: &Params) -> Option<Self> {
        let given = |name: &str| params.get(name).filter(|text| !text.is_empty());
        let search = given(SEARCH).unwrap_or_default().trim().to_owned();
        if search.chars().count() > LONGEST || search.chars().any(char::is_control) {
            return None;
        }
        let status = match given(STATUS) {
            None => None,
            Some(word) => Some(AccountState::parse(word)?),
        };
        let role = given(ROLE).map(str::parse).transpose().ok()?;
        let after = given(CURSOR).map(str::parse).transpose().ok()?;
        Some(Self { search, status, role, after })
    }

    /// The address that asks for it.
    fn written(&self, mut path: LocalPath) -> LocalPath {
        if !self.search.is_empty() {
            path = path.with(SEARCH, &self.search);
        }
        if let Some(status) = self.status {
            path = path.with(STATUS, status.as_str());
        }
        if let Some(role) = self.role {
            path = path.with(ROLE, role.as_str());
        }
        match self.after {
            Some(after) => path.with(CURSOR, &after.to_string()),
            None => path,
        }
    }

    fn filter(&self) -> Filter {
        let status = self.status.map(|state| match state {
            AccountState::Active => Standing::Active,
            AccountState::Suspended => Standing::Suspended,
            AccountState::Deleted => Standing::Deleted,
        });
        let begins = (!self.search.is_empty()).then(|| self.search.clone());
        Filter { begins, status, role: self.role, ..Filter::default() }
    }
}

/// `GET /console/people`.
pub async fn get(visitor: Visitor) -> HttpResponse {
    answered(show(&visitor).await)
}

/// `POST /console/people`: what is looked for becomes an address, which can be kept and sent on.
pub async fn post(visitor: Visitor, body: Bytes) -> HttpResponse {
    answered(look_for(&visitor, &body).await)
}

async fn show(visitor: &Visitor) -> Outcome {
    let params = visitor.query()?;
    let console = entered(visitor, &params).await?;
    let wanted = Wanted::read(&params).ok_or_else(|| visitor.detour(Trouble::Malformed))?;
    let (filter, after) = (wanted.filter(), wanted.after);
    let here = wanted.written(console.to(ConsolePeoplePage::PATH));
    let read = console.read::<ReadPeople, _>(visitor, &here, move |tx, right| {
        people::list(tx, right, &filter, (after, ON_A_PAGE))
    });
    let Ok(found) = read.await? else { return Err(visitor.detour(Trouble::Malformed)) };
    let next = found.next.map(|last| {
        Wanted { after: Some(last), ..wanted.clone() }.written(console.to(ConsolePeoplePage::PATH))
    });
    let first = wanted
        .after
        .map(|_| Wanted { after: None, ..wanted.clone() }.written(console.to(ConsolePeoplePage::PATH)));
    let people = found.items.iter().map(|person| row(person, person::link(&console, person.user.id)));
    let (frame, account) = console.frames(visitor, ConsoleSection::People);
    let page = ConsolePeoplePage {
        frame,
        people: people.collect(),
        search: wanted.search,
        status: wanted.status,
        role: wanted.role,
        first,
        next,
        account,
    };
    Ok(visitor.show(StatusCode::OK, &page))
}

async fn look_for(visitor: &Visitor, body: &Bytes) -> Outcome {
    let params = visitor.form(body)?;
    let console = entered(visitor, &params).await?;
    let wanted = Wanted::read(&params).ok_or_else(|| visitor.detour(Trouble::Malformed))?;
    Ok(visitor.to(&wanted.written(console.to(ConsolePeoplePage::PATH))))
}

fn row(person: &Person, link: LocalPath) -> PersonRow {
    PersonRow {
        link,
        name: person.user.profile.display_name(),
        email: person.user.email.clone(),
        roles: person.effective_roles(),
        state: person.user.status.into(),
        guest: person.user.is_guest(),
    }
}
