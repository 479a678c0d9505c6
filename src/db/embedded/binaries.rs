//! Which PostgreSQL of this machine to use: the newest that is complete, from PATH and from the places where
//! distributions put it outside PATH. Only when there is none does the helper download one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

/// The oldest major version that the service runs on.
const VERSION_MIN: u32 = 15;

/// What a folder must hold to run a server from it. Client packages install only some of them.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Folders of versions: the parent, what its entries start with, and the way from an entry to the programs.
const PLACES: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),                          // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                                   // the PostgreSQL project's RPMs
    ("/opt/homebrew/opt", "postgresql@", "bin"),                 // Homebrew on Apple silicon
    ("/usr/local/opt", "postgresql@", "bin"),                    // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),    // Homebrew on Linux
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"), // Postgres.app
];

/// Where the programs are; `None` when PostgreSQL has to be downloaded. `data_version` is the major version that
/// existing data was made by, which no other version can read.
///
/// # Errors
///
/// When existing data needs a version that is not here.
pub fn find(data_version: Option<u32>) -> anyhow::Result<Option<PathBuf>> {
    let mut installed = installed();
    match data_version {
        None => Ok(installed.pop_last().map(|(_, folder)| folder)),
        // Data that was made by a downloaded server is read by the same, which is kept.
        Some(_) if installed.is_empty() => Ok(None),
        Some(version) => match installed.remove(&version) {
            Some(folder) => Ok(Some(folder)),
            None => bail!(
                "the data was made by PostgreSQL {version}, which is not on this machine: install it, or start anew with --fresh"
            ),
        },
    }
}

/// Per major version the first complete folder. PATH comes first: what someone put there, they meant.
fn installed() -> BTreeMap<u32, PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = BTreeMap::new();
    for folder in std::env::split_paths(&path).chain(usual_places()) {
        if let Some(version) = version(&folder).filter(|version| *version >= VERSION_MIN) {
            found.entry(version).or_insert(folder);
        }
    }
    found
}

fn usual_places() -> impl Iterator<Item = PathBuf> {
    PLACES.into_iter().flat_map(|(parent, prefix, programs)| {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        entries
            .filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(move |entry| entry.path().join(programs))
    })
}

/// The major version of a complete folder of programs.
fn version(folder: &Path) -> Option<u32> {
    // The library behind the helper takes the folder above and appends `bin`.
    if !folder.is_absolute()
        || !folder.ends_with("bin")
        || !PROGRAMS.iter().all(|program| folder.join(program).is_file())
    {
        return None;
    }
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    // As in "postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)", "… 17beta1".
    let text = String::from_utf8(output.stdout).ok()?;
    let digits = text.split_whitespace().nth(2)?.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok()
}
