//! A tenant's rules for signing in, judged in this one place for every door. What cannot be judged is a failure, never a
//! pass (docs/architecture.md, invariant 2).

mod evaluate;
mod judge;
mod simulate;

pub use evaluate::{Door, Facts, Rule, Verdict, begins, evaluate};
pub use judge::{Proved, judge, may_ask_second, roles_of};
pub use simulate::{Affected, PERIOD, Simulation, simulate};
