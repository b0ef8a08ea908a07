//! The text of one file: read, and looked at by itself.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::config::{self, FilePart, SourceFile};
use crate::finding::{Code, Finding, Span};
use crate::render::text::escape;
use crate::store::explained;

/// Most files are smaller, and to read one into a buffer that grows takes longer.
const USUAL: usize = 8 << 10;

/// A file that was read, or could not be.
#[derive(Debug)]
pub struct ReadFile {
    /// Its name in findings.
    pub name: String,
    /// How it was named on the command line, or in the file that extends it.
    pub path: PathBuf,
    /// Its text; `None` where it could not be read.
    pub source: Option<SourceFile>,
    /// What it says by itself.
    pub part: FilePart,
    /// What it holds, where that does not tell which files it extends.
    pub unclear: Option<String>,
}

/// Reads a file that the command line names.
pub fn read(path: &Path, name: String) -> ReadFile {
    match bytes(path, config::LARGEST) {
        _ if path.to_str().is_none() => unusable(path, name, unknowable(path)),
        Ok(bytes) => looked_at(path, name, &bytes),
        Err(error) => {
            let finding = unreadable(&name, path, &error);
            unusable(path, name, finding)
        }
    }
}

/// Reads a file that another one extends. `real` leads to it whatever it is called.
pub fn extended(path: &Path, real: &Path) -> ReadFile {
    let name = escape::path(path);
    match File::open(real).and_then(|file| first(file, config::LARGEST)) {
        Ok(bytes) => looked_at(path, name, &bytes),
        Err(error) => {
            let finding = unreadable(&name, path, &error);
            unusable(path, name, finding)
        }
    }
}

fn looked_at(path: &Path, name: String, bytes: &[u8]) -> ReadFile {
    match SourceFile::new(&name, bytes) {
        Ok(source) => {
            let part = config::part(&source);
            let unclear = (!part.tells_what_it_extends()).then(|| source.text.clone());
            ReadFile { name, path: path.to_owned(), source: Some(source), part, unclear }
        }
        Err(finding) => {
            let unclear = Some(String::from_utf8_lossy(bytes).into_owned());
            ReadFile { unclear, ..unusable(path, name, finding) }
        }
    }
}

fn unusable(path: &Path, name: String, finding: Finding) -> ReadFile {
    let part = FilePart::unreadable(&name, finding);
    ReadFile { name, path: path.to_owned(), source: None, part, unclear: None }
}

/// What a glob has that a name seldom has.
pub const GLOB_SIGNS: [char; 4] = ['*', '?', '[', '{'];

/// Whether an argument is a pattern: it has a sign of one, and no file has that very name.
pub fn is_glob(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.contains(GLOB_SIGNS)) && !path.exists()
}

/// Whether a name means standard input.
pub fn is_stdin(name: &Path) -> bool {
    name.as_os_str() == "-"
}

/// The name of a file.
pub fn name(path: &Path, stdin_filename: Option<&str>) -> String {
    match stdin_filename {
        Some(name) if is_stdin(path) => name.to_owned(),
        _ => escape::path(path),
    }
}

/// The finding about a file whose name is no text.
pub fn unknowable(path: &Path) -> Finding {
    let name = escape::path(path);
    let message = format!("the file name `{name}` is not UTF-8, and the state is named after it");
    Finding::new(&name, Span::START, Code::UnreadableFile, message).help("rename the file")
}

/// What a file or standard input holds: up to a byte more than it may, so that one that is too
/// large is not read whole.
pub fn bytes(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    if is_stdin(path) {
        return first(io::stdin().lock(), most);
    }
    first(File::open(path).map_err(|error| explained(path, error))?, most)
}

fn first(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::with_capacity(USUAL);
    from.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The finding about a file that the system does not let be read.
pub fn unreadable(name: &str, path: &Path, error: &io::Error) -> Finding {
    let (message, help) = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename
            if is_glob(path) =>
        {
            let kinds = "a glob stands for files called clerk.yaml, clerk.yml or clerk.*.yaml that \
                .gitignore does not name; name any other file by its whole name";
            (format!("nothing matches `{name}`"), kinds.to_owned())
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => (
            format!("there is no file `{name}`"),
            "check the path, or create one: with `clerkform init`, or from an instance with \
             `clerkform import`"
                .to_owned(),
        ),
        io::ErrorKind::IsADirectory => (
            format!("there is no configuration in the folder `{name}`"),
            "a folder stands for the clerk.yaml, clerk.yml and clerk.*.yaml below it that .gitignore \
             does not name; name any other file by its whole name"
                .to_owned(),
        ),
        io::ErrorKind::PermissionDenied => {
            (format!("`{name}` cannot be read: {error}"), "check its permissions".to_owned())
        }
        _ => (format!("`{name}` cannot be read: {error}"), "check the path".to_owned()),
    };
    Finding::new(name, Span::START, Code::UnreadableFile, message).help(help)
}
