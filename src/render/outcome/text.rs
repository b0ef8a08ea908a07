//! The result of a plan for people: each call in a line, with what to do about it where it did not
//! simply succeed; then what was done, what was not, and the next command. Targets of which the
//! same became are shown once.

use std::hash::Hash;

use super::blame::{CarriedOut, OutcomeView, blame};
use super::sentences::{before_calls, left, totals, with_plans};
use crate::config::SourceFile;
use crate::plan::group::alike;
use crate::plan::outcome::{
    CallOutcome, Ended, Outcome, TargetOutcome, Unrecorded, UnrecordedCause, Unverified,
};
use crate::plan::{Plan, Problem, TargetPlan};
use crate::render::failure;
use crate::render::plan::unreflected::remedy;
use crate::render::text::escape::{name, printable};
use crate::render::text::excerpt::Mask;
use crate::render::text::palette::{Palette, paint};
use crate::render::text::titles::titles;
use crate::render::text::words::{add, count, list, quiet, verb};

/// Every target with what became of its calls, then what was done and what is left. Where a line of
/// one of the `sources` is to blame, it is shown, without the secrets that `mask` hides.
pub fn text(
    outcome: &Outcome,
    plan: &Plan,
    sources: &[SourceFile],
    palette: &Palette,
    mask: Mask,
) -> String {
    let view = OutcomeView { sources, mask, palette };
    let carried = |(target, planned)| CarriedOut { target, planned };
    let targets: Vec<CarriedOut<'_>> = with_plans(outcome, plan).map(carried).collect();
    let groups = alike(targets.iter().map(|it| likeness(*it)));
    let (idle, busy): (Vec<_>, Vec<_>) =
        groups.into_iter().partition(|it| is_idle(targets[it.members[0]].target));
    let mut out = String::new();
    for group in busy.iter().chain(&idle) {
        let members: Vec<CarriedOut<'_>> = group.members.iter().map(|it| targets[*it]).collect();
        out.push_str(&block(&members, &view));
        out.push('\n');
    }
    out.push_str(&paint(palette.strong, totals(outcome, plan)));
    out.push('\n');
    out.push_str(&left(outcome, plan));
    out
}

