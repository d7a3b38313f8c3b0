//! Sessions: who is signed in in a browser, how an account gets in, and how it ends (D12, P069, P074, P076).

use std::time::Duration;

mod admit;
mod end;
mod live;

pub use admit::{Admitted, CookieChange, admit, merged, move_interactions, rotate};
pub use end::{EndReason, at_hosts, end, end_all_of_user, end_others_of_user, hold_people};
pub use live::{
    LiveAccount, NotLive, Seen, find_live, keep_alive, live_accounts, live_of, policy_for_offline,
    took_along, touch,
};

/// How long a session is remembered after its last use: so long a browser is known to an account.
pub const REMEMBERED: Duration = Duration::from_hours(90 * 24);
