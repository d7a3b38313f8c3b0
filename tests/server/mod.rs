//! The edge of the server, against the real one: headers, limits, bad input, the URL map.

mod boundary;
mod failures;
mod headers;
mod map;
mod outage;
mod smuggling;
