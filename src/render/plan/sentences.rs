//! The sentences of a plan: what every format says of it, in the same words.

use super::change::{ShownChange, counts, shown};
use super::left_out;
use super::reading::nothing_to_do;
use super::unreflected;
use crate::catalog::EnvironmentType;
use crate::plan::{Change, Plan, Reason, Release, TargetInfo, TargetPlan, group};
use crate::render::text::escape::{name, value};
use crate::render::text::markdown::code;
use crate::render::text::words::{count, verb};

/// The totals of the plan, in one sentence.
pub fn totals(plan: &Plan) -> String {
    totals_as(plan, str::to_owned)
}

/// The same, with its values as `show` writes them.
pub(super) fn totals_as(plan: &Plan, show: fn(&str) -> String) -> String {
    warned(planned(plan, show), left_out::counted(&plan.left_out))
}

fn planned(plan: &Plan, show: fn(&str) -> String) -> String {
    let all = plan.totals();
    let differing = unreflected::told(plan.unreflected(), show);
    if plan.is_empty() {
        return match differing {
            None => nothing_to_do(plan),
            Some(differing) => format!("{differing}; no call is planned."),
        };
    }
    let released = format!("{} no longer managed", count(all.released, "setting"));
    let calls = (all.calls > 0).then(|| changed(plan));
    let calls = calls.unwrap_or_else(|| "no call is needed".to_owned());
    let parts = [Some(calls), (all.released > 0).then_some(released), differing];
    format!("Plan: {}.", parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// The totals, with how many warnings there are, or what else is counted.
pub(super) fn warned(totals: String, warnings: Option<String>) -> String {
    match (warnings, totals.strip_suffix('.')) {
        (None, _) => totals,
        // These are several sentences.
        (Some(warnings), Some(open)) if !open.contains(". ") => format!("{open}; {warnings}."),
        (Some(warnings), _) => format!("{totals} {warnings}."),
    }
}

/// The calls and what they change. Where that is the same in several targets, it is told of one.
fn changed(plan: &Plan) -> String {
    let all = plan.totals();
    let changing: Vec<&TargetPlan> =
        plan.targets.iter().filter(|target| !target.calls.is_empty()).collect();
    let told = |calls: usize, changes: usize| {
        let changed = verb(calls, "changes", "change");
        format!("{} {changed} {}", count(calls, "call"), count(changes, "setting"))
    };
    let groups = group::changes(changing.iter().map(|target| target.calls.as_slice()));
    let number = changing.len();
    if number > 1 && groups.iter().all(|group| group.members.len() == number) {
        let each = told(all.calls / number, groups.len());
        return match all.targets {
            same if same == number => format!("{each} in each of {number} targets"),
            more => format!("{each} in each of {number} targets, out of {more}"),
        };
    }
    let targets = match all.targets {
        same if same == number => count(number, "target"),
        more => format!("{number} of {}", count(more, "target")),
    };
    format!("{} in {targets}", told(all.calls, all.changes))
}

/// The instance that a target is about, as far as it is known before anything is read.
pub(super) fn instance(target: TargetInfo<'_>) -> String {
    instance_as(target, name)
}

/// The same, with its name as `show` writes names.
pub(super) fn instance_as(target: TargetInfo<'_>, show: fn(&str) -> String) -> String {
    let recorded = target.instance;
    let id = recorded.and_then(|it| it.id.as_ref()).or(target.target.instance_id.as_ref());
    let kind = recorded.and_then(|it| it.environment_type).or(target.target.environment_type);
    match (id, kind) {
        (Some(id), Some(kind)) => format!("instance {} ({kind})", show(id)),
        (Some(id), None) => format!("instance {}", show(id)),
        (None, Some(kind)) => format!("{kind} instance: not known yet"),
        (None, None) => "instance: not known yet".to_owned(),
    }
}

/// The state that a target was compared with, and why everything is new where there is none.
pub(super) fn state(target: &TargetPlan) -> String {
    state_as(target, name)
}

/// The same, with its location as `show` writes names.
pub(super) fn state_as(target: &TargetPlan, show: fn(&str) -> String) -> String {
    let location = show(&target.state.location);
    match (&target.state.lineage, target.calls.is_empty()) {
        (Some(_), _) => format!("state {location}, serial {}", target.state.serial),
        (None, true) => format!("no state at {location}"),
        (None, false) => format!("no state at {location}: {}", known_without(target)),
    }
}

/// The instances of targets, as far as they are known: one by its name, and several by their kinds.
pub(super) fn instances<'a>(targets: impl ExactSizeIterator<Item = TargetInfo<'a>>) -> String {
    let number = targets.len();
    let mut kinds: Vec<(Option<EnvironmentType>, usize)> = Vec::new();
    for target in targets {
        if number == 1 {
            return instance(target);
        }
        let recorded = target.instance.and_then(|it| it.environment_type);
        let kind = recorded.or(target.target.environment_type);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, number)) => *number += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let told = |(kind, number): &(Option<EnvironmentType>, usize)| match kind {
        Some(kind) => format!("{number} {kind}"),
        None => format!("{number} not known yet"),
    };
    match kinds.as_slice() {
        [(None, _)] => "instances: not known yet".to_owned(),
        [(Some(kind), number)] => format!("{number} {kind} instances"),
        several => {
            format!("instances: {}", several.iter().map(told).collect::<Vec<_>>().join(", "))
        }
    }
}

