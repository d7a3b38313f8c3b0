//! error[E0451]: field `tenant` of struct `TenantScope` is private
//! Only a database read that found an active tenant makes a scope.

use symbolon::model::tenant::Tenant;
use symbolon::storage::TenantScope;

fn forge(tenant: Tenant) -> TenantScope {
    TenantScope { tenant }
}

fn main() {
    let _ = forge;
}
