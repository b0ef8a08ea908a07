//! Settings by environment: what each of them comes to have, side by side.

use std::collections::HashMap;

use maud::{Markup, html};

use super::entries::{EntryContent, PageEntry, RELEASED};
use super::settings::setting;
use super::value::brief;
use super::view::PageView;
use crate::render::page::{ranges, shown};

/// More environments than this are not laid out side by side.
const MOST: usize = 6;
/// The column of targets without an environment.
const NONE: &str = "no environment";

/// An environment with the numbers of its targets.
struct EnvironmentColumn<'a> {
    name: &'a str,
    members: Vec<usize>,
}

/// The table; none where there is nothing to compare.
pub(super) fn environments(view: &PageView<'_>) -> Markup {
    let columns = columns(view);
    let rows = rows(view);
    if !(2..=MOST).contains(&columns.len()) || view.blocks.len() < 2 || rows.is_empty() {
        return html! {};
    }
    html! {
        section data-group {
            h2 id="environments" { "Environments" }
            div.wide tabindex="0" role="group" aria-labelledby="environments" {
                table.environments.stacked.sortable {
                    thead {
                        tr {
                            th scope="col" { "Setting" }
                            @for column in &columns { th scope="col" { (shown(column.name)) } }
                        }
                    }
                    tbody { @for row in &rows { (tr(view, &columns, row)) } }
                }
            }
        }
    }
}

fn columns<'a>(view: &PageView<'a>) -> Vec<EnvironmentColumn<'a>> {
    let mut columns: Vec<EnvironmentColumn<'_>> = Vec::new();
    for (number, target) in view.targets.iter().enumerate() {
        let name = target.info.environment.unwrap_or(NONE);
        match columns.iter().position(|column| column.name == name) {
            Some(at) => columns[at].members.push(number),
            None if columns.len() > MOST => break,
            None => columns.push(EnvironmentColumn { name, members: vec![number] }),
        }
    }
    columns
}

/// A setting with its entries.
struct SettingRow<'v, 'a> {
    section: &'v str,
    field: &'v str,
    entries: Vec<&'v PageEntry<'a>>,
}

fn rows<'v, 'a>(view: &'v PageView<'a>) -> Vec<SettingRow<'v, 'a>> {
    let mut rows: Vec<SettingRow<'_, '_>> = Vec::new();
    let mut known = HashMap::new();
    for entry in &view.entries {
        let (section, field) = match entry.content {
            EntryContent::Change(section, change) | EntryContent::Withheld(section, change) => {
                (section.name, change.field.name)
            }
            EntryContent::Released(release) => (release.section.as_str(), release.field.as_str()),
            _ => continue,
        };
        let at = *known.entry((section, field)).or_insert(rows.len());
        match rows.get_mut(at) {
            Some(row) => row.entries.push(entry),
            None => rows.push(SettingRow { section, field, entries: vec![entry] }),
        }
    }
    rows
}

fn tr(view: &PageView<'_>, columns: &[EnvironmentColumn<'_>], row: &SettingRow<'_, '_>) -> Markup {
    html! {
        tr data-group {
            th scope="row" { (setting(row.section, row.field)) }
            @for column in columns {
                @let items = items(view, column, row);
                @if items.is_empty() {
                    td.soft data-name=(shown(column.name)) { "no change" }
                } @else {
                    td.value.changed data-name=(shown(column.name)) {
                        @for item in items { (item) }
                    }
                }
            }
        }
    }
}

fn items(
    view: &PageView<'_>,
    column: &EnvironmentColumn<'_>,
    row: &SettingRow<'_, '_>,
) -> Vec<Markup> {
    let with = |entry: &&PageEntry<'_>| {
        let is_here = |member: &&usize| column.members.binary_search(*member).is_ok();
        let members: Vec<usize> = entry.members.iter().filter(is_here).copied().collect();
        (!members.is_empty()).then(|| item(view, column, entry, &members))
    };
    row.entries.iter().filter_map(with).collect()
}

fn item(
    view: &PageView<'_>,
    column: &EnvironmentColumn<'_>,
    entry: &PageEntry<'_>,
    members: &[usize],
) -> Markup {
    html! {
        div data-of=(entry.id) data-in=(ranges(members)) {
            @match entry.content {
                EntryContent::Change(_, change) | EntryContent::Withheld(_, change) => {
                    (brief(view.words, change, &entry.id))
                }
                _ => span.soft { (RELEASED) },
            }
            @if members.len() < column.members.len() {
                span.soft { " (" (members.len()) " of " (column.members.len()) ")" }
            }
        }
    }
}