/// Everything that is told of a target but its name, places and trace IDs.
fn likeness(carried: CarriedOut<'_>) -> impl Eq + Hash + use<'_> {
    let CarriedOut { target, planned } = carried;
    let calls = target.calls.iter().map(|call| {
        let why = call.error.as_ref().map(|it| (it.code.to_string(), &it.message, &it.param));
        // These are named in the remedy.
        let about = if call.uncertain { sent(call, planned) } else { Vec::new() };
        let environment = target.environment.as_ref().filter(|_| !call.unreflected.is_empty());
        (
            (call.path, call.outcome.as_str(), call.status, call.verified),
            (call.unverified.map(Unverified::as_str), &call.unreflected, why),
            (about, environment),
        )
    });
    let unrecorded = target.record_error.as_ref().map(|it| (&it.message, &it.help));
    let location = planned.filter(|_| unrecorded.is_some()).map(|it| &it.state.location);
    let calls = (calls.collect::<Vec<_>>(), &target.problem);
    (calls, target.released, &target.meanwhile, unrecorded, location)
}

/// Whether nothing was done to a target, nor failed.
fn is_idle(target: &TargetOutcome) -> bool {
    target.calls.is_empty()
        && target.released == 0
        && target.record_error.is_none()
        && target.problem.is_none()
}

/// Targets of which the same became: at least one.
fn block(alike: &[CarriedOut<'_>], view: &OutcomeView<'_>) -> String {
    let palette = view.palette;
    let CarriedOut { target, planned } = alike[0];
    let each = alike.iter().map(|it| (&*it.target.config, it.target.environment.as_deref()));
    let title = || paint(palette.strong, titles(each));
    if is_idle(target) {
        let idle = match quiet(alike.len()) {
            Some(quiet) if target.meanwhile.is_empty() => quiet + "\n",
            _ => format!("{}: nothing to do\n", title()),
        };
        return idle + &meanwhile(target);
    }
    let mut out = format!("{}\n", title());
    if let Some(Problem { code, message, help, .. }) = &target.problem {
        let told = failure::text(*code, message, Some(help), palette);
        told.lines().for_each(|line| add(&mut out, format_args!("  {line}\n")));
    }
    for number in 0..target.calls.len() {
        out.push_str(&call(number, alike, view));
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
    out + &meanwhile(target)
}

/// What another run had done by the time this one held the state.
fn meanwhile(target: &TargetOutcome) -> String {
    if target.meanwhile.is_empty() {
        return String::new();
    }
    let names: Vec<String> = target.meanwhile.iter().map(|it| name(it)).collect();
    format!("  another run has meanwhile taken care of {}\n", list(&names))
}

fn unrecorded(
    problem: &Unrecorded,
    target: &TargetOutcome,
    planned: Option<&TargetPlan>,
    palette: &Palette,
) -> String {
    let location = planned.map(|it| it.state.location.as_str());
    let location = location.filter(|location| !problem.message.starts_with(location));
    let location = location.map_or_else(String::new, |location| format!(" in {}", name(location)));
    let what = match target.was_called() {
        true => format!("the results could not be recorded{location}: "),
        false if location.is_empty() => String::new(),
        false => format!("the state cannot be written{location}: "),
    };
    let help = match problem.cause {
        _ if !target.was_called() => before_calls(problem),
        UnrecordedCause::Replaced => {
            format!(
                "the calls above were made, and the new state does not record them; {}",
                problem.help
            )
        }
        UnrecordedCause::Unwritable | UnrecordedCause::Unsafe | UnrecordedCause::Taken => format!(
            "the calls above were made, and the state still holds the intent: the next plan treats \
             its settings as uncertain and the next apply sends them again; {}",
            problem.help
        ),
    };
    format!(
        "  {}: {what}{}\n    {}: {help}\n",
        paint(palette.error, "error"),
        printable(&problem.message),
        paint(palette.help, "help"),
    )
}

/// The call of this number, in each of the targets.
fn call(number: usize, alike: &[CarriedOut<'_>], view: &OutcomeView<'_>) -> String {
    let palette = view.palette;
    let CarriedOut { target, planned } = alike[0];
    let call = &target.calls[number];
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
    let attempts = alike.iter().filter_map(|it| Some(it.target.calls.get(number)?.attempts));
    let standing = standing(call, &attempts.collect::<Vec<_>>(), palette);
    let mut out = format!("  {head}{padding}  PATCH {}  {standing}\n", call.path);
    if target.problem.is_none() {
        out.push_str(&blame(number, alike, view));
    }
    let mut help = |text: String| {
        add(&mut out, format_args!("      {}: {text}\n", paint(palette.help, "help")));
    };
    if !call.unreflected.is_empty() {
        let fields = call.unreflected.keys();
        let fields: Vec<_> =
            fields.map(|field| name(&format!("{}.{field}", call.section))).collect();
        help(remedy(&fields, target.environment.as_deref()));
    }
    if call.uncertain {
        help(uncertain(&sent(call, planned)));
    }
    out
}

/// How the service answered, and whether what it shows was checked.
fn standing(call: &CallOutcome, attempts: &[u32], palette: &Palette) -> String {
    let mut parts = Vec::new();
    match (call.outcome, call.status) {
        (Ended::Skipped, _) => parts.push("not sent".to_owned()),
        // What follows says that it was one.
        (Ended::Applied, _) => {}
        (_, Some(status)) => parts.push(format!("status {status}")),
        (_, None) => parts.push("no answer".to_owned()),
    }
    if call.outcome == Ended::Applied {
        parts.push(match (call.verified, call.unverified) {
            (Some(true), _) => paint(palette.faint, "verified"),
            (Some(false), _) => "accepted, but the service shows a different value".to_owned(),
            // Most sections answer so: it is no reason to worry anyone.
            (None, None | Some(Unverified::Incomplete)) => paint(palette.faint, "accepted"),
            (None, Some(why)) => format!("accepted, not verified: {}", why.as_str()),
        });
    }
    let most = attempts.iter().copied().max().unwrap_or_default();
    if most > 1 {
        let up_to = if attempts.iter().all(|it| *it == most) { "" } else { "up to " };
        parts.push(format!("{up_to}{most} attempts"));
    }
    parts.join(", ")
}

/// The settings that a call sends, with their section.
fn sent(call: &CallOutcome, planned: Option<&TargetPlan>) -> Vec<String> {
    let sent = planned.into_iter().flat_map(TargetPlan::sent);
    sent.filter(|(section, _)| section.name == call.section)
        .map(|(section, change)| format!("{}.{}", section.name, change.field.name))
        .collect()
}

fn uncertain(fields: &[String]) -> String {
    let which = if fields.is_empty() { "its settings".to_owned() } else { list(fields) };
    let it = verb(fields.len(), "it", "them");
    format!("{which} may or may not have taken effect; the next apply sends {it} again")
}
