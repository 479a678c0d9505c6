//! The command line. One file per command in `cli/`; what they do is in the library.

#![warn(clippy::unwrap_used)] // a reason belongs to whatever cannot fail: `expect` has room for it

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
