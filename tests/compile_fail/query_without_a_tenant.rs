//! error[E0308]: mismatched types
//! A tenant's rows are read through a transaction of that tenant; a look-up that has not found one cannot be used.

use symbolon::model::ids::UserId;
use symbolon::storage::Database;
use symbolon::storage::records::users;

async fn anyone(db: Database, id: UserId) {
    let _ = db.read_directory(move |directory| users::find(directory, id)).await;
}

fn main() {
    let _ = anyone;
}
