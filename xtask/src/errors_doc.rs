//! docs/errors.md: a text about errors in general, and the table of all codes with their explanations.

use boxoffice::error::{ErrorCode, Explanation, Retry};

/// The document, with [`TABLE_MARK`] in place of the table.
const TEMPLATE: &str = include_str!("../templates/errors.md");
const TABLE_MARK: &str = "{table}\n";

const TABLE_HEAD: &str = "\
| code | status | retry | meaning | what to do | members |
| --- | --- | --- | --- | --- | --- |
";

/// The document as Markdown.
pub fn render() -> String {
    let rows: String = ErrorCode::ALL.iter().copied().map(row).collect();
    TEMPLATE.replace(TABLE_MARK, &format!("{TABLE_HEAD}{rows}"))
}

fn row(code: ErrorCode) -> String {
    let Explanation { meaning, advice, members } = code.explanation();
    let retry = match code.retry() {
        Retry::Never => "never",
        Retry::Later => "later",
        Retry::Now => "now",
    };
    // An empty cell has one blank.
    let members = if members.is_empty() { String::new() } else { format!(" {members}") };
    format!("| `{}` | {} | {retry} | {meaning} | {advice} |{members} |\n", code.as_str(), code.status())
}
