//! Search for the PostgreSQL programs of this machine: the newest complete version in PATH and in the folders that
//! distributions use outside PATH. If there is none, the helper downloads one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

/// Oldest major version that the service supports.
const VERSION_MIN: u32 = 15;

/// Programs that a folder must contain to run a server from it. Client packages install only some of them.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Folders with one entry per version: the parent, the prefix of its entries, and the path from an entry to the
/// programs.
const VERSION_FOLDERS: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),                          // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                                   // the PostgreSQL project's RPMs
    ("/opt/homebrew/opt", "postgresql@", "bin"),                 // Homebrew on Apple silicon
    ("/usr/local/opt", "postgresql@", "bin"),                    // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),    // Homebrew on Linux
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"), // Postgres.app
];

/// The folder of the programs; `None` if PostgreSQL must be downloaded. `data_version` is the major version that
/// created the existing data, which no other version can read.
///
/// # Errors
///
/// When existing data needs a version that is not installed, but another is.
pub fn find(data_version: Option<u32>) -> anyhow::Result<Option<PathBuf>> {
    let mut installed = installed();
    match data_version {
        None => Ok(installed.pop_last().map(|(_, folder)| folder)),
        // The data was created by a downloaded server, which is kept and can read it.
        Some(_) if installed.is_empty() => Ok(None),
        Some(version) => match installed.remove(&version) {
            Some(folder) => Ok(Some(folder)),
            None => bail!(
                "the data was created by PostgreSQL {version}, which is not installed: install it, or delete the data \
                 with --fresh"
            ),
        },
    }
}

/// First complete folder of each major version. PATH comes first, because its entries were chosen by the user.
fn installed() -> BTreeMap<u32, PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = BTreeMap::new();
    for folder in std::env::split_paths(&path).chain(usual_folders()) {
        if let Some(version) = version(&folder).filter(|version| *version >= VERSION_MIN) {
            found.entry(version).or_insert(folder);
        }
    }
    found
}

fn usual_folders() -> impl Iterator<Item = PathBuf> {
    VERSION_FOLDERS.into_iter().flat_map(|(parent, prefix, programs)| {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        entries
            .filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(move |entry| entry.path().join(programs))
    })
}

/// Major version of a folder of programs; `None` if the folder is not complete.
fn version(folder: &Path) -> Option<u32> {
    // The `postgresql_embedded` library takes the parent folder and appends `bin`.
    if !folder.is_absolute()
        || !folder.ends_with("bin")
        || !PROGRAMS.iter().all(|program| folder.join(program).is_file())
    {
        return None;
    }
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    // For example "postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)", "… 17beta1".
    let text = String::from_utf8(output.stdout).ok()?;
    let digits = text.split_whitespace().nth(2)?.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok()
}
