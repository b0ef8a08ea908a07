//! A plan or drift as annotations of GitHub Actions: what is wrong and what is risky stands at its
//! line, and one notice has the totals. What is simply sent is in the log, in the summary and in the
//! comment.

use super::advice::advice;
use super::change::{ShownChange, reason, shown};
use super::{drift_sentences, left_out, sentences, unreflected};
use crate::plan::{
    Call, Change, Drift, Plan, Problem, Reason, TargetDrift, TargetInfo, TargetPlan,
};
use crate::render::annotations::{Naming, Note, about, commands, merged, notice, start};
use crate::render::text::escape::{sentence, value};
use crate::render::text::words::add;

/// Up to this many entries of a list are told.
const ENTRIES: usize = 10;

/// Warnings on the lines where something may go wrong, or may have been sent before, or differs
/// from the live instance; and a notice with the totals.
pub fn plan(plan: &Plan, naming: Naming<'_>) -> String {
    let all: Vec<_> = plan.targets.iter().map(TargetPlan::info).collect();
    let totals = with_scope(sentences::totals(plan), &plan.only);
    let mut risks = warnings(&all);
    let changes = plan.targets.iter().flat_map(|target| {
        let changes = target.calls.iter();
        let changes = changes.flat_map(|call| call.changes.iter().map(move |it| (call, it)));
        changes.map(move |(call, change)| (target, call, change))
    });
    let is_risky = |change: &Change| matches!(change.reason, Reason::Uncertain | Reason::Drifted);
    let notes = changes.filter(|(.., change)| is_risky(change));
    let notes = notes.map(|(target, call, change)| (sent(target, call, change), target.info()));
    risks.extend(merged(notes, &all));
    let failed = commands("error", &left_out::notes(&plan.left_out), &totals, naming);
    failed + &commands("warning", &risks, &totals, naming) + &notice(&totals)
}

/// Warnings on the lines of which the live instance has something else, errors where an instance
/// could not be read, and a notice with the totals.
pub fn drift(found: &Drift, naming: Naming<'_>) -> String {
    let all: Vec<_> = found.targets.iter().map(TargetDrift::info).collect();
    let totals = with_scope(drift_sentences::totals(found), &found.only);
    let failed = found.targets.iter().filter_map(failed);
    let mut failed = merged(failed, &all);
    failed.extend(left_out::notes(&found.left_out));
    let mut out = commands("error", &failed, &totals, naming);
    let notes = found.differences().flat_map(|(target, call)| {
        call.changes.iter().map(move |change| (drifted(target, call, change), target.info()))
    });
    out += &commands("warning", &merged(notes, &all), &totals, naming);
    out + &notice(&totals)
}

/// The totals, and the part of the files that they are about.
pub(crate) fn with_scope(totals: String, only: &[String]) -> String {
    match sentences::narrowed(only) {
        Some(narrowed) => format!("{totals} {narrowed}"),
        None => totals,
    }
}

/// The warnings of a plan, each with the targets that it is about.
pub(crate) fn warnings<'a>(all: &[TargetInfo<'a>]) -> Vec<(Note<'a>, String)> {
    let advice = advice(all.iter().copied()).into_iter();
    advice.map(|warning| (Note::of(warning.finding), about(&warning.targets(), all))).collect()
}

fn sent<'a>(target: &'a TargetPlan, call: &Call, change: &'a Change) -> Note<'a> {
    let mut message = format!("PATCH {} sends {}", call.section.path, sentences::headline(change));
    push_entries(&mut message, change, ["-", "+"]);
    Note {
        file: change.set_in(&target.config),
        at: Some(start(change.at)),
        title: format!("{}.{}: {}", call.section.name, change.field.name, reason(change)),
        message,
    }
}

/// A target of which nothing could be compared.
fn failed(target: &TargetDrift) -> Option<(Note<'_>, TargetInfo<'_>)> {
    let Problem { code, message, help, .. } = target.found.as_ref().err()?;
    let message = format!("{}\nhelp: {}", sentence(message), sentence(help));
    let note = Note { file: &target.config, at: None, title: code.to_string(), message };
    Some((note, target.info()))
}

fn drifted<'a>(target: &'a TargetDrift, call: &Call, change: &'a Change) -> Note<'a> {
    let mut message = drift_sentences::headline(change);
    add(&mut message, format_args!(" ({})", drift_sentences::why(change)));
    push_entries(&mut message, change, ["live", "file"]);
    let name = format!("{}.{}", call.section.name, change.field.name);
    let title = format!("{name}: {}", change.reason.as_str());
    if change.reason == Reason::Unreflected {
        add(
            &mut message,
            format_args!("\nhelp: {}", unreflected::remedy(&[name], target.environment.as_deref())),
        );
    }
    Note { file: change.set_in(&target.config), at: Some(start(change.at)), title, message }
}

fn push_entries(message: &mut String, change: &Change, [gone, come]: [&str; 2]) {
    let ShownChange::Entries { removed, added, .. } = shown(change) else { return };
    let all = removed.len() + added.len();
    let signed =
        removed.into_iter().map(|it| (gone, it)).chain(added.into_iter().map(|it| (come, it)));
    for (sign, entry) in signed.take(ENTRIES) {
        add(message, format_args!("\n{sign} {}", value(entry)));
    }
    if all > ENTRIES {
        add(message, format_args!("\n… {} more", all - ENTRIES));
    }
}

#[cfg(test)]
mod tests;
