//! The syntax of a workflow command, by which GitHub's runner is told of an annotation.

use super::escape::push;
use crate::finding::Span;

/// Columns are shown within a line only, and the last one is that of the last character.
pub(crate) fn range(span: Span) -> String {
    let Span { line, column, end_line, end_column } = span;
    if end_line == line {
        let last = end_column.saturating_sub(1).max(column);
        return format!("line={line},endLine={line},col={column},endColumn={last}");
    }
    // A span that goes up to the start of a line has no character in it.
    let last = if end_column == 1 { end_line - 1 } else { end_line };
    format!("line={line},endLine={last}")
}

/// A text as the value of a property. What cannot be seen and is not undone by the runner is
/// written as an escape.
pub(crate) fn property(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            _ => push_data(&mut out, c),
        }
    }
    out
}

/// A text as what stands behind the command.
pub(crate) fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_data(&mut out, c));
    out
}

fn push_data(out: &mut String, c: char) {
    match c {
        '%' => out.push_str("%25"),
        '\r' => out.push_str("%0D"),
        '\n' => out.push_str("%0A"),
        _ => push(out, c, crate::render::text::escape::Breaks::Escaped),
    }
}
