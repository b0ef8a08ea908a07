//! What a run came to, by what became of its calls.

use serde_json::json;

use super::super::outcome::{
    CallOutcome, Ended, Outcome, TargetOutcome, Unrecorded, UnrecordedCause, Verdict,
};
use super::super::{Problem, between};
use crate::config::{SourceFile, check};
use crate::failure::FailureCode;

#[test]
fn a_run_is_judged_by_what_took_effect_and_what_did_not() {
    let call = |outcome, uncertain, unreflected: &[&str]| CallOutcome {
        section: "s",
        path: "/v1/s",
        outcome,
        status: None,
        attempts: 1,
        verified: None,
        unreflected: unreflected.iter().map(|it| (it.to_string(), json!(0))).collect(),
        unverified: None,
        error: None,
        uncertain,
    };
    let run = |calls: Vec<CallOutcome>, released, record_error: Option<&str>| {
        let record_error = record_error.map(|problem| Unrecorded {
            cause: UnrecordedCause::Unwritable,
            message: problem.to_owned(),
            help: "free some space on that disk and try again".to_owned(),
        });
        let target = TargetOutcome {
            config: "c".to_owned(),
            environment: None,
            calls,
            problem: None,
            record_error,
            released,
            noticed: 0,
            meanwhile: Vec::new(),
        };
        Outcome { targets: vec![target] }.verdict()
    };
    let applied = || call(Ended::Applied, false, &[]);
    let failed = || call(Ended::Failed, false, &[]);
    let skipped = || call(Ended::Skipped, false, &[]);
    let table = [
        (run(vec![], 0, None), Verdict::Done),
        (run(vec![applied()], 2, None), Verdict::Done),
        (run(vec![applied(), failed()], 0, None), Verdict::Partly),
        (run(vec![failed(), skipped()], 0, None), Verdict::NothingTookEffect),
        (run(vec![call(Ended::Unknown, true, &[])], 0, None), Verdict::Partly),
        (run(vec![call(Ended::Failed, true, &[])], 0, None), Verdict::Partly),
        (run(vec![call(Ended::Applied, false, &["f"])], 0, None), Verdict::Partly),
        (run(vec![applied()], 0, Some("full")), Verdict::Partly),
        (run(vec![skipped()], 0, Some("full")), Verdict::NothingTookEffect),
        (run(vec![failed()], 1, None), Verdict::Partly),
    ];
    for (index, (got, expected)) in table.into_iter().enumerate() {
        assert_eq!(got, expected, "row {index}");
    }
}

/// A target of one call: what became of that, or why it was left alone.
fn target(of: Result<Ended, FailureCode>) -> TargetOutcome {
    let desired = SourceFile::new("c.yaml", b"instance: {hibp: true}").unwrap();
    let desired = check(&desired).configuration.unwrap().desired(None).unwrap();
    let plan = between(&desired, None, None, "s");
    match of {
        Ok(outcome) => {
            let skipped = CallOutcome::skipped(&plan.calls[0]);
            let attempts = u32::from(outcome != Ended::Skipped);
            let call = CallOutcome { outcome, attempts, ..skipped };
            TargetOutcome { calls: vec![call], ..TargetOutcome::idle(&plan) }
        }
        Err(code) => {
            let (message, help) = (String::new(), String::new());
            TargetOutcome::left_alone(
                &plan,
                Problem { code, message, help, diagnostics: Vec::new() },
            )
        }
    }
}

#[test]
fn a_run_whose_targets_were_refused_is_busy_only_where_that_is_the_sole_cause() {
    use FailureCode::{KeyMissing, Locked, NotStarted};
    let run = |targets: &[Result<Ended, FailureCode>]| {
        Outcome { targets: targets.iter().map(|it| target(*it)).collect() }.verdict()
    };
    for (targets, expected) in [
        (&[Ok(Ended::Applied), Err(KeyMissing)][..], Verdict::Partly),
        (&[Ok(Ended::Applied), Err(Locked)], Verdict::Partly),
        (&[Ok(Ended::Failed), Err(KeyMissing)], Verdict::NothingTookEffect),
        (&[Ok(Ended::Failed), Err(Locked)], Verdict::NothingTookEffect),
        (&[Err(KeyMissing), Err(Locked)], Verdict::NothingTookEffect),
        (&[Ok(Ended::Failed), Err(NotStarted)], Verdict::NothingTookEffect),
        (&[Err(Locked), Err(Locked)], Verdict::Busy),
        (&[Err(Locked), Err(NotStarted)], Verdict::Busy),
    ] {
        assert_eq!(run(targets), expected, "{targets:?}");
    }
}
