//! What a page tells, each thing once with every target that it is about: the entries, which the
//! filter counts, and the blocks of targets of which all entries are the same.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::page_target::PageTarget;
use crate::catalog::Section;
use crate::finding::{Finding, Span};
use crate::plan::group::{ChangeGroup, changes};
use crate::plan::{Change, Pending, Problem, Reason, Release, Unreadable};
use crate::render::comment::links::SourceLinks;
use crate::render::text::place::place;

/// What one entry is.
#[derive(Clone, Copy)]
pub(super) enum EntryContent<'a> {
    /// A setting that is sent, or that drifted.
    Change(&'static Section, &'a Change),
    /// A setting that differs and that no call is planned for.
    Withheld(&'static Section, &'a Change),
    /// A setting that is no longer managed.
    Released(&'a Release),
    /// What may go wrong.
    Warning(&'a Finding),
    /// Why a target could not be compared.
    Problem(&'a Problem),
    /// A setting that nothing shows.
    Unreadable(&'a Unreadable),
    /// A setting of which the file's value was not applied yet.
    Pending(&'a Pending),
}

/// One entry.
pub(super) struct PageEntry<'a> {
    /// By which links find it.
    pub id: String,
    pub content: EntryContent<'a>,
    /// The numbers of its targets; at least one, in ascending order.
    pub members: Vec<usize>,
    /// Where it stands in the files, each place once.
    pub places: Vec<EntryPlace>,
}

/// A place in a file.
pub(super) struct EntryPlace {
    /// As people read it.
    pub shown: String,
    /// Its address at the forge.
    pub url: Option<String>,
}

/// Targets of which all entries and notes are the same.
pub(super) struct PageBlock {
    /// Their numbers; at least one, in ascending order.
    pub members: Vec<usize>,
    /// The numbers of their entries.
    pub entries: Vec<usize>,
}

impl EntryContent<'_> {
    /// The word by which the filter knows it.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Change(_, change) | Self::Withheld(_, change) => change.reason.as_str(),
            Self::Released(_) => "released",
            Self::Warning(_) => "warning",
            Self::Problem(_) => "error",
            Self::Unreadable(_) => "unreadable",
            Self::Pending(_) => "pending",
        }
    }
}

/// The kinds, in the order in which the filter offers them.
const KINDS: [&str; 10] = [
    Reason::New.as_str(),
    Reason::Changed.as_str(),
    Reason::Drifted.as_str(),
    Reason::Unreflected.as_str(),
    Reason::Uncertain.as_str(),
    "error",
    "released",
    "warning",
    "unreadable",
    "pending",
];

/// How people call what is in the file no longer.
pub(super) const RELEASED: &str = "no longer managed";

/// How much of each kind there is, counted for each target, with the word that people read.
pub(super) fn kinds(entries: &[PageEntry<'_>]) -> Vec<(&'static str, &'static str, usize)> {
    let of = |kind| entries.iter().filter(move |entry| entry.content.kind() == kind);
    let number = |kind| of(kind).map(|entry| entry.members.len()).sum();
    let label = |kind| match kind {
        "released" => RELEASED,
        "unreadable" => "cannot be read",
        "pending" => "not applied yet",
        "unreflected" => "not taken",
        kind => kind,
    };
    KINDS.map(|kind| (kind, label(kind), number(kind))).into()
}

/// The entries of all targets.
pub(super) fn entries<'a>(
    targets: &[PageTarget<'a>],
    links: &SourceLinks<'_>,
) -> Vec<PageEntry<'a>> {
    let mut all = Vec::new();
    for group in changes(targets.iter().map(|target| target.calls)) {
        all.push(of_changes(&group, targets, links, EntryContent::Change));
    }
    for group in changes(targets.iter().map(|target| target.withheld)) {
        all.push(of_changes(&group, targets, links, EntryContent::Withheld));
    }
    let released = shared(targets, |it| it.released, |it| (&it.section, &it.field, &it.before));
    all.extend(released.into_iter().map(|it| entry(&it, EntryContent::Released)));
    let warnings = shared(
        targets,
        |it| it.info.advisories,
        |it| (it.severity.as_str(), it.code.as_str(), &it.message, &it.help),
    );
    for members in warnings {
        let places = members.iter().map(|(_, it)| (it.file.as_str(), it.span));
        let places = distinct(places, links);
        all.push(PageEntry { places, ..entry(&members, EntryContent::Warning) });
    }
    let problems = shared(
        targets,
        |it| it.problem.map_or(&[], std::slice::from_ref),
        |it| (it.code.to_string(), &it.message, &it.help),
    );
    all.extend(problems.into_iter().map(|it| entry(&it, EntryContent::Problem)));
    let unreadable =
        shared(targets, PageTarget::unreadable, |it| (&it.reason, &it.section, &it.field));
    all.extend(unreadable.into_iter().map(|it| entry(&it, EntryContent::Unreadable)));
    let pending = shared(targets, |it| it.pending, |it| (&it.section, &it.field));
    all.extend(pending.into_iter().map(|it| entry(&it, EntryContent::Pending)));
    for (number, entry) in all.iter_mut().enumerate() {
        entry.id = format!("e{number}");
    }
    all
}

