//! The lines of a file and the part of one that a finding shows: masked, in visible characters,
//! and trimmed where the line is long. Whatever a span says, there is an answer and no panic.

use std::borrow::Cow;
use std::ops::Range;

use super::escape::{Breaks, push};
use crate::finding::Span;
use crate::text::LineIndex;

/// Characters of a line that are shown.
const WIDTH: usize = 100;
/// Characters shown before the place, where the line is longer.
const LEAD: usize = 24;

/// Hides the secrets of a text and keeps its lines and its number of characters, so that carets
/// stay right.
pub type Mask = fn(&str) -> Cow<'_, str>;

/// The lines of a file without its secrets: masked as a whole, since one may
/// go on over a line's end.
pub struct Lines<'a> {
    index: LineIndex<Masked<'a>>,
}

struct Masked<'a>(Cow<'a, str>);

impl AsRef<[u8]> for Masked<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The visible part of a line, and which of its bytes are marked.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// One line of visible characters.
    pub text: String,
    /// The bytes of [`Self::text`] to underline; empty for a place between two characters.
    pub marked: Range<usize>,
}

impl<'a> Lines<'a> {
    /// The lines of a text.
    pub fn of(text: &'a str, mask: Mask) -> Self {
        Self { index: LineIndex::of(Masked(mask(text))) }
    }

    /// The line at which a span begins; `None` where the file has no such line.
    pub fn excerpt(&self, span: Span) -> Option<Excerpt> {
        let line = self.index.content(span.line)?;
        let length = self.index.place(line.end).1 - 1;
        let start = span.column.saturating_sub(1).min(length);
        let end = match span.end_line {
            same if same == span.line => span.end_column.saturating_sub(1).clamp(start, length),
            later if later > span.line => length,
            _ => start,
        };
        Some(self.cut(span.line, length, start..end))
    }

    /// The part of a line of so many characters around the marked ones, and where these are among
    /// its bytes.
    fn cut(&self, line: usize, length: usize, marked: Range<usize>) -> Excerpt {
        let first =
            if length <= WIDTH { 0 } else { marked.start.saturating_sub(LEAD).min(length - WIDTH) };
        let last = (first + WIDTH).min(length);
        let mut text = String::from(if first > 0 { "…" } else { "" });
        let mut bytes = text.len()..text.len();
        let shown = &self.index.text().0[self.index.offset((line, first + 1))..];
        for (column, c) in (first..last).zip(shown.chars()) {
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
        let excerpt = Lines::of(text, open).excerpt(span).unwrap();
        let marked = excerpt.text[excerpt.marked].to_owned();
        (excerpt.text, marked)
    }

    fn told(text: &str, mark: &str) -> (String, String) {
        (text.to_owned(), mark.to_owned())
    }

    #[test]
    fn columns_are_characters_and_lines_end_in_any_of_three_ways() {
        for text in ["a\nüb: c", "a\r\nüb: c\r\n", "a\nüb: c\nd"] {
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
            let lines = Lines::of(text, open);
            for (line, column) in numbers.iter().flat_map(|a| numbers.map(|b| (*a, b))) {
                for (end_line, end_column) in numbers.iter().flat_map(|a| numbers.map(|b| (*a, b)))
                {
                    if let Some(shown) = lines.excerpt(span(line, column, end_line, end_column)) {
                        assert!(shown.text.get(shown.marked).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn a_place_far_out_is_found_whatever_the_width_of_what_stands_before_it() {
        let text = format!("{}\n{}KEY: ü", "é漢\u{1f600}\n".repeat(700), "漢a".repeat(900));
        let (shown, mark) = marked(&text, span(702, 1801, 702, 1804));
        assert_eq!(mark, "KEY");
        assert!(shown.starts_with("…漢a") && shown.ends_with("KEY: ü"));
        assert_eq!(marked(&text, span(600, 2, 600, 3)), told("é漢\u{1f600}", "漢"));
    }

    #[test]
    fn a_secret_is_masked_as_a_whole_where_it_goes_on_over_a_line_s_end() {
        let mask: Mask = |text| text.replace("a\nb", "*\n*").into();
        let lines = Lines::of("x: a\nb y", mask);
        let text = |line| lines.excerpt(span(line, 1, line, 1)).unwrap().text;
        assert_eq!((text(1), text(2)), ("x: *".to_owned(), "* y".to_owned()));
    }

    #[test]
    fn a_mask_that_shortens_the_line_does_no_harm() {
        let shown = Lines::of("key: sk_live_secret", |_| "key".into()).excerpt(span(1, 6, 1, 20));
        assert_eq!(shown, Some(Excerpt { text: "key".to_owned(), marked: 3..3 }));
    }
}
