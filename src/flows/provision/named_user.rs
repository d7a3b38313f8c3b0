//! The account that an operator names: by its address or its id.

use crate::model::email::Email;
use crate::model::failure::Failure;
use crate::model::ids::UserId;
use crate::model::status::Status;
use crate::model::user::User;
use crate::storage::TenantTx;
use crate::storage::records::users;

/// The tenant's account with this e-mail address or id; a deleted one is none.
///
/// # Errors
/// The database fails.
pub fn named_user(tx: &mut TenantTx<'_>, name: &str) -> Result<Option<User>, Failure> {
    let found = match (name.parse::<UserId>(), name.parse::<Email>()) {
        (Ok(id), _) => users::find(tx, id)?,
        (Err(_), Ok(email)) => users::find_by_email(tx, email.canonical())?,
        (Err(_), Err(_)) => None,
    };
    Ok(found.filter(|user| !matches!(user.status, Status::Deleted { .. })))
}
