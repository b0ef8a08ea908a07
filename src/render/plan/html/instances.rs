//! The instances, in blocks: those of which everything is the same are one, with the list of their
//! names.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::entries::{EntryContent, PageBlock, PageEntry, RELEASED};
use super::settings::{setting, why};
use super::value::brief;
use super::view::PageView;
use super::words::{PageTopic, Words};
use crate::plan::Change;
use crate::render::page::{heads, prose, ranges, shown};
use crate::render::text::words::count;

/// Up to this many names are the title of a block.
const NAMED: usize = 3;
/// Up to this many blocks are unfolded at first.
const UNFOLDED: usize = 3;
/// Up to this many names stand below each other.
const FEW: usize = 12;

/// Every block.
pub(super) fn instances(view: &PageView<'_>) -> Markup {
    html! {
        section {
            h2 { @if view.has_several() { "Instances" } @else { "Instance" } }
            @if view.blocks.len() > 1 {
                p.fold {
                    button type="button" value="open" hidden { "Unfold all" } " "
                    button type="button" value="closed" hidden { "Fold all" }
                }
            }
            @for (number, each) in view.blocks.iter().enumerate() { (block(view, number, each)) }
        }
    }
}

fn block(view: &PageView<'_>, number: usize, block: &PageBlock) -> Markup {
    let entries = || block.entries.iter().map(|entry| &view.entries[*entry]);
    // A page of one block has told everything above.
    let is_only = view.blocks.len() == 1;
    let names = if block.members.len() > FEW { "names many" } else { "names" };
    html! {
        details.instance id={ "b" (number) } data-in=(ranges(&block.members))
            open[view.blocks.len() <= UNFOLDED && block.members.len() <= FEW] {
            summary {
                (title(view, block)) ": " (counts(view, block)) " " span.soft.shown {}
            }
            ul class=(names) {
                @for member in &block.members { (name(view, *member, block)) }
            }
            @for note in &view.targets[block.members[0]].notes { p.soft { (prose(note)) } }
            (calls(view, block))
            @if !is_only { (changes(view, entries())) (others(entries())) }
        }
    }
}

/// The names of its targets where they are few, and else how many there are of each environment.
fn title(view: &PageView<'_>, block: &PageBlock) -> Markup {
    let members = &block.members;
    let title = |member: &usize| view.targets[*member].info.title();
    if let [only] = members.as_slice() {
        return html! { code { (shown(&title(only))) } };
    }
    let number = count(members.len(), "instance");
    let mut environments: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for member in members {
        *environments.entry(view.targets[*member].info.environment).or_default() += 1;
    }
    let names: Vec<String> = members.iter().take(NAMED).map(title).collect();
    html! {
        strong { (number) }
        @if environments.len() <= NAMED && environments.keys().all(Option::is_some) && members.len() > NAMED {
            " ("
            @for (at, (name, number)) in environments.iter().enumerate() {
                @if at > 0 { ", " }
                (number) " " (shown(name.unwrap_or_default()))
            }
            ")"
        } @else {
            " ("
            @for (at, name) in names.iter().enumerate() {
                @if at > 0 { ", " }
                (shown(name))
            }
            @if members.len() > names.len() { " and " (members.len() - names.len()) " more" }
            ")"
        }
    }
}

/// A target by its name, and what it was compared with.
fn name(view: &PageView<'_>, member: usize, block: &PageBlock) -> Markup {
    let target = &view.targets[member];
    html! {
        li.soft id={ "t" (member) } data-target=(member) {
            @if block.members.len() > 1 {
                code { (shown(&target.info.title())) } ": "
            } @else {
                span hidden { (shown(&target.info.title())) " " }
            }
            (shown(&target.about))
        }
    }
}

