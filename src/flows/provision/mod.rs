//! Changing what a deployment holds: the declared file, the command line, later SCIM and the API, all through here.

mod apply;
mod change_group;
mod change_policy;
mod change_user;
mod create_user;
pub mod declaration;
mod declared_state;
mod delete_user;
mod deployment;
pub mod difference;
mod erase_user;
mod export_user;
pub mod import;
mod named_client;
mod named_user;
mod passwords;
mod personal_tables;
mod revoke_sessions;
mod rotate_secret;
pub mod state;
mod suspend_user;
mod unlock_user;
mod yaml;

pub use apply::Made;

pub use change_group::{Places, add_member, put_group, remove_group, remove_member};
pub use change_policy::change_policy;
pub use change_user::{change_profile, set_roles};
pub use create_user::{NewUser, add_user, create_user};
pub use delete_user::{RECOVERY, StaysDeleted, delete_user, delete_user_but_last_owner, restore_user};
pub use deployment::{Applied, DeclaredFile, Planned, apply, export, plan};
pub use erase_user::{LastOwner, erase_user};
pub use export_user::export_user;
pub use named_client::{client_names, named_client};
pub use named_user::named_user;
pub use personal_tables::{Erased, PERSONAL, PersonalTable};
pub use revoke_sessions::revoke_sessions;
pub use rotate_secret::{BadOverlap, NoSecret, Overlap, Rotated, rotate_secret};
pub use suspend_user::{Suspended, resume, suspend};
pub use unlock_user::unlock;
