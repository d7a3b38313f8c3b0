//! The words: each message that is asked for exists in every language, and none is left over.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use symbolon::protocol::locales::canonical;
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

/// The message ids that stand in a language's file.
fn written(locale: Locale) -> BTreeSet<String> {
    let file = root().join("locales").join(locale.as_str()).with_extension("ftl");
    fs::read_to_string(file)
        .expect("a text file")
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

/// A language is added by one file: what is in the folder is offered, and no source knows of any language but English.
#[test]
fn every_file_is_a_language_and_nothing_else_names_one() {
    let tag = |path: PathBuf| path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
    let in_folder: BTreeSet<String> = files(&root().join("locales"), "ftl").into_iter().map(tag).collect();
    let offered: BTreeSet<String> = Locale::all().map(|locale| locale.as_str().to_owned()).collect();
    assert_eq!(offered, in_folder);
    let catalogue = Catalogue::embedded().expect("the messages");
    let mut sources = [read_all("templates", "html"), read_all("templates", "txt")].concat();
    for file in files(&root().join("src"), "rs") {
        let text = fs::read_to_string(file).expect("a text file");
        sources += text.split("#[cfg(test)]").next().expect("a part");
    }
    for locale in Locale::all() {
        let tag = locale.as_str();
        assert_eq!(canonical(tag).as_deref(), Some(tag), "the name of the file is the tag");
        assert!(catalogue.has(locale, "language-name"), "{tag}");
        let (_, own_name) = catalogue.text(locale).languages().find(|(it, _)| *it == locale).expect("listed");
        if locale != Locale::ENGLISH {
            for word in [format!("\"{tag}\""), own_name] {
                assert!(!sources.contains(&word), "a source names {word}");
            }
        }
    }
}

#[test]
fn every_language_has_the_same_messages() {
    let english = written(Locale::ENGLISH);
    assert!(english.len() > 50, "the files were not found");
    for locale in Locale::all() {
        let own = written(locale);
        let missing: Vec<_> = english.symmetric_difference(&own).collect();
        assert!(missing.is_empty(), "{} differs from English in {missing:?}", locale.as_str());
    }
}

#[test]
fn no_message_is_missing_and_none_is_left_over() {
    let catalogue = Catalogue::embedded().expect("the messages");
    for locale in Locale::all() {
        for id in asked() {
            assert!(catalogue.has(locale, &id), "{} lacks {id}", locale.as_str());
        }
    }
    let quoted = quoted();
    let unused: Vec<_> = written(Locale::ENGLISH).into_iter().filter(|id| !quoted.contains(id)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn no_page_shows_a_message_id_in_place_of_words() {
    let ids = written(Locale::ENGLISH);
    for page in super::gallery::every_page() {
        for id in ids.iter().filter(|id| id.contains('-')) {
            let shown = page.html.contains(&format!(">{id}<")) || page.html.contains(&format!("> {id}<"));
            assert!(!shown, "{}: {id}", page.name);
        }
    }
}
