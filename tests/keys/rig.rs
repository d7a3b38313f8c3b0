//! A deployment without a server: a database with its platform tenant and keys, a clock, two nodes' memories.

use std::sync::Arc;
use std::time::Duration;

use symbolon::crypto::master_key::MasterKey;
use symbolon::crypto::seal::Sealer;
use symbolon::effects::http::MemoryClient;
use symbolon::effects::{Clock as _, SystemRandom, TestClock};
use symbolon::flows::Call;
use symbolon::flows::keys::{self, FreshKey, KeyRing, Keys, RotationRule};
use symbolon::flows::revocation_feed::RevocationList;
use symbolon::jobs::{JobContext, Schedule};
use symbolon::model::audit::Actor;
use symbolon::model::failure::Failure;
use symbolon::model::issuer::Issuer;
use symbolon::model::signing_key::KeyPurpose;
use symbolon::model::status::Status;
use symbolon::model::tenant::Tenant;
use symbolon::storage::records::{audit, tenants};
use symbolon::storage::tx::PlatformTx;
use symbolon::storage::{Database, DatabaseUrl, PlatformScope};

use crate::harness::database::TestDatabase;

pub(super) const RULE: RotationRule =
    RotationRule { interval: Duration::from_hours(24 * 90), publish_ahead: Duration::from_hours(48) };

/// One node's memory.
pub(super) struct Node {
    pub(super) keys: Arc<KeyRing>,
    pub(super) feed: Arc<RevocationList>,
}

pub(super) struct Rig {
    pub(super) database: Database,
    pub(super) clock: Arc<TestClock>,
    pub(super) master: MasterKey,
    pub(super) issuer: Arc<Issuer>,
    pub(super) home: TestDatabase,
}

impl Rig {
    /// A deployment with its first keys.
    pub(super) async fn new() -> Self {
        let home = TestDatabase::new();
        let rig = Self {
            database: home.open(),
            clock: Arc::new(TestClock::default()),
            master: MasterKey::generate(&SystemRandom),
            issuer: Arc::new("https://id.example.com".parse().unwrap()),
            home,
        };
        rig.add_tenant("platform").await;
        let call = rig.call();
        let missing = rig.write(|tx| keys::missing(tx)).await.unwrap();
        let fresh = FreshKey::make_all(missing, &rig.sealer(), &call).await.unwrap();
        assert_eq!(fresh.len(), 4);
        assert!(rig.write(move |tx| keys::fill(tx, &call, &Actor::Operator, fresh)).await.unwrap());
        rig
    }

    pub(super) async fn add_tenant(&self, slug: &str) {
        let call = self.call();
        let tenant = Tenant {
            id: call.id(),
            slug: slug.parse().unwrap(),
            name: slug.to_owned(),
            plan: None,
            region: None,
            accent: None,
            status: Status::Active,
        };
        assert!(self.write(move |tx| tenants::insert(tx, &tenant, call.now)).await.unwrap());
    }

    /// The database as a configuration names it.
    pub(super) fn database_url(&self) -> String {
        match &self.home.url {
            DatabaseUrl::Postgres(url) => url.expose().clone(),
            DatabaseUrl::Sqlite(path) => format!("sqlite:{path}"),
        }
    }

    pub(super) fn sealer(&self) -> Sealer {
        Sealer::new(self.master.clone(), Vec::new())
    }

    pub(super) fn call(&self) -> Call {
        let random: Arc<dyn symbolon::effects::Random> = Arc::new(SystemRandom);
        let now = self.clock.now();
        Call {
            now,
            request_id: random.id(now),
            random,
            address: None,
            user_agent: None,
            system_user: None,
            devices: Vec::new(),
            issuer: Arc::clone(&self.issuer),
        }
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut PlatformTx<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        // Some tests write by the ten thousand, beside others that have the processor.
        let patient = self.database.with_patience(Duration::from_mins(2));
        patient.write_platform(&PlatformScope::operator(), work).await
    }

    /// A node that has just started.
    pub(super) async fn node(&self) -> Node {
        let node = Node { keys: Arc::new(KeyRing::new(self.sealer())), feed: Arc::default() };
        self.poll(&node).await;
        node
    }

    /// What a node does twice a second.
    pub(super) async fn poll(&self, node: &Node) {
        let (keys, feed, now) = (Arc::clone(&node.keys), Arc::clone(&node.feed), self.clock.now());
        self.database
            .read_directory(move |tx| {
                keys.reload(tx, now)?;
                feed.reload(tx, now)
            })
            .await
            .unwrap();
    }

    pub(super) fn keys(&self, node: &Node) -> Arc<Keys> {
        node.keys.current(self.clock.now()).unwrap()
    }

    pub(super) async fn fresh(&self, purpose: KeyPurpose) -> FreshKey {
        FreshKey::make_all(vec![purpose], &self.sealer(), &self.call()).await.unwrap().remove(0)
    }

    pub(super) async fn rotate(&self, purpose: KeyPurpose) -> keys::Rotated {
        let (call, fresh) = (self.call(), self.fresh(purpose).await);
        self.write(move |tx| keys::rotate(tx, &call, &Actor::Operator, fresh)).await.unwrap()
    }

    pub(super) async fn revoke(&self, kid: &str) -> Result<keys::Revoked, keys::RevokeRefusal> {
        let (call, fresh, kid) = (self.call(), self.fresh(KeyPurpose::Tokens).await, kid.to_owned());
        self.write(move |tx| keys::revoke(tx, &call, &Actor::Operator, &kid, fresh)).await.unwrap()
    }

    pub(super) fn schedule(&self, node: &Node) -> Schedule {
        Schedule::new(JobContext {
            database: self.database.clone(),
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
            http: Arc::new(MemoryClient::default()),
            issuer: Arc::clone(&self.issuer),
            keys: Arc::clone(&node.keys),
            rotation: RULE,
            checkpoint_dir: None,
        })
    }

    /// The words of the platform's audit events after the first `skip`, in order.
    pub(super) async fn events(&self, skip: i64) -> Vec<String> {
        let events = self
            .database
            .read_directory(move |directory| {
                let platform = directory.platform()?;
                audit::after(&mut directory.enter(&platform)?, skip, 100)
            })
            .await
            .unwrap();
        events
            .into_iter()
            .map(|event| {
                let body: serde_json::Value = serde_json::from_str(&event.body).unwrap();
                body["kind"].as_str().unwrap().to_owned()
            })
            .collect()
    }
}

/// The names in a key set, in order.
pub(super) fn kids(keys: &Keys) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_str(&keys.document().body).unwrap();
    let listed = document["keys"].as_array().unwrap();
    listed.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}
