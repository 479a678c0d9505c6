//! Bundles the files of `.sqlx/`, which the query macros read, into `sqlx-data.json`: every statement of the service by
//! hash, with its parameters and columns. The plan test runs EXPLAIN on each of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Map, Value, json};

/// The catalogue of the statements in this folder.
///
/// # Errors
/// A file cannot be read, or was not written by the query macros.
pub fn bundle(folder: &Path) -> anyhow::Result<Value> {
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
