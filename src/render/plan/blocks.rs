//! The foldable blocks of a comment: what there is to say of one target, or of several of which
//! everything that is to be done is the same.

use crate::plan::{Call, Change, TargetInfo};
use crate::render::comment::folded::{Block, Fence, FenceLine, Opened, Part};
use crate::render::comment::marker::marker;
use crate::render::text::escape::name;
use crate::render::text::markdown::html;
use crate::render::text::place::place;
use crate::render::text::words::count;

/// Up to this many environments are named with how many targets are in each.
const ENVIRONMENTS: usize = 4;

/// With more blocks than this, each is folded at first.
const FEW: usize = 3;

/// The blocks, folded where there are more than a few.
pub(super) fn folded_if_many(mut blocks: Vec<Block>) -> Vec<Block> {
    if blocks.len() > FEW {
        for block in &mut blocks {
            block.opened = Opened::No;
        }
    }
    blocks
}

/// The hidden line by which a program finds a target.
pub(super) fn marker_of(target: TargetInfo<'_>) -> String {
    marker(target.config, target.environment)
}

/// The first line of a block: the name of its target, or how many there are, and how much there is
/// of what.
pub(super) fn summary(targets: &[TargetInfo<'_>], counts: &[(usize, String)]) -> String {
    let parts: Vec<_> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(_, words)| words.as_str()).collect();
    format!("{}: {}", whom(targets), parts.join(", "))
}

fn whom(targets: &[TargetInfo<'_>]) -> String {
    if let [only] = targets {
        return format!("<code>{}</code>", html(&name(&only.title())));
    }
    let mut environments: Vec<(&str, usize)> = Vec::new();
    for environment in targets.iter().filter_map(|target| target.environment) {
        match environments.iter_mut().find(|(known, _)| *known == environment) {
            Some((_, number)) => *number += 1,
            None => environments.push((environment, 1)),
        }
    }
    let named: usize = environments.iter().map(|(_, number)| number).sum();
    let instances = count(targets.len(), "instance");
    if named < targets.len() || environments.len() > ENVIRONMENTS {
        return instances;
    }
    let each = environments
        .iter()
        .map(|(environment, number)| format!("{number} <code>{}</code>", html(&name(environment))));
    format!("{instances} ({})", each.collect::<Vec<_>>().join(", "))
}

/// Targets of which there is nothing to say but their names.
pub(super) fn silent(targets: &[TargetInfo<'_>], without: &str) -> Block {
    let lines = targets.iter().map(|target| FenceLine::start(name(&target.title()))).collect();
    Block {
        markers: targets.iter().map(|target| marker_of(*target)).collect(),
        opened: Opened::No,
        summary: format!("{} without {without}", count(targets.len(), "instance")),
        parts: vec![Part::Fence(Fence { language: "text", head: None, lines, noun: "instance" })],
        targets: targets.len(),
        settings: 0,
    }
}

/// The same change of several targets that do the same, with the configuration of each.
pub(super) struct ChangePlaces<'a> {
    members: Vec<(&'a str, &'a Change)>,
}

impl ChangePlaces<'_> {
    /// Where it stands; `None` where it stands in several places.
    pub(super) fn place(&self) -> Option<String> {
        let mut places = self
            .members
            .iter()
            .map(|(config, change)| place(change.set_in(config), change.at.line, change.at.column));
        let first = places.next()?;
        places.all(|other| other == first).then(|| name(&first))
    }
}

/// The `at`th call of several targets that make the same ones.
#[derive(Clone)]
pub(super) struct SameCalls<'a> {
    /// The configuration of each, and its call.
    pub members: Vec<(&'a str, &'a Call)>,
}

impl<'a> SameCalls<'a> {
    /// The calls of targets that make the same ones, each by its configuration.
    pub(super) fn of(targets: &[(&'a str, &'a [Call])]) -> Vec<Self> {
        let number = targets.first().map_or(0, |(_, calls)| calls.len());
        let at = |at: usize| {
            let calls =
                targets.iter().filter_map(|(config, calls)| Some((*config, calls.get(at)?)));
            Self { members: calls.collect() }
        };
        (0..number).map(at).collect()
    }

    /// Its section and changes, as the first target has them.
    pub(super) fn first(&self) -> &'a Call {
        self.members[0].1
    }

    /// Each change as the first target has it, with where it stands.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&'a Change, ChangePlaces<'a>)> {
        self.first().changes.iter().enumerate().map(|(at, change)| {
            let same = self.members.iter();
            let same = same.filter_map(|(config, call)| Some((*config, call.changes.get(at)?)));
            (change, ChangePlaces { members: same.collect() })
        })
    }
}
