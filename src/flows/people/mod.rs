//! The people of a tenant, seen and changed by those who have the right. What changes goes through `flows/provision`.

mod change;
mod factors;
mod groups;
mod links;
mod list;
mod memberships;
mod person;
mod sessions;
mod tokens;

pub(super) use change::PLAIN;
pub use change::{change_profile, create, delete, restore, resume, set_roles, suspend, unlock};
pub use factors::{FactorName, of_person as factors_of, reset_of_person as reset_factor_of};
pub use groups::{
    GroupPage, GroupPatch, GroupView, NewGroup, add_member as add_to_group, change as change_group,
    create as create_group, get as get_group, list as list_groups, members as members_of_group,
    remove as remove_group, remove_member as remove_from_group,
};
pub use links::mail_link;
pub use list::{Filter, Page, Standing, get, list};
pub use memberships::{
    Membership, MembershipPage, end as end_membership, get as get_membership, list as list_memberships,
};
pub use person::Person;
pub use sessions::{
    OpenSession, end as end_session, end_all_of_person as end_sessions_of, end_but as end_sessions_but,
    end_of_person as end_session_of, end_others as end_other_sessions, end_own as end_own_session,
    of_person as sessions_of, open_of as open_sessions_of, own as own_sessions,
};
pub use tokens::{of_person as tokens_of, revoke_of_person as revoke_token_of};
