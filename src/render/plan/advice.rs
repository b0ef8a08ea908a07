//! The warnings of a plan, each told once: what is said of the base of a file concerns all of its
//! overlays.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::plan::TargetInfo;
use crate::render::text::escape::name;
use crate::render::text::words::{count, list};

/// Up to this many targets are named where a finding is about several.
pub(super) const MANY: usize = 3;

/// A warning and the targets that it is about.
pub(super) struct Advice<'a> {
    /// The warning.
    pub finding: &'a Finding,
    /// Those that it is about, each with its number in the plan; at least one.
    pub about: Vec<(usize, TargetInfo<'a>)>,
}

/// Every warning once, by its first target.
pub(super) fn advice<'a>(targets: impl Iterator<Item = TargetInfo<'a>>) -> Vec<Advice<'a>> {
    let mut found: Vec<Advice<'_>> = Vec::new();
    let mut known: HashMap<&Finding, usize> = HashMap::new();
    for (number, target) in targets.enumerate() {
        for finding in target.advisories {
            let at = *known.entry(finding).or_insert(found.len());
            match found.get_mut(at) {
                Some(advice) => advice.about.push((number, target)),
                None => found.push(Advice { finding, about: vec![(number, target)] }),
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
        named(&self.about, "target", form)
    }
}

fn named(targets: &[(usize, TargetInfo<'_>)], noun: &str, form: impl Fn(&str) -> String) -> String {
    if targets.len() > MANY {
        return count(targets.len(), noun);
    }
    let titles: Vec<_> = targets.iter().map(|(_, target)| form(&name(&target.title()))).collect();
    list(&titles)
}
