//! How a message shows what stands in a file: short, on one line, and without a secret.

use super::secrets;
use crate::text::is_hidden;

/// How many characters of a value a message shows.
const SHOWN: usize = 40;

/// A piece of the file for a message, between backticks. Everything that a message repeats goes
/// through here.
pub(super) fn quote(text: &str) -> String {
    let masked = secrets::masked(text);
    let mut shown = String::from("`");
    for (count, letter) in masked.chars().enumerate() {
        if count == SHOWN {
            shown.push('…');
            break;
        }
        match letter {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            _ if is_hidden(letter) => shown.extend(letter.escape_unicode()),
            _ => shown.push(letter),
        }
    }
    shown.push('`');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_shows_a_value_short_and_on_one_line() {
        for (text, shown) in [
            ("hibp", "`hibp`"),
            ("a\nb\tc", "`a\\nb\\tc`"),
            ("\u{1b}[31m", "`\\u{1b}[31m`"),
            ("\u{202e}x", "`\\u{202e}x`"),
            ("\u{17b4}\u{180b}\u{e01f0}x", "`\\u{17b4}\\u{180b}\\u{e01f0}x`"),
            ("key sk_live_abc123 key", "`key ************** key`"),
        ] {
            assert_eq!(quote(text), shown);
        }
        assert_eq!(quote(&"a".repeat(41)), format!("`{}…`", "a".repeat(40)));
        assert_eq!(quote(&"a".repeat(40)), format!("`{}`", "a".repeat(40)));
    }
}
