//! Changing what a deployment holds: the declared file, the command line, later SCIM and the API, all through here.

pub mod declaration;
