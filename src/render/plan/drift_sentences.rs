//! The sentences of a drift: what every format says of it, in the same words.

use super::change::sides_of;
use super::left_out;
use super::reading::no_target;
use super::sentences::warned;
use super::{command, unreflected};
use crate::plan::{Change, Drift, Reading, Reason, TargetDrift, TargetInfo};
use crate::render::text::escape::name;
use crate::render::text::words::{count, plural, verb};
use crate::state::Source;
use std::collections::BTreeMap;

/// The totals, in one sentence.
pub fn totals(found: &Drift) -> String {
    warned(verdict(found), left_out::counted(&found.left_out))
}

fn verdict(found: &Drift) -> String {
    let compared: usize = found.comparisons().map(|it| it.reading.compared).sum();
    let unread: usize = found.comparisons().map(|it| it.reading.unreadable.len()).sum();
    let pending: usize = found.comparisons().map(|it| it.pending.len()).sum();
    let drifted = found.changes().count();
    let failed = found.targets.iter().filter(|target| target.found.is_err()).count();
    let failed_told = format!("{} could not be compared", count(failed, "target"));
    if found.targets.is_empty() {
        return format!("Nothing to compare. {}.", no_target(&found.selected_by));
    }
    if compared == 0 && drifted == 0 {
        let nothing = match unread {
            0 => "Nothing to compare: no setting is managed".to_owned(),
            _ => format!("Nothing was compared: {} cannot be read", count(unread, "setting")),
        };
        return format!("{}.", said([(1, nothing), (failed, failed_told)]));
    }
    // What is known of the state alone is compared with what the service showed last.
    let compared = compared + found.changes().filter(|change| change.source.is_none()).count();
    let compared_settings = format!("{compared} compared {}", plural(compared, "setting"));
    let first = if drifted == 0 {
        format!("No drift in {compared_settings}")
    } else {
        let targets =
            found.targets.iter().filter(|target| !target.differences().is_empty()).count();
        let differ = verb(drifted, "differs", "differ");
        format!("Drift: {drifted} of {compared_settings} {differ} in {}", count(targets, "target"))
    };
    let waits = format!("{pending} {} not applied yet", verb(pending, "is", "are"));
    let hidden = format!("{unread} cannot be read");
    let withheld = found.changes().filter(|change| change.reason == Reason::Unreflected).count();
    let not_taken = format!("Clerk does not take {withheld}");
    let parts = [
        (1, first),
        (withheld, not_taken),
        (pending, waits),
        (unread, hidden),
        (failed, failed_told),
    ];
    format!("{}.", said(parts))
}

/// The parts that are not zero, as one sentence.
fn said<const N: usize>(parts: [(usize, String); N]) -> String {
    let said = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, said)| said);
    said.collect::<Vec<_>>().join("; ")
}

/// How to put right what was found.
#[derive(Debug, Default)]
pub(super) struct Remedy {
    /// The command that makes the instance as the file says, where the API shows that it is not.
    pub command: Option<String>,
    /// What to do about the rest: what only the front end shows, which `apply` does not take for
    /// certain, and what the service does not take.
    pub hints: Vec<String>,
}

/// How to put right what was found; empty where there is no drift.
pub(super) fn remedy(found: &Drift) -> Remedy {
    let mut remedy = Remedy::default();
    let mut withheld: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for (target, call) in found.differences() {
        for change in &call.changes {
            let name = format!("{}.{}", call.section.name, change.field.name);
            if change.reason == Reason::Unreflected {
                let withheld = withheld.entry(target.environment.as_deref()).or_default();
                if !withheld.contains(&name) {
                    withheld.push(name);
                }
            } else if is_certain(change) {
                remedy
                    .command
                    .get_or_insert_with(|| command::apply_refreshed(found, &restorable(found)));
            } else if remedy.hints.is_empty() {
                remedy.hints.push(format!(
                    "a value that only the front end shows is a hint: compare it with the \
                     Dashboard; `clerkform state forget {name}` and then `apply` send the file's \
                     value again",
                ));
            }
        }
    }
    let forgotten = withheld.iter();
    remedy.hints.extend(forgotten.map(|(name, fields)| unreflected::remedy(fields, *name)));
    remedy
}

/// Whether a difference is one that `apply` puts right.
fn is_certain(change: &Change) -> bool {
    change.reason != Reason::Unreflected && change.source != Some(Source::Frontend)
}

/// The targets that `apply` puts right.
fn restorable(found: &Drift) -> Vec<TargetInfo<'_>> {
    let differs = |target: &&TargetDrift| {
        let calls = target.found.iter().flat_map(|compared| &compared.differences);
        calls.flat_map(|call| &call.changes).any(is_certain)
    };
    found.targets.iter().filter(differs).map(TargetDrift::info).collect()
}

/// How to put right what was found, as a sentence; `None` where there is no drift.
pub fn put_right(found: &Drift) -> Option<String> {
    let Remedy { command, hints } = remedy(found);
    let command = command.map(|command| format!("run `{command}`, with the same key and API"));
    let steps: Vec<_> = command.into_iter().chain(hints).collect();
    (!steps.is_empty()).then(|| format!("To restore the file's values: {}.", steps.join("; ")))
}

/// Where the live value was read, and whether the service is known not to take the file's.
pub(super) fn why(change: &Change) -> String {
    let source = match change.source {
        Some(Source::Frontend) => "frontend, a hint",
        Some(source) => source.as_str(),
        None => "as last shown",
    };
    match change.reason {
        Reason::Unreflected => format!("{source}, {}", change.reason.as_str()),
        _ => source.to_owned(),
    }
}

/// The field with both values, or with how many entries are where.
pub(super) fn headline(change: &Change) -> String {
    format!("{}: {}", change.field.name, sides_of(change))
}

/// The settings that cannot be read, by the reason for it.
pub(super) fn reasons(reading: &Reading) -> Vec<(&str, Vec<String>)> {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for each in &reading.unreadable {
        let field = name(&format!("{}.{}", each.section, each.field));
        match reasons.iter_mut().find(|(reason, _)| *reason == each.reason) {
            Some((_, fields)) => fields.push(field),
            None => reasons.push((&each.reason, vec![field])),
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn only_the_targets_that_differ_are_restored() {
        let mut found = samples::drift();
        let alike = TargetDrift { config: "other.yaml".to_owned(), ..found.targets[0].clone() };
        found.targets.insert(0, alike);
        if let Ok(compared) = &mut found.targets[0].found {
            compared.differences.clear();
        }
        let told = put_right(&found).unwrap();
        assert!(told.contains("`clerkform apply clerk.yaml "), "{told}");
    }
}
