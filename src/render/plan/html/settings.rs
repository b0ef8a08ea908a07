//! The table of settings: each change once, with before and after in full, the places that ask for
//! it and the instances that it is for.

use maud::{Markup, html};

use super::entries::{EntryContent, EntryPlace, PageEntry, RELEASED};
use super::value::{HtmlSides, both, whole};
use super::view::PageView;
use super::words::{DRIFT, PageTopic, Words};
use crate::plan::{Change, Reason, Release};
use crate::render::page::{heads, shown};
use crate::render::plan::change::reason;
use crate::render::plan::drift_sentences;
use crate::render::plan::unreflected::NOT_PLANNED;
use crate::render::text::words::count;

/// The settings that change, and those that no call is planned for.
pub(super) fn settings(view: &PageView<'_>) -> Markup {
    let is_changing = |entry: &&PageEntry<'_>| {
        matches!(entry.content, EntryContent::Change(..) | EntryContent::Released(_))
    };
    let changing: Vec<_> = view.entries.iter().filter(is_changing).collect();
    let is_withheld = |entry: &&PageEntry<'_>| matches!(entry.content, EntryContent::Withheld(..));
    let withheld: Vec<_> = view.entries.iter().filter(is_withheld).collect();
    let uncertain = view.targets.iter().find_map(|target| target.uncertain);
    html! {
        @if !changing.is_empty() {
            section data-group {
                h2 { "Settings" }
                (table(view, view.words, &changing))
                @if let Some(note) = uncertain { p.soft { (note) } }
            }
        }
        @if !withheld.is_empty() {
            section data-group {
                h2 { "Not taken" }
                p.soft { (NOT_PLANNED) }
                (table(view, &DRIFT, &withheld))
            }
        }
    }
}

fn table(view: &PageView<'_>, words: &Words, entries: &[&PageEntry<'_>]) -> Markup {
    let titles = ["Setting", words.before, words.after, "Where", "Instances"];
    let titles = if view.has_several() { &titles[..] } else { &titles[..4] };
    html! {
        table.settings.stacked.sortable {
            (heads(titles))
            tbody { @for entry in entries { (row(view, words, entry)) } }
        }
    }
}

fn row(view: &PageView<'_>, words: &Words, entry: &PageEntry<'_>) -> Markup {
    let cells = match entry.content {
        EntryContent::Change(section, change) | EntryContent::Withheld(section, change) => {
            changed(words, section.name, change)
        }
        EntryContent::Released(release) => released(words, release),
        _ => return html! {},
    };
    html! {
        tr id=(entry.id) data-kind=(entry.content.kind()) data-in=(entry.ranges()) {
            (cells)
            td.place.where { (places(&entry.places)) }
            @if view.has_several() {
                td.members data-name="Instances" data-sort=(entry.members.len()) {
                    (view.members(&entry.members))
                }
            }
        }
    }
}

fn changed(words: &Words, section: &str, change: &Change) -> Markup {
    let HtmlSides { before, after, difference } = both(words, change);
    html! {
        th scope="row" {
            (setting(section, change.field.name)) " "
            span.kind.(change.reason.as_str()) { (why(words, change)) }
            @if let Some(difference) = difference { br; span.soft { (difference) } }
        }
        td.value data-name=(words.before) { @if let Some(before) = before { (before) } }
        td.value data-name=(words.after) { (after) }
    }
}

/// The name of a setting, which a narrow column breaks behind the section's.
pub(super) fn setting(section: &str, field: &str) -> Markup {
    html! { code { (shown(section)) "." wbr; (shown(field)) } }
}

/// Why a setting is sent, or where its live value was read.
pub(super) fn why(words: &Words, change: &Change) -> String {
    match words.topic {
        PageTopic::Plan => reason(change),
        PageTopic::Drift if change.reason == Reason::Unreflected => drift_sentences::why(change),
        PageTopic::Drift => format!("{}, {}", change.reason.as_str(), drift_sentences::why(change)),
    }
}

fn released(words: &Words, release: &Release) -> Markup {
    let what = match release.before {
        Some(_) => "the service keeps the value",
        None => "may or may not have been sent; the service keeps the value",
    };
    html! {
        th scope="row" {
            (setting(&release.section, &release.field)) " "
            span.kind.released { (RELEASED) }
        }
        td.value data-name=(words.before) {
            @if let Some(before) = &release.before { (whole(before, words.before)) }
        }
        td.soft data-name=(words.after) { (what) }
    }
}

/// The places of an entry: one as it is, several unfolded.
pub(super) fn places(places: &[EntryPlace]) -> Markup {
    html! {
        @match places {
            [] => {},
            [only] => (place(only)),
            [first, ..] => details {
                summary { (place(first)) " and " (count(places.len() - 1, "more place")) }
                ul { @for each in &places[1..] { li { (place(each)) } } }
            },
        }
    }
}

/// A place, as a link where the forge that has it is known.
fn place(place: &EntryPlace) -> Markup {
    html! {
        @match &place.url {
            Some(url) => a href=(shown(url)) rel="noreferrer" { (shown(&place.shown)) },
            None => (shown(&place.shown)),
        }
    }
}
