//! The `symbolon` command. Arguments and exit code; everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // One cryptography for every TLS connection in and out. It fails only when it was done before.
    let _done_already = rustls::crypto::aws_lc_rs::default_provider().install_default();
    symbolon::cli::run(std::env::args_os())
}
