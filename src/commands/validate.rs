//! `validate`: every problem of every file at once.

use super::args::{FindingFormat, ValidateArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::files::input::{self, Strictness};
use super::files::repository::Repository;
use super::files::write;
use super::targets::outputs::{self, Files};
use crate::config::{self, SourceFile};
use crate::finding::{Finding, Severity};
use crate::render::findings::located::{Located, located};
use crate::render::findings::{github, gitlab, sarif, text};
use crate::render::text::palette::Palette;

/// Runs the command.
pub fn run(args: &ValidateArgs, console: &Console) -> Result<Exit, Failure> {
    let inputs = input::read_part(&args.files, args.shard)?;
    for note in &inputs.unselected {
        console.note(note);
    }
    Files::read(inputs.paths()).written(outputs::paths(&args.report))?;
    let named = inputs.named.len();
    let (found, sources) = inputs.report();
    let checked = CheckedFiles { named, found, sources };
    write::reports(&args.report, |format| checked.render(format, &Palette::plain()))?;
    console.result(&checked.render(args.output_format, &console.palette));
    if args.output_format == FindingFormat::Github && !checked.found.is_empty() {
        // GitHub shows ten of a kind, and no excerpt: whoever opens the log sees all.
        let text = checked.render(FindingFormat::Text, &console.error_palette);
        console.complain(&text);
    }
    let exit = checked.exit(Strictness::from(args.strict));
    if exit == Exit::Failed && checked.exit(Strictness::ErrorsFail) == Exit::Done {
        console.note("`--strict` treats warnings as errors.");
    }
    Ok(exit)
}

struct CheckedFiles {
    named: usize,
    found: Vec<Finding>,
    sources: Vec<SourceFile>,
}

impl CheckedFiles {
    fn render(&self, format: FindingFormat, palette: &Palette) -> String {
        match format {
            FindingFormat::Text => text::text(&self.found, &self.sources, palette, config::masked),
            FindingFormat::Concise => text::concise(&self.found),
            FindingFormat::Json => text::json(self.named, &self.found),
            FindingFormat::Github => github::annotations(&self.located()),
            FindingFormat::Gitlab => gitlab::code_quality(&self.located()),
            FindingFormat::Sarif => sarif::sarif(&self.located()),
        }
    }

    fn located(&self) -> Vec<Located<'_>> {
        let repository = Repository::around();
        located(&self.found, |name| repository.place(name))
    }

    fn exit(&self, strictness: Strictness) -> Exit {
        let fails = |finding: &Finding| {
            finding.severity == Severity::Error || strictness == Strictness::WarningsFail
        };
        if self.found.iter().any(fails) { Exit::Failed } else { Exit::Done }
    }
}
