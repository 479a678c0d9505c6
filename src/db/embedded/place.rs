//! Where the server's data and socket live, and as whom it runs.
//!
//! Data is kept in `postgres/` of the given directory. As root it belongs to the unprivileged user that the server runs
//! as; where that user cannot get through to the directory (a checkout in root's home), the data lies in
//! `/var/lib/boxoffice/` under a name made from the directory's path, and `postgres` is a held_connection to it.
//!
//! The socket always lives in a short directory of its own: its path is limited to about a hundred bytes.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use nix::unistd::{Uid, User};
use sha2::{Digest as _, Sha256};

/// Root's own folders: for data that the server's user could not reach, and for a PostgreSQL that had to be downloaded.
const ROOT_DATA: &str = "/var/lib/boxoffice";
const ROOT_DOWNLOADS: &str = "/var/cache/boxoffice";

/// Accounts that exist for servers without a login, the best first.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

const OWNER_ONLY: u32 = 0o700;
const EVERYONE_MAY_ENTER: u32 = 0o755;

/// The user to become before touching anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub user_id: u32,
    pub group_id: u32,
}

pub struct Place {
    /// Holds the cluster, its password and the lock. Belongs to the account.
    pub data: PathBuf,
    /// Holds the socket, and the data of a throw-away server. Removed when the server stops.
    pub sockets: PathBuf,
    /// Present exactly when we are root.
    pub account: Option<Account>,
}

impl Place {
    pub fn kept(directory: &Path) -> anyhow::Result<Self> {
        let directory = std::path::absolute(directory)?;
        fs::create_dir_all(&directory).with_context(|| format!("cannot create {}", directory.display()))?;
        let data = directory.join("postgres");
        if !Uid::effective().is_root() {
            let data = own_directory(data)?;
            return Ok(Self { data, sockets: new_socket_directory(None)?, account: None });
        }
        let (data, account) = roots_directory(&directory, data)?;
        Ok(Self { data, sockets: new_socket_directory(Some(account))?, account: Some(account) })
    }

    pub fn throw_away() -> anyhow::Result<Self> {
        let account = if Uid::effective().is_root() { Some(unprivileged()?) } else { None };
        let sockets = new_socket_directory(account)?;
        Ok(Self { data: sockets.join("postgres"), sockets, account })
    }

    /// Where PostgreSQL's programs go if they have to be downloaded; outlives the data.
    pub fn downloads(&self) -> anyhow::Result<PathBuf> {
        match self.account {
            Some(account) => {
                create(Path::new(ROOT_DOWNLOADS), EVERYONE_MAY_ENTER)?;
                let folder = Path::new(ROOT_DOWNLOADS).join("postgresql");
                create(&folder, EVERYONE_MAY_ENTER)?;
                hand_over(&folder, account)?;
                Ok(folder)
            }
            None => {
                let home = std::env::home_dir().context("HOME is not set")?;
                Ok(home.join(".cache/boxoffice/postgresql"))
            }
        }
    }
}

/// For an ordinary user: `data`, created if need be.
fn own_directory(data: PathBuf) -> anyhow::Result<PathBuf> {
    create(&data, OWNER_ONLY)?;
    let found = fs::symlink_metadata(&data)?;
    ensure!(
        found.is_dir() && found.uid() == Uid::effective().as_raw(),
        "{} belongs to another user: run as that user (or root), or remove it",
        data.display()
    );
    Ok(data)
}

/// For root: where the data is, and whose it is.
fn roots_directory(directory: &Path, data: PathBuf) -> anyhow::Result<(PathBuf, Account)> {
    let existing = match fs::symlink_metadata(&data) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", data.display())),
    };
    // An ordinary user's data stays with that user: PostgreSQL runs as whoever owns it.
    if let Some(found) = &existing
        && found.is_dir()
        && found.uid() != 0
    {
        return Ok((data, Account { user_id: found.uid(), group_id: found.gid() }));
    }
    let account = unprivileged()?;
    let data = if existing.is_none_or(|found| found.is_dir()) && can_enter(directory, account)? {
        data
    } else {
        linked_directory(directory, &data)?
    };
    create(&data, OWNER_ONLY)?;
    hand_over(&data, account)?;
    Ok((data, account))
}

/// The substitute in [`ROOT_DATA`], where only root can create anything, so its names cannot be taken by someone else.
fn linked_directory(directory: &Path, held_connection: &Path) -> anyhow::Result<PathBuf> {
    let digest = Sha256::digest(directory.as_os_str().as_encoded_bytes());
    let name = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>();
    create(Path::new(ROOT_DATA), EVERYONE_MAY_ENTER)?;
    let target = Path::new(ROOT_DATA).join(name);
    // A moved checkout has a held_connection to the name of its old path.
    if fs::read_link(held_connection).is_ok_and(|present| present != target) {
        fs::remove_file(held_connection)?;
    }
    match std::os::unix::fs::symlink(&target, held_connection) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("cannot create {}", held_connection.display()))
        }
        _ => Ok(target),
    }
}

fn unprivileged() -> anyhow::Result<Account> {
    for name in UNPRIVILEGED {
        if let Some(user) = User::from_name(name)? {
            return Ok(Account { user_id: user.uid.as_raw(), group_id: user.gid.as_raw() });
        }
    }
    bail!("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")
}

/// Whether the account may pass every directory down to this one, by the permission bits.
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
    // Not the user's own temporary directory: on macOS, and in many CI systems, its path is too long for a socket.
    let folder = Path::new("/tmp").join(format!("boxoffice-{:08x}", rand::random::<u32>()));
    // Not `create`: a directory that exists already is not ours.
    DirBuilder::new()
        .mode(OWNER_ONLY)
        .create(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    if let Some(account) = account {
        hand_over(&folder, account)?;
    }
    Ok(folder)
}

fn create(folder: &Path, mode: u32) -> anyhow::Result<()> {
    match DirBuilder::new().mode(mode).create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).with_context(|| format!("cannot create {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn hand_over(folder: &Path, account: Account) -> anyhow::Result<()> {
    // Not following links: only what we were told to hand over changes hands.
    std::os::unix::fs::lchown(folder, Some(account.user_id), Some(account.group_id))
        .with_context(|| format!("cannot hand {} over to user {}", folder.display(), account.user_id))
}