/// The states of targets with the same work: one by its place, and of several only that there is
/// none, which is why everything is new.
pub(super) fn states(alike: &[&TargetPlan]) -> Option<String> {
    if let [only] = alike {
        return Some(state(only));
    }
    let without = alike.iter().filter(|target| target.state.lineage.is_none());
    match without.count() {
        0 => None,
        all if all == alike.len() => Some(format!("no state yet: {}", known_without(alike[0]))),
        some => Some(format!("no state yet in {some} of {}", count(alike.len(), "target"))),
    }
}

/// What is known of a target without a state.
fn known_without(target: &TargetPlan) -> &'static str {
    match target.reading {
        Some(_) => "only what was read from the instance is known",
        None => "everything is new",
    }
}

/// The recorded value of a released field, and what becomes of it.
pub(super) fn release(release: &Release) -> String {
    let before = match &release.before {
        Some(before) => format!("was {}", value(before)),
        None => "may or may not have been sent".to_owned(),
    };
    format!("{before}: no longer managed; the service keeps the value")
}

/// The meaning of `uncertain`, wherever a target has such a change.
pub(super) fn uncertain(target: &TargetPlan) -> Option<&'static str> {
    target
        .calls
        .iter()
        .flat_map(|call| &call.changes)
        .any(|change| change.reason == Reason::Uncertain)
        .then_some("uncertain: an earlier run may or may not have set it, so it is sent again")
}

/// The field with its value before and after, or with how many entries come and go.
pub(super) fn headline(change: &Change) -> String {
    let field = change.field.name;
    match shown(change) {
        ShownChange::Line { before: Some(before), after } => format!("{field}: {before} → {after}"),
        ShownChange::Line { before: None, after } => format!("{field}: {after}"),
        ShownChange::Entries { removed, added, kept } => {
            format!("{field}: {}", counts(removed.len(), added.len(), kept))
        }
    }
}
/// That a plan is about a part of its files alone; `None` where it is about the whole.
pub(super) fn narrowed(only: &[String]) -> Option<String> {
    let only: Vec<String> = only.iter().map(|it| format!("`--target {}`", name(it))).collect();
    (!only.is_empty()).then(|| {
        format!(
            "Narrowed by {}: every other setting is left out, and nothing is released.",
            only.join(" ")
        )
    })
}

/// What a plan comes to as Markdown, with the part that it is narrowed to.
pub(super) fn narrowed_as(only: &[String], totals: String) -> String {
    let only: Vec<String> = only.iter().map(|it| code(it)).collect();
    if only.is_empty() {
        return totals;
    }
    let only = only.join(", ");
    format!("{totals} Narrowed to {only}: every other setting is left out.")
}
