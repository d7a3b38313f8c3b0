//! A deployment under test: a database with the platform in it, and files applied to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use symbolon::crypto::password::{PasswordPool, PoolLimits};
use symbolon::effects::random::{Random, SystemRandom};
use symbolon::effects::{Clock, TestClock};
use symbolon::flows::Call;
use symbolon::flows::provision::declaration::DeclarationFaults;
use symbolon::flows::provision::{Applied, DeclaredFile, Planned, apply, export, plan};
use symbolon::model::failure::Failure;
use symbolon::model::ids::Slug;
use symbolon::model::status::Status;
use symbolon::model::tenant::Tenant;
use symbolon::model::time::Timestamp;
use symbolon::storage::records::{audit, change_number, tenants};
use symbolon::storage::{Database, PlatformScope, TenantScope, TenantTx};

use super::sources::{TestSources, examples};
use crate::harness::database::TestDatabase;
use crate::harness::statements;

pub(crate) struct Deployment {
    pub(crate) database: Database,
    pub(crate) sources: TestSources,
    pub(crate) right: PlatformScope,
    pool: PasswordPool,
    now: Timestamp,
    takes: Duration,
    kept: TestDatabase,
}

/// The example's text.
pub(crate) fn acme() -> String {
    std::fs::read_to_string(examples().join("acme.yaml")).unwrap()
}

/// A clock on which this much time passes before each look.
struct Passing {
    clock: TestClock,
    by: Duration,
}

impl Clock for Passing {
    fn now(&self) -> Timestamp {
        self.clock.advance(self.by);
        self.clock.now()
    }
}

/// A clock that notes how many statements its thread had begun at the last look.
struct Noting {
    clock: TestClock,
    begun: AtomicUsize,
}

impl Clock for Noting {
    fn now(&self) -> Timestamp {
        self.begun.store(statements::begun(), Ordering::SeqCst);
        self.clock.now()
    }
}

impl Deployment {
    /// One with the platform only.
    pub(crate) async fn new() -> Self {
        let kept = TestDatabase::new();
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let limits = PoolLimits { parallel: 2, waiting: 50 };
        let deployment = Self {
            database: kept.open(),
            sources: TestSources::for_acme(),
            right: PlatformScope::operator(),
            pool: PasswordPool::new(limits, random),
            now: Timestamp::from_unix(1_800_000_000),
            takes: Duration::ZERO,
            kept,
        };
        let call = deployment.call();
        let platform = Tenant {
            id: call.id(),
            slug: "platform".parse().unwrap(),
            name: "Platform".to_owned(),
            plan: None,
            region: None,
            accent: None,
            status: Status::Active,
        };
        let made = deployment
            .database
            .write_platform(&deployment.right, move |tx| tenants::insert(tx, &platform, call.now))
            .await
            .unwrap();
        assert!(made);
        deployment
    }

    /// One that holds the example.
    pub(crate) async fn with_acme() -> Self {
        let deployment = Self::new().await;
        deployment.apply(&acme()).await;
        deployment
    }

    /// Lets time pass.
    pub(crate) fn later(&mut self, time: Duration) {
        self.now = self.now + time;
    }

    /// From now on, this much time passes between the reading of a file and the writing, and as much while it is written.
    pub(crate) fn take(&mut self, time: Duration) {
        self.takes = time;
    }

    pub(crate) fn call(&self) -> Call {
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        Call {
            now: self.now,
            request_id: random.id(self.now),
            random,
            address: None,
            user_agent: None,
            system_user: None,
            devices: Vec::new(),
            issuer: Arc::new("http://localhost:1".parse().unwrap()),
        }
    }

    fn request<'a>(&'a self, text: &'a str, prune: bool) -> DeclaredFile<'a> {
        DeclaredFile { file: "test.yaml", text, sources: &self.sources, prune }
    }

    pub(crate) async fn try_apply(&self, text: &str, prune: bool) -> Result<Applied, DeclarationFaults> {
        let request = self.request(text, prune);
        let clock: Arc<dyn Clock> = Arc::new(Passing { clock: TestClock::at(self.now), by: self.takes });
        apply(&self.database, &self.right, &self.pool, &clock, (&self.call(), &request)).await.unwrap()
    }

    /// Whether the file went through, as one of several at the same time: it may also be refused, or told to try again.
    pub(crate) async fn attempt(&self, text: &str) -> bool {
        let request = self.request(text, false);
        let clock: Arc<dyn Clock> = Arc::new(TestClock::at(self.now));
        let applied = apply(&self.database, &self.right, &self.pool, &clock, (&self.call(), &request)).await;
        matches!(applied, Ok(Ok(_)))
    }

    /// Applies the file, and says how many statements came after the last look at the clock, up to the commit. Needs
    /// [`statements::watch`].
    pub(crate) async fn statements_after_the_date(&self, text: &str) -> usize {
        let noting = Arc::new(Noting { clock: TestClock::at(self.now), begun: AtomicUsize::new(0) });
        let clock: Arc<dyn Clock> = noting.clone();
        let request = self.request(text, false);
        let applied = apply(&self.database, &self.right, &self.pool, &clock, (&self.call(), &request)).await;
        applied.unwrap().unwrap_or_else(|faults| panic!("{faults}"));
        statements::begun_by_commit(&self.kept) - noting.begun.load(Ordering::SeqCst)
    }

    pub(crate) async fn apply(&self, text: &str) -> Applied {
        self.try_apply(text, false).await.unwrap_or_else(|faults| panic!("{faults}"))
    }

    pub(crate) async fn prune(&self, text: &str) -> Applied {
        self.try_apply(text, true).await.unwrap_or_else(|faults| panic!("{faults}"))
    }

    pub(crate) async fn plan(&self, text: &str) -> Planned {
        let planned = plan(&self.database, &self.right, &self.request(text, false), self.now).await.unwrap();
        planned.unwrap_or_else(|faults| panic!("{faults}"))
    }

    /// The changes that a plan lists, one line each.
    pub(crate) async fn changes(&self, text: &str) -> Vec<String> {
        self.plan(text).await.changes.iter().map(ToString::to_string).collect()
    }

    pub(crate) async fn export(&self) -> String {
        export(&self.database, &self.right, &self.call()).await.unwrap()
    }

    pub(crate) async fn change_number(&self) -> i64 {
        self.database.read_platform(&self.right, |tx| change_number::read(tx)).await.unwrap()
    }

    /// The tenant with this slug, whatever its status.
    pub(crate) async fn tenant(&self, slug: &str) -> TenantScope {
        let slug: Slug = slug.parse().unwrap();
        let found =
            self.database.read_platform(&self.right, move |tx| tx.tenant_by_slug(&slug)).await.unwrap();
        found.expect("the tenant exists")
    }

    /// Reads inside a tenant, whatever its status.
    pub(crate) async fn inside<T: Send + 'static>(
        &self,
        slug: &str,
        work: impl FnOnce(&mut TenantTx<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> T {
        let scope = self.tenant(slug).await;
        let read = self.database.read_platform(&self.right, move |tx| work(&mut tx.enter(&scope)?));
        read.await.unwrap()
    }

    /// Every audit event of a tenant as it is stored, with its personal side.
    pub(crate) async fn events(&self, slug: &str) -> Vec<String> {
        let events = self.inside(slug, |tx| audit::after(tx, 0, 10_000)).await;
        events
            .into_iter()
            .map(|event| {
                let facts = event.personal.map(|personal| personal.facts).unwrap_or_default();
                format!("{} {facts}", event.body)
            })
            .collect()
    }
}
