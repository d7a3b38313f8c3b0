//! Passkeys: an authenticator that forges, against the ceremonies and against the server.

mod ceremonies;
