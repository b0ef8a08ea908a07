//! What makes a text no configuration before anybody parses it: carriage returns that only some
//! take for line breaks, and a merge that was not finished.

use std::ops::Range;

use crate::finding::{Code, Finding};
use crate::text::LineIndex;

/// The markers that git writes at the start of a line where two sides do not fit together.
const MARKERS: [&str; 3] = ["<<<<<<<", "|||||||", ">>>>>>>"];

/// The marker between two sides.
const DIVIDER: &str = "=======";

/// Why a text is not read at all, at the first place that says so. One pass, since files may be
/// large and nearly none has any of it.
pub(super) fn obstacle(text: &str) -> Option<Finding> {
    let mut before = 0;
    for line in text.split_inclusive('\n') {
        let content = line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line);
        if let Some(at) = content.find('\r') {
            return Some(lone_return(text, before + at));
        }
        if is_marker(content) {
            return Some(conflict(text, before, content));
        }
        before += line.len();
    }
    None
}

/// A carriage return without a line feed is a line break to YAML alone: git, forges and most
/// editors show what follows it as a part of the line, such as of a comment.
fn lone_return(text: &str, at: usize) -> Finding {
    let message = "a carriage return without a line feed: YAML treats it as a line break, but git \
        and editors do not";
    let help = "save the file with LF or CRLF line endings";
    told(text, at..at + 1, message, help)
}

fn conflict(text: &str, at: usize, line: &str) -> Finding {
    let message = "a merge was not finished: git left conflict markers here";
    let help = "resolve each conflict and remove the marker lines";
    told(text, at..at + line.len(), message, help)
}

fn is_marker(line: &str) -> bool {
    let is_named = |marker: &&str| {
        line.strip_prefix(*marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    match line.as_bytes().first() {
        Some(b'=') => line == DIVIDER,
        Some(b'<' | b'|' | b'>') => MARKERS.iter().any(is_named),
        _ => false,
    }
}

fn told(text: &str, range: Range<usize>, message: &str, help: &str) -> Finding {
    Finding::new("", LineIndex::of(text).span(range), Code::YamlSyntax, message).help(help)
}
