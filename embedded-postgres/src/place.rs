//! Directories of the server's data and socket, and the user that the server runs as.
//!
//! Persistent data is in `postgres/` of the given directory. If started as root, it belongs to the unprivileged user
//! that the server runs as. If that user cannot enter the directory (a checkout in root's home), the data is in
//! `/var/lib/boxoffice/` under a name derived from the directory's path, and `postgres` is a symbolic link to it.
//!
//! The socket is in a directory with a short path of its own: a socket's path is limited to about 100 bytes.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use nix::unistd::{Uid, User};
use sha2::{Digest as _, Sha256};

/// Folders used by root: for data that the server's user could not reach, and for a downloaded PostgreSQL.
const ROOT_DATA: &str = "/var/lib/boxoffice";
const ROOT_DOWNLOADS: &str = "/var/cache/boxoffice";

/// Users to run the server as, in order of preference.
const UNPRIVILEGED_USERS: [&str; 2] = ["postgres", "nobody"];

/// Permission bits of directories.
const OWNER_ONLY: u32 = 0o700;
const EVERYONE_MAY_ENTER: u32 = 0o755;

/// User and group that the helper changes to before any other step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub user_id: u32,
    pub group_id: u32,
}

/// See the module's documentation.
pub struct Place {
    /// Contains the cluster, its password and the lock. Belongs to the account.
    pub data: PathBuf,
    /// Contains the socket, and the data of a temporary server. Removed when the server stops.
    pub sockets: PathBuf,
    /// Present exactly if the process runs as root.
    pub account: Option<Account>,
}

impl Place {
    /// For a server whose data stays in `directory`. Creates the directories.
    ///
    /// # Errors
    ///
    /// When a directory cannot be created, or belongs to another user.
    pub fn persistent(directory: &Path) -> anyhow::Result<Self> {
        let directory = std::path::absolute(directory)?;
        fs::create_dir_all(&directory).with_context(|| format!("cannot create {}", directory.display()))?;
        let data = directory.join("postgres");
        if !Uid::effective().is_root() {
            let data = prepare_user_directory(data)?;
            return Ok(Self { data, sockets: new_socket_directory(None)?, account: None });
        }
        let (data, account) = prepare_directory_as_root(&directory, data)?;
        Ok(Self { data, sockets: new_socket_directory(Some(account))?, account: Some(account) })
    }

    /// For a server whose data is removed when it stops. Creates a directory in `/tmp`.
    ///
    /// # Errors
    ///
    /// When the directory cannot be created, or root finds no user to run the server as.
    pub fn temporary() -> anyhow::Result<Self> {
        let account = if Uid::effective().is_root() { Some(unprivileged_account()?) } else { None };
        let sockets = new_socket_directory(account)?;
        Ok(Self { data: sockets.join("postgres"), sockets, account })
    }

    /// Folder for downloaded PostgreSQL programs. It is not removed with the data.
    ///
    /// # Errors
    ///
    /// When the folder cannot be created (as root), or HOME is not set.
    pub fn downloads(&self) -> anyhow::Result<PathBuf> {
        match self.account {
            Some(account) => {
                create_directory(Path::new(ROOT_DOWNLOADS), EVERYONE_MAY_ENTER)?;
                let folder = Path::new(ROOT_DOWNLOADS).join("postgresql");
                create_directory(&folder, EVERYONE_MAY_ENTER)?;
                change_owner(&folder, account)?;
                Ok(folder)
            }
            None => {
                let home = std::env::home_dir().context("HOME is not set")?;
                Ok(home.join(".cache/boxoffice/postgresql"))
            }
        }
    }
}

/// For an ordinary user: creates `data` if necessary, and returns it.
fn prepare_user_directory(data: PathBuf) -> anyhow::Result<PathBuf> {
    create_directory(&data, OWNER_ONLY)?;
    let found = fs::symlink_metadata(&data)?;
    ensure!(
        found.is_dir() && found.uid() == Uid::effective().as_raw(),
        "{} belongs to another user: run as that user (or root), or remove it",
        data.display()
    );
    Ok(data)
}

/// For root: creates the data directory if necessary, and returns it with its owner.
fn prepare_directory_as_root(directory: &Path, data: PathBuf) -> anyhow::Result<(PathBuf, Account)> {
    let existing = match fs::symlink_metadata(&data) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", data.display())),
    };
    // Existing data of an ordinary user keeps its owner, and PostgreSQL runs as that user.
    if let Some(found) = &existing
        && found.is_dir()
        && found.uid() != 0
    {
        return Ok((data, Account { user_id: found.uid(), group_id: found.gid() }));
    }
    let account = unprivileged_account()?;
    let data = if existing.is_none_or(|found| found.is_dir()) && can_enter(directory, account)? {
        data
    } else {
        link_substitute_directory(directory, &data)?
    };
    create_directory(&data, OWNER_ONLY)?;
    change_owner(&data, account)?;
    Ok((data, account))
}

/// Returns the substitute data directory in [`ROOT_DATA`] and makes `link` point to it. Only root can create files
/// there, so no other user can take its name.
fn link_substitute_directory(directory: &Path, link: &Path) -> anyhow::Result<PathBuf> {
    let digest = Sha256::digest(directory.as_os_str().as_encoded_bytes());
    let name = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>();
    create_directory(Path::new(ROOT_DATA), EVERYONE_MAY_ENTER)?;
    let target = Path::new(ROOT_DATA).join(name);
    // After a checkout was moved, its link still points to the name of its old path.
    if fs::read_link(link).is_ok_and(|present| present != target) {
        fs::remove_file(link)?;
    }
    match std::os::unix::fs::symlink(&target, link) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("cannot create {}", link.display()))
        }
        _ => Ok(target),
    }
}

fn unprivileged_account() -> anyhow::Result<Account> {
    for name in UNPRIVILEGED_USERS {
        if let Some(user) = User::from_name(name)? {
            return Ok(Account { user_id: user.uid.as_raw(), group_id: user.gid.as_raw() });
        }
    }
    bail!(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as: create one of them"
    )
}

/// Whether the permission bits let the account enter the directory and all its parents. Supplementary groups and access
/// lists are ignored.
fn can_enter(directory: &Path, account: Account) -> anyhow::Result<bool> {
    for folder in directory.ancestors() {
        let found = fs::metadata(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let may_pass = if found.uid() == account.user_id {
            0o100
        } else if found.gid() == account.group_id {
            0o010
        } else {
            0o001
        };
        if found.mode() & may_pass == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn new_socket_directory(account: Option<Account>) -> anyhow::Result<PathBuf> {
    // Not TMPDIR: on macOS, and in many CI systems, its path is too long for a socket.
    let folder = Path::new("/tmp").join(format!("boxoffice-{:08x}", rand::random::<u32>()));
    // Not `create_directory`: a directory that exists already belongs to another process.
    DirBuilder::new()
        .mode(OWNER_ONLY)
        .create(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    if let Some(account) = account {
        change_owner(&folder, account)?;
    }
    Ok(folder)
}

fn create_directory(folder: &Path, mode: u32) -> anyhow::Result<()> {
    match DirBuilder::new().mode(mode).create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("cannot create {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn change_owner(folder: &Path, account: Account) -> anyhow::Result<()> {
    // lchown does not follow links, so it cannot change the owner of another file.
    std::os::unix::fs::lchown(folder, Some(account.user_id), Some(account.group_id))
        .with_context(|| format!("cannot change the owner of {} to user {}", folder.display(), account.user_id))
}
