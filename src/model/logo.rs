//! The logo of a client, as it was fetched from where the client registered it (D30).

use super::ids::LogoId;

/// Largest logo that is kept, in bytes.
pub const LARGEST: usize = 128 * 1024;

/// An image as stored, and served from our own origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Another one for each image that was ever fetched, so that browsers may keep what they have for ever.
    pub id: LogoId,
    /// What the bytes are.
    pub format: ImageFormat,
    /// The image as it came; at most [`LARGEST`].
    pub bytes: Vec<u8>,
}

/// The formats that are shown. SVG is not among them: it can hold scripts and links. Nor is GIF, which is there to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    WebP,
}

impl ImageFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::WebP];

    /// The media type, in an answer and in the database.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// The format of this media type.
    pub fn parse(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.media_type() == media_type)
    }
}
