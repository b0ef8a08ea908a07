//! How a message shows what stands in a file: short, on one line, and without a secret.

use super::secrets;

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
            _ if is_unseen(letter) => shown.extend(letter.escape_unicode()),
            _ => shown.push(letter),
        }
    }
    shown.push('`');
    shown
}

/// Control characters, and marks that are not seen or that turn the direction of a text.
pub(super) fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e01ef}')
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
            ("key sk_live_abc123 key", "`key ************** key`"),
        ] {
            assert_eq!(quote(text), shown);
        }
        assert_eq!(quote(&"a".repeat(41)), format!("`{}…`", "a".repeat(40)));
        assert_eq!(quote(&"a".repeat(40)), format!("`{}`", "a".repeat(40)));
    }
}
