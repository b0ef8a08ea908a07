//! The sentences on the result of a plan: what was done, what was not, and what to do next.

use std::collections::BTreeSet;

use crate::config;
use crate::plan::outcome::{Ended, Outcome, TargetOutcome, Unrecorded, UnrecordedCause};
use crate::plan::{Change, Plan, Reason, TargetInfo, TargetPlan};
use crate::render::plan::{command, left_out, unreflected};
use crate::render::text::escape::name;
use crate::render::text::words::{count, list, verb};
use crate::state::{TAIL, is_shared};

/// Up to this many settings that were not applied are named.
const NAMED: usize = 8;

/// The remedy where a run could not even begin.
pub(super) fn before_calls(problem: &Unrecorded) -> String {
    format!("no call was made; {}", problem.help)
}

/// Each target with its plan. Both are in one order, save where the outcome is that of single targets.
pub(super) fn with_plans<'a>(
    outcome: &'a Outcome,
    plan: &'a Plan,
) -> impl Iterator<Item = (&'a TargetOutcome, Option<&'a TargetPlan>)> {
    outcome.targets.iter().enumerate().map(|(number, target)| {
        let is_its =
            |it: &&TargetPlan| it.config == target.config && it.environment == target.environment;
        let beside = plan.targets.get(number).filter(is_its);
        (target, beside.or_else(|| plan.targets.iter().find(is_its)))
    })
}

/// What the service does not take: what it showed otherwise now, and what it was known to.
fn not_taken(outcome: &Outcome, plan: &Plan) -> Vec<Change> {
    let mut found = Vec::new();
    for (target, planned) in with_plans(outcome, plan) {
        let Some(planned) = planned else { continue };
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
    totals_as(outcome, plan, str::to_owned)
}

/// The same, with its values as `show` writes them.
pub(crate) fn totals_as(outcome: &Outcome, plan: &Plan, show: fn(&str) -> String) -> String {
    let released: usize = outcome.targets.iter().map(|target| target.released).sum();
    let released =
        (released > 0).then(|| format!("{} no longer managed", count(released, "setting")));
    let unrecorded = outcome.targets.iter().filter(|target| target.record_error.is_some());
    let (called, uncalled): (Vec<_>, Vec<_>) = unrecorded.partition(|target| target.was_called());
    let unrecorded = (!called.is_empty())
        .then(|| format!("the results of {} are not recorded", count(called.len(), "target")));
    let unwritten = (!uncalled.is_empty())
        .then(|| format!("the state of {} cannot be written", count(uncalled.len(), "target")));
    let refused = outcome.targets.iter().filter(|target| target.is_refused());
    let refused = left_out::number(refused.filter_map(|target| target.problem.as_ref()));
    let calls = calls(outcome);
    let not_taken = unreflected::told(not_taken(outcome, plan).iter(), show);
    let said = [calls, released, not_taken, unrecorded, unwritten, refused];
    let said: Vec<_> = said.into_iter().flatten().collect();
    match said.as_slice() {
        [] => "Nothing to do.".to_owned(),
        said => format!("Apply: {}.", said.join("; ")),
    }
}

/// The calls by how they ended. Where as many were applied in each of several targets, they are
/// told of one.
fn calls(outcome: &Outcome) -> Option<String> {
    let tally = outcome.tally();
    let called: Vec<_> = outcome.targets.iter().filter(|it| !it.calls.is_empty()).collect();
    let (first, number) = (called.first()?, called.len());
    let is_even = called.iter().all(|target| target.calls.len() == first.calls.len());
    if number > 1 && is_even && outcome.calls().all(|call| call.outcome == Ended::Applied) {
        return Some(format!(
            "{} applied in each of {number} targets",
            count(first.calls.len(), "call")
        ));
    }
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
    Some(format!("{} in {}", list(&parts), count(number, "target")))
}

/// What was recorded without a call, in one sentence.
pub fn noticed(target: &TargetOutcome) -> String {
    let settings = count(target.noticed, "setting");
    let (is, was) = (verb(target.noticed, "is", "are"), verb(target.noticed, "was", "were"));
    format!(
        "{}: {settings} {is} already set as in the file, and {was} recorded as applied.",
        name(&config::title(&target.config, target.environment.as_deref()))
    )
}

/// What a run has left.
struct Rest<'a> {
    /// The settings that were certainly not applied.
    unsent: Vec<String>,
    /// The targets that are not done.
    pending: Vec<TargetInfo<'a>>,
    /// For how many seconds a state in a store is held at most by what went unanswered.
    tail: Option<u64>,
}

impl Rest<'_> {
    /// The command that sends it.
    fn command(&self, plan: &Plan) -> String {
        command::apply_again(plan, &self.pending, self.tail)
    }
}

fn rest<'a>(outcome: &'a Outcome, plan: &'a Plan) -> Rest<'a> {
    let mut known = BTreeSet::new();
    let mut rest = Rest { unsent: Vec::new(), pending: Vec::new(), tail: None };
    for (target, planned) in with_plans(outcome, plan) {
        let is_open = |ended| ended != Ended::Applied;
        let Some(planned) = planned.filter(|_| target.has_more_to_send()) else { continue };
        rest.pending.push(planned.info());
        rest.tail = rest.tail.or(tail(target, planned));
        for call in target.calls.iter().filter(|call| is_open(call.outcome) && !call.uncertain) {
            let sent = planned.sent().filter(|(section, _)| section.name == call.section);
            let names =
                sent.map(|(section, change)| format!("{}.{}", section.name, change.field.name));
            rest.unsent.extend(names.filter(|name| known.insert(name.clone())));
        }
    }
    rest
}

/// For how many seconds the state of a target is held at most by what went unanswered.
pub(in crate::render) fn tail(target: &TargetOutcome, planned: &TargetPlan) -> Option<u64> {
    let is_open = target.calls.iter().any(|call| call.uncertain);
    (is_open && is_shared(&planned.state.location)).then_some(TAIL)
}

/// The command that sends what a run has left; `None` where nothing is.
pub(super) fn finishing(outcome: &Outcome, plan: &Plan) -> Option<String> {
    let rest = rest(outcome, plan);
    (!rest.pending.is_empty()).then(|| rest.command(plan))
}

/// What is left to do after a run: the settings that were certainly not applied, and the command
/// that sends them. Empty where everything was applied.
pub fn left(outcome: &Outcome, plan: &Plan) -> String {
    let rest = rest(outcome, plan);
    if rest.pending.is_empty() {
        return String::new();
    }
    let command = rest.command(plan);
    let mut unsent = rest.unsent;
    let mut out = String::new();
    if !unsent.is_empty() {
        let more = unsent.len().saturating_sub(NAMED);
        unsent.truncate(NAMED);
        if more > 0 {
            unsent.push(format!("{more} more"));
        }
        out = format!("Not applied: {}.\n", list(&unsent));
    }
    let is_stuck = |target: &&TargetOutcome| {
        let mut errors = target.record_error.iter();
        target.is_refused()
            || errors
                .any(|it| matches!(it.cause, UnrecordedCause::Unwritable | UnrecordedCause::Unsafe))
    };
    let stuck = outcome.targets.iter().filter(is_stuck).count();
    let first = match outcome.tally().failed + stuck {
        0 => "run",
        _ => "correct what failed and run",
    };
    out + &format!("To finish: {first} `{command}`; it sends only what is left.\n")
}
