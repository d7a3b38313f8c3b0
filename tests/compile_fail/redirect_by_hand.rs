//! error[E0423]: cannot initialize a tuple struct which contains private fields
//! Only a match against the client's registered URIs makes a place to send the browser.

use symbolon::protocol::redirect_uri::VerifiedRedirect;

fn main() {
    let _ = VerifiedRedirect(String::from("https://evil.example"));
}
