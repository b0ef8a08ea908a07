//! `fix`: deprecated names replaced by their successors, in place or as a diff.

use std::path::Path;

use super::args::{FileArgs, FixArgs};
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::{diff, input, write};
use crate::config::{self, BYTE_ORDER_MARK, Repair, SourceFile};
use crate::finding::Finding;
use crate::render::fix::{self, FixTotals};

/// Runs the command. A file that is refused hinders no other.
pub fn run(args: &FixArgs, console: &Console) -> Result<Exit, Failure> {
    let mut paths = Vec::new();
    for path in input::paths(&args.files)? {
        // Twice the same would be two diffs, of which only one can be applied.
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let output = match args.diff {
        true => FixOutput::Diff,
        false if paths.iter().any(|path| input::is_stdin(path)) => FixOutput::Text,
        false => FixOutput::Report,
    };
    let totals = FixTotals { files: paths.len(), ..FixTotals::default() };
    let (findings, sources) = (Vec::new(), Vec::new());
    let mut run = FixRun { args: &args.files, console, output, totals, findings, sources };
    for path in &paths {
        if let Err(findings) = run.repair(path) {
            run.totals.refused += 1;
            run.findings.extend(findings);
        }
    }
    run.end()
}

/// The content of standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FixOutput {
    /// The replacements that were made.
    Report,
    /// The text of standard input. What was replaced goes to standard error.
    Text,
    /// The replacements to make. Nothing is written.
    Diff,
}

struct FixRun<'r> {
    args: &'r FileArgs,
    console: &'r Console,
    output: FixOutput,
    totals: FixTotals,
    findings: Vec<Finding>,
    sources: Vec<SourceFile>,
}

impl FixRun<'_> {
    fn repair(&mut self, path: &Path) -> Result<(), Vec<Finding>> {
        let name = input::name(path, self.args);
        let bytes = input::bytes(path, config::LARGEST)
            .map_err(|error| vec![input::unreadable(&name, path, &error)])?;
        let source = SourceFile::new(&name, &bytes).map_err(|finding| vec![finding])?;
        let repaired = config::fix(&source);
        let mark = if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) { BYTE_ORDER_MARK } else { "" };
        let before = format!("{mark}{}", source.text);
        self.sources.push(source);
        let Repair { text, replacements, kept } = repaired?;
        for kept in &kept {
            self.console.note(&fix::kept(&name, kept));
        }
        let after = format!("{mark}{text}");
        if self.output == FixOutput::Diff {
            diff::show(&name, [&before, &after], self.console);
        } else if input::is_stdin(path) {
            self.console.result(&after);
        } else if !replacements.is_empty() {
            if let Err(failure) = write::in_place(path, &after) {
                self.console.complain(&failure.text(&self.console.error_palette));
                self.totals.refused += 1;
                return Ok(());
            }
            self.console.did(Effect::Written);
        }
        if self.output != FixOutput::Diff {
            self.say(&fix::replacements(&name, &replacements));
        }
        self.totals.concerned += usize::from(!replacements.is_empty());
        self.totals.replacements += replacements.len();
        Ok(())
    }

    fn say(&self, text: &str) {
        match self.output {
            FixOutput::Report => self.console.result(text),
            FixOutput::Text | FixOutput::Diff if self.console.is_quiet() => {}
            FixOutput::Text | FixOutput::Diff => self.console.complain(text),
        }
    }

    fn end(self) -> Result<Exit, Failure> {
        let is_something = self.totals.replacements > 0;
        match self.output {
            FixOutput::Diff => self.say(&fix::ahead(&self.totals)),
            FixOutput::Report | FixOutput::Text => self.say(&fix::done(&self.totals)),
        }
        if is_something && self.output != FixOutput::Diff {
            self.console.note(
                "If a state records the old name, the next plan drops it and sends the setting \
                 once under its new name.",
            );
        }
        if !self.findings.is_empty() {
            return Err(Failure::configuration(self.findings, self.sources));
        }
        let is_unfinished = is_something && self.output == FixOutput::Diff;
        let fails = is_unfinished || self.totals.refused > 0;
        Ok(if fails { Exit::Failed } else { Exit::Done })
    }
}
