//! The factors beside the password: set up, used, taken away, and everything that must not work.

mod recovery_codes;
mod totp;

use symbolon::flows::Call;
use symbolon::flows::account::{Fresh, SignedIn};
use symbolon::flows::factors::totp::Enrolment;
use symbolon::model::audit::ChainedEvent;
use symbolon::model::failure::Failure;
use symbolon::model::ids::UserId;
use symbolon::model::secret::Secret;
use symbolon::model::session::{Factor, Proof};
use symbolon::protocol::opaque;
use symbolon::storage::records::{audit, sessions};
use symbolon::storage::{Directory, TenantScope, TenantTx};

use crate::harness::TestServer;
use crate::harness::jar::Jar;
use crate::harness::seed::PASSWORD;

/// Ada of acme, signed in on a server of her own.
struct Ada {
    server: TestServer,
    scope: TenantScope,
    id: UserId,
    jar: Jar,
}

impl Ada {
    async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let acme = server.organisation("acme", &[]).await;
        let (id, scope) = (acme.person("ada@acme.example", &[]).await, acme.scope.clone());
        let jar = server.browser();
        let page = jar.open("/login").await;
        let page = jar.submit(&page, &[("username", "ada@acme.example"), ("organisation", "acme")]).await;
        let home = jar.submit(&page, &[("password", PASSWORD)]).await;
        assert_eq!(home.marker().as_deref(), Some("page-home"), "{home:?}");
        Self { server, scope, id, jar }
    }

    /// Does this in a transaction of acme.
    async fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut TenantTx<'_>, &Call) -> Result<T, Failure> + Send + 'static,
    ) -> T {
        let call = self.server.operator();
        let done = self.server.database().write(&self.scope, move |tx| work(tx, &call)).await;
        done.unwrap_or_else(|failure| panic!("{failure:?}"))
    }

    /// Does this with the right of somebody who has proved a factor at this moment.
    async fn fresh<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Directory<'_>, &Call, &Fresh) -> Result<T, Failure> + Send + 'static,
    ) -> T {
        let (call, cookie) = (self.server.operator(), self.jar.cookie("symbolon").expect("a cookie"));
        let cookie = opaque::hash(&cookie);
        let done = self.server.database().write_directory(move |directory| {
            let who = SignedIn::of_browser(directory, &call, &cookie, None)?.expect("she is signed in");
            let proofs = [Factor::Password, Factor::Totp].map(|factor| Proof { factor, at: call.now });
            sessions::prove(&mut directory.enter(who.scope())?, who.session().id, &proofs, call.now)?;
            let who = SignedIn::of_browser(directory, &call, &cookie, None)?.expect("she is signed in");
            work(directory, &call, &who.fresh(&call).expect("she has just proved it"))
        });
        done.await.unwrap_or_else(|failure| panic!("{failure:?}"))
    }

    /// A fresh secret that waits for its first code.
    async fn begun(&self) -> Enrolment {
        let rules = self.server.edge.factor_rules();
        self.fresh(move |directory, call, fresh| {
            symbolon::flows::factors::totp::begin(directory, call, &rules, fresh, "Acme")
        })
        .await
        .expect("a secret")
    }

    async fn events(&self, kind: &str) -> Vec<ChainedEvent> {
        let events = self.within(|tx, _| audit::after(tx, 0, 10_000)).await;
        let word = format!("\"kind\":\"{kind}\"");
        events.into_iter().filter(|event| event.body.contains(&word)).collect()
    }
}

fn secret(text: impl Into<String>) -> Secret<String> {
    Secret::new(text.into())
}
