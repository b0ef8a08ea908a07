//! Words of a command that somebody copies.

use std::borrow::Cow;

use super::escape::printable;
use super::words::add;
use crate::text::is_hidden;

/// A word as a POSIX shell reads it back, in which everything can be seen.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    match printable(word) {
        Cow::Borrowed(_) => format!("'{}'", word.replace('\'', r"'\''")),
        Cow::Owned(_) => escaped(word),
    }
}

/// A word in dollar-single-quotes, which POSIX has since 2024 and shells had long before: each byte
/// of what cannot be seen in octal, which no digit behind it lengthens.
fn escaped(word: &str) -> String {
    let mut out = "$'".to_owned();
    for c in word.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            _ if !is_hidden(c) && c != '[' => out.push(c),
            _ => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    add(&mut out, format_args!("\\{byte:03o}"));
                }
            }
        }
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_where_a_shell_would_read_more_than_a_word() {
        for (word, expected) in [
            ("a/b-c.yaml", "a/b-c.yaml"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(x)`", "'$(x)`'"),
            ("it's", r"'it'\''s'"),
            ("a\nb'\\", r"$'a\012b\'\\'"),
            ("\u{202e}1 ü", r"$'\342\200\2561 ü'"),
            ("##[x", r"$'##\133x'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
