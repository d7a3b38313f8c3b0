//! Invitations: an account is offered to an address, and made when somebody who reads its mailbox accepts (R25, P066). What
//! the account will be is read from the row each time, and whether it may be offered is asked again at every door.

mod accept;
mod accept_guest;
mod batch;
mod invite;
mod inviter;
mod list;
mod look;
mod sign_up;

use std::time::Duration;

pub use accept::{AcceptRefusal, Accepted, Accepting, Doors, First, accept, note_refusal};
pub use accept_guest::{GuestRefusal, accept_as_guest, who_may};
pub use batch::{MOST, Newcomer, RefusedNewcomer, invite_many, judge_many, read};
pub use invite::{NewInvitation, resend, withdraw};
pub use inviter::Inviter;
pub use list::{Filter, Page, get, list};
pub use look::{DeadInvitation, Offer, look};
pub use sign_up::{SIGN_UP_MINUTES, is_open, sign_up};

/// For how many days an invitation stands where nobody says otherwise.
pub const DAYS: u32 = 7;

/// For how many days it may stand.
pub const MOST_DAYS: u32 = 30;

/// Why nothing is sent, sent again, or withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationRefusal {
    /// The tenant has none of this id.
    NotFound,
    /// It offers more than the inviter may give (P101, R39).
    Above,
    /// An account of the tenant has the address.
    AddressTaken,
    /// The tenant has no such group.
    Group,
    /// The tenant's policy lets nobody in who is new.
    Closed,
    /// It was accepted or withdrawn.
    Answered,
    /// The address had as many mails of late as it may (P068).
    MailedEnough,
    /// Another line has the same address.
    Twice,
    /// It is no address.
    Address,
    /// There is no such role.
    Role,
    /// It is no tag of a language.
    Locale,
}

impl InvitationRefusal {
    /// The field that it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Above | Self::Role => "roles",
            Self::Group => "groups",
            Self::Locale => "locale",
            Self::NotFound
            | Self::AddressTaken
            | Self::Closed
            | Self::Answered
            | Self::MailedEnough
            | Self::Twice
            | Self::Address => "email",
        }
    }

    /// What is wrong, in fixed words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotFound => "there is no such invitation",
            Self::Above => "offers more than your own roles allow",
            Self::AddressTaken => "an account has this address already",
            Self::Group => "is no group of the organisation",
            Self::Closed => "the sign-in policy lets nobody in who is new",
            Self::Answered => "the invitation is not open any more",
            Self::MailedEnough => "so many mails went to this address of late that it gets none now",
            Self::Twice => "another line has this address, perhaps in another spelling",
            Self::Address => "must be an e-mail address",
            Self::Role => "must be one of the six roles",
            Self::Locale => "must be a language tag such as `de` or `en-GB`",
        }
    }
}

const DAY: Duration = Duration::from_hours(24);

fn days(count: u32) -> Duration {
    DAY * count
}
