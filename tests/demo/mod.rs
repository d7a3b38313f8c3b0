//! The demo: its sample API alone, and the whole of it as a person starts it.

mod api;
mod whole;
