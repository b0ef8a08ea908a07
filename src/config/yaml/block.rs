//! Where a block scalar stands: from its `|` or `>` to its last text. The parser tells only where
//! its lines begin and end.

use crate::config::place;

/// Line and column, from 1.
type Place = (usize, usize);

/// Start and end of a block scalar whose lines, `content`, come after what `before` holds: the
/// text from `from` on, where whatever stands before the value has ended.
pub(super) fn places(before: &str, content: &str, from: Place) -> Option<(Place, Place)> {
    let header = header(before)?;
    let start = place::after(from, &before[..header]);
    let content = content.trim_end();
    let end = if content.is_empty() {
        (start.0, start.1 + 1)
    } else {
        place::after(place::after(start, &before[header..]), content)
    };
    Some((start, end))
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
            (": |\n  ", "a b\n", Some(((1, 6), (2, 6)))),
            (": | # c > d\r\n  ", "a\r\n  bc\r\n\r\n", Some(((1, 6), (3, 5)))),
            (": # | c\n  &a>b !<x|y> >-2\n\n  ", "é😀\n", Some(((2, 15), (4, 5)))),
            (": |+\n\n", "\n\n", Some(((1, 6), (1, 7)))),
            (": ", "a", None),
        ] {
            assert_eq!(places(before, content, (1, 4)), expected, "{before:?}");
        }
    }
}
