//! error[E0451]: field `_private` of struct `PlatformScope` is private
//! The operator's right has one maker, and the architecture test says who may call it.

use symbolon::storage::PlatformScope;

fn main() {
    let _ = PlatformScope { _private: () };
}
