//! Properties of the rules of the protocols, over generated input.

mod claims_request;
mod opaque;
mod params;
mod pkce;
mod redirect_uri;
mod scope;
