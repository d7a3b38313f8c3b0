//! `/healthz` and `/readyz`: whether the process lives, and whether it should get requests (D38).

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::edge::Edge;

/// `GET /healthz`: the process answers. It says nothing of the database, so that an outage there restarts nothing.
pub async fn healthz() -> HttpResponse {
    plain(true, "alive")
}

/// `GET /readyz`: this node takes requests: it is not stopping, and it could read the change number lately (D25).
pub async fn readyz(edge: Data<Edge>) -> HttpResponse {
    if !edge.readiness.is_open() {
        return plain(false, "stopping");
    }
    if edge.is_fresh() { plain(true, "ready") } else { plain(false, "database") }
}

fn plain(good: bool, word: &'static str) -> HttpResponse {
    let mut builder = if good { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    builder.json(serde_json::json!({"status": word}))
}
