//! Lists the languages: every file of `locales/` is one, named after its tag. `src/views/text.rs` includes the list.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDER: &str = "locales";
/// The language that the others fall back to stands first.
const FIRST: &str = "en";

#[expect(clippy::disallowed_methods, reason = "cargo names the folder in the environment alone")]
fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;
    fs::write(out.join("languages.rs"), list(&tags(Path::new(FOLDER))?))
}

fn tags(folder: &Path) -> io::Result<Vec<String>> {
    let mut tags = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_language = path.extension().is_some_and(|extension| extension == "ftl");
        if let Some(tag) = path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_language) {
            tags.push(tag.to_owned());
        }
    }
    tags.sort_by_key(|tag| (tag != FIRST, tag.clone()));
    Ok(tags)
}

/// The tags, and the messages in the same order.
fn list(tags: &[String]) -> String {
    let quoted: Vec<String> = tags.iter().map(|tag| format!("{tag:?}")).collect();
    let file = |tag: &String| {
        let path = format!("/{FOLDER}/{tag}.ftl");
        format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))")
    };
    let messages: Vec<String> = tags.iter().map(file).collect();
    let count = tags.len();
    format!(
        "const TAGS: [&str; {count}] = [{}];\nconst MESSAGES: [&str; {count}] = [{}];\n",
        quoted.join(", "),
        messages.join(", ")
    )
}