fn counts(view: &PageView<'_>, block: &PageBlock) -> String {
    let of = |is: fn(&EntryContent<'_>) -> bool| {
        block.entries.iter().filter(|entry| is(&view.entries[**entry].content)).count()
    };
    if of(|it| matches!(it, EntryContent::Problem(_))) > 0 {
        return "not compared".to_owned();
    }
    let changes = of(|it| matches!(it, EntryContent::Change(..)));
    let withheld = of(|it| matches!(it, EntryContent::Withheld(..)));
    let released = of(|it| matches!(it, EntryContent::Released(_)));
    let warnings = of(|it| matches!(it, EntryContent::Warning(_)));
    let pending = of(|it| matches!(it, EntryContent::Pending(_)));
    let unreadable = of(|it| matches!(it, EntryContent::Unreadable(_)));
    let noun = match view.words.topic {
        PageTopic::Plan => "setting",
        PageTopic::Drift => "drifted setting",
    };
    let counts: Vec<String> = [
        (changes, count(changes, noun)),
        (withheld, format!("{withheld} not taken")),
        (released, format!("{released} {RELEASED}")),
        (warnings, count(warnings, "warning")),
        (pending, format!("{pending} not applied yet")),
        (unreadable, format!("{unreadable} cannot be read")),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(_, words)| words)
    .collect();
    match (counts.is_empty(), view.words.topic) {
        (true, PageTopic::Plan) => "no changes".to_owned(),
        (true, PageTopic::Drift) => "no drift".to_owned(),
        _ => counts.join(", "),
    }
}

/// The calls that are made for each of them.
fn calls(view: &PageView<'_>, block: &PageBlock) -> Markup {
    let calls = view.targets[block.members[0]].calls;
    html! {
        @if view.words.topic == PageTopic::Plan && !calls.is_empty() {
            p.soft {
                (count(calls.len(), "call")) ": "
                @for (at, call) in calls.iter().enumerate() {
                    @if at > 0 { ", " }
                    code { "PATCH " (call.section.path) }
                }
            }
        }
    }
}

fn changes<'v>(view: &PageView<'_>, entries: impl Iterator<Item = &'v PageEntry<'v>>) -> Markup {
    let rows: Vec<Markup> = entries.filter_map(|entry| row(view.words, entry)).collect();
    html! {
        @if !rows.is_empty() {
            table.stacked {
                (heads(&["Setting", "Change"]))
                tbody { @for row in rows { (row) } }
            }
        }
    }
}

fn row(words: &Words, entry: &PageEntry<'_>) -> Option<Markup> {
    let (name, kind, told) = match entry.content {
        EntryContent::Change(section, change) | EntryContent::Withheld(section, change) => {
            let kind = kind(words, change);
            (setting(section.name, change.field.name), kind, brief(words, change, &entry.id))
        }
        EntryContent::Released(it) => {
            (setting(&it.section, &it.field), html! {}, html! { span.soft { (RELEASED) } })
        }
        _ => return None,
    };
    Some(html! {
        tr data-of=(entry.id) { th scope="row" { (name) " " (kind) } td.value { (told) } }
    })
}

fn kind(words: &Words, change: &Change) -> Markup {
    html! { span.kind.(change.reason.as_str()) { (why(words, change)) } }
}

/// What is told above, by name: warnings, problems and settings that nothing shows.
fn others<'v>(entries: impl Iterator<Item = &'v PageEntry<'v>>) -> Markup {
    html! {
        @for entry in entries {
            @match entry.content {
                EntryContent::Warning(finding) => p data-of=(entry.id) {
                    a href={ "#" (entry.id) } { "warning: " (finding.code) }
                },
                EntryContent::Problem(problem) => p data-of=(entry.id) {
                    a href={ "#" (entry.id) } { "not compared: " (problem.code) }
                },
                EntryContent::Unreadable(it) => p.soft data-of=(entry.id) {
                    "cannot be read: " (setting(&it.section, &it.field))
                },
                EntryContent::Pending(it) => p.soft data-of=(entry.id) {
                    "not applied yet: " (setting(&it.section, &it.field))
                },
                _ => {},
            }
        }
    }
}
