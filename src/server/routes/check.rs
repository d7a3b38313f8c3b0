//! What must hold of the URL map before the server starts.

use std::collections::BTreeSet;

use actix_web::http::Method;

use super::Route;
use crate::web::family::Family;
use crate::web::middleware::gate::Guard;

/// Checks the map before anything listens: what does not fit together does not start.
///
/// # Errors
/// Every breach, one a line.
pub fn check(table: &[Route]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut breaches = Vec::new();
    for route in table {
        let mut breach = |what: &str| breaches.push(format!("{}: {what}", route.path));
        let (gate, page) = (&route.gate, route.family() == Family::Page);
        if !seen.insert(route.path) {
            breach("stands twice");
        }
        if gate.methods.is_empty() {
            breach("takes no method");
        }
        let changes = gate.methods.iter().any(|method| !matches!(*method, Method::GET | Method::HEAD));
        match gate.guard {
            Guard::Open if changes => {
                breach("takes a method that changes something, and anybody may come through");
            }
            Guard::Browser | Guard::Relay if !page => breach("is for people, and not a page"),
            Guard::Client | Guard::Bearer if page => breach("is for programs, and a page"),
            Guard::Api if route.family() != Family::Api => breach("is of the API, and stands elsewhere"),
            Guard::Open | Guard::Browser | Guard::Relay | Guard::Client | Guard::Bearer | Guard::Api => {}
        }
        let declared = |method: &Method| route.operations.iter().any(|own| own.method == *method);
        let undeclared = gate.methods.iter().any(|method| *method != Method::HEAD && !declared(method));
        match gate.guard {
            Guard::Api if undeclared => breach("takes a method without a scope and a permission"),
            Guard::Api if gate.cors => breach("is of the API, and open to scripts of other origins"),
            Guard::Open | Guard::Browser | Guard::Relay | Guard::Client | Guard::Bearer
                if !route.operations.is_empty() =>
            {
                breach("asks for rights that its guard does not know");
            }
            Guard::Open | Guard::Browser | Guard::Relay | Guard::Client | Guard::Bearer | Guard::Api => {}
        }
        if gate.guard != Guard::Client && !route.services.is_empty() {
            breach("does something for a client, and lets others through");
        }
        if gate.cors && !route.services.is_empty() {
            breach("is of the API, and open to scripts of other origins");
        }
        if gate.cors && page {
            breach("is a page, and open to scripts of other origins");
        }
        if gate.guard != Guard::Open && gate.door.is_some() == route.unlimited.is_some() {
            breach("has neither a limit nor a reason to have none, or both");
        }
    }
    if breaches.is_empty() { Ok(()) } else { Err(breaches.join("\n")) }
}
