//! From the names on the command line to files that were read and checked.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::commands::args::FileArgs;
use crate::commands::failure::Failure;
use crate::config::{self, Checked, Configuration, SourceFile};
use crate::failure::FailureCode;
use crate::finding::{Code, Finding, Severity, Span};
use crate::render::text::escape;

/// The files that are read where none is named: the first that exists.
pub const DEFAULT_FILES: [&str; 2] = ["clerk.yaml", "clerk.yml"];

/// How many files make it worth while to check them on all cores.
const WORTH_SPREADING: usize = 16;

/// Most files are smaller, and to read one into a buffer that grows takes longer.
const USUAL: usize = 8 << 10;

/// A file that was read and checked, or could not be read.
#[derive(Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// How it was named on the command line.
    pub path: PathBuf,
    /// Its text; `None` where it could not be read.
    pub source: Option<SourceFile>,
    /// Its problems, by place.
    pub findings: Vec<Finding>,
    /// What it asks for; `None` where a finding is an error.
    pub configuration: Option<Configuration>,
}

/// The files that are meant: those named, or the default.
pub fn named(args: &FileArgs) -> Result<Vec<PathBuf>, Failure> {
    let found = || vec![found_above().unwrap_or_else(default_file)];
    let names = if args.files.is_empty() { found() } else { args.files.clone() };
    if names.iter().filter(|name| is_stdin(name)).count() > 1 {
        return Err(Failure::new(
            FailureCode::Usage,
            anyhow::anyhow!("standard input (`-`) is named more than once"),
            "name it once",
        ));
    }
    Ok(names)
}

/// `clerk.yaml`, or `clerk.yml` where only that exists.
pub fn default_file() -> PathBuf {
    let existing = DEFAULT_FILES.iter().find(|name| Path::new(name).exists());
    PathBuf::from(existing.unwrap_or(&DEFAULT_FILES[0]))
}

/// The nearest file above the working directory that is read where none is named and none is there;
/// only inside a repository, and not above its root.
pub fn found_above() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let root = here.ancestors().find(|folder| folder.join(".git").exists())?;
    let depth = here.strip_prefix(root).ok()?.components().count();
    let mut folder = PathBuf::new();
    for level in 0..=depth {
        let there = DEFAULT_FILES.iter().map(|name| folder.join(name)).find(|path| path.exists());
        if there.is_some() {
            return there.filter(|_| level > 0);
        }
        folder.push("..");
    }
    None
}

/// Whether a name means standard input.
pub fn is_stdin(name: &Path) -> bool {
    name.as_os_str() == "-"
}

/// Reads and checks every file; on all cores where there are many.
pub fn read(args: &FileArgs) -> Result<Vec<Input>, Failure> {
    let names = named(args)?;
    if names.len() < WORTH_SPREADING {
        return Ok(names.iter().map(|name| read_one(name, args)).collect());
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = names.len().div_ceil(cores);
    Ok(std::thread::scope(|scope| {
        let workers: Vec<_> = names
            .chunks(share)
            .map(|chunk| {
                scope.spawn(|| chunk.iter().map(|name| read_one(name, args)).collect::<Vec<_>>())
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    }))
}

/// Like [`read`], and refuses files with errors; with warnings too where they count.
pub fn read_valid(args: &FileArgs, strictness: Strictness) -> Result<Vec<Input>, Failure> {
    let inputs = read(args)?;
    let wrong = inputs.iter().flat_map(|input| &input.findings).any(|finding| {
        finding.severity == Severity::Error || strictness == Strictness::WarningsFail
    });
    if !wrong {
        return Ok(inputs);
    }
    let (mut findings, mut sources) = (Vec::new(), Vec::new());
    for input in inputs {
        findings.extend(input.findings);
        sources.extend(input.source);
    }
    Err(Failure::configuration(findings, sources))
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

fn read_one(path: &Path, args: &FileArgs) -> Input {
    let path = path.to_owned();
    let name = name(&path, args);
    let source = match bytes(&path, config::LARGEST) {
        _ if path.to_str().is_none() => Err(unknowable(&path)),
        Ok(bytes) => SourceFile::new(&name, &bytes),
        Err(error) => Err(unreadable(&name, &path, &error)),
    };
    match source {
        Ok(source) => {
            let Checked { findings, configuration } = config::check(&source);
            Input { name, path, source: Some(source), findings, configuration }
        }
        Err(finding) => {
            Input { name, path, source: None, findings: vec![finding], configuration: None }
        }
    }
}

/// The name of a file.
pub fn name(path: &Path, args: &FileArgs) -> String {
    match &args.stdin_filename {
        Some(name) if is_stdin(path) => name.clone(),
        _ => escape::path(path),
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

fn unknowable(path: &Path) -> Finding {
    let name = escape::path(path);
    let message = format!("the file name `{name}` is not UTF-8, and the state is named after it");
    Finding::new(&name, Span::START, Code::UnreadableFile, message).help("rename the file")
}

/// What a file or standard input holds: up to a byte more than it may, so that one that is too
/// large is not read whole.
pub fn bytes(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::with_capacity(USUAL);
    if is_stdin(path) {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The finding about a file that the system does not let be read.
pub fn unreadable(name: &str, path: &Path, error: &io::Error) -> Finding {
    let (message, help) = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => (
            format!("there is no file `{name}`"),
            "check the path, or create one: with `clerkform init`, or from an instance with \
             `clerkform import`"
                .to_owned(),
        ),
        io::ErrorKind::IsADirectory => (
            format!("`{name}` is a folder"),
            format!("name a file in it, such as `{}`", path.join(DEFAULT_FILES[0]).display()),
        ),
        io::ErrorKind::PermissionDenied => {
            (format!("`{name}` cannot be read: {error}"), "check its permissions".to_owned())
        }
        _ => (format!("`{name}` cannot be read: {error}"), "check the path".to_owned()),
    };
    Finding::new(name, Span::START, Code::UnreadableFile, message).help(help)
}
