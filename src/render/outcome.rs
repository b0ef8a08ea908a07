//! The result of a plan: each call in a line, with what to do about it where it did not simply
//! succeed, and one sentence of totals.

use serde_json::json;

use super::text::escape::{name, printable};
use super::text::excerpt::{Excerpt, Lines, Mask};
use super::text::palette::{Palette, paint};
use super::text::place::place;
use super::text::words::{add, count, list, quiet, verb};
use super::{FORMAT_VERSION, document};
use crate::config::{self, SourceFile};
use crate::failure::FailureCode;
use crate::plan::document::unreflected_documents;
use crate::plan::outcome::{
    CallError, CallOutcome, Ended, Outcome, TargetOutcome, Unrecorded, UnrecordedCause, Unverified,
    Verdict,
};
use crate::plan::{Change, Plan, Reason, TargetPlan};

/// Every target with what became of its calls, then one sentence of totals. Where a line of one of
/// the `sources` is to blame, it is shown, without the secrets that `mask` hides.
pub fn text(
    outcome: &Outcome,
    plan: &Plan,
    sources: &[SourceFile],
    palette: &Palette,
    mask: Mask,
) -> String {
    let mut out = String::new();
    let is_quiet = |it: &TargetOutcome| is_idle(it) && it.meanwhile.is_empty();
    let quiet = quiet(outcome.targets.iter().filter(|it| is_quiet(it)).count());
    for target in outcome.targets.iter().filter(|it| quiet.is_none() || !is_quiet(it)) {
        let planned = planned(target, plan);
        let view = OutcomeView { planned, sources, mask, palette };
        out.push_str(&one(target, &view));
        out.push('\n');
    }
    if let Some(quiet) = quiet {
        add(&mut out, format_args!("{quiet}\n\n"));
    }
    out.push_str(&paint(palette.strong, totals(outcome, plan)));
    out.push('\n');
    out
}

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

/// The remedy where a run could not even begin.
fn before_calls(problem: &Unrecorded) -> String {
    format!("no call was made; {}", problem.help)
}

/// The plan of a target.
fn planned<'a>(target: &TargetOutcome, plan: &'a Plan) -> Option<&'a TargetPlan> {
    plan.targets
        .iter()
        .find(|it| it.config == target.config && it.environment == target.environment)
}

/// What the service does not take: what it showed otherwise now, and what it was known to.
fn not_taken(outcome: &Outcome, plan: &Plan) -> Vec<Change> {
    let mut found = Vec::new();
    for target in &outcome.targets {
        let Some(planned) = planned(target, plan) else { continue };
        for call in &target.calls {
            let sent = planned.calls.iter().filter(|it| it.section.name == call.section);
            found.extend(sent.flat_map(|it| &it.changes).filter_map(|change| {
                let before = Some(call.unreflected.get(change.field.name)?.clone());
                Some(Change { before, reason: Reason::Unreflected, ..change.clone() })
            }));
        }
        found.extend(planned.unreflected.iter().flat_map(|it| it.changes.clone()));
    }
    found
}

/// The totals, in one sentence.
pub fn totals(outcome: &Outcome, plan: &Plan) -> String {
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
    let not_taken = super::plan::unreflected::told(not_taken(outcome, plan).iter(), str::to_owned);
    let said = [calls, released, not_taken, unrecorded];
    let said: Vec<_> = said.into_iter().flatten().collect();
    match said.as_slice() {
        [] => "Nothing to do.".to_owned(),
        said => format!("Apply: {}.", said.join("; ")),
    }
}

/// What was recorded without a call, in one sentence.
pub fn noticed(target: &TargetOutcome) -> String {
    let settings = count(target.noticed, "setting");
    let (is, was) = (verb(target.noticed, "is", "are"), verb(target.noticed, "was", "were"));
    format!(
        "{}: {settings} {is} already set as in the file, and {was} recorded as applied.",
        title(target)
    )
}

/// The material of one target's lines.
struct OutcomeView<'a> {
    planned: Option<&'a TargetPlan>,
    sources: &'a [SourceFile],
    mask: Mask,
    palette: &'a Palette,
}

/// Whether nothing was done to a target, nor failed.
fn is_idle(target: &TargetOutcome) -> bool {
    target.calls.is_empty() && target.released == 0 && target.record_error.is_none()
}

