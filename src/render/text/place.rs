//! A place in a file.

use super::escape::printable;

/// A place as people and editors read it.
pub(crate) fn place(file: &str, line: usize, column: usize) -> String {
    format!("{}:{line}:{column}", printable(file))
}
