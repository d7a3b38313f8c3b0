//! The JSON API: who may do what, what is told of others, and the document that describes it.

mod callers;
mod document;
mod erased;
mod factors;
mod foreign;
mod fresh;
mod groups;
mod input;
mod invitations;
mod memberships;
mod people;
mod policy;
mod roles;
mod sessions;
mod token_policy;
mod tokens;
mod world;
