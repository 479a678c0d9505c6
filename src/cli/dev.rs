//! `boxoffice dev`: starts a complete service to try it out: PostgreSQL, schema, payment token key, demo events,
//! server. Data that must survive a restart is in `.boxoffice/`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use boxoffice::config::{CommandInputs, LogFormat, Settings, SettingsArgs, secret};
use boxoffice::demo_events::{self, DemoEvents};
use boxoffice::{server, telemetry};
use clap::Args;
use embedded_postgres::Embedded;
use secrecy::{ExposeSecret as _, SecretString};

use super::{migrate, session};

/// Directory of the data that is kept between runs.
const DIRECTORY: &str = ".boxoffice";

const HOST_DEFAULT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Interval of the check whether the embedded PostgreSQL is still running.
const POSTGRES_POLL: Duration = Duration::from_secs(1);

#[derive(Args)]
pub struct DevArgs {
    /// Use this database instead of an embedded PostgreSQL
    #[arg(long, env, hide_env_values = true, value_parser = secret)]
    database_url: Option<SecretString>,
    /// Secret key of the payment tokens, at least 32 bytes [default: generated once and kept in .boxoffice]
    #[arg(long, env, hide_env_values = true, value_parser = secret)]
    payment_token_key: Option<SecretString>,
    /// Delete the data of earlier runs first
    #[arg(long, env = "BOXOFFICE_FRESH")]
    fresh: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub async fn run(arguments: DevArgs) -> anyhow::Result<ExitCode> {
    let (host, port) = arguments.settings.address(HOST_DEFAULT);
    require_free_port(SocketAddr::new(host, port))?;
    let given_url = arguments.database_url.filter(|url| !url.expose_secret().is_empty());
    ensure!(
        !(arguments.fresh && given_url.is_some()),
        "--fresh deletes the data of the embedded PostgreSQL only, but DATABASE_URL is set: remove one of the two"
    );

    let mut postgres = match &given_url {
        None => Some(Embedded::start_persistent(Path::new(DIRECTORY), arguments.fresh)?),
        Some(_) => None,
    };
    let url = match (given_url, &postgres) {
        (Some(url), _) => url,
        (None, Some(postgres)) => postgres.url().clone(),
        (None, None) => unreachable!("without DATABASE_URL there is an embedded PostgreSQL"),
    };
    let served = serve(arguments.settings, arguments.payment_token_key, url, postgres.as_mut()).await;
    // Stopped last, because the server needs it until its end, and also after a failure, so that no process stays
    // behind.
    if let Some(postgres) = postgres {
        postgres.stop().await?;
    }
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(
    settings: SettingsArgs,
    key: Option<SecretString>,
    database_url: SecretString,
    postgres: Option<&mut Embedded>,
) -> anyhow::Result<()> {
    let pool = session::maintenance_pool(&database_url).await?;
    migrate::apply(&pool).await?;
    let settings = settings.resolve(CommandInputs {
        host_default: HOST_DEFAULT,
        log_format_default: LogFormat::Pretty,
        // There is no load balancer in development, and Ctrl-C should end the process at once.
        drain_window_default: Duration::ZERO,
        database_url,
        payment_token_key: key.map_or_else(load_or_create_key, Ok)?,
    })?;
    telemetry::init(&settings.log)?;
    session::require_contract(&settings.database).await?;
    let demo = demo_events::ensure(&pool, settings.event_affinities).await.context("cannot create the demo events")?;
    pool.close().await;

    let running = server::start(settings.clone())?;
    println!("{}", welcome(&settings, running.address(), demo)?);
    let ended = tokio::select! {
        requested = session::shutdown_requested(&running.app().readiness) => requested,
        () = wait_for_exit(postgres) => bail!("the embedded PostgreSQL has ended"),
    };
    running.stop().await?;
    ended
}

/// Fails if the port is in use. Checked before anything is started, so that this error is the only output.
fn require_free_port(address: SocketAddr) -> anyhow::Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("{address} is in use: stop the program that listens there, or choose another port with --port")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

/// The payment token key of earlier runs, or a new one. It is kept in a file, so that payment tokens stay valid after a
/// restart.
fn load_or_create_key() -> anyhow::Result<SecretString> {
    let file = Path::new(DIRECTORY).join("payment_token_key");
    match fs::read_to_string(&file) {
        Ok(key) => return Ok(SecretString::from(key)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
    let key = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 48]>());
    fs::create_dir_all(DIRECTORY)?;
    let mut created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)
        .with_context(|| format!("cannot create {}", file.display()))?;
    created.write_all(key.as_bytes())?;
    Ok(SecretString::from(key))
}

/// Waits until the embedded PostgreSQL has ended. Never resolves if there is none.
async fn wait_for_exit(postgres: Option<&mut Embedded>) {
    let Some(postgres) = postgres else {
        return std::future::pending().await;
    };
    while !postgres.has_ended() {
        tokio::time::sleep(POSTGRES_POLL).await;
    }
}

/// The welcome message: addresses, and four commands that can be pasted into a shell one after the other.
fn welcome(settings: &Settings, address: SocketAddr, demo: DemoEvents) -> anyhow::Result<String> {
    let (event_id, seated_id) = (demo.concert, demo.comedy);
    let base = format!("http://{address}");
    let json = "-H 'Content-Type: application/json'";
    let hold_file = std::path::absolute(DIRECTORY)?.join("hold.json");
    let hold_file = format!("'{}'", hold_file.display().to_string().replace('\'', r"'\''"));
    // Makes the body of the booking request from the hold. `hold_id` is before `payment_token` in the API's answer.
    let book =
        r#"s/.*"hold_id" *: *"\([^"]*\)".*"payment_token" *: *"\([^"]*\)".*/{"hold_id":"\1","payment_token":"\2"}/p"#;
    Ok(format!(
        "\n{app_name} is ready.\n\n\
         \x20 API      {base}/api/v1/events\n\
         \x20 docs     {base}/docs\n\
         \x20 metrics  {base}/metrics\n\
         \x20 seats    {base}/api/v1/events/{seated_id}/seats.svg\n\n\
         Show the demo concert's status, hold two places, and book them:\n\n\
         curl -sw '\\n' {base}/api/v1/events/{event_id}/status\n\
         curl -sw '\\n' {json} -d '{{\"event_id\":\"{event_id}\",\"qty\":2}}' {base}/api/v1/holds | tee {hold_file}\n\
         sed -n '{book}' {hold_file} | curl -sw '\\n' {json} -d @- {base}/api/v1/book\n\n\
         Hold the three best seats next to each other at the demo comedy, then look at its seat map:\n\n\
         curl -sw '\\n' {json} -d '{{\"event_id\":\"{seated_id}\",\"best_available\":{{\"qty\":3,\"section\":\"Balcony\"}}}}' {base}/api/v1/holds\n\n\
         Ctrl-C stops everything and keeps the data.\n",
        app_name = settings.app_name,
    ))
}
