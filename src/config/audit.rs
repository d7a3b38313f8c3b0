//! `[audit]`: where the record is kept besides the database.

use std::path::PathBuf;

use super::reader::Reader;
use super::registry::{Key, Kind, Section};

/// The keys of this section.
pub const SECTION: Section = Section {
    name: "audit",
    doc: "Every security event is chained in the database. That the end of a chain was not cut off, and that no chain was built anew, only a signed checkpoint shows that was kept elsewhere.",
    keys: &[Key::optional(
        "audit.checkpoint_dir",
        Kind::Path,
        "A folder for signed checkpoints, one file for each tenant and day in which something happened, written once and never changed. Let it be on another machine, or let another machine fetch from it: whoever can change the database must not be able to change these files. `symbolon audit verify` reads every file there and judges it by what is signed in it: keep nothing else in the folder. Every node that runs jobs needs the folder.",
    )],
};

/// See [`SECTION`].
#[derive(Debug, Clone)]
pub struct AuditConfig {
    /// Where checkpoints are written besides the database.
    pub checkpoint_dir: Option<PathBuf>,
}

impl AuditConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self { checkpoint_dir: reader.path("audit.checkpoint_dir") }
    }
}
