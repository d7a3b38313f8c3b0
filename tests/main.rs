//! Every integration test, in one binary: the list of its modules.
//!
//! The modules are `cfg(test)` so that the lints for tests hold in their helpers too.

#![expect(clippy::string_slice, reason = "a test may panic; it slices texts that it knows")]

#[cfg(test)]
mod account;
#[cfg(test)]
mod api;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod authorize;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod citations;
#[cfg(test)]
mod compile_fail;
#[cfg(test)]
mod config;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod console;
#[cfg(test)]
mod crypto;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod effects;
#[cfg(test)]
mod factors;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod interop;
#[cfg(test)]
mod invitations;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod links;
#[cfg(test)]
mod login;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod process;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod provision;
#[cfg(test)]
mod security;
#[cfg(test)]
mod server;
#[cfg(test)]
mod spec_coverage;
#[cfg(test)]
mod storage;
#[cfg(test)]
mod tenancy;
#[cfg(test)]
mod verdicts;
#[cfg(test)]
mod verify;
#[cfg(test)]
mod webauthn;
