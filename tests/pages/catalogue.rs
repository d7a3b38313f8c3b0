//! The words: each message that is asked for exists in every language, and none is left over.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use symbolon::views::text::{Catalogue, Locale};

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read_all(folder: &str, extension: &str) -> String {
    let read = |path: PathBuf| fs::read_to_string(path).expect("a text file");
    files(&root().join(folder), extension).into_iter().map(read).collect()
}

/// The message ids that stand in a language's files.
fn written(locale: Locale) -> BTreeSet<String> {
    read_all(&format!("locales/{}", locale.as_str()), "ftl")
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned()))
        .collect()
}

/// Every quoted word of the templates and the views that could be a message id.
fn quoted() -> BTreeSet<String> {
    let sources =
        [read_all("templates", "html"), read_all("templates", "txt"), read_all("src/views", "rs")].concat();
    sources.split('"').map(str::to_owned).collect()
}

/// The ids that are surely asked for: the first argument of `say`, `say_with`, `count`, `get` and `with`.
fn asked() -> BTreeSet<String> {
    let templates = [read_all("templates", "html"), read_all("templates", "txt")].concat();
    let parts = templates.split("say(\"").skip(1).chain(templates.split("say_with(\"").skip(1));
    parts.filter_map(|part| part.split_once('"').map(|(id, _)| id.to_owned())).collect()
}

#[test]
fn every_language_has_the_same_messages() {
    let english = written(Locale::En);
    assert!(english.len() > 50, "the files were not found");
    for locale in Locale::ALL {
        let own = written(locale);
        let missing: Vec<_> = english.symmetric_difference(&own).collect();
        assert!(missing.is_empty(), "{} differs from English in {missing:?}", locale.as_str());
    }
}

#[test]
fn no_message_is_missing_and_none_is_left_over() {
    let catalogue = Catalogue::embedded().expect("the messages");
    for locale in Locale::ALL {
        for id in asked() {
            assert!(catalogue.has(locale, &id), "{} lacks {id}", locale.as_str());
        }
    }
    let quoted = quoted();
    let unused: Vec<_> = written(Locale::En).into_iter().filter(|id| !quoted.contains(id)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn no_page_shows_a_message_id_in_place_of_words() {
    let ids = written(Locale::En);
    for page in super::gallery::every_page() {
        for id in ids.iter().filter(|id| id.contains('-')) {
            let shown = page.html.contains(&format!(">{id}<")) || page.html.contains(&format!("> {id}<"));
            assert!(!shown, "{}: {id}", page.name);
        }
    }
}
