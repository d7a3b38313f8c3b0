//! What people do with their own account. The right to it is a type: [`SignedIn`] is made by reading the account in the same
//! transaction, [`Fresh`] where a factor was proved a moment ago (P045, P048, P056).

pub mod applications;
pub mod data;
pub mod email;
pub mod history;
pub mod offer;
pub mod organisations;
pub mod passkeys;
pub mod password;
pub mod profile;
mod reprove;
mod rights;
pub mod sessions;

pub use reprove::{Reprove, reprove};
pub use rights::{Fresh, NotSignedIn, SignedIn};
