//! The comments of a configuration that this program writes: lines with `## ` explain, lines with
//! `# ` hold settings. Taking one sign off every line keeps what explains a comment.

use crate::catalog::{Field, Section};
use crate::render::reference::values::accepted;
use crate::render::text::escape::printable;
use crate::render::text::words::{add, wrap};

/// How wide the explanations are.
const WIDTH: usize = 90;

/// The purpose of `target`.
pub(super) const TARGET: &str = "What this file may be applied to. All of it is optional: naming \
    an instance or an environment keeps the file from being applied to any other, and \
    `secret_key_env` names the variable that holds the secret key, which is never in a file.";

/// The line that tells editors where the schema is: a path as seen from the file, or a URL.
pub(super) fn modeline(schema: &str) -> String {
    format!("# yaml-language-server: $schema={}\n", printable(schema))
}

/// The meaning of a section.
pub(super) fn title(section: &Section) -> String {
    format!("{}. {}", section.title, section.meaning)
}

/// The meaning of a field, and its values.
pub(super) fn meaning(field: &Field) -> String {
    let only = field.only_in.map(|only| format!("; {only} only")).unwrap_or_default();
    format!("{} Takes {}{only}.", field.meaning, accepted(field))
}

/// An explanation.
pub(super) fn prose(text: &str, indent: &str) -> String {
    let room = WIDTH - indent.len() - 3;
    let mut out = String::new();
    for line in wrap(text, room) {
        add(&mut out, format_args!("## {indent}{line}\n"));
    }
    out
}

/// Lines that are settings once the `# ` before them is taken off.
pub(super) fn commented(lines: &[&str]) -> String {
    let mut out = String::new();
    for line in lines {
        add(&mut out, format_args!("# {line}\n"));
    }
    out
}
