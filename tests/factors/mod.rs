//! The factors beside the password: set up, used, taken away, and everything that must not work.

mod recovery_codes;
mod totp;

use symbolon::flows::Call;
use symbolon::flows::factors::totp::Enrolment;
use symbolon::model::audit::ChainedEvent;
use symbolon::model::failure::Failure;
use symbolon::model::ids::UserId;
use symbolon::model::secret::Secret;
use symbolon::storage::records::audit;
use symbolon::storage::{TenantScope, TenantTx};

use crate::harness::TestServer;

/// Ada of acme, on a server of her own.
struct Ada {
    server: TestServer,
    scope: TenantScope,
    id: UserId,
}

impl Ada {
    async fn new() -> Self {
        let server = TestServer::with().unlimited().start().await;
        let acme = server.organisation("acme", &[]).await;
        let (id, scope) = (acme.person("ada@acme.example", &[]).await, acme.scope.clone());
        Self { server, scope, id }
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

    /// A fresh secret that waits for its first code.
    async fn begun(&self) -> Enrolment {
        let (sealer, id) = (self.server.edge.tokens.sealer.clone(), self.id);
        self.within(move |tx, call| symbolon::flows::factors::totp::begin(tx, call, &sealer, id, "Acme"))
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
