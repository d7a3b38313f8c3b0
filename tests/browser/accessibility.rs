//! `axe-core` over every page in every state: no violation of WCAG 2.2 A and AA, nor of axe's best practices.

use std::fs;
use std::path::Path;

use symbolon::views::text::Locale;

use super::layout::gallery;
use super::window::{Look, PHONE, Window, with_window};

/// Gives what axe found, as lines; a body for the page, after axe's own source.
const FOUND: &str = r"
    const done = arguments[arguments.length - 1];
    axe.run(document).then(result => done(result.violations.flatMap(violation =>
        violation.nodes.map(node => `${violation.id}: ${violation.help}: ${node.html}`))),
        error => done([`axe failed: ${error}`]));
";

fn axe() -> String {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/axe/node_modules/axe-core/axe.min.js");
    fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; see tests/interop/install.sh", file.display()))
}

async fn violations(window: &Window, axe: &str) -> Vec<String> {
    window.evaluate(axe).await;
    serde_json::from_value(window.evaluate_later(FOUND).await).expect("a list")
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page() {
    let (site, paths) = gallery();
    let axe = axe();
    with_window(PHONE, |window| async move {
        let mut broken = Vec::new();
        for look in [PHONE, Look { width: 1280, dark: true, script: true }] {
            window.look(look).await;
            for path in
                paths.iter().filter(|path| path.starts_with(&format!("/{}/", Locale::ENGLISH.as_str())))
            {
                window.open(&site.address(path)).await;
                let found = violations(&window, &axe).await;
                if !found.is_empty() {
                    broken.push(format!("{path} as {look:?}: {found:#?}"));
                }
            }
        }
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    })
    .await;
}

/// The test above can fail: axe runs under the content security policy of the pages, and finds what is wrong.
#[tokio::test]
async fn axe_finds_a_field_without_a_name() {
    let (site, paths) = gallery();
    let axe = axe();
    let page = paths.first().expect("a page").clone();
    with_window(PHONE, |window| async move {
        window.open(&site.address(&page)).await;
        window.evaluate("document.body.append(document.createElement('input'))").await;
        let found = violations(&window, &axe).await;
        assert!(found.iter().any(|line| line.starts_with("label: ")), "{found:#?}");
    })
    .await;
}
