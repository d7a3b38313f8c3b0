//! Build, run, the URL map, shutdown.

pub mod master_key;
