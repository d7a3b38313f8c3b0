//! The rules of the specifications, pure: no clock, no randomness, no database, no HTTP. One rule a file.

pub mod acr;
pub mod api_scope;
pub mod bearer;
pub mod claims;
pub mod claims_request;
pub mod grant_type;
pub mod locales;
pub mod loopback;
pub mod metadata;
pub mod oauth_error;
pub mod opaque;
pub mod params;
pub mod pkce;
pub mod prompt;
#[cfg(feature = "server")]
pub mod raster;
pub mod redirect_uri;
pub mod resource;
pub mod response_mode;
pub mod response_type;
pub mod revocation_feed;
pub mod scope;
pub mod scope_headers;
pub mod token_claims;
