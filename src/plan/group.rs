//! What several targets have in common: a change that is the same in many of them, and targets of
//! which everything that is to be done is the same. A reader sees each of them once.

use std::collections::HashMap;
use std::hash::Hash;

use serde_json::Value;

use super::{Call, Change, Compared, Problem, Reason, TargetDrift, TargetPlan};
use crate::catalog::Section;
use crate::state::Source;

/// One change, and every target in which it is the same.
#[derive(Clone, Debug)]
pub struct ChangeGroup<'a> {
    /// What it changes.
    pub section: &'static Section,
    /// The change in each target, with the target's number in the plan; at least one, in the plan's
    /// order. Only the places may differ.
    pub members: Vec<(usize, &'a Change)>,
}

impl<'a> ChangeGroup<'a> {
    /// The change as it is in its first target.
    pub fn first(&self) -> &'a Change {
        self.members[0].1
    }
}

/// Targets of which everything that is to be done is the same.
#[derive(Clone, Debug)]
pub struct TargetGroup {
    /// Their numbers in the plan; at least one, in the plan's order.
    pub members: Vec<usize>,
}

/// Two changes are the same if these are: not where they stand.
#[derive(PartialEq, Eq, Hash)]
struct Sameness<'a> {
    section: &'static str,
    field: &'static str,
    before: Option<&'a Value>,
    after: &'a Value,
    reason: &'static str,
    source: Option<&'static str>,
}

impl<'a> Sameness<'a> {
    fn of(section: &'static Section, change: &'a Change) -> Self {
        let Change { field, before, source, after, reason, file: _, at: _ } = change;
        Self {
            section: section.name,
            field: field.name,
            before: before.as_ref(),
            after,
            reason: Reason::as_str(*reason),
            source: source.map(Source::as_str),
        }
    }
}

/// The changes that `calls` names of each target, each once; in the order in which they come first.
pub fn changes<'a>(calls: impl IntoIterator<Item = &'a [Call]>) -> Vec<ChangeGroup<'a>> {
    let mut groups: Vec<ChangeGroup<'_>> = Vec::new();
    let mut known: HashMap<Sameness<'_>, usize> = HashMap::new();
    for (number, calls) in calls.into_iter().enumerate() {
        for call in calls {
            for change in &call.changes {
                let at = *known.entry(Sameness::of(call.section, change)).or_insert(groups.len());
                match groups.get_mut(at) {
                    Some(group) => group.members.push((number, change)),
                    None => groups.push(ChangeGroup {
                        section: call.section,
                        members: vec![(number, change)],
                    }),
                }
            }
        }
    }
    groups
}

/// The targets by what is to be done to each, in the order in which they come first.
pub fn targets(targets: &[TargetPlan]) -> Vec<TargetGroup> {
    alike(targets.iter().map(|target| {
        let released = target.released.iter();
        (
            sameness(&target.calls),
            sameness(&target.unreflected),
            released.map(|it| (&it.section, &it.field, &it.before)).collect::<Vec<_>>(),
        )
    }))
}

/// The targets by what was found in each, or why nothing could be, in the order in which they come
/// first.
pub fn drifts(targets: &[TargetDrift]) -> Vec<TargetGroup> {
    alike(targets.iter().map(|target| {
        match &target.found {
            Ok(Compared { differences, reading, pending, .. }) => Ok((
                sameness(differences),
                reading
                    .unreadable
                    .iter()
                    .map(|it| (&it.section, &it.field, &it.reason))
                    .collect::<Vec<_>>(),
                pending.iter().map(|it| (&it.section, &it.field)).collect::<Vec<_>>(),
            )),
            Err(Problem { code, message, help, .. }) => Err((code.as_str(), message, help)),
        }
    }))
}

/// The numbers of those with the same key, in the order in which they come first.
pub fn alike<K: Eq + Hash>(keys: impl IntoIterator<Item = K>) -> Vec<TargetGroup> {
    let mut groups: Vec<TargetGroup> = Vec::new();
    let mut known: HashMap<K, usize> = HashMap::new();
    for (number, key) in keys.into_iter().enumerate() {
        let at = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.members.push(number),
            None => groups.push(TargetGroup { members: vec![number] }),
        }
    }
    groups
}

fn sameness(calls: &[Call]) -> Vec<Sameness<'_>> {
    calls
        .iter()
        .flat_map(|call| call.changes.iter().map(|change| Sameness::of(call.section, change)))
        .collect()
}
