//! error[E0277]: `Secret<String>` doesn't implement `std::fmt::Display`
//! A secret has no text form that a message, a log line or a page could hold.

use symbolon::model::secret::Secret;

fn main() {
    let password = Secret::new(String::from("correct horse"));
    let _ = format!("{password}");
}
