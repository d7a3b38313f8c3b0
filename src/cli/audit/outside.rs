//! The folder of checkpoints as the operator's commands read it: every file that is not hidden counts by what is
//! signed in it, whatever its name, so that nothing in the database decides which are looked at (P137).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::deployment::Deployment;
use crate::cli::outcome::{Stop, warn};
use crate::config::bounded;
use crate::config::fault::in_words;
use crate::flows::audit::{KnownCheckpoint, KnownCheckpoints};
use crate::flows::keys::Keys;
use crate::model::ids::TenantId;

/// The most bytes of a file.
pub(super) const MOST: u64 = 1 << 20;

/// What the folder holds.
#[derive(Default)]
pub(super) struct Outside {
    /// Checkpoints of every tenant.
    known: Vec<KnownCheckpoint>,
    /// What is wrong with the folder, or with the database by it: a line each.
    pub(super) faults: Vec<String>,
}

impl Outside {
    /// Reads the folder, where one is named.
    ///
    /// # Errors
    /// The folder cannot be read, or the database does not answer.
    pub(super) fn read(deployment: &Deployment, keys: &Keys) -> Result<Self, Stop> {
        let Some(folder) = &deployment.config.audit.checkpoint_dir else { return Ok(Self::default()) };
        let (mut statements, mut faults) = (Vec::new(), Vec::new());
        for path in files(folder).map_err(|error| super::cannot("read", folder, &error))? {
            let name = path.display().to_string();
            match bounded::regular(&path, MOST) {
                Ok(bytes) => statements.push((name, String::from_utf8_lossy(&bytes).into_owned())),
                Err(error) => faults.push(format!("UNREADABLE: {name}: {}", in_words(&error))),
            }
        }
        let read = KnownCheckpoints::read(statements, &deployment.call().issuer, keys);
        faults.extend(read.refused.iter().map(|(name, fault)| format!("TAMPERED WITH: {name}: {fault}")));
        // No row of a tenant is ever deleted: one that was removed by a declaration is still there.
        let mut gone: BTreeMap<TenantId, &KnownCheckpoint> =
            read.believed.iter().map(|known| (known.checkpoint.tenant_id, known)).collect();
        for scope in deployment.tenants()? {
            gone.remove(&scope.id());
        }
        faults.extend(gone.iter().map(|(tenant, known)| {
            format!(
                "TAMPERED WITH: {}: the database has no tenant {tenant}, whose events it states",
                known.name
            )
        }));
        Ok(Self { known: read.believed, faults })
    }

    /// What it holds about this tenant's chain.
    pub(super) fn over(&self, tenant: TenantId) -> impl Iterator<Item = KnownCheckpoint> {
        self.known.iter().filter(move |known| known.checkpoint.tenant_id == tenant).cloned()
    }
}

/// The files of the folder, by name. What is no checkpoint for sure is passed over with a warning: a folder in it, and a hidden
/// file, as one is while it is written.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if path.is_dir() || entry.file_name().as_encoded_bytes().starts_with(b".") {
            warn(format_args!("warning: {} is not read: it is hidden, or a folder", path.display()));
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
