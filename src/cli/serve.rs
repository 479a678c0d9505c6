//! `boxoffice serve`: the server in production. It does not start if the database violates the start-up contract.

use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use boxoffice::config::{CommandInputs, DRAIN_WINDOW_DEFAULT, DatabaseUrl, LogFormat, SettingsArgs, secret};
use boxoffice::{server, telemetry};
use clap::Args;
use secrecy::SecretString;

use super::session;

#[derive(Args)]
pub struct ServeArgs {
    #[command(flatten)]
    database: DatabaseUrl,
    /// Secret key of the payment tokens, at least 32 bytes; the same for all instances
    #[arg(long, env, hide_env_values = true, value_parser = secret)]
    payment_token_key: SecretString,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub async fn run(arguments: ServeArgs) -> anyhow::Result<ExitCode> {
    let settings = arguments.settings.resolve(CommandInputs {
        host_default: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        log_format_default: LogFormat::Json,
        drain_window_default: DRAIN_WINDOW_DEFAULT,
        database_url: arguments.database.database_url,
        payment_token_key: arguments.payment_token_key,
    })?;
    telemetry::init(&settings.log)?;
    session::require_contract(&settings.database).await?;

    let running = server::start(settings)?;
    session::shutdown_requested(&running.app().readiness).await?;
    running.stop().await?;
    Ok(ExitCode::SUCCESS)
}
