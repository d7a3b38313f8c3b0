//! Reads a file that somebody named. What is named by mistake may be a device that never ends.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The file's bytes.
///
/// # Errors
/// It cannot be read, or holds more than `most` bytes.
pub fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let limit = format!("it is larger than {} MiB", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, limit));
    }
    Ok(bytes)
}

/// The same where it has to be a regular file. It is looked at before it is opened: a pipe would keep us waiting for somebody
/// who writes.
///
/// # Errors
/// As for [`bytes`], and [`io::ErrorKind::InvalidInput`] where it is no regular file.
pub fn regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    bytes(path, most)
}

/// As [`bytes`] for a file that has to be UTF-8 text.
///
/// # Errors
/// As for [`bytes`], and [`io::ErrorKind::InvalidData`] where it is no text.
pub fn text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(bytes(path, most)?).map_err(|_| io::ErrorKind::InvalidData.into())
}
