//! The command line. One file per command in `cli/`; what they do is in the library.

#![warn(clippy::unwrap_used)] // a reason belongs to whatever cannot fail: `expect` has room for it

mod cli;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Replies are made on one thread and freed on another, tens of thousands of times a second.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
