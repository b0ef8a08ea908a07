//! The common part of `plan`, `show`, `apply` and `drift`: one result, shown in the format that was
//! asked for, and written in others.

use super::args::{PlanFormat, Report};
use super::console::Console;
use super::date::now;
use super::failure::Failure;
use super::files::forge;
use super::files::repository::Repository;
use super::files::write;
use super::spread::spread;
use crate::config::{self, SourceFile};
use crate::plan::document::{Documented, TargetDocument};
use crate::plan::outcome::{Outcome, RunEnd, TargetOutcome};
use crate::plan::{Drift, Plan, TargetDrift, WrittenDocument, WrittenTarget, checksum};
use crate::render;
use crate::render::annotations::Naming;
use crate::render::applied;
use crate::render::comment::links::SourceLinks;
use crate::render::jsonl;
use crate::render::page::PageOrigin;
use crate::render::plan::{drift_markdown, drift_text, github, gitlab, html, markdown, text};
use crate::render::text::palette::Palette;

/// A result that is to be shown.
pub(super) enum View<'a> {
    /// A plan to apply.
    Plan(&'a Plan),
    /// The differences of the live instances.
    Drift(&'a Drift),
}

impl View<'_> {
    /// Writes the reports that were asked for.
    pub(super) fn report(&self, reports: &[Report<PlanFormat>]) -> Result<(), Failure> {
        write::reports(reports, |format| self.render(format, &Palette::plain()))
    }

    /// Shows it. Annotations are for GitHub; whoever reads the log of the step finds all of it
    /// there as text.
    pub(super) fn show(&self, format: PlanFormat, console: &Console) {
        console.result(&self.render(format, &console.palette));
        if format == PlanFormat::Github && !console.is_quiet() {
            console.complain(&self.text(&console.error_palette));
        }
    }

    fn render(&self, format: PlanFormat, palette: &Palette) -> String {
        match (format, self) {
            (PlanFormat::Text, _) => self.text(palette),
            (PlanFormat::Json, Self::Plan(plan)) => json(*plan),
            (PlanFormat::Json, Self::Drift(found)) => json(*found),
            (PlanFormat::Jsonl, Self::Plan(plan)) => lines(*plan),
            (PlanFormat::Jsonl, Self::Drift(found)) => lines(*found),
            (PlanFormat::Markdown, _) => linked(|links| match self {
                Self::Plan(plan) => markdown::markdown(plan, &checksum(plan), links),
                Self::Drift(found) => drift_markdown::markdown(found, links),
            }),
            (PlanFormat::Github, _) => placed(|naming| match self {
                Self::Plan(plan) => github::plan(plan, naming),
                Self::Drift(found) => github::drift(found, naming),
            }),
            (PlanFormat::Gitlab, Self::Plan(plan)) => gitlab::plan(plan),
            (PlanFormat::Gitlab, Self::Drift(found)) => gitlab::drift(found),
            (PlanFormat::Html, _) => linked(|links| match self {
                Self::Plan(plan) => html::plan(plan, &checksum(plan), links, now()),
                Self::Drift(found) => html::drift(found, links, now()),
            }),
        }
    }

    /// The last of the lines, where those of the targets were told as they were compared.
    pub(super) fn show_end(&self, console: &Console) {
        let head = match self {
            Self::Plan(plan) => WrittenDocument::of(*plan).head(),
            Self::Drift(found) => WrittenDocument::of(*found).head(),
        };
        console.result(&jsonl::end(head));
    }

    fn text(&self, palette: &Palette) -> String {
        match self {
            Self::Plan(plan) => text::text(plan, palette),
            Self::Drift(found) => drift_text::text(found, palette),
        }
    }
}

/// The result of an apply.
pub(super) struct Applied<'a> {
    /// What was done.
    pub outcome: &'a Outcome,
    /// What was to be done.
    pub plan: &'a Plan,
    /// The files that were read, to show a line of; none for a saved plan.
    pub sources: &'a [SourceFile],
    /// How it came to its end.
    pub ended: RunEnd,
}

