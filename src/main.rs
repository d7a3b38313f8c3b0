//! The `symbolon` command. Arguments and exit code; everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    symbolon::cli::run(std::env::args_os())
}
