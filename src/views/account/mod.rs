//! The pages on which people look after their own account.

pub mod factors;
pub mod frame;
pub mod recovery_codes;
pub mod start;
pub mod totp;

pub use factors::FactorsPage;
pub use frame::{AccountFrame, Section};
pub use recovery_codes::RecoveryCodesPage;
pub use start::AccountStartPage;
pub use totp::{TotpPage, TotpRemovePage};
