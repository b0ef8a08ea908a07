//! The document of `apply`.

use serde_json::json;

use super::sentences::{before_calls, planned};
use crate::failure::FailureCode;
use crate::plan::Plan;
use crate::plan::document::unreflected_documents;
use crate::plan::outcome::{Outcome, Verdict};
use crate::render::{FORMAT_VERSION, document};

/// The document of `apply`; with `error` where not even the intent could be written, so that
/// nothing was done at all.
///
/// What differs, was accepted by an earlier run and is not sent again stands beside the calls.
pub fn json(outcome: &Outcome, plan: &Plan) -> String {
    let mut shown = json!({
        "format_version": FORMAT_VERSION,
        "targets": outcome.targets,
        "summary": outcome.tally(),
    });
    for (number, target) in outcome.targets.iter().enumerate() {
        let withheld = planned(target, plan).map_or(&[][..], |planned| &planned.unreflected);
        if !withheld.is_empty() {
            shown["targets"][number]["unreflected"] = json!(unreflected_documents(withheld));
        }
    }
    let unwritten = outcome.targets.iter().find_map(|target| target.record_error.as_ref());
    if let Some(problem) = unwritten.filter(|_| outcome.verdict() == Verdict::NothingTookEffect) {
        shown["error"] = json!({ "code": FailureCode::StateUnwritten, "message": problem.message, "help": before_calls(problem) });
    }
    document(&shown)
}
