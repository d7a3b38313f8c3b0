//! What the outside world is to the product: clock, random, outbound HTTP, mail. Each is a trait with a real and a test form.

pub mod clock;
pub mod http;
pub mod mail;
pub mod random;

pub use clock::{Clock, SystemClock, TestClock};
pub use random::{Random, SeededRandom, SystemRandom};
