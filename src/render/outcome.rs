//! What became of a plan: each call in a line, with what to do about it where it did not simply
//! succeed, and one sentence of totals.

use serde_json::json;

use super::escape::{name, printable};
use super::findings::place;
use super::palette::{Palette, paint};
use super::words::{add, count, list, verb};
use super::{FORMAT_VERSION, document};
use crate::plan::outcome::{CallError, CallOutcome, Ended, Outcome, TargetOutcome};
use crate::plan::{Plan, TargetPlan};

/// Every target with what became of its calls, then one sentence of totals.
pub fn text(outcome: &Outcome, plan: &Plan, palette: &Palette) -> String {
    let mut out = String::new();
    for target in &outcome.targets {
        let planned = plan.targets.iter().find(|planned| {
            planned.config == target.config && planned.environment == target.environment
        });
        out.push_str(&one(target, planned, palette));
        out.push('\n');
    }
    out.push_str(&paint(palette.strong, totals(outcome)));
    out.push('\n');
    out
}

/// The document of `apply`.
pub fn json(outcome: &Outcome) -> String {
    document(&json!({
        "format_version": FORMAT_VERSION,
        "targets": outcome.targets,
        "summary": outcome.tally(),
    }))
}

/// What it all came to, in one sentence.
pub fn totals(outcome: &Outcome) -> String {
    let tally = outcome.tally();
    let released: usize = outcome.targets.iter().map(|target| target.released).sum();
    let released = (released > 0).then(|| {
        format!("{} {} released", count(released, "setting"), verb(released, "was", "were"))
    });
    let parts: Vec<_> = [
        (tally.applied, "applied"),
        (tally.failed, "failed"),
        (tally.unknown, "unknown"),
        (tally.skipped, "skipped"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .enumerate()
    .map(|(index, (number, word))| match index {
        0 => format!("{} {word}", count(number, "call")),
        _ => format!("{number} {word}"),
    })
    .collect();
    let unrecorded = outcome.targets.iter().filter(|target| target.record_error.is_some()).count();
    let unrecorded = (unrecorded > 0)
        .then(|| format!("the results of {} are not recorded", count(unrecorded, "target")));
    let called = outcome.targets.iter().filter(|target| !target.calls.is_empty()).count();
    let calls = (called > 0).then(|| format!("{} in {}", list(&parts), count(called, "target")));
    let said: Vec<_> = [calls, released, unrecorded].into_iter().flatten().collect();
    match said.as_slice() {
        [] => "Nothing to do.".to_owned(),
        said => format!("Apply: {}.", said.join("; ")),
    }
}

fn one(target: &TargetOutcome, planned: Option<&TargetPlan>, palette: &Palette) -> String {
    let title = match &target.environment {
        None => name(&target.config),
        Some(environment) => name(&format!("{} [{environment}]", target.config)),
    };
    let title = paint(palette.strong, title);
    if target.calls.is_empty() && target.released == 0 && target.record_error.is_none() {
        return format!("{title}: nothing to do\n");
    }
    let mut out = format!("{title}\n");
    for each in &target.calls {
        out.push_str(&call(each, target, planned, palette));
    }
    if target.released > 0 {
        let released = count(target.released, "setting");
        let (is, keeps) = (
            verb(target.released, "is", "are"),
            verb(target.released, "its value", "their values"),
        );
        let minus = paint(palette.removed, "-");
        add(
            &mut out,
            format_args!(
                "  {minus} {released} {is} no longer managed; the service keeps {keeps}\n"
            ),
        );
    }
    if let Some(problem) = &target.record_error {
        out.push_str(&unrecorded(problem, target, planned, palette));
    }
    out
}

fn unrecorded(
    problem: &str,
    target: &TargetOutcome,
    planned: Option<&TargetPlan>,
    palette: &Palette,
) -> String {
    let location =
        planned.map_or_else(String::new, |it| format!(" in {}", name(&it.state.location)));
    let help = if target.calls.iter().any(|call| call.attempts > 0) {
        "the calls above were made, and the state still holds the intent: the next plan takes its \
         settings for uncertain and the next apply sends them again"
    } else {
        "no call was made; make the place writable and apply again"
    };
    format!(
        "  {}: the results could not be recorded{location}: {}\n    {}: {help}\n",
        paint(palette.error, "error"),
        printable(problem),
        paint(palette.help, "help"),
    )
}

fn call(
    call: &CallOutcome,
    target: &TargetOutcome,
    planned: Option<&TargetPlan>,
    palette: &Palette,
) -> String {
    let (style, sign) = match call.outcome {
        Ended::Applied if call.verified == Some(false) => (palette.caution, "!"),
        Ended::Applied => (palette.added, "+"),
        Ended::Failed => (palette.error, "x"),
        Ended::Unknown => (palette.caution, "?"),
        Ended::Skipped => (palette.removed, "-"),
    };
    let word = call.outcome.as_str();
    let padding = " ".repeat("applied".len() - word.len().min("applied".len()));
    let head = paint(style, format_args!("{sign} {word}"));
    let mut out = format!("  {head}{padding}  PATCH {}  {}\n", call.path, standing(call));
    if let Some(error) = &call.error {
        out.push_str(&failure(error, target, palette));
    }
    let mut help = |text: String| {
        add(&mut out, format_args!("      {}: {text}\n", paint(palette.help, "help")));
    };
    if !call.unreflected.is_empty() {
        help(unreflected(call));
    }
    if call.uncertain {
        help(uncertain(call, planned));
    }
    out
}

/// How the service answered, and whether what it shows was checked.
fn standing(call: &CallOutcome) -> String {
    let mut parts = Vec::new();
    match (call.outcome, call.status) {
        (Ended::Skipped, _) => parts.push("not sent".to_owned()),
        (_, Some(status)) => parts.push(format!("status {status}")),
        (_, None) => parts.push("no answer".to_owned()),
    }
    if call.attempts > 1 {
        parts.push(count(call.attempts as usize, "attempt"));
    }
    if call.outcome == Ended::Applied {
        parts.push(
            match call.verified {
                Some(true) => "verified",
                Some(false) => "accepted, but the service shows another value",
                None => "accepted, not verified: the answer does not show every value",
            }
            .to_owned(),
        );
    }
    parts.join(", ")
}

fn failure(error: &CallError, target: &TargetOutcome, palette: &Palette) -> String {
    let head = paint(palette.error, format_args!("error[{}]", name(&error.code)));
    let mut out = format!("      {head}: {}\n", printable(&error.message));
    let param = error.param.as_deref().map(|param| format!(" ({})", name(param)));
    let param = param.unwrap_or_default();
    if let (Some(line), Some(column)) = (error.line, error.column) {
        let place = place(&target.config, line, column);
        add(
            &mut out,
            format_args!("        {}{param}\n", paint(palette.faint, format_args!("--> {place}"))),
        );
    } else if !param.is_empty() {
        add(&mut out, format_args!("        the service names the parameter{param}\n"));
    }
    if let Some(trace) = &error.trace_id {
        add(&mut out, format_args!("        trace id for Clerk's support: {}\n", name(trace)));
    }
    out
}

fn unreflected(call: &CallOutcome) -> String {
    let fields: Vec<_> =
        call.unreflected.iter().map(|field| name(&format!("{}.{field}", call.section))).collect();
    let (it, them) = (verb(fields.len(), "it", "them"), fields.join(" "));
    format!(
        "the service shows {} otherwise than sent; no call is planned for {it} as long as the file \
         asks for the same, and `clerkform state forget {them}` makes the next apply send {it} again",
        list(&fields)
    )
}

fn uncertain(call: &CallOutcome, planned: Option<&TargetPlan>) -> String {
    let fields: Vec<_> = planned
        .into_iter()
        .flat_map(|target| &target.calls)
        .filter(|planned| planned.section.name == call.section)
        .flat_map(|planned| &planned.changes)
        .map(|change| format!("{}.{}", call.section, change.field.name))
        .collect();
    let which = if fields.is_empty() { "its settings".to_owned() } else { list(&fields) };
    let it = verb(fields.len(), "it", "them");
    format!("{which} may or may not have taken effect; the next apply sends {it} again")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::samples::{self, HOSTILE, is_quiet};
    use super::*;

    const PLAIN: &Palette = &Palette::plain();

    fn applied(section: &'static str, path: &'static str) -> CallOutcome {
        CallOutcome {
            section,
            path,
            outcome: Ended::Applied,
            status: Some(200),
            attempts: 1,
            verified: Some(true),
            unreflected: Vec::new(),
            error: None,
            uncertain: false,
        }
    }

    fn error() -> CallError {
        CallError {
            code: "form_param_invalid".to_owned(),
            message: "is not an e-mail address".to_owned(),
            param: Some("support_email".to_owned()),
            trace_id: Some("trace_1".to_owned()),
            line: Some(4),
            column: Some(3),
        }
    }

    fn target(calls: Vec<CallOutcome>) -> TargetOutcome {
        TargetOutcome {
            config: "clerk.yaml".to_owned(),
            environment: Some("production".to_owned()),
            calls,
            record_error: None,
            released: 0,
        }
    }

    fn one_of_each() -> Outcome {
        let instance = || applied("instance", "/v1/instance");
        let restrictions = || applied("restrictions", "/v1/instance/restrictions");
        let failed = Ended::Failed;
        let quiet = CallOutcome { status: Some(204), verified: None, ..instance() };
        let lying = CallOutcome {
            verified: Some(false),
            unreflected: vec!["allowlist".to_owned()],
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
                code: "no-answer".to_owned(),
                message: "the connection broke".to_owned(),
                param: None,
                trace_id: None,
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
            record_error: Some("disk full".to_owned()),
            released: 1,
            ..target(vec![refused, lost, skipped])
        };
        Outcome { targets: vec![target(vec![instance(), quiet, lying]), unrecorded] }
    }

    #[test]
    fn each_call_says_what_became_of_it_and_what_to_do() {
        assert_snapshot!(text(&one_of_each(), &samples::plan(), PLAIN), @r"
        clerk.yaml [production]
          + applied  PATCH /v1/instance  status 200, verified
          + applied  PATCH /v1/instance  status 204, accepted, not verified: the answer does not show every value
          ! applied  PATCH /v1/instance/restrictions  status 200, accepted, but the service shows another value
              help: the service shows restrictions.allowlist otherwise than sent; no call is planned for it as long as the file asks for the same, and `clerkform state forget restrictions.allowlist` makes the next apply send it again

        clerk.yaml [production]
          x failed   PATCH /v1/instance  status 422
              error[form_param_invalid]: is not an e-mail address
                --> clerk.yaml:4:3 (support_email)
                trace id for Clerk's support: trace_1
          ? unknown  PATCH /v1/instance/restrictions  no answer, 3 attempts
              error[no-answer]: the connection broke
              help: restrictions.allowlist and restrictions.blocklist may or may not have taken effect; the next apply sends them again
          - skipped  PATCH /v1/instance/restrictions  not sent
          - 1 setting is no longer managed; the service keeps its value
          error: the results could not be recorded in clerk.production.state.json: disk full
            help: the calls above were made, and the state still holds the intent: the next plan takes its settings for uncertain and the next apply sends them again

        Apply: 3 calls applied, 1 failed, 1 unknown and 1 skipped in 2 targets; 1 setting was released; the results of 1 target are not recorded.
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
        let target = TargetOutcome { record_error: Some("read-only".to_owned()), ..target(calls) };
        let shown = text(&Outcome { targets: vec![target] }, &Plan::default(), PLAIN);
        assert!(shown.contains("could not be recorded: read-only"), "{shown}");
        assert!(shown.contains("no call was made"), "{shown}");
    }

    #[test]
    fn totals_are_one_sentence() {
        let call = || applied("instance", "/v1/instance");
        let released = TargetOutcome { released: 2, ..target(vec![]) };
        for (targets, expected) in [
            (vec![], "Nothing to do."),
            (vec![target(vec![])], "Nothing to do."),
            (vec![target(vec![call()])], "Apply: 1 call applied in 1 target."),
            (
                vec![target(vec![call(), call()]), target(vec![])],
                "Apply: 2 calls applied in 1 target.",
            ),
            (vec![released], "Apply: 2 settings were released."),
        ] {
            assert_eq!(totals(&Outcome { targets }), expected);
        }
    }

    #[test]
    fn no_answer_does_anything_to_a_terminal() {
        let mut outcome = one_of_each();
        let mut plan = samples::hostile_plan();
        for target in &mut outcome.targets {
            target.config = HOSTILE.to_owned();
            target.environment = Some(HOSTILE.to_owned());
            target.record_error = Some(HOSTILE.to_owned());
            for call in &mut target.calls {
                call.unreflected = vec![HOSTILE.to_owned()];
                let text = || Some(HOSTILE.to_owned());
                call.error = Some(CallError {
                    code: HOSTILE.to_owned(),
                    message: HOSTILE.to_owned(),
                    param: text(),
                    trace_id: text(),
                    ..error()
                });
            }
        }
        plan.targets[0].state.location = HOSTILE.to_owned();
        let shown = text(&outcome, &plan, PLAIN);
        assert!(is_quiet(&shown), "{shown}");
    }

    #[test]
    fn the_document_holds_targets_and_a_summary() {
        let shown: serde_json::Value = serde_json::from_str(&json(&one_of_each())).unwrap();
        assert_eq!(shown["format_version"], 1);
        assert_eq!(
            shown["summary"],
            json!({"applied": 3, "failed": 1, "unknown": 1, "skipped": 1})
        );
        let failed = &shown["targets"][1]["calls"][0];
        assert_eq!(failed["outcome"], "failed");
        assert_eq!(failed["error"]["param"], "support_email");
        assert_eq!(shown["targets"][1]["record_error"], "disk full");
        assert!(shown["targets"][0].get("record_error").is_none());
    }
}
