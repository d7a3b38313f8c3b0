//! The logo of a client, drawn anew from what was fetched where the client registered it (D30).

use super::ids::LogoId;

/// Largest image that is fetched, in bytes.
pub const LARGEST: usize = 128 * 1024;

/// An image as stored, and served from our own origin: a PNG of our own drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Another one for each image that was ever fetched, so that browsers may keep what they have for ever.
    pub id: LogoId,
    /// The PNG.
    pub bytes: Vec<u8>,
}
