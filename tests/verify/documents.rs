//! `docs/verify-tokens.md` shows the very programs that the tests run.

use std::fs;
use std::path::Path;

#[test]
fn the_guide_shows_the_programs_that_are_tested() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(root.join("docs/verify-tokens.md")).unwrap();
    for (language, file) in [
        ("js", "node/verify.mjs"),
        ("python", "python/verify.py"),
        ("go", "go/verify.go"),
        ("java", "java/Verify.java"),
    ] {
        let program = fs::read_to_string(root.join("tests/interop/verify").join(file)).unwrap();
        let shown = format!("```{language}\n{program}```\n");
        assert!(
            guide.contains(&shown),
            "docs/verify-tokens.md does not show tests/interop/verify/{file} as it is"
        );
    }
}
