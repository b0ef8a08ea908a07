//! The warnings of a plan, each told once: what is said of the base of a file concerns all of its
//! overlays.

use std::collections::HashMap;

use super::escape::name;
use super::words::{count, list};
use crate::finding::Finding;
use crate::plan::{Plan, TargetPlan};

/// Up to this many targets are named where a finding is about several.
const MANY: usize = 3;

/// A warning and the targets that it is about.
pub(super) struct Advice<'a> {
    /// What is told.
    pub finding: &'a Finding,
    /// The number of its first target in the plan.
    pub first: usize,
    targets: Vec<&'a TargetPlan>,
}

/// Every warning once, by its first target.
pub(super) fn advice(plan: &Plan) -> Vec<Advice<'_>> {
    let mut found: Vec<Advice<'_>> = Vec::new();
    let mut known: HashMap<&Finding, usize> = HashMap::new();
    for (number, target) in plan.targets.iter().enumerate() {
        for finding in &target.advisories {
            let at = *known.entry(finding).or_insert(found.len());
            match found.get_mut(at) {
                Some(advice) => advice.targets.push(target),
                None => found.push(Advice { finding, first: number, targets: vec![target] }),
            }
        }
    }
    found
}

impl Advice<'_> {
    /// The targets that it is about.
    pub(super) fn targets(&self) -> String {
        self.targets_as(str::to_owned)
    }

    /// The same, with each name in the way of a format.
    pub(super) fn targets_as(&self, form: impl Fn(&str) -> String) -> String {
        named(&self.targets, "target", form)
    }

    /// Which other targets than the first it is about.
    pub(super) fn also(&self) -> Option<String> {
        let others = &self.targets[1..];
        (!others.is_empty()).then(|| named(others, "more target", str::to_owned))
    }
}

fn named(targets: &[&TargetPlan], noun: &str, form: impl Fn(&str) -> String) -> String {
    if targets.len() > MANY {
        return count(targets.len(), noun);
    }
    let titles: Vec<_> = targets.iter().map(|target| form(&name(&target.title()))).collect();
    list(&titles)
}
