use std::collections::BTreeMap;

use insta::assert_snapshot;

use serde_json::json;

use super::*;
use crate::config::SourceFile;
use crate::failure::{CallCode, FailureCode};
use crate::plan::Plan;
use crate::plan::outcome::{
    CallError, CallOutcome, Ended, Outcome, RunEnd, TargetOutcome, Unrecorded, UnrecordedCause,
    Unverified,
};
use crate::render::samples::{self, HOSTILE, is_quiet};
use crate::render::text::palette::Palette;

const PLAIN: &Palette = &Palette::plain();

fn open(line: &str) -> std::borrow::Cow<'_, str> {
    line.into()
}

fn applied(section: &'static str, path: &'static str) -> CallOutcome {
    CallOutcome {
        section,
        path,
        outcome: Ended::Applied,
        status: Some(200),
        attempts: 1,
        verified: Some(true),
        unreflected: BTreeMap::new(),
        unverified: None,
        error: None,
        uncertain: false,
    }
}

fn error() -> CallError {
    CallError {
        code: CallCode::Service("form_param_invalid".to_owned()),
        message: "is not an email address".to_owned(),
        param: Some("support_email".to_owned()),
        trace_id: Some("trace_1".to_owned()),
        file: None,
        line: Some(4),
        column: Some(3),
    }
}

fn target(calls: Vec<CallOutcome>) -> TargetOutcome {
    TargetOutcome {
        config: "clerk.yaml".to_owned(),
        environment: Some("production".to_owned()),
        calls,
        problem: None,
        record_error: None,
        released: 0,
        noticed: 0,
        meanwhile: Vec::new(),
    }
}

fn one_of_each() -> Outcome {
    let instance = || applied("instance", "/v1/instance");
    let restrictions = || applied("restrictions", "/v1/instance/restrictions");
    let failed = Ended::Failed;
    let quiet = CallOutcome {
        status: Some(204),
        verified: None,
        unverified: Some(Unverified::Incomplete),
        ..instance()
    };
    let lying = CallOutcome {
        verified: Some(false),
        unreflected: BTreeMap::from([("allowlist".to_owned(), json!(false))]),
        ..restrictions()
    };
    let refused = CallOutcome {
        outcome: failed,
        status: Some(422),
        verified: None,
        error: Some(error()),
        ..instance()
    };
    let lost = CallOutcome {
        outcome: Ended::Unknown,
        status: None,
        attempts: 3,
        verified: None,
        error: Some(CallError {
            code: CallCode::Own(FailureCode::NoAnswer),
            message: "the connection broke".to_owned(),
            param: None,
            trace_id: None,
            file: None,
            line: None,
            column: None,
        }),
        uncertain: true,
        ..restrictions()
    };
    let skipped = CallOutcome {
        outcome: Ended::Skipped,
        status: None,
        attempts: 0,
        verified: None,
        ..restrictions()
    };
    let unrecorded = TargetOutcome {
        record_error: Some(Unrecorded {
            cause: UnrecordedCause::Unwritable,
            message: "disk full".to_owned(),
            help: "free some space on that disk and try again".to_owned(),
        }),
        released: 1,
        ..target(vec![refused, lost, skipped])
    };
    Outcome { targets: vec![target(vec![instance(), quiet, lying]), unrecorded] }
}

