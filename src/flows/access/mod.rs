//! Who may do what at the JSON API and in the console. A right is a type: [`look`] and [`act`] alone make an [`Authorized`], from what it read of the person
//! in the same transaction, and what it is made for sees it only there (docs/architecture.md, "Rights are types too").

mod authorized;
mod credential;
mod note;
mod refusal;
mod right;
mod standing;
mod version;

pub use authorized::{Authorized, act, look};
pub use credential::{Credential, InBrowser};
pub use note::note;
pub use refusal::{Conflict, Fault, Kind, Refused, StepUp};
pub use right::{
    AdmitPeople, ChangePolicy, ChangeRoles, Demand, EndSessions, Invite, MailPeople, MakeToken, ManageGroups,
    ManageInvitations, ManageOwnAccount, ManagePeople, ReadGroups, ReadInvitations, ReadOwnAccount,
    ReadPeople, ReadPolicy, RemovePeople, ResetFactors, RevokeTokens, Right, SeeFactors, SeeSessions,
    SeeTokens, UnlockPeople,
};
pub use version::is_version;
