//! The pages on which people ask for what is mailed, and those that the mails lead to.

mod ask;
mod factor;
mod reset;
mod sign_in;

pub use ask::{LinkAskPage, LinkAsked, ResetAskPage};
pub use factor::FactorLinkPage;
pub use reset::{ResetDonePage, ResetPage};
pub use sign_in::LinkPage;
