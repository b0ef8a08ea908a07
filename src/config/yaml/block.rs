//! Where a block scalar stands: from its `|` or `>` to its last text. The parser tells only where
//! its lines begin and end.

use std::ops::Range;

/// The bytes of a block scalar with these `lines`, where whatever stands before the value has ended
/// at `from`.
pub(super) fn range(text: &str, from: usize, lines: Range<usize>) -> Option<Range<usize>> {
    let start = from + header(text.get(from..lines.start)?)?;
    let content = text.get(lines.clone())?.trim_end();
    let end = if content.is_empty() { start + 1 } else { lines.start + content.len() };
    Some(start..end)
}

/// The offset of the `|` or `>`. Only comments, a tag, an anchor and a `:`, `-` or `?` come first.
fn header(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        at += match rest.chars().next()? {
            '|' | '>' => return Some(at),
            '#' | '%' => rest.find('\n').unwrap_or(rest.len()),
            '&' | '!' => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            letter => letter.len_utf8(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_scalar_begins_with_its_sign_and_ends_with_its_text() {
        for (before, content, expected) in [
            (": |\n  ", "a b\n", Some("|\n  a b")),
            (": | # c > d\r\n  ", "a\r\n  bc\r\n\r\n", Some("| # c > d\r\n  a\r\n  bc")),
            (": # | c\n  &a>b !<x|y> >-2\n\n  ", "é😀\n", Some(">-2\n\n  é😀")),
            (": |+\n\n", "\n\n", Some("|")),
            (": ", "a", None),
        ] {
            let text = format!("key{before}{content}");
            let range = range(&text, 3, 3 + before.len()..text.len());
            assert_eq!(range.map(|range| &text[range]), expected, "{before:?}");
        }
    }
}
