//! Logos of clients (D30): served from our own origin, so that nobody
//! elsewhere learns who signs in, and as images only.

use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::assets;
use super::edge::Edge;
use super::family::Family;
use super::trouble::Trouble;
use crate::flows::client_logo;
use crate::model::failure::Failure;
use crate::model::ids::ClientId;
use crate::model::logo::Logo;
use crate::model::time::Timestamp;
use crate::storage::Cached;
use crate::views::link::LocalPath;

/// Logos remembered at most; each is a small PNG.
const CAPACITY: usize = 128;

/// The logos that this node remembers, until the change number moves (D25).
#[derive(Debug)]
pub struct Logos(Cached<ClientId, Option<Logo>>);

impl Default for Logos {
    fn default() -> Self {
        Self(Cached::new(CAPACITY))
    }
}

impl Edge {
    /// The logo of an active client, if there is one.
    async fn logo(&self, client: &ClientId, now: Timestamp) -> Result<Arc<Option<Logo>>, Failure> {
        let number = self.changes.number();
        if let Some(logo) = self.logos.0.get(number, client) {
            return Ok(logo);
        }
        let known = self.known.client(&self.database, &self.changes, client, now).await?;
        let Some(known) = known.filter(|known| known.client.metadata.logo_uri.is_some()) else {
            return Ok(Arc::default());
        };
        let wanted = client.clone();
        let read = self
            .database
            .read_directory(move |directory| client_logo::of_client(directory, &known.scope, &wanted))
            .await?;
        let logo = Arc::new(read);
        self.logos.0.put(number, client.clone(), Arc::clone(&logo));
        Ok(logo)
    }

    /// Where the logo of a client is. A page without a logo is better than none: a failure is only logged.
    pub async fn logo_path(&self, client: &ClientId, now: Timestamp) -> Option<LocalPath> {
        match self.logo(client, now).await {
            Ok(logo) => {
                let logo = Option::as_ref(&*logo)?;
                LocalPath::parse(&format!("/assets/logos/{client}/{}", logo.id))
            }
            Err(failure) => {
                tracing::warn!(context = failure.context, "the logo of a client cannot be read");
                None
            }
        }
    }
}

/// `GET /assets/logos/{client}/{id}`: open to all, without cookies. Another image has another
/// address, so the answer never goes stale (RFC 8246).
pub async fn get(path: Path<(String, String)>, request: HttpRequest, edge: Data<Edge>) -> HttpResponse {
    let notes = edge.notes(&request);
    let refuse =
        |trouble: Trouble| trouble.answer(Family::Asset, edge.frame(&request, None), notes.request_id());
    let (client, id) = path.into_inner();
    let Ok(client) = client.parse::<ClientId>() else { return refuse(Trouble::NotFound) };
    let logo = match edge.logo(&client, notes.now()).await {
        Ok(logo) => logo,
        Err(failure) => return refuse(Trouble::of_failure(&failure, notes.request_id())),
    };
    match &*logo {
        Some(logo) if logo.id.to_string() == id => assets::lasting("image/png").body(logo.bytes.clone()),
        Some(_) | None => refuse(Trouble::NotFound),
    }
}
