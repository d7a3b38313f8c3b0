//! Serves the static files. A file's name changes with its content, so the answer never goes stale (RFC 8246).

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;

use crate::views::assets::Asset;

/// `GET /assets/{name}`: open to all, without cookies. Unknown names are 404.
pub async fn get(name: Path<String>) -> HttpResponse {
    answer(&name)
}

fn answer(name: &str) -> HttpResponse {
    let Some(asset) = Asset::find(name) else {
        return HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish();
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.media_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(asset.bytes)
}
