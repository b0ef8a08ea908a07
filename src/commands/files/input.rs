//! From the names on the command line to files that were read and checked, with those that they
//! extend.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::extended;
use super::source::{self, ReadFile, unknowable};
use crate::commands::args::FileArgs;
use crate::commands::failure::Failure;
use crate::config::{Configuration, Family, SourceFile};
use crate::finding::{Finding, Severity};

pub use super::named::{default_file, found_above, named};
pub use super::source::{bytes, is_stdin, unreadable};

/// How many files make it worth while to check them on all cores.
const WORTH_SPREADING: usize = 16;

/// A file that was read and checked, or could not be read.
#[derive(Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// How it was named on the command line, or in the file that extends it.
    pub path: PathBuf,
    /// Its text; `None` where it could not be read.
    pub source: Option<SourceFile>,
    /// Its problems, by place.
    pub findings: Vec<Finding>,
    /// What it asks for; `None` where a finding is an error, and of a file that is only extended.
    pub configuration: Option<Configuration>,
}

/// The files of a run.
#[derive(Debug)]
pub struct Inputs {
    /// Those that are named.
    pub named: Vec<Input>,
    /// Those that are only extended, in the order in which they were met.
    pub extended: Vec<Input>,
}

impl Inputs {
    fn all(&self) -> impl Iterator<Item = &Input> {
        self.named.iter().chain(&self.extended)
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.all().map(|input| input.path.as_path())
    }

    /// What is wrong, in the order of files, and the texts that it stands in.
    pub fn report(self) -> (Vec<Finding>, Vec<SourceFile>) {
        let (mut findings, mut sources) = (Vec::new(), Vec::new());
        for input in self.named.into_iter().chain(self.extended) {
            findings.extend(input.findings);
            sources.extend(input.source);
        }
        (findings, sources)
    }
}

/// Reads and checks every file; on all cores where there are many.
pub fn read(args: &FileArgs) -> Result<Inputs, Failure> {
    let paths = named(args)?;
    Ok(checked(spread(&paths, |path| source::read(path, name(path, args)))))
}

/// Checks files that were read, with those that they extend.
fn checked(files: Vec<ReadFile>) -> Inputs {
    let (named, mut files) = (files.len(), files);
    let links = extended::follow(&mut files);
    let (mut read, mut parts) = (Vec::new(), Vec::new());
    for (ReadFile { name, path, source, part }, links) in files.into_iter().zip(links) {
        read.push((name, path, source));
        parts.push((part, links));
    }
    let family = Family::of(parts);
    let targets: Vec<usize> = (0..named).collect();
    let judged = spread(&targets, |index| family.judge(*index));
    let mut of_targets = by_file(&read, judged.iter().map(|judged| judged.findings.as_slice()));
    let mut configurations = judged.into_iter().map(|judged| judged.configuration);
    let inputs = read.into_iter().enumerate().map(|(index, (name, path, source))| {
        let found = of_targets.remove(&index).unwrap_or_default();
        let findings = family.findings(index, found);
        Input { name, path, source, findings, configuration: configurations.next().flatten() }
    });
    let mut inputs: Vec<Input> = inputs.collect();
    let extended = inputs.split_off(named);
    Inputs { named: inputs, extended }
}

/// What targets make of settings, by the number of the file that has them: each told once, however
/// many files extend that one.
fn by_file<'f>(
    files: &[(String, PathBuf, Option<SourceFile>)],
    found: impl Iterator<Item = &'f [Finding]>,
) -> HashMap<usize, Vec<Finding>> {
    let (mut told, mut by_file) = (HashSet::new(), HashMap::<usize, Vec<Finding>>::new());
    let mut found = found.flatten().peekable();
    if found.peek().is_none() {
        return by_file;
    }
    let numbers: HashMap<&str, usize> =
        files.iter().enumerate().map(|(at, (name, ..))| (name.as_str(), at)).collect();
    for finding in found {
        let Some(number) = numbers.get(finding.file.as_str()) else { continue };
        if told.insert((number, finding.span, finding.code)) {
            by_file.entry(*number).or_default().push(finding.clone());
        }
    }
    by_file
}

/// Does something with each of several things; on all cores where there are many.
fn spread<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if things.len() < WORTH_SPREADING {
        return things.iter().map(work).collect();
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = things.len().div_ceil(cores);
    std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = things
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(work).collect::<Vec<_>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    })
}

/// The environments of a file, those of what it extends included, however much is wrong with it.
pub fn environments(path: &Path) -> Vec<String> {
    let mut files = vec![source::read(path, path.display().to_string())];
    let links = extended::follow(&mut files);
    let parts = files.into_iter().zip(links).map(|(file, links)| (file.part, links));
    Family::of(parts.collect()).environments(0)
}

/// Like [`read`], and refuses files with errors; with warnings too where they count.
pub fn read_valid(args: &FileArgs, strictness: Strictness) -> Result<Inputs, Failure> {
    let inputs = read(args)?;
    let wrong = inputs.all().flat_map(|input| &input.findings).any(|finding| {
        finding.severity == Severity::Error || strictness == Strictness::WarningsFail
    });
    if !wrong {
        return Ok(inputs);
    }
    let (findings, sources) = inputs.report();
    Err(Failure::configuration(findings, sources))
}

/// The name of a file in findings.
pub fn name(path: &Path, args: &FileArgs) -> String {
    source::name(path, args.stdin_filename.as_deref())
}

/// Whether warnings fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Only errors do.
    ErrorsFail,
    /// `--strict`.
    WarningsFail,
}

impl From<bool> for Strictness {
    fn from(strict: bool) -> Self {
        if strict { Self::WarningsFail } else { Self::ErrorsFail }
    }
}

/// The name by which a configuration and its state are known.
///
/// # Errors
///
/// One that is not UTF-8: two of them could come to one text, and so to one state.
pub fn known_name(path: &Path) -> Result<String, Failure> {
    match path.to_str() {
        Some(name) => Ok(name.to_owned()),
        None => Err(Failure::configuration(vec![unknowable(path)], Vec::new())),
    }
}
