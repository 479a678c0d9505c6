//! The command line. `cli/` has one file per command; the work is done in the library.

mod cli;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// mimalloc, because responses are allocated on one thread and freed on another, tens of thousands of times per second.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
