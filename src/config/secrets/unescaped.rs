//! A text as a reader of YAML sees it, with the way back to its bytes.

use std::ops::Range;

/// A text as it reads once the escapes of double quotes are resolved.
pub(super) struct Unescaped {
    pub text: String,
    /// For each byte of it, and for its end, the offset in the original.
    origin: Vec<usize>,
}

impl Unescaped {
    /// `None` where nothing is escaped.
    pub fn of(text: &str) -> Option<Self> {
        let first = text.find('\\')?;
        let mut view = Self { text: text[..first].to_owned(), origin: (0..first).collect() };
        let mut at = first;
        while let Some(letter) = text[at..].chars().next() {
            let (meant, length) = match letter {
                '\\' => escape(&text[at..]),
                _ => (Some(letter), letter.len_utf8()),
            };
            if let Some(meant) = meant {
                view.text.push(meant);
                view.origin.resize(view.text.len(), at);
            }
            at += length;
        }
        view.origin.push(text.len());
        Some(view)
    }

    /// The bytes of the original that a part of it stands for.
    pub fn outside(&self, Range { start, end }: Range<usize>) -> Range<usize> {
        self.origin[start]..self.origin[end]
    }
}

/// The character that an escape stands for, and how many bytes it takes.
fn escape(text: &str) -> (Option<char>, usize) {
    let hex = |digits: usize| {
        let number = text.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        number.and_then(char::from_u32).map_or((Some('\\'), 1), |meant| (Some(meant), 2 + digits))
    };
    match text[1..].chars().next() {
        Some('x') => hex(2),
        Some('u') => hex(4),
        Some('U') => hex(8),
        Some('n') => (Some('\n'), 2),
        Some('t') => (Some('\t'), 2),
        Some('r') => (Some('\r'), 2),
        Some(letter @ ('/' | '"' | '\\' | ' ')) => (Some(letter), 2),
        // A backslash at a line's end joins the next line to it.
        Some('\n' | '\r') => {
            let rest = text[1..].trim_start_matches(['\n', '\r', ' ', '\t']);
            (None, text.len() - rest.len())
        }
        _ => (Some('\\'), 1),
    }
}
