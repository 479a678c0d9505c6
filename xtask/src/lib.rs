//! The committed files that are generated from the code, and how each is made.
//!
//! A generator returns the whole text of its file and depends only on the code and the committed files, so a file is
//! stale if and only if its text differs.

mod catalogue; // sqlx-data.json
mod errors_doc; // docs/errors.md
pub mod postman; // docs/postman_collection.json

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use boxoffice::server;
use serde_json::Value;

/// A committed file that is generated.
pub struct GeneratedFile {
    /// Path from the root of the repository.
    path: &'static str,
    /// The command of `make` that writes it.
    target: &'static str,
    /// Makes the text. The argument is the root of the repository.
    generate: fn(&Path) -> anyhow::Result<String>,
}

pub const OPENAPI: GeneratedFile =
    GeneratedFile { path: "docs/openapi.json", target: "generated", generate: |_| to_text(&openapi()?) };
pub const POSTMAN: GeneratedFile = GeneratedFile {
    path: "docs/postman_collection.json",
    target: "generated",
    generate: |_| to_text(&postman::collection(&openapi()?)),
};
pub const CATALOGUE: GeneratedFile = GeneratedFile {
    path: "sqlx-data.json",
    target: "prepare",
    generate: |root| to_text(&catalogue::bundle(&root.join(".sqlx"))?),
};
pub const ERRORS: GeneratedFile =
    GeneratedFile { path: "docs/errors.md", target: "generated", generate: |_| Ok(errors_doc::render()) };

/// Every generated file.
pub const ALL: [GeneratedFile; 4] = [OPENAPI, POSTMAN, CATALOGUE, ERRORS];

impl GeneratedFile {
    /// Writes the file.
    ///
    /// # Errors
    /// The text cannot be made, or the file cannot be written.
    pub fn write(&self, root: &Path) -> anyhow::Result<()> {
        let text = (self.generate)(root)?;
        fs::write(root.join(self.path), text).with_context(|| format!("cannot write {}", self.path))
    }

    /// Compares the file with the text that would be written.
    ///
    /// # Errors
    /// The text cannot be made, or the file is stale or missing.
    pub fn check(&self, root: &Path) -> anyhow::Result<()> {
        let text = (self.generate)(root)?;
        let present = fs::read_to_string(root.join(self.path)).with_context(|| format!("cannot read {}", self.path))?;
        ensure!(present == text, "{} is stale: run `make {}`", self.path, self.target);
        Ok(())
    }
}

/// The OpenAPI document as JSON.
///
/// # Errors
/// The document cannot be converted, which is a bug.
pub fn openapi() -> anyhow::Result<Value> {
    Ok(serde_json::to_value(server::openapi())?)
}

fn to_text(value: &Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
