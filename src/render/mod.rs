//! Views of findings, plan, outcome, state and catalogue. Data in, text out: nothing here prints,
//! and nothing that comes from a file or from the service reaches a view without [`escape`] or
//! [`markdown`].

mod advice;
mod annotate;
mod change;
pub mod codes_markdown;
mod command;
mod comment;
pub mod diff;
pub mod drift;
pub mod drift_markdown;
pub mod escape;
mod excerpt;
pub mod explain;
pub mod explain_code;
pub mod explain_file;
mod explain_values;
pub mod failure;
pub mod findings;
pub mod findings_github;
pub mod findings_gitlab;
pub mod findings_sarif;
pub mod fix;
mod folded;
pub mod forge;
pub mod imported;
pub mod markdown;
pub mod outcome;
pub mod palette;
pub mod plan;
pub mod plan_github;
pub mod plan_gitlab;
pub mod plan_html;
pub mod plan_markdown;
mod reading;
mod rows;
#[cfg(test)]
mod samples;
pub mod shell;
pub mod starter;
pub mod state;
mod unreflected;
pub mod words;
mod yaml;

/// The version of every JSON document that this folder writes.
const FORMAT_VERSION: u64 = 1;

/// A JSON document as it is written: indented, with a final newline, and with nothing in it that
/// a terminal would act on.
pub fn document(value: &serde_json::Value) -> String {
    escape::json(format!("{value:#}\n"))
}
