//! The JSON API: who may do what, what is told of others, and the document that describes it.

mod callers;
mod document;
mod foreign;
mod fresh;
mod input;
mod invitations;
mod people;
mod roles;
mod sessions;
mod tokens;
mod world;
