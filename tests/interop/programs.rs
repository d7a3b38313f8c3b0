//! The foreign programs: where they are, and how they are run.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A language in which a foreign library runs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Language {
    Node,
    Python,
    Go,
    Java,
}

impl Language {
    pub(super) const ALL: [Self; 4] = [Self::Node, Self::Python, Self::Go, Self::Java];

    /// The program that checks a token.
    fn verifier(self) -> Command {
        let folder = folder().join("verify");
        match self {
            Self::Node => with("node", [folder.join("node/verify.mjs")]),
            Self::Python => with(installed("venv/bin/python"), [folder.join("python/verify.py")]),
            Self::Go => Command::new(installed("verify-go")),
            Self::Java => {
                let mut command = Command::new("java");
                command.arg("-cp").arg(installed("java-lib").join("*")).arg(folder.join("java/Verify.java"));
                command
            }
        }
    }

    /// Runs the verifier of this language.
    pub(super) fn verify(self, issuer: &str, token: &str, audience: &str) -> Output {
        let mut command = self.verifier();
        command.args([issuer, token, audience]);
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; see tests/interop/install.sh"))
    }

    /// Runs the relying party of this language with these settings; answers with what it prints.
    pub(super) fn sign_in(self, settings: &Value) -> Value {
        let folder = folder().join("relying_party");
        let mut command = match self {
            Self::Node => with("node", [folder.join("node/relying_party.mjs")]),
            Self::Python => with(installed("venv/bin/python"), [folder.join("python/relying_party.py")]),
            Self::Go | Self::Java => panic!("there is no relying party in {self:?}"),
        };
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child =
            child.unwrap_or_else(|error| panic!("{command:?}: {error}; see tests/interop/install.sh"));
        child.stdin.take().unwrap().write_all(settings.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{self:?} failed: {said}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{self:?}: {error}: {said}"))
    }
}

fn with<const N: usize>(program: impl AsRef<std::ffi::OsStr>, arguments: [PathBuf; N]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop")
}

/// Something that the installing script puts there. Missing is a failure, never a skipped test.
pub(crate) fn installed(name: &str) -> PathBuf {
    let store = folder().join(".installed");
    assert!(store.join("done").exists(), "the foreign libraries are missing: run tests/interop/install.sh");
    store.join(name)
}
