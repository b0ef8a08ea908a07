//! Characters that are not seen, or that change how others are shown.

/// Whether a character is a control, or what Unicode calls default-ignorable: it takes no place, or
/// steers how other characters are shown. No crate, since the list has to hold only what may be
/// hidden in text.
pub fn is_hidden(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_control();
    }
    letter.is_control()
        || matches!(letter,
            '\u{00AD}' // soft hyphen
            | '\u{034F}' | '\u{061C}' // grapheme joiner, Arabic letter mark
            | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers
            | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' // Khmer, Mongolian
            | '\u{200B}'..='\u{200F}' // zero width, left-to-right and right-to-left marks
            | '\u{2028}'..='\u{202E}' // line and paragraph separator, embeddings, overrides
            | '\u{2060}'..='\u{206F}' // word joiner, isolates, deprecated formatting
            | '\u{2800}' // a blank that is no space
            | '\u{FE00}'..='\u{FE0F}' // variation selectors
            | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' // byte-order mark, annotations
            | '\u{FFFE}' | '\u{FFFF}' // no characters at all, and YAML refuses them
            | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' // shorthand, music
            | '\u{E0000}'..='\u{E0FFF}') // tags, more variation selectors
}

/// The text on one line with what is hidden escaped, cut after `longest` characters: for showing
/// what came from elsewhere.
pub fn sanitize(text: &str, longest: usize) -> String {
    let mut shown = String::new();
    for (count, letter) in text.chars().enumerate() {
        if count == longest {
            shown.push('…');
            break;
        }
        if is_hidden(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_what_takes_no_place_are_hidden_and_nothing_that_is_read() {
        for letter in
            "\0\n\u{7f}\u{85}\u{ad}\u{17b4}\u{180b}\u{200b}\u{200e}\u{202e}\u{2066}\u{2800}\
                       \u{feff}\u{fff0}\u{fffe}\u{1d173}\u{e0041}\u{e01f0}"
                .chars()
        {
            assert!(is_hidden(letter), "{letter:?}");
        }
        for letter in "a \u{a0}\u{3000}ü\u{301}語\u{fffd}🦀".chars() {
            assert!(!is_hidden(letter), "{letter:?}");
        }
    }

    #[test]
    fn what_came_from_elsewhere_is_shown_on_one_line_and_cut() {
        for (text, longest, expected) in [
            ("as it is: ü 語", 99, "as it is: ü 語"),
            ("\u{1b}[2J\n", 99, "\\u{1b}[2J\\n"),
            ("a\u{202e}b\u{2066}c\u{200f}", 99, "a\\u{202e}b\\u{2066}c\\u{200f}"),
            ("a\u{ad}b\u{200b}c\u{e0041}", 99, "a\\u{ad}b\\u{200b}c\\u{e0041}"),
            ("abc", 3, "abc"),
            ("abcd", 3, "abc…"),
            ("a\nbc", 2, "a\\n…"),
        ] {
            assert_eq!(sanitize(text, longest), expected, "{text:?}");
        }
    }
}
