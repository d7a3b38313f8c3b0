//! What the storage layer promises, on both databases.

mod audit;
mod crowd;
mod isolation;
mod migrations;
mod personal;
mod rights;
mod schema;
mod writes;

use std::collections::BTreeSet;
use std::sync::Arc;

use symbolon::effects::random::{Random, SystemRandom};
use symbolon::flows::Call;
use symbolon::model::audit::{Actor, Event, EventKind, EventResult};
use symbolon::model::ids::TenantId;
use symbolon::model::profile::Profile;
use symbolon::model::status::Status;
use symbolon::model::tenant::Tenant;
use symbolon::model::time::Timestamp;
use symbolon::model::user::User;
use symbolon::storage::records::{tenants, users};
use symbolon::storage::{Database, PlatformScope, TenantScope};

pub(crate) fn call() -> Call {
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let now = Timestamp::from_unix(1_800_000_000);
    Call {
        now,
        request_id: random.id(now),
        random,
        address: Some("192.0.2.7".parse().expect("an address")),
        user_agent: None,
        system_user: None,
        devices: Vec::new(),
        issuer: Arc::new("http://localhost:1".parse().expect("an issuer")),
    }
}

pub(crate) async fn tenant(database: &Database, slug: &str) -> TenantScope {
    let call = call();
    let tenant = Tenant {
        id: call.id(),
        slug: slug.parse().expect("a slug"),
        name: slug.to_uppercase(),
        plan: None,
        region: None,
        accent: None,
        status: Status::Active,
    };
    database
        .write_platform(&PlatformScope::operator(), move |tx| {
            assert!(tenants::insert(tx, &tenant, call.now)?);
            Ok(tx.tenant(tenant.id)?.expect("the tenant just made"))
        })
        .await
        .expect("a tenant is made")
}

pub(crate) fn user(tenant_id: TenantId, email: &str) -> User {
    User {
        tenant_id,
        id: call().id(),
        email: email.to_owned(),
        email_canonical: email.to_owned(),
        email_verified: true,
        profile: Profile::default(),
        roles: BTreeSet::new(),
        status: Status::Active,
        created_at: call().now,
        proofs_since: None,
        break_glass: false,
        home_tenant_id: None,
    }
}

pub(crate) fn event() -> Event {
    call().event(EventKind::SignIn, EventResult::Success, Actor::System).with("n", 1)
}

pub(crate) async fn count_users(database: &Database, scope: &TenantScope) -> usize {
    database.read(scope, |tx| Ok(users::all(tx)?.len())).await.expect("users are counted")
}
