//! `boxoffice openapi`: prints the API's description, as it is also served at `/openapi.json`.

use std::process::ExitCode;

use boxoffice::server;
use clap::{Args, ValueEnum};

use super::postman;

#[derive(Args)]
pub struct OpenapiArgs {
    #[arg(long, value_enum, default_value_t = Format::Openapi)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// `OpenAPI` 3.1
    Openapi,
    /// A Postman collection, version 2.1
    Postman,
}

pub fn run(arguments: &OpenapiArgs) -> anyhow::Result<ExitCode> {
    let description = serde_json::to_value(server::openapi())?;
    let document = match arguments.format {
        Format::Openapi => description,
        Format::Postman => postman::collection(&description),
    };
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(ExitCode::SUCCESS)
}
