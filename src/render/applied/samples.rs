//! Results for the tests of these views, friendly and hostile.

use std::collections::BTreeMap;

use serde_json::json;

use crate::failure::CallCode;
use crate::plan::Plan;
use crate::plan::outcome::{
    CallError, CallOutcome, Ended, Outcome, TargetOutcome, Unrecorded, UnrecordedCause,
};
use crate::render::samples::{self, HOSTILE};

fn call(section: &'static str, path: &'static str, outcome: Ended) -> CallOutcome {
    CallOutcome {
        section,
        path,
        outcome,
        status: Some(200),
        attempts: 1,
        verified: Some(true),
        unreflected: BTreeMap::new(),
        unverified: None,
        error: None,
        uncertain: false,
    }
}

fn of(plan: &Plan, calls: Vec<CallOutcome>) -> Outcome {
    let target = TargetOutcome {
        config: plan.targets[0].config.clone(),
        environment: plan.targets[0].environment.clone(),
        calls,
        problem: None,
        record_error: None,
        released: plan.targets[0].released.len(),
        noticed: 0,
        meanwhile: Vec::new(),
    };
    Outcome { targets: vec![target] }
}

/// A run that did everything.
pub fn done() -> (Outcome, Plan) {
    let plan = samples::plan();
    let outcome = of(
        &plan,
        vec![
            call("instance", "/v1/instance", Ended::Applied),
            call("restrictions", "/v1/instance/restrictions", Ended::Applied),
        ],
    );
    (outcome, plan)
}

fn error(text: &str) -> CallError {
    CallError {
        code: CallCode::Service(text.to_owned()),
        message: format!("{text} is not a valid address"),
        param: Some(text.to_owned()),
        trace_id: Some(format!("trace_{text}")),
        file: None,
        line: Some(3),
        column: Some(3),
    }
}

/// A run of which one call failed, and one setting is not taken.
pub fn halfway() -> (Outcome, Plan) {
    let (mut outcome, plan) = done();
    let [failed, taken] = outcome.targets[0].calls.as_mut_slice() else { unreachable!() };
    (failed.outcome, failed.status) = (Ended::Failed, Some(422));
    (failed.error, failed.verified) = (Some(error("support_email")), None);
    taken.unreflected.insert("allowlist".to_owned(), json!(false));
    (outcome, plan)
}

/// A run in which every text is hostile, with calls that ended in every way.
pub fn hostile() -> (Outcome, Plan) {
    let plan = samples::hostile_plan();
    let (mut outcome, _) = halfway();
    outcome.targets[0].config = HOSTILE.to_owned();
    outcome.targets[0].environment = Some(HOSTILE.to_owned());
    outcome.targets[0].released = plan.targets[0].released.len();
    outcome.targets[0].meanwhile = vec![HOSTILE.to_owned()];
    outcome.targets[0].record_error = Some(Unrecorded {
        cause: UnrecordedCause::Unwritable,
        message: HOSTILE.to_owned(),
        help: HOSTILE.to_owned(),
    });
    outcome.targets[0].calls[0].error = Some(error(HOSTILE));
    outcome.targets[0].calls[0].uncertain = true;
    outcome.targets[0].calls[1].unreflected.insert("allowlist".to_owned(), json!(HOSTILE));
    for ended in [Ended::Unknown, Ended::Skipped] {
        let mut more = outcome.targets[0].calls[0].clone();
        more.outcome = ended;
        outcome.targets[0].calls.push(more);
    }
    (outcome, plan)
}
