//! Which files are meant: those that the command line names, in a list of names or by their folder
//! or a glob too; else the default.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::DEFAULT_FILES;
use super::search::{self, Exclusion};
use super::source::{bytes, is_glob, is_stdin};
use crate::commands::args::FileArgs;
use crate::commands::failure::Failure;
use crate::failure::FailureCode;
use crate::finding::{Code, Finding, Span};
use crate::store::normalize;
use crate::text::slashed_path;

/// The largest list of names that is read.
const LARGEST_LIST: usize = 64 << 20;

/// A file that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeantFile {
    /// Its path. One that leads to no file is told of where it is read.
    pub path: PathBuf,
    /// Who says so.
    pub by: MeantBy,
}

/// Who says that a file is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeantBy {
    /// Somebody who named it.
    Name,
    /// A folder that it is in, or a glob.
    Search,
}

/// The files that are meant, and what a search found beside them.
#[derive(Clone, Debug, Default)]
pub struct MeantFiles {
    /// Those that are.
    pub files: Vec<MeantFile>,
    /// Those that `--exclude` leaves out. What one of them extends is a base nevertheless.
    pub excluded: Vec<PathBuf>,
}

/// The files that are meant: those named, or the default.
pub fn named(args: &FileArgs) -> Result<Vec<MeantFile>, Failure> {
    Ok(meant(args)?.files)
}

/// The same, and those that are left out.
pub fn meant(args: &FileArgs) -> Result<MeantFiles, Failure> {
    if args.is_default() {
        let path = found_above().unwrap_or_else(default_file);
        let files = vec![MeantFile { path, by: MeantBy::Name }];
        return Ok(MeantFiles { files, excluded: Vec::new() });
    }
    let listed = args.select.files_from.as_deref();
    let mut names = args.files.clone();
    let streams = names.iter().map(PathBuf::as_path).chain(listed);
    if streams.filter(|name| is_stdin(name)).count() > 1 {
        let problem = anyhow!("standard input (`-`) is named more than once");
        return Err(Failure::new(FailureCode::Usage, problem, "name it once"));
    }
    if let Some(list) = listed {
        names.extend(read_list(list, if args.select.null { '\0' } else { '\n' })?);
    }
    let exclusion = Exclusion::of(&args.select.exclude)?;
    let mut meant = MeantFiles { files: Vec::with_capacity(names.len()), excluded: Vec::new() };
    let is_any = !names.is_empty();
    for name in names {
        meant_by(name, &exclusion, &mut meant)?;
    }
    if is_any && meant.files.is_empty() {
        let problem = anyhow!("`--exclude` leaves out every file that is named");
        return Err(Failure::new(FailureCode::Usage, problem, "name other files, or exclude less"));
    }
    meant.files = each_once(meant.files);
    Ok(meant)
}

/// Adds the files that one argument means. A folder without any, and a glob that matches none, stays
/// what it is: to read it fails, and tells why.
fn meant_by(name: PathBuf, exclusion: &Exclusion, meant: &mut MeantFiles) -> Result<(), Failure> {
    let found = if is_stdin(&name) {
        None
    } else if name.is_dir() {
        Some(search::below(&name)?)
    } else if is_glob(&name) {
        Some(search::matching(&name)?)
    } else {
        None
    };
    let is_kept = |path: &PathBuf| is_stdin(path) || !exclusion.has(path);
    let (paths, by) = match found {
        Some(found) if !found.is_empty() => (found, MeantBy::Search),
        _ => (vec![name], MeantBy::Name),
    };
    let (kept, left_out): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_kept);
    if by == MeantBy::Search {
        meant.excluded.extend(left_out);
    }
    meant.files.extend(kept.into_iter().map(|path| MeantFile { path: slashed_path(path), by }));
    Ok(())
}

/// What a search found, without what somebody named or another search found before.
fn each_once(files: Vec<MeantFile>) -> Vec<MeantFile> {
    if files.iter().all(|file| file.by == MeantBy::Name) {
        return files;
    }
    let named = files.iter().filter(|file| file.by == MeantBy::Name);
    let mut known: HashSet<PathBuf> = named.map(|file| normalize(&file.path)).collect();
    let is_new = |file: &MeantFile| file.by == MeantBy::Name || known.insert(normalize(&file.path));
    files.into_iter().filter(is_new).collect()
}

/// The names in a list.
fn read_list(list: &Path, end: char) -> Result<Vec<PathBuf>, Failure> {
    let refused = |what: String, help: &str| {
        let name = list.display().to_string();
        let message = format!("the list of files `{name}` {what}");
        let finding = Finding::new(&name, Span::START, Code::UnreadableFile, message).help(help);
        Failure::configuration(vec![finding], Vec::new())
    };
    let bytes = bytes(list, LARGEST_LIST)
        .map_err(|error| refused(format!("cannot be read: {error}"), "check the path"))?;
    if bytes.len() > LARGEST_LIST {
        return Err(refused("is larger than 64 MiB".to_owned(), "check that it is the right file"));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| refused("is not UTF-8".to_owned(), "rename the files that it names"))?;
    // Some editors put a byte-order mark before the first name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if end == '\n' && text.contains('\0') {
        let help = "names that end with NUL, as `git diff -z` writes them, need `-0`";
        return Err(refused("has a NUL character".to_owned(), help));
    }
    let names =
        text.split(end).map(|name| if end == '\n' { name.trim_end_matches('\r') } else { name });
    Ok(names.filter(|name| !name.is_empty()).map(PathBuf::from).collect())
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
            return there.filter(|_| level > 0).map(slashed_path);
        }
        folder.push("..");
    }
    None
}