#[test]
fn each_call_says_what_became_of_it_and_what_to_do() {
    assert_snapshot!(text(&one_of_each(), &samples::plan(), &[], PLAIN, open), @"
    clerk.yaml [production]
      + applied  PATCH /v1/instance  verified
      + applied  PATCH /v1/instance  accepted
      ! applied  PATCH /v1/instance/restrictions  accepted, but the service shows a different value
          help: what Clerk accepted but does not take is not sent again while the file asks for the same; `clerkform state forget restrictions.allowlist -e production` makes the next apply send it again

    clerk.yaml [production]
      x failed   PATCH /v1/instance  status 422
          error[form_param_invalid]: is not an email address
            --> clerk.yaml:4:3 (support_email)
            trace ID for Clerk support: trace_1
      ? unknown  PATCH /v1/instance/restrictions  no answer, 3 attempts
          error[no-answer]: the connection broke
          help: restrictions.allowlist and restrictions.blocklist may or may not have taken effect; the next apply sends them again
      - skipped  PATCH /v1/instance/restrictions  not sent
      - 1 setting is no longer managed; the service keeps its value
      error: the results could not be recorded in clerk.production.state.json: disk full
        help: the calls above were made, and the state still holds the intent: the next plan treats its settings as uncertain and the next apply sends them again; free some space on that disk and try again

    Apply: 3 calls applied, 1 failed, 1 unknown and 1 skipped in 2 targets; 1 setting no longer managed; 1 setting differs and Clerk does not take it: live false, file true; the results of 1 target are not recorded.
    Not applied: instance.hibp, instance.support_email, instance.allowed_origins, restrictions.allowlist and restrictions.blocklist.
    To finish: correct what failed and run `clerkform apply clerk.yaml -e production`; it sends only what is left.
    ");
}

#[test]
fn where_no_record_could_be_made_it_says_that_no_call_was() {
    let calls = vec![CallOutcome {
        outcome: Ended::Skipped,
        status: None,
        attempts: 0,
        verified: None,
        ..applied("instance", "/v1/instance")
    }];
    let target = TargetOutcome {
        record_error: Some(Unrecorded {
            cause: UnrecordedCause::Unwritable,
            message: "read-only".to_owned(),
            help: "free some space on that disk and try again".to_owned(),
        }),
        ..target(calls)
    };
    let shown = text(&Outcome { targets: vec![target] }, &Plan::default(), &[], PLAIN, open);
    assert!(shown.contains("error: read-only"), "{shown}");
    assert!(shown.contains("the state of 1 target cannot be written"), "{shown}");
    assert!(shown.contains("no call was made"), "{shown}");
}

#[test]
fn many_targets_to_which_nothing_was_done_are_one_count() {
    let idle = || target(Vec::new());
    let one = Outcome { targets: vec![target(vec![applied("instance", "/v1/instance")])] };
    let mut many = one.clone();
    many.targets.splice(0..0, [idle(), idle()]);
    many.targets.extend([idle(), idle()]);
    let told = |outcome| text(outcome, &samples::plan(), &[], PLAIN, open);
    let before = told(&one);
    let (shown, totals) = before.split_once("Apply: ").unwrap();
    assert_eq!(told(&many), format!("{shown}4 targets: nothing to do\n\nApply: {totals}"));
}

#[test]
fn totals_are_one_sentence() {
    let call = || applied("instance", "/v1/instance");
    let released = TargetOutcome { released: 2, ..target(vec![]) };
    for (targets, expected) in [
        (vec![], "Nothing to do."),
        (vec![target(vec![])], "Nothing to do."),
        (vec![target(vec![call()])], "Apply: 1 call applied in 1 target."),
        (vec![target(vec![call(), call()]), target(vec![])], "Apply: 2 calls applied in 1 target."),
        (vec![released], "Apply: 2 settings no longer managed."),
    ] {
        assert_eq!(totals(&Outcome { targets }, &Plan::default()), expected);
    }
}

#[test]
fn no_answer_does_anything_to_a_terminal() {
    let mut outcome = one_of_each();
    let mut plan = samples::hostile_plan();
    for target in &mut outcome.targets {
        target.config = HOSTILE.to_owned();
        target.environment = Some(HOSTILE.to_owned());
        target.record_error = Some(Unrecorded {
            cause: UnrecordedCause::Unwritable,
            message: HOSTILE.to_owned(),
            help: "free some space on that disk and try again".to_owned(),
        });
        for call in &mut target.calls {
            call.unreflected = BTreeMap::from([(HOSTILE.to_owned(), json!(HOSTILE))]);
            let text = || Some(HOSTILE.to_owned());
            call.error = Some(CallError {
                code: CallCode::Service(HOSTILE.to_owned()),
                message: HOSTILE.to_owned(),
                param: text(),
                trace_id: text(),
                ..error()
            });
        }
    }
    plan.targets[0].state.location = HOSTILE.to_owned();
    let shown = text(&outcome, &plan, &[], PLAIN, open);
    assert!(is_quiet(&shown), "{shown}");
}

#[test]
fn the_document_holds_targets_and_a_summary() {
    let shown: serde_json::Value =
        serde_json::from_str(&json(&one_of_each(), &samples::plan(), RunEnd::ByItself)).unwrap();
    assert_eq!(shown["format_version"], 1);
    assert_eq!(shown["summary"], json!({"applied": 3, "failed": 1, "unknown": 1, "skipped": 1}));
    let failed = &shown["targets"][1]["calls"][0];
    assert_eq!(failed["outcome"], "failed");
    assert_eq!(failed["error"]["param"], "support_email");
    assert_eq!(shown["targets"][1]["record_error"], "disk full");
    assert!(shown["targets"][0].get("record_error").is_none());
    let command = "clerkform apply clerk.yaml -e production";
    assert_eq!(shown["finish"], command);
    assert!(shown.get("error").is_none());
    let stopped = value(&one_of_each(), &samples::plan(), RunEnd::Interrupted);
    assert_eq!(stopped["error"]["code"], "interrupted");
    assert!(stopped["error"]["help"].as_str().unwrap().contains(command));
    assert_eq!(stopped["finish"], command);
}

#[test]
fn the_line_that_caused_an_error_is_shown_with_its_key_underlined() {
    let plan = samples::plan();
    let change = plan.targets[0].calls[0].changes[0].clone();
    let call = CallOutcome {
        outcome: Ended::Failed,
        status: Some(422),
        error: Some(CallError {
            file: None,
            line: Some(change.at.line),
            column: Some(change.at.column),
            ..error()
        }),
        ..applied(plan.targets[0].calls[0].section.name, "/v1/instance")
    };
    let outcome = Outcome { targets: vec![target(vec![call])] };
    let line = format!("{}{}: x", " ".repeat(change.at.column - 1), change.field.name);
    let text_of_file = format!("{}{line}\n", "\n".repeat(change.at.line - 1));
    let source = SourceFile { name: outcome.targets[0].config.clone(), text: text_of_file };
    let shown = text(&outcome, &plan, &[source], PLAIN, open);
    assert!(shown.contains(&format!("{} | {line}\n", change.at.line)), "{shown}");
    assert!(shown.contains('^'), "{shown}");
}

#[test]
fn what_finishes_a_run_waits_for_what_went_unanswered_in_a_shared_place() {
    for (location, is_shared) in [
        ("s3://b/p/clerk.production.state.json", true),
        ("git:origin refs/clerkform/clerk.production.state.json", true),
        ("clerk.production.state.json", false),
    ] {
        for uncertain in [true, false] {
            let mut plan = samples::plan();
            plan.targets[0].state.location = location.to_owned();
            let call = CallOutcome {
                outcome: Ended::Failed,
                uncertain,
                ..applied(plan.targets[0].calls[0].section.name, "/v1/instance")
            };
            let outcome = Outcome { targets: vec![target(vec![call])] };
            let told = left(&outcome, &plan);
            let waits = told.contains(" --lock-timeout 60`; it sends only what is left.");
            assert_eq!(waits, is_shared && uncertain, "{told}");
        }
    }
}

#[test]
fn what_is_not_recorded_is_left_to_send_once_the_place_is_mended() {
    let plan = samples::plan();
    let section = plan.targets[0].calls[0].section.name;
    for (cause, first) in [
        (UnrecordedCause::Unwritable, "correct what failed and run"),
        (UnrecordedCause::Unsafe, "correct what failed and run"),
        (UnrecordedCause::Taken, "run"),
    ] {
        let (message, help) = ("disk full".to_owned(), "free some space".to_owned());
        let record_error = Some(Unrecorded { cause, message, help });
        let done = target(vec![applied(section, "/v1/instance")]);
        let outcome = Outcome { targets: vec![TargetOutcome { record_error, ..done }] };
        let command = "clerkform apply clerk.yaml -e production";
        let expected = format!("To finish: {first} `{command}`; it sends only what is left.\n");
        assert_eq!(left(&outcome, &plan), expected);
        assert_eq!(value(&outcome, &plan, RunEnd::ByItself)["finish"], command);
    }
}
