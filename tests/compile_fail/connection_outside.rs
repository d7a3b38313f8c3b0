//! error[E0599]: no method named `conn`
//! A transaction does not hand its connection out, so no query can be written beside `records`.

use symbolon::storage::TenantTx;

fn borrow(tx: &mut TenantTx<'_>) {
    tx.conn();
}

fn main() {
    let _ = borrow;
}
