//! The pages for people, one file each: each handler reads a form, calls a flow, shows a page.

pub mod account;
pub mod accounts;
pub mod card;
pub mod code;
pub mod consent;
pub mod console;
pub mod enrol;
pub mod factor;
pub mod home;
pub mod invitation;
pub mod links;
pub mod login;
pub mod logout;
pub mod offer;
pub mod passkey;
pub mod password;
pub mod setup;
pub mod signup;
mod then;
pub mod visitor;
