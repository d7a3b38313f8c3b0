//! Runs a server until it is asked to stop: readiness goes first, then new
//! connections, then the running requests (D38).

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::build::Server;

/// Waits for SIGTERM, Ctrl-C or the end of the terminal (SIGHUP) and stops gracefully; a second one stops at once.
/// `unready` is how long the server goes on taking requests while it says already that it is not ready.
///
/// # Errors
/// The server ended by itself.
pub async fn until_stopped(mut server: Server, mut signals: Signals, unready: Duration) -> io::Result<()> {
    tokio::select! {
        ended = server.ended() => return ended,
        () = signals.next() => {}
    }
    // Whoever reads that we stop finds the readiness gone already.
    server.edge.readiness.close();
    tracing::info!("stopping");
    tokio::select! {
        () = tokio::time::sleep(unready) => {}
        () = signals.next() => return { server.stop(false).await; Ok(()) },
    }
    tokio::select! {
        () = server.stop(true) => {}
        () = signals.next() => {}
    }
    tracing::info!("stopped");
    Ok(())
}

/// Binds a listener as a server wants it.
///
/// # Errors
/// The address is taken or not ours.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    // The standard library sets SO_REUSEADDR on Unix, so that a restart need not wait.
    TcpListener::bind(address)
}

/// Lets the system refuse new connections at this listener, while those that are open go on.
pub fn refuse_newcomers(listener: TcpListener) {
    // The standard library shuts down streams only; the call is the same. Where a system does not do it for a listener,
    // newcomers wait until the listener is closed.
    let _refuses = TcpStream::from(OwnedFd::from(listener)).shutdown(Shutdown::Both);
}

/// SIGTERM, SIGHUP and Ctrl-C. Listened to before the server says that it is ready: one that comes in between is not
/// lost, and does not end the process as if nobody listened.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// The system gives no handler.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
