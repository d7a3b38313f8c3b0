//! The static files: compiled in, named by their content, so that browsers may keep them for ever.

/// One static file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    stem: &'static str,
    extension: &'static str,
    digest: u64,
    /// The `Content-Type` it is served with.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
}

/// The one stylesheet.
pub const STYLESHEET: Asset =
    Asset::new("style", "css", "text/css; charset=utf-8", include_bytes!("../../static/style.css"));

/// The icon in the browser's tab.
pub const ICON: Asset = Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../static/icon.svg"));

/// Sends a form-post page on by itself.
pub const FORM_POST_SCRIPT: Asset = Asset::new(
    "form-post",
    "js",
    "text/javascript; charset=utf-8",
    include_bytes!("../../static/form-post.js"),
);

/// Asks a browser for passkeys, where a page offers them.
pub const PASSKEY_SCRIPT: Asset =
    Asset::new("passkey", "js", "text/javascript; charset=utf-8", include_bytes!("../../static/passkey.js"));

/// Every static file.
pub const ALL: [Asset; 4] = [STYLESHEET, ICON, FORM_POST_SCRIPT, PASSKEY_SCRIPT];

impl Asset {
    const fn new(
        stem: &'static str,
        extension: &'static str,
        media_type: &'static str,
        bytes: &'static [u8],
    ) -> Self {
        Self { stem, extension, digest: fnv1a(bytes), media_type, bytes }
    }

    /// The file's name; it changes with the content.
    pub fn name(&self) -> String {
        format!("{}.{:016x}.{}", self.stem, self.digest, self.extension)
    }

    /// The path that pages link to.
    pub fn path(&self) -> String {
        format!("/assets/{}", self.name())
    }

    /// The file with this name, which is served for good; any other name does not exist.
    pub fn find(name: &str) -> Option<Self> {
        ALL.into_iter().find(|asset| asset.name() == name)
    }
}

/// FNV-1a, 64 bits. It tells one build's file from another's and guards nothing.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        // A widening cast; `From` is not const.
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        rest = tail;
    }
    hash
}
