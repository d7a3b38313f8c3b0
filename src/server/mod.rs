//! Build and run the server.
