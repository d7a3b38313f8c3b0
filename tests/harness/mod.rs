//! What the tests share: databases of their own, the real server on a free port, browsers and relying parties.

pub(crate) mod database;
