//! `boxoffice openapi`: prints the OpenAPI document, which is also served at `/openapi.json`, or a Postman collection.

use std::process::ExitCode;

use boxoffice::server;
use clap::{Args, ValueEnum};

use super::postman;

#[derive(Args)]
pub struct OpenapiArgs {
    /// Format to print
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
    let openapi = serde_json::to_value(server::openapi())?;
    let output = match arguments.format {
        Format::Openapi => openapi,
        Format::Postman => postman::collection(&openapi),
    };
    println!("{}", serde_json::to_string_pretty(&output)?);
    Ok(ExitCode::SUCCESS)
}
