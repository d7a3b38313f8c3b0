//! A tenant's rules for signing in, judged in this one place for every door. What cannot be judged is a failure, never a
//! pass (docs/architecture.md, invariant 2).

mod change;
mod evaluate;
mod explain;
mod judge;
mod simulate;

pub use change::{Asked, Current, Explained, Wanted, explain_to, read, set, try_draft};
pub use evaluate::{Device, Door, Facts, Membership, Rule, Verdict, begins, evaluate};
pub use explain::{Ground, ground};
pub use judge::{Proved, judge, may_ask_second, roles_of};
pub use simulate::{Affected, PERIOD, Simulation, simulate};
