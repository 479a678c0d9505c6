//! `boxoffice openapi`: prints the OpenAPI document, which is also served at `/openapi.json`.

use std::process::ExitCode;

use boxoffice::server;

pub fn run() -> anyhow::Result<ExitCode> {
    let document = serde_json::to_value(server::openapi())?;
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(ExitCode::SUCCESS)
}
