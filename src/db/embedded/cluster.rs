//! The cluster of an embedded server: locked, created if need be, started.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use nix::sys::signal::kill;
use nix::unistd::Pid;
use postgresql_embedded::{BOOTSTRAP_SUPERUSER, PostgreSQL, Settings, VersionReq};

use super::helper::HelperArgs;

/// Room for the tests' many servers and pools on one cluster.
const CONNECTIONS_MAX: &str = "200";

/// For each of PostgreSQL's tools. Recovery after a crash is the slowest: it replays at most a checkpoint's worth of log.
const TOOL_TIMEOUT: Duration = Duration::from_secs(120);

/// A free port can be taken by someone else before the server has it.
const PORT_ATTEMPTS: u32 = 3;

/// A cluster that is being made, or removed.
const UNFINISHED: &str = "unfinished";

/// Where the code of PostgreSQL is published for download, should the machine have none.
const RELEASES_URL: &str = "https://github.com/theseus-rs/postgresql-binaries";

/// A server and the lock that makes it the only one on its data.
pub struct Running {
    pub server: PostgreSQL,
    _lock: File,
}

/// The cluster itself, in the directory that also holds its password and its lock.
pub fn path(data: &Path) -> PathBuf {
    data.join("cluster")
}

/// The major version of the cluster in `data`, from the file that PostgreSQL keeps for this purpose.
pub fn version(data: &Path) -> Option<u32> {
    fs::read_to_string(path(data).join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// Starts a server on the data, creating what is not there.
pub async fn open(arguments: &HelperArgs) -> anyhow::Result<Running> {
    let data = &arguments.data;
    fs::create_dir_all(data).with_context(|| format!("cannot create {}", data.display()))?;
    let lock = lock(data)?;
    refuse_to_share(&path(data))?;
    if arguments.fresh {
        discard(data)?;
    }
    let settings = initialize(settings(arguments)?).await?;
    Ok(Running { server: start(&settings).await?, _lock: lock })
}

/// Held as long as the returned file is open; the operating system lets go of it if we are killed.
fn lock(data: &Path) -> anyhow::Result<File> {
    let file = File::create(data.join("lock")).with_context(|| format!("cannot write to {}", data.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("{} is in use by another boxoffice", data.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", data.display())),
    }
}

/// A server can outlive its helper if someone kills just that. It must be noticed before the library is: that one stops
/// whatever server it finds in the directory when it gives up.
fn refuse_to_share(cluster: &Path) -> anyhow::Result<()> {
    let Ok(pid_file) = fs::read_to_string(cluster.join("postmaster.pid")) else {
        return Ok(());
    };
    let pid = pid_file.lines().next().and_then(|line| line.trim().parse().ok());
    match pid.filter(|pid| kill(Pid::from_raw(*pid), None).is_ok()) {
        Some(pid) => bail!("{} is in use by a PostgreSQL: stop it with `kill {pid}`", cluster.display()),
        None => Ok(()), // left behind by a crash; PostgreSQL recovers
    }
}

/// Removing takes a while and may be interrupted; renaming is not. The next start removes what is left.
fn discard(data: &Path) -> anyhow::Result<()> {
    let cluster = path(data);
    let unfinished = cluster.with_extension(UNFINISHED);
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
        // The library switches fsync off on the command line; the last word counts. A development server that is
        // faster than a durable one would hide what things cost, and `serve` refuses it.
        ("fsync", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("max_connections", CONNECTIONS_MAX),
    ];
    Ok(Settings {
        releases_url: RELEASES_URL.to_owned(),
        version,
        installation_dir,
        password_file: arguments.data.join("password"),
        data_dir: path(&arguments.data),
        host: "127.0.0.1".to_owned(),
        port: 0, // a free one
        username: BOOTSTRAP_SUPERUSER.to_owned(),
        password: password(&arguments.data.join("password"))?,
        temporary: false,
        timeout: Some(TOOL_TIMEOUT),
        configuration: configuration.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        trust_installation_dir,
        socket_dir: Some(arguments.sockets.clone()),
    })
}

/// The superuser's password: made once, and kept beside the cluster in a directory that only its owner can enter.
fn password(file: &Path) -> anyhow::Result<String> {
    if let Ok(kept) = fs::read_to_string(file)
        && !kept.is_empty()
    {
        return Ok(kept);
    }
    let made = format!("{:032x}", rand::random::<u128>());
    fs::write(file, &made).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(made)
}

/// Creates the cluster if there is none: elsewhere, then renamed, so that one which was interrupted is never started.
async fn initialize(settings: Settings) -> anyhow::Result<Settings> {
    let exists = settings.data_dir.exists();
    let unfinished = settings.data_dir.with_extension(UNFINISHED);
    let _ = fs::remove_dir_all(&unfinished);
    let at = if exists { settings.data_dir.clone() } else { unfinished.clone() };

    let mut server = PostgreSQL::new(Settings { data_dir: at, ..settings.clone() });
    server.setup().await.map_err(|error| anyhow!("cannot set PostgreSQL up: {error}"))?;
    if !exists {
        fs::rename(&unfinished, &settings.data_dir).context("cannot rename the new cluster")?;
    }
    let installed = server.settings();
    // Downloaded just now, or before: from here on the programs are where they are.
    Ok(Settings { installation_dir: installed.installation_dir.clone(), trust_installation_dir: true, ..settings })
}

async fn start(settings: &Settings) -> anyhow::Result<PostgreSQL> {
    let log = settings.data_dir.join("start.log");
    let mut attempt = 1;
    loop {
        // Only this start's messages explain its failure.
        let _ = fs::remove_file(&log);
        let mut server = PostgreSQL::new(settings.clone());
        match server.start().await {
            Ok(()) => return Ok(server),
            Err(_) if attempt < PORT_ATTEMPTS && mentions_a_taken_port(&log) => attempt += 1,
            Err(error) => bail!("PostgreSQL does not start: {}", reason(&log).unwrap_or_else(|| error.to_string())),
        }
    }
}

fn mentions_a_taken_port(log: &Path) -> bool {
    fs::read_to_string(log).is_ok_and(|text| text.contains("could not bind"))
}

/// The server's last word, without its timestamp.
fn reason(log: &Path) -> Option<String> {
    let text = fs::read_to_string(log).ok()?;
    let fatal = text.lines().rfind(|line| line.contains("FATAL:"))?;
    fatal.split_once("FATAL:").map(|(_, reason)| reason.trim().to_owned())
}
