//! Symbolon: a standalone, multi-tenant `OpenID` Connect identity provider.
//!
//! Each layer may import only those named beside it (`tests/architecture.rs` checks this table):
//!
//! | layer | what | may import |
//! |---|---|---|
//! | `model` | entities and state machines; ids, secret, digest, time | nothing |
//! | `effects` | clock, random, outbound http, mail: trait, real, in-memory | model |
//! | `protocol` | the rules of the specifications, pure | model |
//! | `crypto` | jwt, jwk, password, keyed hash, seal | model, effects |
//! | `storage` | connection, database, scope, schema; `records/` names the tables, `pending.rs` those of events | model |
//! | `flows` | what the product does: functions over a transaction | model, protocol, crypto, effects, storage |
//! | `jobs` | scheduled work, one file per job | flows, storage, effects, views, model |
//! | `views` | typed template contexts | model, protocol |
//! | `verify` | what a downstream service uses; builds alone | model, protocol |
//! | `demo` | the sample relying party and API | verify, config |
//! | `web` | the HTTP edge | flows, views, protocol, model, effects, crypto, storage |
//! | `config` | load, validate, redact | model |
//! | `server` | build, run, the URL map, shutdown | everything |
//! | `cli` | one command per file | everything |
//!
//! Of `crypto` and `storage` the edge names only what checks a secret, verifies a signature or opens a transaction
//! (`EDGE` in `tests/architecture.rs`): rows are reached through flows.

#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod crypto;
#[cfg(feature = "server")]
pub mod demo;
#[cfg(feature = "server")]
pub mod effects;
#[cfg(feature = "server")]
pub mod flows;
#[cfg(feature = "server")]
pub mod jobs;
pub mod model;
pub mod protocol;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod storage;
pub mod verify;
#[cfg(feature = "server")]
pub mod views;
#[cfg(feature = "server")]
pub mod web;
