//! What a person is told about a file, and what a file comes to.

mod bad_input;
mod family;
mod fix;
mod format;
mod layers;
mod left_over;
mod meaning;
mod oracle;
mod syntax;

use serde_json::Value;

use super::yaml::recover;
use super::{Checked, SourceFile, check};

/// What a text holds, whatever it may hold.
pub(crate) fn document(text: &str) -> Value {
    let document = recover::read(text);
    assert!(document.findings.is_empty(), "{text}: {:?}", document.findings);
    document.root.map(|root| root.to_json()).unwrap_or_default()
}

/// Checks a text.
fn checked(text: &str) -> Checked {
    check(&SourceFile { name: "clerk.yaml".to_owned(), text: text.to_owned() })
}

/// The findings of a text, a line each: place, code, path.
fn told(text: &str) -> Vec<String> {
    let findings = checked(text).findings;
    findings
        .iter()
        .map(|finding| {
            let span = finding.span;
            format!(
                "{}:{}-{}:{} {} {}",
                span.line, span.column, span.end_line, span.end_column, finding.code, finding.path
            )
            .trim_end()
            .to_owned()
        })
        .collect()
}

/// Asserts what is told about each text.
#[track_caller]
fn assert_told(table: &[(&str, &[&str])]) {
    for (text, expected) in table {
        assert_eq!(told(text), *expected, "{text}");
    }
}

/// The help of the only finding of a text.
#[track_caller]
fn help(text: &str) -> String {
    let findings = checked(text).findings;
    assert_eq!(findings.len(), 1, "{text}: {findings:?}");
    findings[0].help.clone().unwrap_or_default()
}
