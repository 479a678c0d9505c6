//! Data cluster of an embedded server: locks it, creates it if necessary, and starts a server on it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use nix::sys::signal::kill;
use nix::unistd::Pid;
use postgresql_embedded::{BOOTSTRAP_SUPERUSER, PostgreSQL, Settings, VersionReq};

use super::helper::HelperArgs;

/// `max_connections`: enough for the tests, which run many servers and pools on one cluster.
const CONNECTIONS_MAX: &str = "200";

/// Timeout of each PostgreSQL tool. The slowest case is recovery after a crash, which replays the log since the last
/// checkpoint.
const TOOL_TIMEOUT: Duration = Duration::from_secs(120);

/// Largest number of starts: another process can take the chosen free port before the server does.
const PORT_ATTEMPTS: u32 = 3;

/// Extension of the directory of a cluster that is being created or removed.
const UNFINISHED_EXTENSION: &str = "unfinished";

/// Source of PostgreSQL's programs if the machine has none.
const RELEASES_URL: &str = "https://github.com/theseus-rs/postgresql-binaries";

/// A running server, with the lock that keeps other servers from its data.
pub struct Running {
    pub server: PostgreSQL,
    _lock: File,
}

/// The cluster's directory, inside the directory that also contains its password and lock.
pub fn cluster_path(data: &Path) -> PathBuf {
    data.join("cluster")
}

