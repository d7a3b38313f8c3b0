//! What the tests share: databases of their own, the real server on a free port, browsers and relying parties.

pub(crate) mod authenticator;
pub(crate) mod database;
pub(crate) mod fixed_server;
pub(crate) mod html;
pub(crate) mod jar;
pub(crate) mod limits;
pub(crate) mod mails;
pub(crate) mod oathtool;
pub(crate) mod program;
pub(crate) mod raw;
pub(crate) mod relying_party;
pub(crate) mod rows;
pub(crate) mod seed;
pub(crate) mod server;
pub(crate) mod smtp;
pub(crate) mod sources;
pub(crate) mod statements;
pub(crate) mod tokens;
pub(crate) mod wait;

pub(crate) use server::TestServer;
