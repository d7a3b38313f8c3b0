//! error[E0308]: mismatched types
//! The operator, too, names the tenant whose rows are read.

use symbolon::storage::records::users;
use symbolon::storage::{Database, PlatformScope};

async fn everybody(db: Database) {
    let _ = db.read_platform(&PlatformScope::operator(), |tx| users::all(tx)).await;
}

fn main() {
    let _ = everybody;
}
