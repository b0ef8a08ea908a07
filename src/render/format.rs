//! What laying out files came to.

use super::text::escape::printable;
use super::text::words::{count, verb};

/// What became of all files together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatTotals {
    /// How many files were looked at.
    pub files: usize,
    /// How many of them are, or were, laid out otherwise.
    pub changed: usize,
    /// How many could not be read, laid out or written.
    pub refused: usize,
}

/// A line on a file that was, or would be, changed.
pub fn changed(file: &str) -> String {
    format!("{}\n", printable(file))
}

/// What was done, in one sentence.
pub fn done(totals: &FormatTotals) -> String {
    sentence("formatted", totals)
}

/// What there is to do, in one sentence.
pub fn ahead(totals: &FormatTotals) -> String {
    sentence("to format", totals)
}

fn sentence(what: &str, FormatTotals { files, changed, refused }: &FormatTotals) -> String {
    let mut parts = Vec::new();
    if *changed > 0 {
        parts.push(format!("{} {what}", count(*changed, "file")));
    }
    let unchanged = files - changed - refused;
    if unchanged > 0 {
        let adverb = verb(unchanged, "is", "are");
        parts.push(format!("{} {adverb} formatted already", count(unchanged, "file")));
    }
    if *refused > 0 {
        let alone = verb(*refused, "is", "are");
        parts.push(format!("{} {alone} left alone", count(*refused, "file")));
    }
    if parts.is_empty() {
        parts.push("No file to format".to_owned());
    }
    format!("{}.\n", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_one_sentence() {
        for ((files, changed, refused), expected) in [
            ((1, 0, 0), "1 file is formatted already."),
            ((1, 1, 0), "1 file formatted."),
            ((0, 0, 0), "No file to format."),
            ((4, 1, 1), "1 file formatted; 2 files are formatted already; 1 file is left alone."),
        ] {
            assert_eq!(done(&FormatTotals { files, changed, refused }).trim_end(), expected);
        }
    }
}
