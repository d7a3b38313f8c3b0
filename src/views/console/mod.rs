//! The pages on which owners and admins administer their tenant.

pub mod frame;
pub mod invitations;
pub mod people;
pub mod person;
pub mod policy;
pub mod start;

pub use frame::{ConsoleFrame, ConsoleSection};
pub use invitations::ConsoleInvitationsPage;
pub use people::ConsolePeoplePage;
pub use person::ConsolePersonPage;
pub use policy::ConsolePolicyPage;
pub use start::ConsoleStartPage;