impl Applied<'_> {
    /// Writes the reports that were asked for.
    pub(super) fn report(&self, reports: &[Report<PlanFormat>]) -> Result<(), Failure> {
        write::reports(reports, |format| self.render(format, &Palette::plain()))
    }

    /// The last of the lines, where those of the targets were told as they ended.
    pub(super) fn show_end(&self, console: &Console) {
        console.result(&jsonl::end(render::outcome::value(self.outcome, self.plan, self.ended)));
        self.tell_rest(PlanFormat::Jsonl, console);
    }

    /// Shows it, as [`View::show`] does.
    pub(super) fn show(&self, format: PlanFormat, console: &Console) {
        console.result(&self.render(format, &console.palette));
        if format == PlanFormat::Github && !console.is_quiet() {
            console.complain(&self.render(PlanFormat::Text, &console.error_palette));
        }
        self.tell_rest(format, console);
    }

    /// Says beside a result that is not for people what is left to do.
    fn tell_rest(&self, format: PlanFormat, console: &Console) {
        if matches!(format, PlanFormat::Json | PlanFormat::Jsonl | PlanFormat::Gitlab) {
            for line in render::outcome::left(self.outcome, self.plan).lines() {
                console.note(line);
            }
        }
    }

    fn render(&self, format: PlanFormat, palette: &Palette) -> String {
        let Self { outcome, plan, sources, ended } = *self;
        match format {
            PlanFormat::Text => {
                render::outcome::text(outcome, plan, sources, palette, config::masked)
            }
            PlanFormat::Json => render::outcome::json(outcome, plan, ended),
            PlanFormat::Jsonl => jsonl::whole(render::outcome::value(outcome, plan, ended)),
            PlanFormat::Markdown => {
                linked(|links| applied::markdown::markdown(outcome, plan, links))
            }
            PlanFormat::Github => placed(|naming| applied::github::applied(outcome, plan, naming)),
            PlanFormat::Gitlab => applied::gitlab::applied(outcome, plan),
            PlanFormat::Html => linked(|links| {
                applied::html::applied(
                    outcome,
                    plan,
                    &PageOrigin { commit: links.commit, date: now() },
                )
            }),
        }
    }
}

/// Whether people read in a result which targets are refused, since it is text or goes with one.
pub(super) fn tells_refusals(format: PlanFormat, console: &Console) -> bool {
    match format {
        PlanFormat::Text => true,
        PlanFormat::Github => !console.is_quiet(),
        _ => false,
    }
}

/// The line of one target of an apply that has ended.
pub(super) fn applied_line(target: &TargetOutcome, plan: &Plan) -> String {
    let outcome = Outcome { targets: vec![target.clone()] };
    jsonl::target(render::outcome::of_targets(&outcome, plan)["targets"][0].take())
}

/// The line of one target of a drift that was compared.
pub(super) fn drift_line(target: &TargetDrift) -> String {
    jsonl::target(serde_json::to_value(TargetDocument::from(target)).unwrap_or_default())
}

/// What is made with the files' places in the repository.
fn placed(render: impl Fn(Naming<'_>) -> String) -> String {
    let repository = Repository::around();
    render(&|file: &str| repository.place(file))
}

/// What is made with links to the files on the forge that the run's environment names.
pub(super) fn linked(render: impl Fn(&SourceLinks<'_>) -> String) -> String {
    let repository = Repository::around();
    let commit = forge::commit(&repository);
    let naming = |file: &str| repository.place(file);
    render(&SourceLinks { commit: commit.as_ref(), naming: &naming })
}

/// The document that `--out` saves and `--output-format json` prints. A drift's has the same shape.
pub(super) fn json<R: Documented>(shown: &R) -> String
where
    TargetDocument: for<'t> From<&'t R::Target>,
    R::Target: Sync,
{
    let written = |targets: &[R::Target]| spread(targets, WrittenTarget::of);
    render::written(WrittenDocument::of(shown).pretty(written))
}

fn lines<R: Documented>(shown: &R) -> String
where
    TargetDocument: for<'t> From<&'t R::Target>,
{
    let document = WrittenDocument::of(shown);
    jsonl::lines(document.targets(), document.head())
}
