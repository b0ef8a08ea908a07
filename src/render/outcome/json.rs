//! The document of `apply`.

use serde_json::{Value, json};

use super::sentences::{before_calls, finishing, with_plans};
use crate::failure::FailureCode;
use crate::plan::Plan;
use crate::plan::document::unreflected_documents;
use crate::plan::outcome::{Outcome, RunEnd, UnrecordedCause, Verdict};
use crate::render::{FORMAT_VERSION, document};

/// The document of `apply`; with `error` where not even the intent could be written, so that
/// nothing was done at all, and where somebody stopped it.
///
/// What differs, was accepted by an earlier run and is not sent again stands beside the calls.
pub fn json(outcome: &Outcome, plan: &Plan, ended: RunEnd) -> String {
    document(&value(outcome, plan, ended))
}

/// The same as data.
pub fn value(outcome: &Outcome, plan: &Plan, ended: RunEnd) -> Value {
    let mut shown = of_targets(outcome, plan);
    let Some(command) = finishing(outcome, plan) else { return shown };
    if ended == RunEnd::Interrupted && shown.get("error").is_none() {
        shown["error"] = json!({
            "code": FailureCode::Interrupted,
            "message": "interrupted before all calls were made",
            "help": format!("run `{command}`; it sends only what is left"),
        });
    }
    shown["finish"] = json!(command);
    shown
}

/// The same without what is left to do.
pub fn of_targets(outcome: &Outcome, plan: &Plan) -> Value {
    let mut shown = json!({
        "format_version": FORMAT_VERSION,
        "targets": outcome.targets,
        "summary": outcome.tally(),
    });
    for (number, (_, planned)) in with_plans(outcome, plan).enumerate() {
        let withheld = planned.map_or(&[][..], |planned| &planned.unreflected);
        if !withheld.is_empty() {
            shown["targets"][number]["unreflected"] = json!(unreflected_documents(withheld));
        }
    }
    let verdict = outcome.verdict();
    let unwritten = outcome.targets.iter().find_map(|target| target.record_error.as_ref());
    if verdict == Verdict::Busy {
        shown["error"] = busy(outcome);
    } else if let Some(problem) = unwritten.filter(|_| verdict == Verdict::NothingTookEffect) {
        let code = match problem.cause {
            UnrecordedCause::Unsafe => FailureCode::StateUnsafe,
            _ => FailureCode::StateUnwritten,
        };
        let help = before_calls(problem);
        shown["error"] = json!({"code": code, "message": problem.message, "help": help});
    }
    shown
}

/// Why a run made no call: another one has a state.
fn busy(outcome: &Outcome) -> Value {
    let unwritten = outcome.targets.iter().filter_map(|it| it.record_error.as_ref());
    let kept_out = outcome.calls().filter_map(|call| call.error.as_ref());
    let told = kept_out.map(|it| &it.message).chain(unwritten.map(|it| &it.message)).next();
    json!({
        "code": FailureCode::Locked,
        "message": told,
        "help": "no call was made; run the same command again",
    })
}
