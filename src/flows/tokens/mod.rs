//! Personal access tokens (D34): made by a person who has just proved who they are, shown once, used at our API and exchanged
//! for short access tokens of resource servers, revoked at once (P113 to P116).

mod live;
mod make;
mod offered;
mod revoke;

pub use live::{Live, live, touch};
pub use make::{LONGEST_LIFE, Maker, NewToken, TokenFault, make};
pub use offered::{Offered, offered};
pub use revoke::{list, revoke, revoke_by};
