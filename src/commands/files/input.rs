//! From the names on the command line to files that were read and checked, with those that they
//! extend.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::changes::Changes;
use super::choice::{Choice, FoundFiles, choose, guessed_bases};
use super::extended;
use super::named::{MeantFiles, meant};
use super::source::{self, ReadFile, unknowable};
use crate::commands::args::FileArgs;
use crate::commands::failure::Failure;
use crate::commands::spread::spread;
use crate::config::{Configuration, Family, SourceFile};
use crate::finding::{Finding, Severity};
use crate::plan::Shard;

pub use super::named::{default_file, found_above, named};
pub use super::source::{bytes, is_glob, is_stdin, unreadable};

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
    /// The paths of the files that it extends, and that those extend.
    pub bases: Vec<PathBuf>,
}

/// The files of a run.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Those that it is about.
    pub named: Vec<Input>,
    /// Those that they extend.
    pub extended: Vec<Input>,
    /// Those that it is not about, since something is wrong with them.
    pub broken: Vec<Input>,
    /// Which files that a search found are no targets, a sentence each.
    pub bases: Vec<String>,
    /// Which files the options leave out, a sentence each.
    pub unselected: Vec<String>,
    /// The environments of those.
    pub unselected_environments: BTreeSet<String>,
}

impl Inputs {
    fn all(&self) -> impl Iterator<Item = &Input> {
        self.named.iter().chain(&self.extended).chain(&self.broken)
    }

    /// Which files are no targets, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        self.bases.iter().chain(&self.unselected).cloned().collect()
    }

    /// The paths of all files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.all().map(|input| input.path.as_path())
    }

    /// What is wrong, in the order of files, and the texts that it stands in.
    pub fn report(self) -> (Vec<Finding>, Vec<SourceFile>) {
        let (mut findings, mut sources) = (Vec::new(), Vec::new());
        for input in self.named.into_iter().chain(self.extended).chain(self.broken) {
            findings.extend(input.findings);
            sources.extend(input.source);
        }
        (findings, sources)
    }
}

/// Reads and checks every file; on all cores where there are many.
pub fn read(args: &FileArgs) -> Result<Inputs, Failure> {
    read_part(args, None)
}

/// The same of a part of the files, and of what these extend.
pub fn read_part(args: &FileArgs, shard: Option<Shard>) -> Result<Inputs, Failure> {
    let MeantFiles { files: meant, excluded } = meant(args)?;
    let revision = args.select.changed_since.as_deref();
    let changes = revision.map(Changes::since).transpose()?;
    let mut files = spread(&meant, |file| source::read(&file.path, name(&file.path, args)));
    files.extend(spread(&excluded, |path| source::read(path, name(path, args))));
    let links = extended::follow(&mut files);
    let guessed = guessed_bases(&files);
    let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    let (mut texts, mut parts) = (Vec::new(), Vec::new());
    for (ReadFile { name, source, part, .. }, links) in files.into_iter().zip(links) {
        texts.push(Some((name, source)));
        parts.push((part, links));
    }
    let family = Family::of(parts);
    let since = changes.as_ref().zip(revision);
    let found = FoundFiles { meant: &meant, family: &family, paths: &paths, guessed: &guessed };
    let choice = choose(&found, since, shard);
    let mut run = FamilyRun { family: &family, paths, texts };
    let (named, extended) = run.checked(&choice.targets, &choice.doubtful);
    let Choice { bases, unselected, environments: unselected_environments, .. } = choice;
    let broken = Vec::new();
    Ok(Inputs { named, extended, broken, bases, unselected, unselected_environments })
}

/// Files on their way to being checked.
struct FamilyRun<'f> {
    family: &'f Family,
    paths: Vec<PathBuf>,
    /// The name and the text of each that is not an [`Input`] yet.
    texts: Vec<Option<(String, Option<SourceFile>)>>,
}

impl FamilyRun<'_> {
    /// Checks some of the files as targets, and tells of those that they extend or may extend.
    fn checked(&mut self, targets: &[usize], doubtful: &[usize]) -> (Vec<Input>, Vec<Input>) {
        let family = self.family;
        let judged = spread(targets, |index| family.judge(*index));
        let mut found = self.by_file(judged.iter().flat_map(|judged| &judged.findings));
        let mut input = |index: usize, configuration| {
            let (name, source) = self.texts[index].take()?;
            let findings = family.findings(index, found.remove(&index).unwrap_or_default());
            let bases = family.bases(index).into_iter().map(|base| self.paths[base].clone());
            let (path, bases) = (self.paths[index].clone(), bases.collect());
            Some(Input { name, path, source, findings, configuration, bases })
        };
        let configurations = judged.into_iter().map(|judged| judged.configuration);
        let named = targets.iter().zip(configurations);
        let named = named.filter_map(|(index, it)| input(*index, it)).collect();
        let bases = targets.iter().flat_map(|index| family.bases(*index));
        let bases = bases.chain(doubtful.iter().copied());
        (named, bases.filter_map(|index| input(index, None)).collect())
    }

    /// What targets make of settings, by the number of the file that has them: each told once, however
    /// many files extend that one.
    fn by_file<'f>(
        &self,
        found: impl Iterator<Item = &'f Finding>,
    ) -> HashMap<usize, Vec<Finding>> {
        let (mut told, mut by_file) = (HashSet::new(), HashMap::<usize, Vec<Finding>>::new());
        let mut found = found.peekable();
        if found.peek().is_none() {
            return by_file;
        }
        let names = self.texts.iter().enumerate().rev();
        let names = names.filter_map(|(at, text)| Some((text.as_ref()?.0.as_str(), at)));
        let numbers: HashMap<&str, usize> = names.collect();
        for finding in found {
            let Some(number) = numbers.get(finding.file.as_str()) else { continue };
            if told.insert((number, finding.span, finding.code)) {
                by_file.entry(*number).or_default().push(finding.clone());
            }
        }
        by_file
    }
}

/// The environments of a file, those of what it extends included, however much is wrong with it.
pub fn environments(path: &Path) -> Vec<String> {
    let mut files = vec![source::read(path, path.display().to_string())];
    let links = extended::follow(&mut files);
    let parts = files.into_iter().zip(links).map(|(file, links)| (file.part, links));
    Family::of(parts.collect()).environments(0)
}

/// The paths of the files that are meant and, with `--changed-since`, differ themselves: for what
/// looks at each file alone.
pub fn paths(args: &FileArgs) -> Result<Vec<PathBuf>, Failure> {
    let changes = args.select.changed_since.as_deref().map(Changes::since).transpose()?;
    let is_kept = |path: &PathBuf| changes.as_ref().is_none_or(|changes| changes.concern(path));
    let meant = named(args)?.into_iter().map(|file| file.path);
    Ok(meant.filter(is_kept).collect())
}

/// Like [`read`], and refuses files with errors; with warnings too where they count.
pub fn read_valid(args: &FileArgs, strictness: Strictness) -> Result<Inputs, Failure> {
    valid(read(args)?, strictness)
}

/// The same of files that are read.
pub(super) fn valid(inputs: Inputs, strictness: Strictness) -> Result<Inputs, Failure> {
    let fails = |input: &Input| input.findings.iter().any(|finding| strictness.fails(finding));
    if !inputs.all().any(fails) {
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

impl Strictness {
    /// Whether a finding fails.
    pub fn fails(self, finding: &Finding) -> bool {
        finding.severity == Severity::Error || self == Self::WarningsFail
    }
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
