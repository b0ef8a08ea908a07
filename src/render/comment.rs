//! A comment on a pull or merge request, or a summary of a job: a hidden marker, a heading, the
//! verdict in one line, what may go wrong as an alert, a table, a foldable block for each target,
//! and what to do. It has room for so much and no more; what is too much is left out and counted.

pub mod alert;
pub mod folded;
pub mod links;
pub mod marker;
pub mod table;

use alert::Alert;
use folded::{Block, fit, length};
use table::Table;

use super::text::words::add;

/// No longer than this many characters: a comment on GitHub may have 65,536.
const LIMIT: usize = 60_000;

/// The parts of a comment, each of them Markdown.
#[derive(Default)]
pub struct Comment {
    /// The first line, by which a program finds a former comment.
    pub marker: &'static str,
    /// What it is about and what it comes to, without the signs of a heading.
    pub heading: String,
    /// The totals, in one line; empty where the heading says it all.
    pub verdict: String,
    /// What a reader must not miss.
    pub alerts: Vec<Alert>,
    /// The changes.
    pub table: Option<Table>,
    /// The targets.
    pub blocks: Vec<Block>,
    /// The next step.
    pub foot: String,
}

impl Comment {
    /// The comment as one text.
    pub fn render(self) -> String {
        let Self { marker, heading, verdict, alerts, table, blocks, foot } = self;
        let mut head = format!("{marker}\n### {heading}\n");
        if !verdict.is_empty() {
            add(&mut head, format_args!("\n{verdict}\n"));
        }
        head.extend(alerts.iter().map(Alert::render));
        head.extend(table.as_ref().map(Table::render));
        let room = LIMIT - length(&head) - length(&foot);
        format!("{head}{}{foot}", fit(blocks, room))
    }
}

/// A part that is folded: a summary, as HTML, above Markdown that begins with an empty line.
pub fn folded(summary: &str, content: &str) -> String {
    format!("\n<details>\n<summary>{summary}</summary>\n{content}\n</details>\n")
}

#[cfg(test)]
pub(crate) mod tests;
