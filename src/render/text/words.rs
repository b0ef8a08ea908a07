//! How numbers and lists are put into words, and prose into lines. The one place for plurals.

use std::fmt::{Arguments, Write as _};

/// Appends a formatted text. Nothing can fail here: a `String` takes whatever it is given.
pub(crate) fn add(out: &mut String, text: Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// A number and what is counted: "1 call", "3 calls", "2 entries".
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {}", plural(number, noun))
}

/// A noun as it stands after a number.
pub fn plural(number: usize, noun: &str) -> String {
    if number == 1 {
        return noun.to_owned();
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

/// The form of a verb that goes with a number: "1 call changes", "2 calls change".
pub const fn verb<'a>(number: usize, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

/// A list as people say it: "a", "a and b", "a, b and c".
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let before = match index {
            0 => "",
            _ if index + 1 == items.len() => " and ",
            _ => ", ",
        };
        add(&mut out, format_args!("{before}{}", item.as_ref()));
    }
    out
}

/// Prose in lines of at most `width` characters; a longer word has a line of its own.
pub fn wrap(prose: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in prose.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Up to this many targets without anything to tell of are named; more are counted.
const MOST_QUIET: usize = 3;

/// The targets without anything to tell of in one line, where there are too many to name each.
pub fn quiet(number: usize) -> Option<String> {
    (number > MOST_QUIET).then(|| format!("{}: nothing to do", count(number, "target")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_everything_else_is_plural() {
        for (number, noun, expected) in [
            (0, "call", "0 calls"),
            (1, "call", "1 call"),
            (2, "call", "2 calls"),
            (1, "entry", "1 entry"),
            (2, "entry", "2 entries"),
            (2, "day", "2 days"),
        ] {
            assert_eq!(count(number, noun), expected);
        }
        assert_eq!(verb(1, "is", "are"), "is");
        assert_eq!(verb(0, "is", "are"), "are");
    }

    #[test]
    fn a_list_reads_as_people_say_it() {
        for (items, expected) in [
            (&[][..], ""),
            (&["a"][..], "a"),
            (&["a", "b"][..], "a and b"),
            (&["a", "b", "c"][..], "a, b and c"),
        ] {
            assert_eq!(list(items), expected);
        }
    }

    #[test]
    fn prose_is_broken_between_words_only() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("a longer-than-the-line b", 6), ["a", "longer-than-the-line", "b"]);
        assert!(wrap("  ", 6).is_empty());
    }
}
