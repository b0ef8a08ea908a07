//! A repair: replacements, what is left alone, and totals.

use super::text::place::place;
use super::text::words::{add, count, verb};
use crate::config::{Kept, Replacement};

/// The totals of all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixTotals {
    /// How many files were named.
    pub files: usize,
    /// How many of them have something to replace.
    pub concerned: usize,
    /// How many could not be read, repaired or written.
    pub refused: usize,
    /// How many names were, or would be, replaced.
    pub replacements: usize,
}

/// A line a replacement, as in `clerk.yaml:3:3: old → new`.
pub fn replacements(file: &str, replacements: &[Replacement]) -> String {
    let mut out = String::new();
    for Replacement { at, old, new } in replacements {
        add(&mut out, format_args!("{}: {old} → {new}\n", place(file, at.line, at.column)));
    }
    out
}

/// A line on a deprecated field that stays.
pub fn kept(file: &str, Kept { at, section, field }: &Kept) -> String {
    format!(
        "{}: `{name}` is deprecated and was kept, since nothing replaces it; see `clerkform \
         explain {}.{name}`",
        place(file, at.line, at.column),
        section.name,
        name = field.name,
    )
}

/// The replacements that were made, in one sentence.
pub fn done(totals: &FixTotals) -> String {
    let what = match totals.replacements {
        0 => "Nothing was replaced".to_owned(),
        some => format!("Replaced {}", count(some, "deprecated name")),
    };
    sentence(&what, totals)
}

/// The replacements to make, in one sentence.
pub fn ahead(totals: &FixTotals) -> String {
    let what = match totals.replacements {
        0 => "Nothing to replace".to_owned(),
        some => format!("{} to replace", count(some, "deprecated name")),
    };
    sentence(&what, totals)
}

fn sentence(what: &str, totals: &FixTotals) -> String {
    let FixTotals { files, concerned, refused, .. } = *totals;
    let place = match concerned {
        0 => count(files, "file"),
        some if some == files => count(files, "file"),
        some => format!("{some} of {}", count(files, "file")),
    };
    let alone = format!("{} {} left alone", count(refused, "file"), verb(refused, "is", "are"));
    match refused {
        0 => format!("{what} in {place}.\n"),
        all if all == files => format!("{what}: {alone}.\n"),
        _ => format!("{what} in {place}; {alone}.\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_one_sentence() {
        let totals = |files, concerned, refused, replacements| FixTotals {
            files,
            concerned,
            refused,
            replacements,
        };
        for (totals, was_done, is_ahead) in [
            (
                totals(1, 0, 0, 0),
                "Nothing was replaced in 1 file.",
                "Nothing to replace in 1 file.",
            ),
            (
                totals(1, 1, 0, 1),
                "Replaced 1 deprecated name in 1 file.",
                "1 deprecated name to replace in 1 file.",
            ),
            (
                totals(3, 2, 1, 4),
                "Replaced 4 deprecated names in 2 of 3 files; 1 file is left alone.",
                "4 deprecated names to replace in 2 of 3 files; 1 file is left alone.",
            ),
            (
                totals(2, 0, 2, 0),
                "Nothing was replaced: 2 files are left alone.",
                "Nothing to replace: 2 files are left alone.",
            ),
        ] {
            assert_eq!(done(&totals).trim_end(), was_done);
            assert_eq!(ahead(&totals).trim_end(), is_ahead);
        }
    }
}
