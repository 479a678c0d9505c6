//! The page that the `type` of a problem leads to: every code of the table of errors, each under its own anchor.
//!
//! What a code is comes from `error`, so that no code can be missing; what it means to a client comes from
//! docs/errors.md, which people also read in the repository. Plain HTML with its style inside: it needs no network.

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
<p>Every failure is a problem document with a <code>code</code> from this list. Match on the code: it does not change, the texts
may. Quote the <code>request_id</code> when you ask for help.</p>
"#;

/// The whole page.
pub fn render() -> String {
    let mut page = HEAD.to_owned();
    for code in ErrorCode::ALL {
        // Writing to a string cannot fail.
        let _ = section(&mut page, *code);
    }
    page + "</body>\n</html>\n"
}

fn section(page: &mut String, code: ErrorCode) -> std::fmt::Result {
    let (name, status) = (code.as_str(), code.status().as_u16());
    let [meaning, advice, members] = explanation(code);
    writeln!(page, r##"<section id="{name}"><h2><a href="#{name}">{name}</a></h2>"##)?;
    writeln!(page, "<p><strong>{}.</strong> {}</p>", html(code.title()), html(meaning))?;
    writeln!(page, "<p>{}</p>", html(advice))?;
    write!(page, r#"<p class="facts">Status {status}. {}"#, retry(code.retry()))?;
    if !members.is_empty() {
        write!(page, " Members: {}.", html(members))?;
    }
    writeln!(page, "</p></section>")
}

/// What the columns of docs/errors.md say: meaning, what to do, members.
fn explanation(code: ErrorCode) -> [&'static str; 3] {
    let begin = format!("| `{}` |", code.as_str());
    let row = ERRORS_DOC.lines().find(|line| line.starts_with(&begin)).unwrap_or_default();
    let mut cells = row.trim_matches('|').split('|').skip(3).map(str::trim);
    std::array::from_fn(|_| cells.next().unwrap_or_default())
}

fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "The same request fails again.",
        Retry::Later => "The state may change by itself: another time may be better.",
        Retry::Now => "Repeat the very same request after <code>Retry-After</code> seconds.",
    }
}

/// A cell's text: between backticks stands code, and nothing in it is a tag.
fn html(markdown: &str) -> String {
    let escaped = markdown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let spans = escaped.split('`').enumerate();
    spans.map(|(at, span)| if at % 2 == 1 { format!("<code>{span}</code>") } else { span.to_owned() }).collect()
}
