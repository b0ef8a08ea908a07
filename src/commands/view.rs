//! What `plan`, `show` and `drift` have in common: one plan, shown in the format that was asked
//! for, and written in others.

use super::args::PlanFormat;
use super::console::Console;
use super::failure::Failure;
use super::files::repository::Repository;
use super::files::write::{self, Report};
use crate::plan::{Plan, checksum, document::PlanDocument};
use crate::render;
use crate::render::plan::{drift_markdown, drift_text, github, gitlab, html, markdown, text};
use crate::render::text::palette::Palette;

/// What a plan was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// To be applied.
    Plan,
    /// To tell what the live instance has otherwise.
    Drift,
}

/// A plan that is to be shown.
pub(super) struct View<'a> {
    pub plan: &'a Plan,
    pub topic: Topic,
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
        let Self { plan, topic } = *self;
        match (format, topic) {
            (PlanFormat::Text, _) => self.text(palette),
            (PlanFormat::Json, _) => json(plan),
            (PlanFormat::Markdown, Topic::Plan) => markdown::markdown(plan, &checksum(plan)),
            (PlanFormat::Markdown, Topic::Drift) => drift_markdown::markdown(plan),
            (PlanFormat::Github, _) => {
                let repository = Repository::around();
                let naming = |file: &str| repository.place(file);
                match topic {
                    Topic::Plan => github::plan(plan, &naming),
                    Topic::Drift => github::drift(plan, &naming),
                }
            }
            (PlanFormat::Gitlab, _) => gitlab::counts(plan),
            (PlanFormat::Html, Topic::Plan) => html::plan(plan, &checksum(plan)),
            (PlanFormat::Html, Topic::Drift) => html::drift(plan),
        }
    }

    fn text(&self, palette: &Palette) -> String {
        match self.topic {
            Topic::Plan => text::text(self.plan, palette),
            Topic::Drift => drift_text::text(self.plan, palette),
        }
    }
}

/// The document that `--out` saves and `--output-format json` prints. What `drift` finds has the
/// same shape.
pub(super) fn json(plan: &Plan) -> String {
    render::document(&PlanDocument::from(plan).to_value())
}
