//! What a run came to, by what became of its calls.

use serde_json::json;

use super::super::outcome::{
    CallOutcome, Ended, Outcome, TargetOutcome, Unrecorded, UnrecordedCause, Verdict,
};

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
