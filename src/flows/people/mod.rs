//! The people of a tenant, seen and changed by those who have the right. What changes goes through `flows/provision`.

mod change;
mod factors;
mod list;
mod person;
mod sessions;

pub(super) use change::PLAIN;
pub use change::{change_profile, create, delete, restore, resume, set_roles, suspend, unlock};
pub use factors::of_person as factors_of;
pub use list::{Filter, Page, Standing, get, list};
pub use person::Person;
pub use sessions::{
    OpenSession, end as end_session, end_all_of_person as end_sessions_of, end_but as end_sessions_but,
    end_of_person as end_session_of, end_others as end_other_sessions, end_own as end_own_session,
    of_person as sessions_of, open_of as open_sessions_of, own as own_sessions,
};
