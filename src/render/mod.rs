//! Views of findings, plan, outcome, state and catalogue. Data in, text out: nothing here prints,
//! and nothing that comes from a file or from the service reaches a view without [`text::escape`] or
//! [`text::markdown`].

pub mod annotations;
pub mod applied;
pub mod comment;
pub mod comparison;
pub mod failure;
pub mod findings;
pub mod fix;
pub mod format;
pub mod jsonl;
pub mod outcome;
pub mod page;
pub mod plan;
pub mod progress;
pub mod reference;
#[cfg(test)]
mod samples;
pub mod state;
pub mod status;
pub mod text;
pub mod written;

/// The version of every JSON document that this folder writes.
const FORMAT_VERSION: u64 = 1;

/// A JSON document as it is written: indented, with a final newline, and with nothing in it that
/// a terminal would act on.
pub fn document(value: &serde_json::Value) -> String {
    written(format!("{value:#}"))
}

/// The text of a JSON document as it is shown.
pub fn written(mut document: String) -> String {
    document.push('\n');
    text::escape::json(document)
}
