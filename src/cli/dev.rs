//! `boxoffice dev`: everything in one process, for trying things out: a PostgreSQL, its schema, a key, an event to sell,
//! the server. What has to survive a restart lies in `.boxoffice/`.

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
use boxoffice::config::{Given, LogFormat, Settings, SettingsArgs, secret};
use boxoffice::db::embedded::Embedded;
use boxoffice::ops::demo_events::DemoEvents;
use boxoffice::{ops, server, telemetry};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use super::{migrate, session};

/// What is kept between runs.
const DIRECTORY: &str = ".boxoffice";

const HOST_DEFAULT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How often we look whether the embedded PostgreSQL still runs.
const POSTGRES_POLL: Duration = Duration::from_secs(1);

#[derive(Args)]
pub struct DevArgs {
    /// Use this database instead of an embedded PostgreSQL
    #[arg(long, env, hide_env_values = true, value_parser = secret)]
    database_url: Option<SecretString>,
    /// The secret behind the payment tokens [default: made once and kept in .boxoffice]
    #[arg(long, env, hide_env_values = true, value_parser = secret)]
    payment_token_key: Option<SecretString>,
    /// Throw the data of earlier runs away
    #[arg(long, env = "BOXOFFICE_FRESH")]
    fresh: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub async fn run(arguments: DevArgs) -> anyhow::Result<ExitCode> {
    let (host, port) = arguments.settings.address(HOST_DEFAULT);
    refuse_a_taken_port(SocketAddr::new(host, port))?;
    let given_url = arguments.database_url.filter(|url| !url.expose_secret().is_empty());
    ensure!(
        !(arguments.fresh && given_url.is_some()),
        "--fresh is for the embedded PostgreSQL, but DATABASE_URL is set"
    );

    let mut postgres = match &given_url {
        None => Some(Embedded::start_kept(Path::new(DIRECTORY), arguments.fresh)?),
        Some(_) => None,
    };
    let url = match (given_url, &postgres) {
        (Some(url), _) => url,
        (None, Some(postgres)) => postgres.url().clone(),
        (None, None) => unreachable!("without DATABASE_URL there is an embedded PostgreSQL"),
    };
    let served = serve(arguments.settings, arguments.payment_token_key, url, postgres.as_mut()).await;
    // Last, and also after a failure: the server needs it until its end, and nothing may stay behind.
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
    let settings = settings.resolve(Given {
        host_default: HOST_DEFAULT,
        log_format_default: LogFormat::Pretty,
        // Nobody distributes requests here, and who presses Ctrl-C waits.
        drain_window_default: Duration::ZERO,
        database_url,
        payment_token_key: key.map_or_else(kept_key, Ok)?,
    })?;
    telemetry::init(&settings.log)?;
    session::require_contract(&settings.database).await?;
    let demo = ops::demo_events::ensure(&pool).await.context("cannot create the demo events")?;
    pool.close().await;

    let running = server::start(settings.clone())?;
    println!("{}", welcome(&settings, running.address(), demo)?);
    let ended = tokio::select! {
        requested = session::shutdown_requested(&running.app().readiness) => requested,
        () = end_of(postgres) => bail!("the embedded PostgreSQL has ended"),
    };
    running.stop().await?;
    ended
}

/// Before anything is started, so that the reason is the only thing said.
fn refuse_a_taken_port(address: SocketAddr) -> anyhow::Result<()> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("{address} is in use: stop what listens there, or choose another port with --port")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}

/// Kept, since the tokens of holds that clients still have must stay valid over a restart.
fn kept_key() -> anyhow::Result<SecretString> {
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

/// Never resolves when the database is not ours.
async fn end_of(postgres: Option<&mut Embedded>) {
    let Some(postgres) = postgres else {
        return std::future::pending().await;
    };
    while !postgres.has_ended() {
        tokio::time::sleep(POSTGRES_POLL).await;
    }
}

/// Where to look, and four commands that work as they are, pasted one after the other into any shell.
fn welcome(settings: &Settings, address: SocketAddr, demo: DemoEvents) -> anyhow::Result<String> {
    let (event_id, seated_id) = (demo.concert, demo.comedy);
    let base = format!("http://{address}");
    let json = "-H 'Content-Type: application/json'";
    let hold_file = std::path::absolute(DIRECTORY)?.join("hold.json");
    let hold_file = format!("'{}'", hold_file.display().to_string().replace('\'', r"'\''"));
    // The answer's fields in the order in which the API documents them.
    let book =
        r#"s/.*"hold_id" *: *"\([^"]*\)".*"payment_token" *: *"\([^"]*\)".*/{"hold_id":"\1","payment_token":"\2"}/p"#;
    Ok(format!(
        "\n{app_name} is ready.\n\n\
         \x20 API      {base}/api/v1/events\n\
         \x20 docs     {base}/docs\n\
         \x20 metrics  {base}/metrics\n\
         \x20 seats    {base}/api/v1/events/{seated_id}/seats.svg\n\n\
         The demo concert's status; a hold of two places; its booking:\n\n\
         curl -sw '\\n' {base}/api/v1/events/{event_id}/status\n\
         curl -sw '\\n' {json} -d '{{\"event_id\":\"{event_id}\",\"qty\":2}}' {base}/api/v1/holds | tee {hold_file}\n\
         sed -n '{book}' {hold_file} | curl -sw '\\n' {json} -d @- {base}/api/v1/book\n\n\
         The three best seats next to each other at the demo comedy; look at its seat map afterwards:\n\n\
         curl -sw '\\n' {json} -d '{{\"event_id\":\"{seated_id}\",\"best_available\":{{\"qty\":3,\"section\":\"Balcony\"}}}}' {base}/api/v1/holds\n\n\
         Ctrl-C stops everything; the data stays.\n",
        app_name = settings.app_name,
    ))
}