fn one(target: &TargetOutcome, view: &OutcomeView<'_>) -> String {
    let OutcomeView { planned, palette, .. } = *view;
    let title = paint(palette.strong, title(target));
    if is_idle(target) {
        return format!("{title}: nothing to do\n{}", meanwhile(target));
    }
    let mut out = format!("{title}\n");
    for each in &target.calls {
        out.push_str(&call(each, target, view));
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
    out.push_str(&meanwhile(target));
    out
}

/// What another run had done by the time this one held the state.
fn meanwhile(target: &TargetOutcome) -> String {
    if target.meanwhile.is_empty() {
        return String::new();
    }
    let names: Vec<String> = target.meanwhile.iter().map(|it| name(it)).collect();
    format!("  another run has meanwhile taken care of {}\n", list(&names))
}

fn title(target: &TargetOutcome) -> String {
    name(&config::title(&target.config, target.environment.as_deref()))
}

fn unrecorded(
    problem: &Unrecorded,
    target: &TargetOutcome,
    planned: Option<&TargetPlan>,
    palette: &Palette,
) -> String {
    let location =
        planned.map_or_else(String::new, |it| format!(" in {}", name(&it.state.location)));
    let was_called = target.calls.iter().any(|call| call.attempts > 0);
    let help = match problem.cause {
        _ if !was_called => before_calls(problem),
        UnrecordedCause::Replaced => {
            format!(
                "the calls above were made, and the new file does not record them; {}",
                problem.help
            )
        }
        UnrecordedCause::Unwritable => format!(
            "the calls above were made, and the state still holds the intent: the next plan treats \
             its settings as uncertain and the next apply sends them again; {}",
            problem.help
        ),
    };
    format!(
        "  {}: the results could not be recorded{location}: {}\n    {}: {help}\n",
        paint(palette.error, "error"),
        printable(&problem.message),
        paint(palette.help, "help"),
    )
}

fn call(call: &CallOutcome, target: &TargetOutcome, view: &OutcomeView<'_>) -> String {
    let palette = view.palette;
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
        out.push_str(&failure(error, call, target, view));
    }
    let mut help = |text: String| {
        add(&mut out, format_args!("      {}: {text}\n", paint(palette.help, "help")));
    };
    if !call.unreflected.is_empty() {
        help(unreflected(call, target));
    }
    if call.uncertain {
        help(uncertain(call, view.planned));
    }
    out
}

/// How the service answered, and whether what it shows was checked.
fn standing(call: &CallOutcome) -> String {
    let mut parts = Vec::new();
    match (call.outcome, call.status) {
        (Ended::Skipped, _) => parts.push("not sent".to_owned()),
        (_, Some(status)) => parts.push(format!("status {status}")),
        (Ended::Applied, None) => parts.push("success, but the answer was cut off".to_owned()),
        (_, None) => parts.push("no answer".to_owned()),
    }
    if call.attempts > 1 {
        parts.push(count(call.attempts as usize, "attempt"));
    }
    if call.outcome == Ended::Applied {
        parts.push(match (call.verified, call.unverified) {
            (Some(true), _) => "verified".to_owned(),
            (Some(false), _) => "accepted, but the service shows a different value".to_owned(),
            // Most sections answer so: it is no reason to worry anyone.
            (None, None | Some(Unverified::Incomplete)) => "accepted".to_owned(),
            (None, Some(why)) => format!("accepted, not verified: {}", why.as_str()),
        });
    }
    parts.join(", ")
}

fn failure(
    error: &CallError,
    call: &CallOutcome,
    target: &TargetOutcome,
    view: &OutcomeView<'_>,
) -> String {
    let palette = view.palette;
    let head = paint(palette.error, format_args!("error[{}]", name(&error.code.to_string())));
    let mut out = format!("      {head}: {}\n", printable(&error.message));
    let param = error.param.as_deref().map(|param| format!(" ({})", name(param)));
    let param = param.unwrap_or_default();
    if let (Some(line), Some(column)) = (error.line, error.column) {
        let file = error.file.as_deref().unwrap_or(&target.config);
        let place = place(file, line, column);
        add(
            &mut out,
            format_args!("        {}{param}\n", paint(palette.faint, format_args!("--> {place}"))),
        );
        out.push_str(&blamed_line(call, (file, line, column), view).unwrap_or_default());
    } else if !param.is_empty() {
        add(&mut out, format_args!("        the service names the parameter{param}\n"));
    }
    if let Some(trace) = &error.trace_id {
        add(&mut out, format_args!("        trace ID for Clerk support: {}\n", name(trace)));
    }
    out
}

/// The line of the file that caused it, with the key underlined. A saved plan has no lines.
fn blamed_line(
    call: &CallOutcome,
    place: (&str, usize, usize),
    view: &OutcomeView<'_>,
) -> Option<String> {
    let span = view
        .planned?
        .calls
        .iter()
        .filter(|planned| planned.section.name == call.section)
        .flat_map(|planned| &planned.changes)
        .map(|change| change.at)
        .find(|span| (span.line, span.column) == (place.1, place.2))?;
    let source = view.sources.iter().find(|source| source.name == place.0)?;
    let lines = Lines::of(&source.text, view.mask);
    let Excerpt { text, marked } = lines.excerpt(span)?;
    let before = text.get(..marked.start)?.chars().count();
    let carets = "^".repeat(text.get(marked)?.chars().count().max(1));
    let number = span.line.to_string();
    let gutter = " ".repeat(number.len());
    let palette = view.palette;
    Some(format!(
        "        {} {text}\n        {} {:before$}{}\n",
        paint(palette.faint, format_args!("{number} |")),
        paint(palette.faint, format_args!("{gutter} |")),
        "",
        paint(palette.error, carets),
    ))
}

fn unreflected(call: &CallOutcome, target: &TargetOutcome) -> String {
    let fields: Vec<_> =
        call.unreflected.keys().map(|field| name(&format!("{}.{field}", call.section))).collect();
    super::plan::unreflected::remedy(&fields, target.environment.as_deref())
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
mod tests;
