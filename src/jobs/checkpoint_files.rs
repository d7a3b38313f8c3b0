//! Checkpoints in a folder outside of the database: one file each, written once (D22).

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::model::failure::Failure;
use crate::model::ids::Slug;

/// Digits of the number in a file's name: names sort as the chain does.
const DIGITS: usize = 12;

/// Writes a checkpoint over the tenant's chain up to `seq`. It is there whole or not at all; one that is there already
/// is never written over.
pub(super) fn write(folder: &Path, slug: &Slug, seq: i64, statement: &str) -> Result<(), Failure> {
    let path = folder.join(format!("{slug}-{seq:0DIGITS$}.jws"));
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

/// The files of this tenant's checkpoints, the oldest first.
///
/// # Errors
/// The folder cannot be read.
pub fn checkpoint_files(folder: &Path, slug: &Slug) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| is_of(name, slug)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a file is named like a checkpoint of this tenant. One slug may begin like another.
fn is_of(name: &str, slug: &Slug) -> bool {
    let number = name.strip_prefix(slug.as_str()).and_then(|rest| rest.strip_prefix('-'));
    let number = number.and_then(|rest| rest.strip_suffix(".jws"));
    number.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{checkpoint_files, write};

    #[test]
    fn a_checkpoint_is_written_once_and_found_by_its_own_tenant_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (acme, other) = ("acme".parse().unwrap(), "acme-2".parse().unwrap());
        for (slug, seq, statement) in
            [(&acme, 12, "a"), (&acme, 3, "b"), (&other, 7, "c"), (&acme, 12, "again")]
        {
            write(folder.path(), slug, seq, statement).unwrap();
        }
        let texts = |slug| -> Vec<String> {
            let files = checkpoint_files(folder.path(), slug).unwrap();
            files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
        };
        assert_eq!((texts(&acme), texts(&other)), (vec!["b\n".into(), "a\n".into()], vec!["c\n".into()]));
        assert!(write(&folder.path().join("missing"), &acme, 1, "x").is_err());
    }
}
