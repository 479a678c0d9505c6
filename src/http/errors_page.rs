//! The page that the `type` of a problem document links to: all error codes, each with its own anchor.
//!
//! Everything that it says about a code comes from `error`, so no code can be missing. The page is plain HTML with
//! embedded styles: it needs no network.

use std::fmt::Write;

use crate::error::{ErrorCode, Explanation, Retry};

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
    let Explanation { meaning, advice, members } = code.explanation();
    writeln!(page, r##"<section id="{name}"><h2><a href="#{name}">{name}</a></h2>"##)?;
    writeln!(page, "<p><strong>{}.</strong> {}</p>", to_html(code.title()), to_html(meaning))?;
    writeln!(page, "<p>{}</p>", to_html(advice))?;
    write!(page, r#"<p class="facts">Status {status}. {}"#, retry_advice(code.retry()))?;
    if !members.is_empty() {
        write!(page, " Members: {}.", to_html(members))?;
    }
    writeln!(page, "</p></section>")
}

fn retry_advice(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "The same request fails again.",
        Retry::Later => "The state may change by itself: try again later.",
        Retry::Now => "Repeat exactly the same request after <code>Retry-After</code> seconds.",
    }
}

/// Converts a text of an explanation to HTML: text between backticks is code, everything else is escaped.
fn to_html(markdown: &str) -> String {
    let escaped = markdown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let spans = escaped.split('`').enumerate();
    spans.map(|(index, span)| if index % 2 == 1 { format!("<code>{span}</code>") } else { span.to_owned() }).collect()
}
