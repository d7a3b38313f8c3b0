//! The pages on which people look after their own account.

pub mod applications;
pub mod data;
pub mod email;
pub mod factors;
pub mod frame;
pub mod history;
pub mod organisations;
pub mod password;
pub mod profile;
pub mod recovery_codes;
pub mod sessions;
pub mod start;
pub mod tokens;
pub mod totp;

pub use applications::ApplicationsPage;
pub use data::{AccountDeletedPage, DataPage};
pub use email::{EmailConfirmPage, EmailPage};
pub use factors::FactorsPage;
pub use frame::{AccountFrame, Section};
pub use history::HistoryPage;
pub use organisations::OrganisationsPage;
pub use password::OwnPasswordPage;
pub use profile::ProfilePage;
pub use recovery_codes::RecoveryCodesPage;
pub use sessions::SessionsPage;
pub use start::AccountStartPage;
pub use tokens::{TokenMadePage, TokenNewPage, TokensPage};
pub use totp::{TotpPage, TotpRemovePage};
