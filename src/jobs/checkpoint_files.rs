//! Checkpoints in a folder outside of the database: one file each, written once (D22).

use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::model::failure::Failure;
use crate::model::ids::{Slug, TenantId};

/// Digits of the number in a file's name: names sort as the chain does.
const DIGITS: usize = 12;

/// Writes a checkpoint over the tenant's chain up to `seq`. It is there whole or not at all; one that is there already
/// is never written over. The slug in its name is for people: by the id no two chains ever have one name.
pub(super) fn write(
    folder: &Path,
    slug: &Slug,
    tenant: TenantId,
    seq: i64,
    statement: &str,
) -> Result<(), Failure> {
    let path = folder.join(format!("{slug}-{tenant}-{seq:0DIGITS$}.jws"));
    write_once(folder, &path, statement)
        .map_err(|error| Failure::unavailable("writing an audit checkpoint to its folder").because(error))
}

fn write_once(folder: &Path, path: &Path, statement: &str) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(folder)?;
    writeln!(file, "{statement}")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => std::fs::File::open(folder)?.sync_all(),
        Err(there) if there.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(failed) => Err(failed.error),
    }
}

#[cfg(test)]
mod tests {
    use super::write;

    /// Whoever gives two tenants' slugs to each other keeps no checkpoint of either from being written.
    #[test]
    fn a_checkpoint_is_written_once_and_never_hindered_by_that_of_another_tenant() {
        let folder = tempfile::tempdir().unwrap();
        let slug = "acme".parse().unwrap();
        let ids = [1, 2].map(|n| format!("0191e7a0-0000-7000-8000-00000000000{n}").parse().unwrap());
        for (id, seq, statement) in
            [(ids[0], 12, "a"), (ids[1], 12, "b"), (ids[0], 3, "c"), (ids[0], 12, "again")]
        {
            write(folder.path(), &slug, id, seq, statement).unwrap();
        }
        let mut files: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let texts: Vec<_> = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        assert_eq!(texts, ["c\n", "a\n", "b\n"]);
        assert!(write(&folder.path().join("missing"), &slug, ids[0], 1, "x").is_err());
    }
}
