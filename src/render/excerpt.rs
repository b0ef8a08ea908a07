//! The lines of a file and the part of one that a finding shows: masked, in visible characters,
//! and trimmed where the line is long. Whatever a span says, there is an answer and no panic.

use std::borrow::Cow;
use std::ops::Range;

use super::escape::{Breaks, push};
use crate::finding::Span;

/// Characters of a line that are shown.
const WIDTH: usize = 100;
/// Characters shown before the place, where the line is longer.
const LEAD: usize = 24;

/// Hides the secrets of a line and keeps its number of characters, so that carets stay right.
pub type Mask = fn(&str) -> Cow<'_, str>;

/// The lines of a file, as YAML counts them.
pub struct Lines<'a>(Vec<&'a str>);

/// What is shown of a line, and which of its bytes are marked.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// One line of visible characters.
    pub text: String,
    /// The bytes of [`Self::text`] to underline; empty for a place between two characters.
    pub marked: Range<usize>,
}

impl<'a> Lines<'a> {
    /// A line ends with a newline, with a carriage return, or with both.
    pub fn of(text: &'a str) -> Self {
        let mut lines = Vec::new();
        let mut rest = text;
        while let Some(end) = rest.find(['\n', '\r']) {
            let (line, after) = rest.split_at(end);
            lines.push(line);
            rest = after.strip_prefix("\r\n").unwrap_or_else(|| after.get(1..).unwrap_or(""));
        }
        lines.push(rest);
        Self(lines)
    }

    /// The line at which a span begins; `None` where the file has no such line.
    pub fn excerpt(&self, span: Span, mask: Mask) -> Option<Excerpt> {
        let line = mask(self.0.get(span.line.checked_sub(1)?)?);
        let length = line.chars().count();
        let start = span.column.saturating_sub(1).min(length);
        let end = match span.end_line {
            same if same == span.line => span.end_column.saturating_sub(1).clamp(start, length),
            later if later > span.line => length,
            _ => start,
        };
        Some(cut(&line, length, start..end))
    }
}

/// The part of a line around the marked characters, and where these are among its bytes.
fn cut(line: &str, length: usize, marked: Range<usize>) -> Excerpt {
    let first =
        if length <= WIDTH { 0 } else { marked.start.saturating_sub(LEAD).min(length - WIDTH) };
    let last = (first + WIDTH).min(length);
    let mut text = String::from(if first > 0 { "…" } else { "" });
    let mut bytes = text.len()..text.len();
    for (column, c) in line.chars().enumerate().take(last).skip(first) {
        if column == marked.start {
            bytes = text.len()..text.len();
        }
        match c {
            '\t' => text.push_str("    "),
            _ => push(&mut text, c, Breaks::Escaped),
        }
        if marked.contains(&column) {
            bytes.end = text.len();
        }
    }
    if marked.start >= last {
        bytes = text.len()..text.len();
    }
    if last < length {
        text.push('…');
    }
    Excerpt { text, marked: bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(line: &str) -> Cow<'_, str> {
        Cow::Borrowed(line)
    }

    fn span(line: usize, column: usize, end_line: usize, end_column: usize) -> Span {
        Span { line, column, end_line, end_column }
    }

    fn marked(text: &str, span: Span) -> (String, String) {
        let excerpt = Lines::of(text).excerpt(span, open).unwrap();
        let marked = excerpt.text[excerpt.marked].to_owned();
        (excerpt.text, marked)
    }

    fn told(text: &str, mark: &str) -> (String, String) {
        (text.to_owned(), mark.to_owned())
    }

    #[test]
    fn columns_are_characters_and_lines_end_in_any_of_three_ways() {
        for text in ["a\nüb: c", "a\r\nüb: c\r\n", "a\rüb: c\rd"] {
            assert_eq!(marked(text, span(2, 1, 2, 3)), told("üb: c", "üb"), "{text:?}");
        }
    }

    #[test]
    fn a_span_over_several_lines_marks_the_rest_of_its_first() {
        assert_eq!(marked("a: b\nc", span(1, 4, 2, 2)), told("a: b", "b"));
    }

    #[test]
    fn tabs_and_control_characters_are_shown_and_marked_whole() {
        assert_eq!(marked("a\tb", span(1, 2, 1, 3)), told("a    b", "    "));
        assert_eq!(marked("a\u{202e}b", span(1, 2, 1, 3)), told("a\\u{202e}b", "\\u{202e}"));
    }

    #[test]
    fn a_long_line_is_trimmed_around_the_place() {
        let line = format!("{}KEY{}", "a".repeat(500), "b".repeat(500));
        let (text, mark) = marked(&line, span(1, 501, 1, 504));
        assert_eq!(mark, "KEY");
        assert!(text.starts_with("…aaa") && text.ends_with("bbb…"));
        assert_eq!(text.chars().count(), WIDTH + 2);
        let (text, mark) = marked(&line, span(1, 1, 1, 900));
        assert!(!text.starts_with('…') && mark.len() == WIDTH);
        let (text, mark) = marked(&line, span(1, 1004, 1, 1004));
        assert!(!text.ends_with('…') && mark.is_empty());
    }

    #[test]
    fn no_span_panics() {
        let numbers = [0, 1, 2, 3, 7, 200, usize::MAX];
        let long = "x".repeat(300);
        for text in ["", "\n", "\r", "a", "ü: \t漢\r\nb\rc", "\u{feff}a", &long] {
            let lines = Lines::of(text);
            for (line, column) in numbers.iter().flat_map(|a| numbers.map(|b| (*a, b))) {
                for (end_line, end_column) in numbers.iter().flat_map(|a| numbers.map(|b| (*a, b)))
                {
                    if let Some(shown) =
                        lines.excerpt(span(line, column, end_line, end_column), open)
                    {
                        assert!(shown.text.get(shown.marked).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn a_mask_that_shortens_the_line_does_no_harm() {
        let shown = Lines::of("key: sk_live_secret").excerpt(span(1, 6, 1, 20), |_| "key".into());
        assert_eq!(shown, Some(Excerpt { text: "key".to_owned(), marked: 3..3 }));
    }
}
