//! `fmt`: the lines of a file in the order and indentation that `init` and `import` write.

use std::path::Path;

use anyhow::anyhow;

use super::args::FmtArgs;
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::{diff, input, write};
use crate::config::{self, BYTE_ORDER_MARK, SourceFile, Unformatted};
use crate::failure::FailureCode;
use crate::finding::Finding;
use crate::render::format::{self, FormatTotals};
use crate::render::text::escape::printable;

/// Runs the command. A file that is refused hinders no other.
pub fn run(args: &FmtArgs, console: &Console) -> Result<Exit, Failure> {
    let mut paths = Vec::new();
    for path in input::paths(&args.files)? {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let output = match (args.check, args.diff) {
        (true, _) => FmtOutput::Names,
        (_, true) => FmtOutput::Diff,
        _ if paths.iter().any(|path| input::is_stdin(path)) => FmtOutput::Text,
        _ => FmtOutput::Files,
    };
    let totals = FormatTotals { files: paths.len(), ..FormatTotals::default() };
    let mut run =
        FmtRun { args, console, output, totals, findings: Vec::new(), sources: Vec::new() };
    for path in &paths {
        match run.format(path) {
            Ok(()) => {}
            Err(UnformattedFile::Findings(findings)) => {
                run.totals.refused += 1;
                run.findings.extend(findings);
            }
            Err(UnformattedFile::Failure(failure)) => {
                run.totals.refused += 1;
                console.complain(&failure.text(&console.error_palette));
            }
        }
    }
    run.end()
}

/// What becomes of what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FmtOutput {
    /// It is written to the files.
    Files,
    /// The text of standard input goes to standard output.
    Text,
    /// Only the names of the files are told.
    Names,
    /// Only a diff is shown.
    Diff,
}

enum UnformattedFile {
    Findings(Vec<Finding>),
    Failure(Failure),
}

struct FmtRun<'r> {
    args: &'r FmtArgs,
    console: &'r Console,
    output: FmtOutput,
    totals: FormatTotals,
    findings: Vec<Finding>,
    sources: Vec<SourceFile>,
}

impl FmtRun<'_> {
    fn format(&mut self, path: &Path) -> Result<(), UnformattedFile> {
        let name = input::name(path, &self.args.files);
        let found = |finding| UnformattedFile::Findings(vec![finding]);
        let bytes = input::bytes(path, config::LARGEST)
            .map_err(|error| found(input::unreadable(&name, path, &error)))?;
        let source = SourceFile::new(&name, &bytes).map_err(found)?;
        let laid = config::format(&source);
        let mark = if bytes.starts_with(BYTE_ORDER_MARK.as_bytes()) { BYTE_ORDER_MARK } else { "" };
        let before = format!("{mark}{}", source.text);
        self.sources.push(source);
        let after = match laid {
            Ok(text) => format!("{mark}{text}"),
            Err(Unformatted::Findings(findings)) => {
                return Err(UnformattedFile::Findings(findings));
            }
            Err(Unformatted::Unsafe) => {
                return Err(UnformattedFile::Failure(unsafe_to_format(&name)));
            }
        };
        let is_changed = before != after;
        match self.output {
            FmtOutput::Diff => diff::show(&name, [&before, &after], self.console),
            FmtOutput::Text if input::is_stdin(path) => self.console.result(&after),
            FmtOutput::Files | FmtOutput::Text if is_changed => {
                write::in_place(path, &after).map_err(UnformattedFile::Failure)?;
                self.console.did(Effect::Written);
            }
            FmtOutput::Files | FmtOutput::Text | FmtOutput::Names => {}
        }
        if is_changed {
            self.totals.changed += 1;
            match self.output {
                FmtOutput::Files | FmtOutput::Names => self.console.result(&format::changed(&name)),
                FmtOutput::Text | FmtOutput::Diff => {}
            }
        }
        Ok(())
    }

    fn end(self) -> Result<Exit, Failure> {
        let is_written = matches!(self.output, FmtOutput::Files | FmtOutput::Text);
        if !self.console.is_quiet() {
            let told =
                if is_written { format::done(&self.totals) } else { format::ahead(&self.totals) };
            self.console.complain(&told);
        }
        if !self.findings.is_empty() {
            return Err(Failure::configuration(self.findings, self.sources));
        }
        let is_unfinished = self.totals.changed > 0 && !is_written;
        let fails = is_unfinished || self.totals.refused > 0;
        Ok(if fails { Exit::Failed } else { Exit::Done })
    }
}

fn unsafe_to_format(name: &str) -> Failure {
    Failure::new(
        FailureCode::FormatUnsafe,
        anyhow!("{}: formatting this file would change what it means", printable(name)),
        "indent it by hand; the file was left alone",
    )
}
