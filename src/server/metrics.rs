//! `/metrics` on a listener of its own, so that the outside never reaches it (P105).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// How often old samples are folded.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Begins to collect, once for the process.
///
/// # Errors
/// Something else collects already.
pub fn install() -> io::Result<PrometheusHandle> {
    let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &buckets)
        .map_err(io::Error::other)?
        .install_recorder()
        .map_err(io::Error::other)
}

/// Serves what was collected; answers with where it listens.
///
/// # Errors
/// The address is taken or not ours.
pub fn serve(address: SocketAddr, collected: PrometheusHandle) -> io::Result<SocketAddr> {
    let upkeep = collected.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP_EVERY).await;
            upkeep.run_upkeep();
        }
    });
    let server = HttpServer::new(move || {
        let collected = collected.clone();
        App::new().route("/metrics", web::get().to(move || std::future::ready(answer(&collected))))
    })
    .workers(1)
    .disable_signals()
    .bind(address)?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    tokio::spawn(server.run());
    Ok(bound)
}

fn answer(collected: &PrometheusHandle) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(collected.render())
}