fn of_changes<'a>(
    group: &ChangeGroup<'a>,
    targets: &[PageTarget<'a>],
    links: &SourceLinks<'_>,
    content: fn(&'static Section, &'a Change) -> EntryContent<'a>,
) -> PageEntry<'a> {
    let places = group.members.iter().map(|(number, change)| {
        let file = change.set_in(targets[*number].info.config);
        (file, change.at)
    });
    let places = distinct(places, links);
    let content = content(group.section, group.first());
    PageEntry { id: String::new(), content, members: numbers(&group.members), places }
}

fn entry<'a, T>(
    members: &[(usize, &'a T)],
    content: fn(&'a T) -> EntryContent<'a>,
) -> PageEntry<'a> {
    let first = members[0].1;
    PageEntry {
        id: String::new(),
        content: content(first),
        members: numbers(members),
        places: Vec::new(),
    }
}

/// The targets of the members, each once: one target may be told the same of two places.
fn numbers<T>(members: &[(usize, T)]) -> Vec<usize> {
    let mut numbers: Vec<usize> = members.iter().map(|(number, _)| *number).collect();
    numbers.dedup();
    numbers
}

fn distinct<'f>(
    places: impl Iterator<Item = (&'f str, Span)>,
    links: &SourceLinks<'_>,
) -> Vec<EntryPlace> {
    let mut known = HashSet::new();
    places
        .filter(|(file, at)| known.insert((*file, at.line, at.column)))
        .map(|(file, at)| EntryPlace {
            shown: place(file, at.line, at.column),
            url: links.url(file, at.line),
        })
        .collect()
}

/// What the targets have of something, each once with those that have it, in the order in which they
/// come first. Two are the same if their keys are.
fn shared<'a, T, K: Eq + Hash>(
    targets: &[PageTarget<'a>],
    of: impl Fn(&PageTarget<'a>) -> &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<Vec<(usize, &'a T)>> {
    let mut groups: Vec<Vec<(usize, &'a T)>> = Vec::new();
    let mut known: HashMap<K, usize> = HashMap::new();
    for (number, target) in targets.iter().enumerate() {
        for each in of(target) {
            let at = *known.entry(key(each)).or_insert(groups.len());
            match groups.get_mut(at) {
                Some(group) => group.push((number, each)),
                None => groups.push(vec![(number, each)]),
            }
        }
    }
    groups
}

/// The targets by what is told of them, in the order in which they come first.
pub(super) fn blocks(targets: &[PageTarget<'_>], entries: &[PageEntry<'_>]) -> Vec<PageBlock> {
    let mut of_targets: Vec<Vec<usize>> = vec![Vec::new(); targets.len()];
    for (number, entry) in entries.iter().enumerate() {
        for member in &entry.members {
            of_targets[*member].push(number);
        }
    }
    let mut blocks: Vec<PageBlock> = Vec::new();
    let mut known: HashMap<(Vec<usize>, &[String]), usize> = HashMap::new();
    for (number, (target, entries)) in targets.iter().zip(of_targets).enumerate() {
        let at = *known.entry((entries.clone(), &target.notes)).or_insert(blocks.len());
        match blocks.get_mut(at) {
            Some(block) => block.members.push(number),
            None => blocks.push(PageBlock { members: vec![number], entries }),
        }
    }
    blocks
}