/// Major version of the cluster in `data`, from its file PG_VERSION. `None` if there is no cluster.
pub fn version(data: &Path) -> Option<u32> {
    fs::read_to_string(cluster_path(data).join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Starts a server, creating directory and cluster if necessary.
///
/// # Errors
///
/// When the data is in use, or the cluster cannot be created, or the server does not start.
pub async fn open(arguments: &HelperArgs) -> anyhow::Result<Running> {
    let data = &arguments.data;
    fs::create_dir_all(data).with_context(|| format!("cannot create {}", data.display()))?;
    let lock = lock(data)?;
    refuse_to_share(&cluster_path(data))?;
    if arguments.fresh {
        discard(data)?;
    }
    let settings = initialize(settings(arguments)?).await?;
    Ok(Running { server: start(&settings).await?, _lock: lock })
}

/// Locks the data as long as the returned file is open. If the process is killed, the operating system releases the
/// lock.
fn lock(data: &Path) -> anyhow::Result<File> {
    let file = File::create(data.join("lock")).with_context(|| format!("cannot write to {}", data.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "{} is in use by another boxoffice process: stop that process, or use another directory",
            data.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", data.display())),
    }
}

/// Fails if a server runs on the cluster: a server survives if only its helper is killed. This check must come before
/// the use of the library, which on failure stops any server that it finds in the directory.
fn refuse_to_share(cluster: &Path) -> anyhow::Result<()> {
    let Ok(pid_file) = fs::read_to_string(cluster.join("postmaster.pid")) else {
        return Ok(());
    };
    let pid = pid_file.lines().next().and_then(|line| line.trim().parse().ok());
    match pid.filter(|pid| kill(Pid::from_raw(*pid), None).is_ok()) {
        Some(pid) => bail!("{} is in use by a PostgreSQL server: stop it with `kill {pid}`", cluster.display()),
        None => Ok(()), // left by a crash; PostgreSQL will recover
    }
}

/// Removes the cluster by renaming it, since deleting takes time and can be interrupted. `initialize` deletes the
/// renamed one.
fn discard(data: &Path) -> anyhow::Result<()> {
    let cluster = cluster_path(data);
    let unfinished = cluster.with_extension(UNFINISHED_EXTENSION);
    if cluster.exists() {
        let _ = fs::remove_dir_all(&unfinished);
        fs::rename(&cluster, &unfinished).context("cannot remove the old data")?;
    }
    Ok(())
}

fn settings(arguments: &HelperArgs) -> anyhow::Result<Settings> {
    let version = match version(&arguments.data) {
        Some(version) => VersionReq::parse(&format!("={version}"))?,
        None => VersionReq::STAR,
    };
    let (installation_dir, trust_installation_dir) = match (&arguments.binaries, &arguments.downloads) {
        (Some(binaries), _) => (binaries.parent().context("--binaries has no parent")?.to_owned(), true),
        (None, Some(downloads)) => (downloads.clone(), false),
        (None, None) => bail!("neither --binaries nor --downloads"),
    };
    let configuration = [
        // The library switches fsync off on the command line; a later argument overrides that. `serve` refuses a server
        // without fsync, and its speed would hide the real cost of commits during development.
        ("fsync", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("max_connections", CONNECTIONS_MAX),
    ];
    Ok(Settings {
        releases_url: RELEASES_URL.to_owned(),
        version,
        installation_dir,
        password_file: arguments.data.join("password"),
        data_dir: cluster_path(&arguments.data),
        host: "127.0.0.1".to_owned(),
        port: 0, // any free port
        username: BOOTSTRAP_SUPERUSER.to_owned(),
        password: password(&arguments.data.join("password"))?,
        temporary: false,
        timeout: Some(TOOL_TIMEOUT),
        configuration: configuration.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        trust_installation_dir,
        socket_dir: Some(arguments.sockets.clone()),
    })
}

/// The superuser's password: created once and stored next to the cluster, in a directory that only its owner can enter.
fn password(file: &Path) -> anyhow::Result<String> {
    if let Ok(stored) = fs::read_to_string(file)
        && !stored.is_empty()
    {
        return Ok(stored);
    }
    let password = format!("{:032x}", rand::random::<u128>());
    fs::write(file, &password).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(password)
}

/// Creates the cluster if there is none. It is created in another directory and then renamed, so that a cluster whose
/// creation was interrupted is never started. Returns the settings to start it with.
async fn initialize(settings: Settings) -> anyhow::Result<Settings> {
    let exists = settings.data_dir.exists();
    let unfinished = settings.data_dir.with_extension(UNFINISHED_EXTENSION);
    let _ = fs::remove_dir_all(&unfinished);
    let data_dir = if exists { settings.data_dir.clone() } else { unfinished.clone() };

    let mut server = PostgreSQL::new(Settings { data_dir, ..settings.clone() });
    server.setup().await.map_err(|error| anyhow!("cannot set up PostgreSQL: {error}"))?;
    if !exists {
        fs::rename(&unfinished, &settings.data_dir).context("cannot rename the new cluster")?;
    }
    let installed = server.settings();
    // The programs are installed now, so the start must use them and not download again.
    Ok(Settings { installation_dir: installed.installation_dir.clone(), trust_installation_dir: true, ..settings })
}

async fn start(settings: &Settings) -> anyhow::Result<PostgreSQL> {
    let log = settings.data_dir.join("start.log");
    let mut attempt = 1;
    loop {
        // The log must contain only the messages of this start.
        let _ = fs::remove_file(&log);
        let mut server = PostgreSQL::new(settings.clone());
        match server.start().await {
            Ok(()) => return Ok(server),
            Err(_) if attempt < PORT_ATTEMPTS && port_was_taken(&log) => attempt += 1,
            Err(error) => {
                bail!("PostgreSQL does not start: {}", start_error(&log).unwrap_or_else(|| error.to_string()))
            }
        }
    }
}

fn port_was_taken(log: &Path) -> bool {
    fs::read_to_string(log).is_ok_and(|text| text.contains("could not bind"))
}

/// The last FATAL message in the server's log, without its timestamp.
fn start_error(log: &Path) -> Option<String> {
    let text = fs::read_to_string(log).ok()?;
    let fatal = text.lines().rfind(|line| line.contains("FATAL:"))?;
    fatal.split_once("FATAL:").map(|(_, reason)| reason.trim().to_owned())
}
