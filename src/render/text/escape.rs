//! Makes data visible in a terminal: what would move the cursor, turn the direction of the text
//! around or not be seen at all is written as an escape. Markdown has its own rules in
//! [`super::markdown`].

use std::borrow::Cow;
use std::path::Path;

use serde_json::Value;

use super::words::add;
use crate::text::is_hidden;

/// The treatment of line breaks and tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// They are escaped too: the result is one line.
    Escaped,
    /// Newlines and tabs stay as they are.
    Kept,
}

/// Longer values and names than this many characters are shortened.
const LONG: usize = 120;
/// Longer sentences than this are: only one that quotes a very long value is.
const LONG_SENTENCE: usize = 480;
/// The sign that a runner of GitHub Actions takes for a command wherever it stands in a log's line.
const RUNNER_COMMAND: &str = "##[";
/// And the one that it takes for it at the start of a line.
const RUNNER_LINE: &str = "::";
/// Room for how long it was.
const COUNT: usize = 16;
/// How much of the end of a shortened text is shown.
const TAIL: usize = 24;

/// The text as one visible line.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, Breaks::Escaped)
}

/// A path as text, with escapes for what of it is not UTF-8: no two paths are shown as one.
pub fn path(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            add(&mut out, format_args!("\\x{byte:02X}"));
        }
    }
    out
}

/// The text with everything escaped that cannot be seen.
pub fn escaped(text: &str, breaks: Breaks) -> Cow<'_, str> {
    if !text.contains(RUNNER_COMMAND) && !text.chars().any(|c| is_unsafe(c, breaks)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        push(&mut out, c, breaks);
    }
    Cow::Owned(out)
}

/// Appends one character in its visible form, and what would end [`RUNNER_COMMAND`] as an escape.
pub(crate) fn push(out: &mut String, c: char, breaks: Breaks) {
    if c == '[' && out.ends_with("##") {
        out.push_str("\\u{5b}");
    } else if !is_unsafe(c, breaks) {
        out.push(c);
    } else if matches!(c, '\n' | '\r' | '\t') {
        out.extend(c.escape_default());
    } else {
        out.extend(c.escape_unicode());
    }
}

/// A value as compact JSON in one visible line, shortened where it is very long.
pub fn value(value: &Value) -> String {
    shortened(full_value(value), LONG)
}

/// A value as compact JSON in one visible line, however long.
pub fn full_value(value: &Value) -> String {
    let json = value.to_string();
    match printable(&json) {
        Cow::Borrowed(_) => json,
        Cow::Owned(visible) => visible,
    }
}

/// A JSON document with JSON's own escapes for what cannot be seen, so that it means the same.
pub fn json(document: String) -> String {
    let document = if document.contains(RUNNER_COMMAND) {
        document.replace(RUNNER_COMMAND, "##\\u005b")
    } else {
        document
    };
    // Nearly every document has no other bytes than these, and they are told at a glance.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n');
    if document.bytes().all(is_plain) || !document.chars().any(|c| is_unsafe(c, Breaks::Kept)) {
        return document;
    }
    let mut out = String::with_capacity(document.len() + 8);
    for c in document.chars() {
        if is_unsafe(c, Breaks::Kept) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                add(&mut out, format_args!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Two values that are shown side by side: in full where only the middle tells them apart.
pub fn values(before: &Value, after: &Value) -> (String, String) {
    let (left, right) = (value(before), value(after));
    if left == right && before != after {
        return (full_value(before), full_value(after));
    }
    (left, right)
}

/// A name or path as one visible line, shortened where it is very long. A line may begin with it.
pub fn name(text: &str) -> String {
    let visible = printable(text);
    match visible.trim_start().strip_prefix(RUNNER_LINE) {
        Some(rest) => shortened(format!("\\u{{3a}}:{rest}"), LONG),
        None => shortened(visible.into_owned(), LONG),
    }
}

/// A sentence as one visible line, shortened where it quotes something very long.
pub fn sentence(text: &str) -> String {
    shortened(printable(text).into_owned(), LONG_SENTENCE)
}

fn shortened(text: String, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text;
    }
    let head: String = text.chars().take(most - TAIL - COUNT).collect();
    let tail: String = text.chars().skip(length - TAIL).collect();
    format!("{head}…{tail} ({length} characters)")
}

fn is_unsafe(c: char, breaks: Breaks) -> bool {
    match c {
        '\n' | '\t' => breaks == Breaks::Escaped,
        _ => is_hidden(c),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_seen_becomes_an_escape() {
        for (text, expected) in [
            ("plain ü 漢 🦀", "plain ü 漢 🦀"),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("a\0b\u{7f}\u{9b}", "a\\u{0}b\\u{7f}\\u{9b}"),
            ("\u{85}", "\\u{85}"),
            ("a\u{202e}b\u{2066}c\u{200f}\u{61c}", "a\\u{202e}b\\u{2066}c\\u{200f}\\u{61c}"),
            ("a\u{200b}b\u{200d}\u{feff}\u{ad}", "a\\u{200b}b\\u{200d}\\u{feff}\\u{ad}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{e0041}\u{e0100}", "\\u{e0041}\\u{e0100}"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("x ##[add-mask]y", "x ##\\u{5b}add-mask]y"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn no_name_starts_a_line_that_a_runner_takes_for_a_command() {
        for (text, expected) in
            [("::error::x", "\\u{3a}:error::x"), (" ::x", "\\u{3a}:x"), ("a::b", "a::b")]
        {
            assert_eq!(name(text), expected);
        }
    }

    #[test]
    fn newlines_and_tabs_stay_where_that_is_asked_for() {
        assert_eq!(escaped("a\n\tb\r\u{1b}", Breaks::Kept), "a\n\tb\\r\\u{1b}");
    }

    #[test]
    fn a_value_is_compact_json_in_one_line() {
        assert_eq!(value(&json!({"b": [1, null], "a": "x\n"})), r#"{"a":"x\n","b":[1,null]}"#);
        assert_eq!(value(&json!("\u{202e}")), r#""\u{202e}""#);
    }

    #[test]
    fn a_json_document_means_the_same_and_shows_everything() {
        let value = json!({"a": "x\u{7f}\u{9b}\u{202e}\u{e0041}ü\n", "b": ["\u{200b}", "##[x"]});
        let shown = super::json(format!("{value:#}\n"));
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
        assert!(shown.contains(r#""x\u007f\u009b\u202e\udb40\udc41ü\n""#), "{shown}");
        assert!(shown.contains("##\\u005bx"), "{shown}");
        assert_eq!(super::json("{\n}\n".to_owned()), "{\n}\n");
    }

    #[test]
    fn a_long_value_keeps_its_ends_and_tells_its_length() {
        let shown = value(&json!(format!("start{}end", "x".repeat(1000))));
        assert!(shown.starts_with("\"startxxx"), "{shown}");
        assert!(shown.ends_with("xxxend\" (1010 characters)"), "{shown}");
        assert!(shown.chars().count() < 150, "{shown}");
    }

    #[test]
    fn two_long_values_that_differ_in_the_middle_are_shown_in_full() {
        let long = |middle: &str| json!(format!("{0}{middle}{0}", "x".repeat(200)));
        let (before, after) = values(&long("a"), &long("b"));
        assert!(before.contains("xax") && after.contains("xbx"));
        let (before, after) = values(&long("a"), &long("a"));
        assert_eq!(before, after);
        assert!(before.contains('…'));
    }
}
