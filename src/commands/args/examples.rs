//! The end of each command's help: lines to copy, each below what it is for.

use std::fmt::Write as _;

use clap::builder::{StyledStr, Styles};

/// What stands above the examples.
pub const HEADING: &str = "Examples:";
/// What begins the line above an example.
pub const REMARK: &str = "# ";

/// What an example is for, and its line.
pub type HelpExample = (&'static str, &'static str);

/// The examples of a command, as the end of its help.
pub fn examples(rows: &[HelpExample]) -> StyledStr {
    let styles = Styles::styled();
    let heading = styles.get_header();
    let mut out = format!("{heading}{HEADING}{heading:#}");
    for (meaning, line) in rows {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n  {REMARK}{meaning}\n  {line}");
    }
    out.into()
}

/// The same below a paragraph.
pub fn below(paragraph: &str, rows: &[HelpExample]) -> StyledStr {
    format!("{paragraph}\n\n{}", examples(rows).ansi()).into()
}
