//! What every form carries besides its fields.

use crate::model::secret::Secret;

/// The hidden fields of a form. Each form posts to the path of its own page.
#[derive(Debug, Clone)]
pub struct Form {
    /// The anti-forgery token, sent as `csrf`.
    pub csrf: Secret<String>,
    /// The request that waits for this person, sent as `interaction`.
    pub interaction: Option<String>,
    /// Which form of it this is, sent as `serial`: no other has the same, and one that is sent again is known by it.
    pub serial: Secret<String>,
}

impl Form {
    /// A form for tests and for the gallery of pages.
    pub fn sample() -> Self {
        Self {
            csrf: Secret::new("sample-csrf-token".to_owned()),
            interaction: Some("01920000-0000-7000-8000-000000000001".to_owned()),
            serial: Secret::new("c2FtcGxlLXNlcmlhbC1uby4".to_owned()),
        }
    }
}
