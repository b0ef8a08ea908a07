//! What stands out: why targets could not be compared, and what may go wrong. Each is told once,
//! however many targets it is about.

use maud::{Markup, html};

use super::entries::{EntryContent, PageEntry};
use super::settings::places;
use super::view::PageView;
use crate::finding::Finding;
use crate::plan::Problem;
use crate::render::page::{BoxKind, prose, unfolding};
use crate::render::text::words::count;

/// The boxes of a page.
pub(super) fn notices(view: &PageView<'_>) -> Markup {
    let (mut problems, mut warnings) = (Vec::new(), Vec::new());
    for entry in &view.entries {
        match entry.content {
            EntryContent::Problem(problem) => problems.push(failed(view, entry, problem)),
            EntryContent::Warning(finding) => warnings.push(warning(view, entry, finding)),
            _ => {}
        }
    }
    html! {
        (unfolding(&problems, |rest| count(rest, "more problem")))
        (unfolding(&warnings, |rest| count(rest, "more warning")))
    }
}

fn warning(view: &PageView<'_>, entry: &PageEntry<'_>, finding: &Finding) -> Markup {
    let content = html! {
        p { strong { (finding.severity.as_str()) "[" (finding.code) "]" } ": " (prose(&finding.message)) }
        @if let Some(help) = &finding.help { p.soft { "help: " (prose(help)) } }
        div.place { (places(&entry.places)) }
    };
    notice(view, entry, BoxKind::Warning, &content)
}

fn failed(view: &PageView<'_>, entry: &PageEntry<'_>, problem: &Problem) -> Markup {
    let content = html! {
        p { strong { "error[" (problem.code) "]" } ": not compared: " (prose(&problem.message)) }
        p.soft { "help: " (prose(&problem.help)) }
    };
    notice(view, entry, BoxKind::Bad, &content)
}

fn notice(view: &PageView<'_>, entry: &PageEntry<'_>, kind: BoxKind, content: &Markup) -> Markup {
    html! {
        div.box.(kind.class()) id=(entry.id) data-kind=(entry.content.kind()) data-in=(entry.ranges()) {
            (content)
            @if view.has_several() {
                div.members { "for " (view.members(&entry.members)) (in_production(view, entry)) }
            }
        }
    }
}

/// How many of several are for real users.
fn in_production(view: &PageView<'_>, entry: &PageEntry<'_>) -> Markup {
    let members = entry.members.iter();
    let number = members.filter(|member| view.targets[**member].is_production()).count();
    html! { @if number > 0 { span.soft { ", " (number) " in production" } } }
}
