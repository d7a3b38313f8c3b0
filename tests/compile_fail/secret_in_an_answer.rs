//! error[E0277]: serde::Serialize` is not satisfied
//! A secret cannot be serialised: an answer that shows one once must expose it in so many words.

use symbolon::model::secret::Secret;

fn main() {
    let password = Secret::new(String::from("correct horse"));
    let _ = serde_json::to_string(&password);
}
