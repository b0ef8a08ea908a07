//! The changes of a plan or drift as a table: each once, however many targets have it.

use std::collections::HashMap;

use serde_json::Value;

use super::alerts::told;
use super::change::{ShownChange, counts, shown};
use crate::plan::group::{ChangeGroup, changes};
use crate::plan::{Call, Change, Reason, Release, sides};
use crate::render::comment::links::SourceLinks;
use crate::render::comment::table::Table;
use crate::render::text::escape::{name, value};
use crate::render::text::markdown::code_cell;
use crate::render::text::words::count;
use crate::state::Source;

/// Up to this many entries of a list that come or go are named in a cell.
pub(super) const NAMED: usize = 3;

/// What of a target the table tells.
#[derive(Clone, Copy)]
pub(super) struct TargetRows<'a> {
    /// Its configuration.
    pub config: &'a str,
    /// What is sent, or differs.
    pub calls: &'a [Call],
    /// What differs and is not sent.
    pub withheld: &'a [Call],
    /// What is no longer managed.
    pub released: &'a [Release],
}

/// What the two sides of a change are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ChangeSides {
    /// Before and after an apply.
    Plan,
    /// The live instance and the file.
    Drift,
}

/// The table. Where there are several targets, each row says how many it is about.
pub(super) fn table(
    sides: ChangeSides,
    targets: &[TargetRows<'_>],
    links: &SourceLinks<'_>,
) -> Table {
    let is_fleet = targets.len() > 1;
    let row = |cells: [String; 4], number: usize| {
        let mut row: Vec<String> = cells.into();
        if is_fleet {
            row.push(number.to_string());
        }
        row
    };
    let [before, after] = match sides {
        ChangeSides::Plan => ["before", "after"],
        ChangeSides::Drift => ["live", "file"],
    };
    let mut head = vec!["setting", before, after, "where"];
    if is_fleet {
        head.push("instances");
    }
    let mut rows = Vec::new();
    for group in changes(targets.iter().map(|target| target.calls)) {
        rows.push(row(cells(sides, &group, targets, links), group.members.len()));
    }
    for group in changes(targets.iter().map(|target| target.withheld)) {
        let cells = cells(ChangeSides::Drift, &group, targets, links);
        rows.push(row(cells, group.members.len()));
    }
    for (release, number) in releases(targets) {
        rows.push(row(released(release), number));
    }
    Table { head, rows, noun: "setting", elsewhere: "in the blocks below" }
}

/// Each release once, with how many targets have it.
fn releases<'a>(targets: &[TargetRows<'a>]) -> Vec<(&'a Release, usize)> {
    let mut found: Vec<(&Release, usize)> = Vec::new();
    let mut known = HashMap::new();
    for release in targets.iter().flat_map(|target| target.released) {
        let Release { section, field, before } = release;
        let at = *known.entry((section, field, before)).or_insert(found.len());
        match found.get_mut(at) {
            Some((_, number)) => *number += 1,
            None => found.push((release, 1)),
        }
    }
    found
}

fn released(release: &Release) -> [String; 4] {
    let before = release.before.as_ref().map(|before| code_cell(&value(before)));
    [
        code_cell(&name(&format!("{}.{}", release.section, release.field))),
        before.unwrap_or_else(|| "uncertain".to_owned()),
        "no longer managed; the service keeps the value".to_owned(),
        String::new(),
    ]
}

fn cells(
    sides: ChangeSides,
    group: &ChangeGroup<'_>,
    targets: &[TargetRows<'_>],
    links: &SourceLinks<'_>,
) -> [String; 4] {
    let change = group.first();
    let mut places: Vec<(&str, usize)> = Vec::new();
    for (number, change) in &group.members {
        let place = (change.set_in(targets[*number].config), change.at.line);
        if places.last() != Some(&place) {
            places.push(place);
        }
    }
    let [before, after] = both(sides, change);
    [
        code_cell(&format!("{}.{}", group.section.name, change.field.name)),
        before,
        after,
        told(&places, links),
    ]
}

/// Both sides of a change, or how many entries are where.
fn both(topic: ChangeSides, change: &Change) -> [String; 2] {
    let [before, after] = match shown(change) {
        ShownChange::Line { before, after } => {
            let recorded = || change.before.as_ref().map(value);
            [before.or_else(recorded).map(|it| code_cell(&it)), Some(code_cell(&after))]
        }
        ShownChange::Entries { removed, added, kept } => {
            let counts = match topic {
                ChangeSides::Plan => counts(removed.len(), added.len(), kept),
                ChangeSides::Drift => sides(removed.len(), added.len(), kept),
            };
            let before = change.before.as_ref().map(|_| {
                named(&removed, '−').unwrap_or_else(|| count(removed.len() + kept, "entry"))
            });
            let added = named(&added, '+').map_or_else(String::new, |it| format!(": {it}"));
            [before, Some(format!("{counts}{added}"))]
        }
    };
    [with_reason(topic, change, before), after.unwrap_or_default() + unsent(change)]
}

/// The entries of a list, where they are few.
fn named(entries: &[&Value], sign: char) -> Option<String> {
    (1..=NAMED).contains(&entries.len()).then(|| {
        let shown = entries.iter().map(|entry| format!("{sign} {}", code_cell(&value(entry))));
        shown.collect::<Vec<_>>().join(", ")
    })
}

const fn unsent(change: &Change) -> &'static str {
    match change.reason {
        Reason::Unreflected => " (not taken by Clerk, so not sent)",
        Reason::Uncertain | Reason::Drifted | Reason::New | Reason::Changed => "",
    }
}

/// What is before a change, with why that is not simply what is recorded.
fn with_reason(topic: ChangeSides, change: &Change, before: Option<String>) -> String {
    let why = match (change.reason, change.source, topic) {
        (Reason::Uncertain, ..) => Some("uncertain"),
        (Reason::Drifted, Some(Source::Frontend), _) => Some("a hint of the front end"),
        (Reason::Drifted, _, ChangeSides::Plan) => Some("live"),
        (Reason::Drifted | Reason::Unreflected | Reason::New | Reason::Changed, ..) => None,
    };
    match (before, why) {
        (Some(before), Some(why)) => format!("{before} ({why})"),
        (Some(before), None) => before,
        (None, Some(why)) => why.to_owned(),
        (None, None) => "not recorded".to_owned(),
    }
}

/// Whether a change has entries that a cell only counts.
pub(super) fn is_abridged(change: &Change) -> bool {
    match shown(change) {
        ShownChange::Line { .. } => false,
        ShownChange::Entries { removed, added, .. } => removed.len().max(added.len()) > NAMED,
    }
}
