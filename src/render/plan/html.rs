//! A plan or drift as one page that needs nothing else and leaves nothing out: the verdict, what may
//! go wrong, a table of settings in which each change is told once, environments side by side, the
//! instances, and last the command to run.

use maud::{Markup, html};

use super::command;
use super::drift_sentences;
use super::left_out;
use super::sentences;
use crate::plan::{Drift, Plan, TargetProblem};
use crate::render::comment::links::SourceLinks;
use crate::render::page::{
    self, BoxKind, PageFrame, PageMood, PageOrigin, boxed, filter, prose, shown,
};
use crate::render::text::words::count;
use crate::state::ServiceKind;

mod entries;
mod environments;
mod instances;
mod notices;
mod page_target;
mod settings;
mod unseen;
mod value;
mod view;
mod words;

use entries::{EntryContent, kinds};
use page_target::PageTarget;
use view::PageView;
use words::{DRIFT, PLAN};

/// A plan as a page. `checksum` is the plan's, and `date` when the page is made.
pub fn plan(plan: &Plan, checksum: &str, links: &SourceLinks<'_>, date: Option<String>) -> String {
    let view = PageView::new(&PLAN, plan.targets.iter().map(PageTarget::of_plan).collect(), links);
    let next = html! {
        @if !plan.is_empty() {
            h2 { "Apply exactly this plan" }
            (page::command(
                "With the same key and API:",
                &command::apply_reviewed(plan, checksum)
            ))
        }
        p.soft { "Checksum: " code { (shown(checksum)) } }
    };
    let around = PageSurroundings {
        verdict: sentences::totals(plan),
        calm: if plan.is_empty() { PageMood::Good } else { PageMood::Change },
        only: &plan.only,
        left_out: &plan.left_out,
        service: plan.service,
        origin: PageOrigin { commit: links.commit, date },
    };
    around.page(&view, &next)
}

/// Drift as a page. `date` is when it is made.
pub fn drift(found: &Drift, links: &SourceLinks<'_>, date: Option<String>) -> String {
    let drift_sentences::Remedy { command, hints } = drift_sentences::remedy(found);
    let view =
        PageView::new(&DRIFT, found.targets.iter().map(PageTarget::of_drift).collect(), links);
    let next = html! {
        @if command.is_some() || !hints.is_empty() { h2 { "Restore the files' values" } }
        @if let Some(command) = command {
            (page::command(
                "With the same key and API; shows its plan and asks first:",
                &command
            ))
        }
        @for hint in hints { p { (prose(&hint)) "." } }
    };
    let around = PageSurroundings {
        verdict: drift_sentences::totals(found),
        calm: if found.is_empty() { PageMood::Good } else { PageMood::Caution },
        only: &found.only,
        left_out: &found.left_out,
        service: found.service,
        origin: PageOrigin { commit: links.commit, date },
    };
    around.page(&view, &next)
}

/// What stands around the entries of a page.
struct PageSurroundings<'a> {
    verdict: String,
    /// How good it is where nothing is warned of.
    calm: PageMood,
    only: &'a [String],
    left_out: &'a [TargetProblem],
    service: ServiceKind,
    origin: PageOrigin<'a>,
}

impl PageSurroundings<'_> {
    fn page(self, view: &PageView<'_>, next: &Markup) -> String {
        let Self { verdict, calm, only, left_out, service, origin } = self;
        let has = |is: fn(&EntryContent<'_>) -> bool| view.entries.iter().any(|it| is(&it.content));
        let mood = if !left_out.is_empty() || has(|it| matches!(it, EntryContent::Problem(_))) {
            PageMood::Bad
        } else if has(|it| matches!(it, EntryContent::Warning(_) | EntryContent::Withheld(..))) {
            PageMood::Caution
        } else {
            calm
        };
        let content = html! {
            @if let Some(note) = sentences::narrowed(only) {
                (boxed(BoxKind::Note, &prose(&note)))
            }
            (left_out::boxes(left_out))
            (filter(&kinds(&view.entries), ["instance", "instances"]))
            (notices::notices(view))
            (settings::settings(view))
            (environments::environments(view))
            (unseen::unseen(view))
            (instances::instances(view))
            (next)
        };
        let warnings = view.entries.iter().map(|entry| &entry.content);
        let warnings = warnings.filter(|it| matches!(it, EntryContent::Warning(_))).count();
        let counted = (warnings > 0).then(|| count(warnings, "warning"));
        let verdict = sentences::warned(verdict, counted);
        let facts = match service {
            ServiceKind::Sandbox => vec![html! { "built-in sandbox" }],
            ServiceKind::Live => Vec::new(),
        };
        PageFrame { title: view.words.title, verdict: &verdict, mood, origin: &origin, facts }
            .around(&content)
    }
}

#[cfg(test)]
mod tests;
