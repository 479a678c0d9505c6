//! `boxoffice catalogue`: bundles the files of `.sqlx/`, which the query macros read, into `sqlx-data.json`: every
//! statement of the service by hash, with its parameters and columns. The plan test runs EXPLAIN on each of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Map, Value, json};

#[derive(Args)]
pub struct CatalogueArgs {
    /// Directory with the files of the query macros
    #[arg(long, default_value = ".sqlx")]
    from: PathBuf,
    /// File to write
    #[arg(long, default_value = "sqlx-data.json")]
    to: PathBuf,
    /// Write nothing; fail if the file is not up to date
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &CatalogueArgs) -> anyhow::Result<ExitCode> {
    let catalogue = catalogue(&arguments.from)?;
    if arguments.check {
        let present: Option<Value> = fs::read(&arguments.to).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if present.as_ref() != Some(&catalogue) {
            bail!("{} is stale: run `make prepare`", arguments.to.display());
        }
    } else {
        let text = serde_json::to_string_pretty(&catalogue)?;
        fs::write(&arguments.to, text + "\n").with_context(|| format!("cannot write {}", arguments.to.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn catalogue(folder: &Path) -> anyhow::Result<Value> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    // File names contain the hashes, so the order depends only on the statements.
    files.sort();

    let mut statements = Map::new();
    for file in files {
        let (hash, statement) =
            statement(&file).with_context(|| format!("{} is not a file of sqlx", file.display()))?;
        statements.insert(hash, statement);
    }
    Ok(Value::Object(statements))
}

fn statement(file: &Path) -> anyhow::Result<(String, Value)> {
    let mut content: Value = serde_json::from_slice(&fs::read(file)?)?;
    let hash = content["hash"].as_str().context("no hash")?.to_owned();
    let nullable = content["describe"]["nullable"].take();
    let columns = content["describe"]["columns"].as_array().context("no columns")?;
    let columns: Vec<Value> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            json!({
                "name": column["name"], "type": column["type_info"], "nullable": nullable[index]
            })
        })
        .collect();
    let statement = json!({
        "query": content["query"],
        "parameters": content["describe"]["parameters"]["Left"],
        "columns": columns,
    });
    Ok((hash, statement))
}
