//! error[E0308]: mismatched types
//! An id is no scope: whether its tenant exists and is active was not looked up.

use symbolon::model::ids::TenantId;
use symbolon::storage::Database;

async fn shortcut(db: Database, tenant: TenantId) {
    let _ = db.write(&tenant, |_| Ok(())).await;
}

fn main() {
    let _ = shortcut;
}
