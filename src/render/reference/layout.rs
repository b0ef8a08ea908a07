//! How the reference is laid out on a page of text.

use crate::render::text::words::{add, wrap};

/// How wide prose is.
pub(super) const WIDTH: usize = 90;
/// How wide the names before short explanations are.
const NAMES: usize = 32;

/// A name and a short explanation beside it.
pub(super) fn entry(indent: &str, name: &str, text: &str) -> String {
    hanging(&format!("{indent}{name:NAMES$}"), text)
}

/// A fact about a field.
pub(super) fn fact(name: &str, text: &str) -> String {
    hanging(&format!("  {:12}", format!("{name}:")), text)
}

/// A text behind a head; its further lines begin where its first does.
pub(super) fn hanging(head: &str, text: &str) -> String {
    let indent = head.trim_start_matches('\n').chars().count();
    if !head.ends_with(' ') {
        // The name leaves no room beside it.
        return format!("{head}\n{}", hanging(&" ".repeat(NAMES + 4), text));
    }
    let mut out = String::new();
    for (index, line) in wrap(text, WIDTH.saturating_sub(indent).max(40)).iter().enumerate() {
        match index {
            0 => add(&mut out, format_args!("{head}{line}\n")),
            _ => add(&mut out, format_args!("{:indent$}{line}\n", "")),
        }
    }
    out
}

pub(super) fn prose(text: &str, indent: &str) -> String {
    let mut out = String::new();
    for line in wrap(text, WIDTH - indent.len()) {
        add(&mut out, format_args!("{indent}{line}\n"));
    }
    out
}

/// The text before the first full stop.
pub fn first_sentence(prose: &str) -> String {
    prose.split_once(". ").map_or(prose, |(first, _)| first).trim_end_matches('.').to_owned() + "."
}
