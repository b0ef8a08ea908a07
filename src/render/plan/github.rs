//! A plan or drift as annotations of GitHub Actions: what will be sent because of a line stands at
//! that line. A step shows ten of a kind, so what matters most comes first, and the tenth says how
//! many there are; the others follow for whoever reads them all.

use std::collections::HashMap;

use super::advice::advice;
use super::change::{ShownChange, reason, shown};
use super::sentences::release;
use super::{drift_sentences, sentences, unreflected};
use crate::finding::{Finding, Span};
use crate::plan::{
    Call, Change, Drift, Plan, Problem, Reason, TargetDrift, TargetInfo, TargetPlan,
};
use crate::render::findings::located::FileLocation;
use crate::render::text::escape::{name, sentence, value};
use crate::render::text::words::{add, count, list};
use crate::render::text::workflow_command::{data, property, range};

/// How many annotations of a kind a step shows.
const SHOWN: usize = 10;
/// Up to this many targets are named where a line is about several.
const MANY: usize = 3;
/// Up to this many entries of a list are told.
const ENTRIES: usize = 10;

/// Where a change is told: where its key begins, which is all that a saved plan knows of it.
const fn start(change: &Change) -> Span {
    let Span { line, column, .. } = change.at;
    Span { line, column, end_line: line, end_column: column }
}

/// Tells where a file stands in the repository.
pub type Naming<'a> = &'a dyn Fn(&str) -> FileLocation;

/// An annotation before it is known how many targets it is about.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Note<'a> {
    file: &'a str,
    /// `None` for the file as a whole.
    at: Option<Span>,
    title: String,
    message: String,
}

/// Notices on the lines of which something will be sent, and warnings where something may go
/// wrong.
pub fn plan(plan: &Plan, naming: Naming<'_>) -> String {
    let all: Vec<_> = plan.targets.iter().map(TargetPlan::info).collect();
    let warnings: Vec<_> = advice(all.iter().copied())
        .into_iter()
        .map(|warning| (warned(warning.finding), about(&warning.targets(), &all)))
        .collect();
    let mut notes = Vec::new();
    for target in &plan.targets {
        for call in &target.calls {
            let sent = |change| (rank(change), sent(target, call, change), target);
            notes.extend(call.changes.iter().map(sent));
        }
        notes.extend(released(target).map(|note| (LAST, note, target)));
    }
    notes.sort_by_key(|(rank, ..)| *rank);
    let notes = notes.into_iter().map(|(_, note, target)| (note, target.info()));
    let mut out = commands("warning", &warnings, &sentences::totals(plan), naming);
    out.push_str(&commands("notice", &merged(notes, &all), &sentences::totals(plan), naming));
    out
}

/// Warnings on the lines of which the live instance has something else, and a notice where
/// something cannot be read.
pub fn drift(found: &Drift, naming: Naming<'_>) -> String {
    let all: Vec<_> = found.targets.iter().map(TargetDrift::info).collect();
    let totals = drift_sentences::totals(found);
    let failed = found.targets.iter().filter_map(failed);
    let mut out = commands("error", &merged(failed, &all), &totals, naming);
    let notes = found.differences().flat_map(|(target, call)| {
        call.changes.iter().map(move |change| (drifted(target, call, change), target.info()))
    });
    out += &commands("warning", &merged(notes, &all), &totals, naming);
    if found.comparisons().any(|found| !found.reading.unreadable.is_empty()) {
        add(&mut out, format_args!("::notice title=clerkform::{}\n", data(&totals)));
    }
    out
}

/// A release has no line, and matters least.
const LAST: u8 = 4;

const fn rank(change: &Change) -> u8 {
    match change.reason {
        Reason::Uncertain => 0,
        Reason::Drifted | Reason::Unreflected => 1,
        Reason::Changed => 2,
        Reason::New => 3,
    }
}

fn sent<'a>(target: &'a TargetPlan, call: &Call, change: &'a Change) -> Note<'a> {
    let mut message = format!("PATCH {} sends {}", call.section.path, sentences::headline(change));
    push_entries(&mut message, change, ["-", "+"]);
    Note {
        file: change.set_in(&target.config),
        at: Some(start(change)),
        title: format!("{}.{}: {}", call.section.name, change.field.name, reason(change)),
        message,
    }
}

/// A target of which nothing could be compared.
fn failed(target: &TargetDrift) -> Option<(Note<'_>, TargetInfo<'_>)> {
    let Problem { code, message, help } = target.found.as_ref().err()?;
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
    Note { file: change.set_in(&target.config), at: Some(start(change)), title, message }
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

fn released(target: &TargetPlan) -> impl Iterator<Item = Note<'_>> {
    target.released.iter().map(|each| Note {
        file: &target.config,
        at: None,
        title: format!("{}: released", name(&format!("{}.{}", each.section, each.field))),
        message: release(each),
    })
}

fn warned(finding: &Finding) -> Note<'_> {
    let mut message = sentence(&finding.message);
    if let Some(help) = &finding.help {
        add(&mut message, format_args!("\nhelp: {}", sentence(help)));
    }
    Note {
        file: &finding.file,
        at: Some(finding.span),
        title: finding.code.as_str().to_owned(),
        message,
    }
}

/// Each annotation once, with the targets that it is about.
fn merged<'a>(
    notes: impl IntoIterator<Item = (Note<'a>, TargetInfo<'a>)>,
    all: &[TargetInfo<'_>],
) -> Vec<(Note<'a>, String)> {
    let mut found: Vec<(Note<'a>, Vec<TargetInfo<'_>>)> = Vec::new();
    let mut known: HashMap<Note<'a>, usize> = HashMap::new();
    for (note, target) in notes {
        let at = *known.entry(note.clone()).or_insert(found.len());
        match found.get_mut(at) {
            Some((_, targets)) => targets.push(target),
            None => found.push((note, vec![target])),
        }
    }
    let named = |targets: Vec<TargetInfo<'_>>| {
        if targets.len() > MANY {
            return count(targets.len(), "target");
        }
        list(&targets.iter().map(|target| name(&target.title())).collect::<Vec<_>>())
    };
    found.into_iter().map(|(note, targets)| (note, about(&named(targets), all))).collect()
}

/// Which targets are meant, where that is not plain.
fn about(targets: &str, all: &[TargetInfo<'_>]) -> String {
    match all {
        [only] if only.environment.is_none() => String::new(),
        _ => format!("\nfor {targets}"),
    }
}

fn commands(kind: &str, notes: &[(Note<'_>, String)], totals: &str, naming: Naming<'_>) -> String {
    let mut out = String::new();
    for (number, (note, about)) in notes.iter().enumerate() {
        if number + 1 == SHOWN && notes.len() > SHOWN {
            let rest = count(notes.len() - number, &format!("more {kind}"));
            let message = format!("{rest}; see this step's log for all of it. {totals}");
            add(&mut out, format_args!("::{kind} title=clerkform::{}\n", data(&message)));
        }
        out.push_str(&command(kind, note, about, naming));
    }
    out
}

fn command(kind: &str, note: &Note<'_>, about: &str, naming: Naming<'_>) -> String {
    let Note { file, at, title, message } = note;
    let lines = at.map_or_else(String::new, |at| format!("{},", range(at)));
    let (file, title) = (property(naming(file).path()), property(title));
    let message = data(&format!("{message}{about}"));
    format!("::{kind} file={file},{lines}title={title}::{message}\n")
}

#[cfg(test)]
mod tests;
