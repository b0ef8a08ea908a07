//! Which files are meant: those that the command line names, or the default.

use std::path::{Path, PathBuf};

use super::DEFAULT_FILES;
use super::source::is_stdin;
use crate::commands::args::FileArgs;
use crate::commands::failure::Failure;
use crate::failure::FailureCode;

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
