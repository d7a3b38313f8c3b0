//! error[E0521]: borrowed data escapes outside of closure
//! A transaction ends with its closure; it cannot be kept for later.

use std::sync::Mutex;

use symbolon::storage::{Database, TenantScope, TenantTx};

async fn keep(db: Database, scope: TenantScope) {
    static KEPT: Mutex<Option<&'static mut TenantTx<'static>>> = Mutex::new(None);
    let _ = db
        .write(&scope, |tx| {
            *KEPT.lock().unwrap() = Some(tx);
            Ok(())
        })
        .await;
}

fn main() {
    let _ = keep;
}
