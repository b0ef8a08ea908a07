//! What no word has in it.

use crate::text::is_hidden;

pub(super) const BLANK: &str = "contains a space or an invisible character";

pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || is_hidden(letter)
}
