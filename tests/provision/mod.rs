//! The declared configuration: reading the file, working out differences, applying them.

mod declaration;
mod declared_clients;
mod sources;
