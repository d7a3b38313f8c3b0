//! A real mail server on a free port of this machine: `aiosmtpd`, which is none of ours, with a certificate for `localhost`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::server::Builder;
use crate::interop::installed;

/// How long a mail may take to come in on a busy machine.
const ARRIVES: Duration = Duration::from_secs(10);

/// What the server wants before it takes a mail.
pub(crate) const LOGIN: [&str; 2] = ["symbolon", "a password of the tests"];

/// A running mail server; killed when it goes out of scope.
pub(crate) struct SmtpServer {
    folder: TempDir,
    child: Child,
    port: u16,
    taken: Receiver<Value>,
    tls: &'static str,
}

impl SmtpServer {
    /// A server with this way of encryption, `starttls`, `tls` or `none`, that gives these answers to the first recipients;
    /// `null` accepts, `"silence"` never answers.
    pub(crate) fn start(tls: &'static str, answers: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        certificate(folder.path());
        let mut settings = json!({"tls": tls, "answers": answers,
            "certificate": folder.path().join("server.pem"), "key": folder.path().join("server.key")});
        if tls == "starttls" {
            settings["login"] = json!(LOGIN);
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/smtp/server.py");
        let mut child = Command::new(installed("venv/bin/python"))
            .arg(script)
            .arg(settings.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python runs");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (send, taken) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let value: Value = serde_json::from_str(&line).expect("JSON");
                if send.send(value).is_err() {
                    break;
                }
            }
        });
        let port = taken.recv_timeout(ARRIVES).expect("the port");
        let port = u16::try_from(port.as_u64().expect("a number")).expect("a port");
        Self { folder, child, port, taken, tls }
    }

    /// A server of ours that mails through this one.
    pub(crate) fn settings(&self, builder: Builder) -> Builder {
        let mut builder = builder.mailing();
        for (key, value) in self.keys() {
            builder = builder.set(key, value);
        }
        builder
    }

    /// The keys of the configuration that lead here.
    pub(crate) fn keys(&self) -> Vec<(&'static str, String)> {
        let mut keys = vec![
            ("mail.transport", "smtp".to_owned()),
            ("mail.from", "Symbolon <id@symbolon.example>".to_owned()),
            ("mail.smtp_host", "localhost".to_owned()),
            ("mail.smtp_port", self.port.to_string()),
            ("mail.smtp_tls", self.tls.to_owned()),
            ("outbound.root_ca_file", self.path("ca.pem").display().to_string()),
        ];
        if self.tls == "starttls" {
            let [user, password] = LOGIN.map(str::to_owned);
            keys.extend([("mail.smtp_user", user), ("mail.smtp_password", password)]);
        }
        keys
    }

    /// The next mail that it took.
    pub(crate) fn next(&self) -> Value {
        self.taken.recv_timeout(ARRIVES).expect("a mail")
    }

    /// Whether it took none but those that were asked for.
    pub(crate) fn took_no_more(&self) -> bool {
        self.taken.try_recv().is_err()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

/// An authority of its own and a certificate for `localhost`, good for two days.
fn certificate(folder: &Path) {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority =
        ["req", "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Tests"];
    openssl(folder, &[&authority[..], &key[..]].concat());
    let request = ["req", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost"];
    openssl(folder, &[&request[..], &key[..]].concat());
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("a file");
    let sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl(folder, &[&sign[..], &["-days", "2", "-extfile", "names", "-out", "server.pem"]].concat());
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl runs");
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}
