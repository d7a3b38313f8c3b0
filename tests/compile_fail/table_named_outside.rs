//! error[E0603]: module `schema` is private
//! Tables have names inside `storage` only.

use symbolon::storage::schema::users;

fn main() {}
