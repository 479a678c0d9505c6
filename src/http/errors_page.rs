//! The page that the `type` of a problem document links to: all error codes, each with its own anchor.
//!
//! Codes, titles and statuses come from `error`, so that no code can be missing. Meaning, advice and members come from
//! docs/errors.md. The page is plain HTML with embedded styles: it needs no network.

use std::fmt::Write;

use crate::error::{ErrorCode, Retry};

const ERRORS_DOC: &str = include_str!("../../docs/errors.md");

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors of the Box Office API</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font: 600 1.1rem ui-monospace, monospace; margin: 0 0 .3rem; }
h2 a { color: inherit; text-decoration: none; }
section { padding: .8rem 1rem; border-left: .25rem solid transparent; }
section:target { border-color: #d97706; background: color-mix(in srgb, #d97706 12%, transparent); }
p { margin: .2rem 0; }
code { font-family: ui-monospace, monospace; }
.facts { opacity: .7; }
</style>
</head>
<body>
<h1>Errors</h1>
<p>Every failure is a problem document with a <code>code</code> from this list. Match on the code: codes do not change,
texts may. Quote the <code>request_id</code> when you ask for help.</p>
"#;

/// The page as HTML.
pub fn render() -> String {
    let mut page = HEAD.to_owned();
    for code in ErrorCode::ALL {
        // Writing to a string cannot fail.
        let _ = write_section(&mut page, *code);
    }
    page + "</body>\n</html>\n"
}

fn write_section(page: &mut String, code: ErrorCode) -> std::fmt::Result {
    let (name, status) = (code.as_str(), code.status());
    let [meaning, advice, members] = documentation(code);
    writeln!(page, r##"<section id="{name}"><h2><a href="#{name}">{name}</a></h2>"##)?;
    writeln!(page, "<p><strong>{}.</strong> {}</p>", to_html(code.title()), to_html(meaning))?;
    writeln!(page, "<p>{}</p>", to_html(advice))?;
    write!(page, r#"<p class="facts">Status {status}. {}"#, retry_advice(code.retry()))?;
    if !members.is_empty() {
        write!(page, " Members: {}.", to_html(members))?;
    }
    writeln!(page, "</p></section>")
}

/// Columns of docs/errors.md: meaning, what to do, members.
fn documentation(code: ErrorCode) -> [&'static str; 3] {
    let row_start = format!("| `{}` |", code.as_str());
    let row = ERRORS_DOC.lines().find(|line| line.starts_with(&row_start)).unwrap_or_default();
    let mut cells = row.trim_matches('|').split('|').skip(3).map(str::trim);
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

fn retry_advice(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "The same request fails again.",
        Retry::Later => "The state may change by itself: try again later.",
        Retry::Now => "Repeat exactly the same request after <code>Retry-After</code> seconds.",
    }
}

/// Converts the text of a cell to HTML: text between backticks is code, everything else is escaped.
fn to_html(markdown: &str) -> String {
    let escaped = markdown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let spans = escaped.split('`').enumerate();
    spans.map(|(index, span)| if index % 2 == 1 { format!("<code>{span}</code>") } else { span.to_owned() }).collect()
}
