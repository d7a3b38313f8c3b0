//! The endpoints of OAuth 2.0 and OpenID Connect on the real server, on both databases.

mod announced;
mod at_once;
mod bearer;
mod budget;
mod chains;
mod client_keys;
mod clients;
mod closing;
mod code;
mod cut_offs;
mod documents;
mod faults;
mod forged;
mod freshness;
mod hostile;
mod interleaved;
mod machines;
mod matrix;
mod nodes;
mod operator;
mod party;
mod rechecks;
mod records;
mod refresh;
mod revocation;
mod unknown;
