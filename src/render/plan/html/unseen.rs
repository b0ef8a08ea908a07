//! The settings that are told by their names alone: those that nothing shows, and those of which the
//! file's value was not applied yet.

use maud::{Markup, html};

use super::entries::{EntryContent, PageEntry};
use super::settings::setting;
use super::view::PageView;
use crate::render::page::prose;

/// The lists, each with its reason.
pub(super) fn unseen(view: &PageView<'_>) -> Markup {
    let pending: Vec<_> =
        view.entries.iter().filter(|it| matches!(it.content, EntryContent::Pending(_))).collect();
    html! {
        @if !pending.is_empty() {
            section data-group {
                h3 { "Not applied yet" }
                p.soft { "the live value is the one last applied" }
                (list(view, &pending))
            }
        }
        @for (reason, entries) in reasons(view) {
            section data-group {
                h3 { "Cannot be read: " (prose(reason)) }
                (list(view, &entries))
            }
        }
    }
}

/// The settings that cannot be read, by the reason for it.
fn reasons<'v, 'a>(view: &'v PageView<'a>) -> Vec<(&'v str, Vec<&'v PageEntry<'a>>)> {
    let mut reasons: Vec<(&str, Vec<&PageEntry<'_>>)> = Vec::new();
    for entry in &view.entries {
        let EntryContent::Unreadable(field) = entry.content else { continue };
        match reasons.iter_mut().find(|(reason, _)| *reason == field.reason) {
            Some((_, entries)) => entries.push(entry),
            None => reasons.push((&field.reason, vec![entry])),
        }
    }
    reasons
}

fn list(view: &PageView<'_>, entries: &[&PageEntry<'_>]) -> Markup {
    html! {
        ul {
            @for entry in entries {
                li id=(entry.id) data-kind=(entry.content.kind()) data-in=(entry.ranges()) {
                    (name(&entry.content))
                    @if view.has_several() {
                        " " span.members.soft { (view.members(&entry.members)) }
                    }
                }
            }
        }
    }
}

fn name(content: &EntryContent<'_>) -> Markup {
    match content {
        EntryContent::Unreadable(it) => setting(&it.section, &it.field),
        EntryContent::Pending(it) => setting(&it.section, &it.field),
        _ => html! {},
    }
}
