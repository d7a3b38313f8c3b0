//! `docs/pictures` shows each page at two widths and in two schemes, and nothing that is no page any more.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::gallery::one_of_each;

/// The width and the height of a PNG (PNG §11.2.1: the header comes first).
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

#[test]
fn every_page_has_its_four_pictures_and_nothing_else_has() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    let mut wanted = BTreeSet::new();
    for page in one_of_each() {
        let page = page.marker.strip_prefix("page-").expect("a marker");
        for width in [390, 1280] {
            wanted.extend(["light", "dark"].map(|scheme| format!("{page}-{width}-{scheme}.png")));
        }
    }
    let files = fs::read_dir(&folder).expect("the pictures").map(|file| file.expect("a file").file_name());
    let files: BTreeSet<String> = files.map(|name| name.into_string().expect("a name")).collect();
    let pictures: BTreeSet<String> = files.into_iter().filter(|name| name != "README.md").collect();
    let without: Vec<_> = wanted.difference(&pictures).collect();
    let left: Vec<_> = pictures.difference(&wanted).collect();
    assert!(
        without.is_empty() && left.is_empty(),
        "run scripts/pictures: missing {without:?}, of no page {left:?}"
    );
    for name in &pictures {
        let png = fs::read(folder.join(name)).expect("a picture");
        let (width, height) = size(&png);
        assert!(name.contains(&format!("-{width}-")) && height >= 600, "{name} is {width} by {height}");
        assert!(png.len() < 200_000, "{name} has {} bytes", png.len());
    }
}
