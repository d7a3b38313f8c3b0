//! Serves the static files and the stylesheets of brands. A file's name changes with its content, so the answer never
//! goes stale (RFC 8246).

use actix_web::http::header;
use actix_web::web::Path;
use actix_web::{HttpResponse, HttpResponseBuilder};

use crate::views::assets::Asset;
use crate::views::brand;

/// `GET /assets/{name}`: open to all, without cookies. Unknown names are 404.
pub async fn get(name: Path<String>) -> HttpResponse {
    answer(&name)
}

fn answer(name: &str) -> HttpResponse {
    if let Some(accent) = brand::of_name(name) {
        return lasting("text/css; charset=utf-8").body(brand::stylesheet(accent));
    }
    let Some(asset) = Asset::find(name) else {
        return HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish();
    };
    lasting(asset.media_type).body(asset.bytes)
}

/// An answer for good.
pub(super) fn lasting(media_type: &'static str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    answer
}
