//! The sample relying party and API that `symbolon demo` starts: small, whole, and written as a customer would.

pub mod api;
pub mod relying_party;

use std::io;
use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};

/// One of the two, answering.
pub struct Sample(ServerHandle);

impl Sample {
    /// Answers on this socket, from one thread.
    ///
    /// # Errors
    /// The socket cannot be used.
    pub fn start(
        listener: TcpListener,
        routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> io::Result<Self> {
        let server = HttpServer::new(move || App::new().configure(routes.clone()))
            .workers(1)
            .shutdown_timeout(1)
            .disable_signals()
            .listen(listener)?
            .run();
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self(handle))
    }

    /// Stops when what runs is answered.
    pub async fn stop(self) {
        self.0.stop(true).await;
    }
}
