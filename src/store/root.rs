//! The root of the repository around a folder.

use std::io;
use std::path::{Path, PathBuf};

/// Where runners put a repository that came without its `.git`, such as in an archive.
const CHECKOUTS: [&str; 2] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/// The working directory. That of Windows may have been come to by a short name or a mapped drive.
pub fn working_directory() -> io::Result<PathBuf> {
    let here = std::env::current_dir()?;
    if cfg!(windows) { dunce::canonicalize(here) } else { Ok(here) }
}

/// Looks upwards for a `.git`, which is a file in a worktree. Without one, a folder around `here`
/// that the runner names is taken for the root; `None` where there is none either.
pub fn repository_root(here: &Path) -> Option<PathBuf> {
    let root = here.ancestors().find(|folder| folder.join(".git").exists());
    root.map(Path::to_owned).or_else(|| checkout(here))
}

/// Whether a folder is what the runner checked out, where it names that, and not another repository
/// that a job cloned.
pub fn is_the_runner_s(root: &Path) -> bool {
    let mut named = CHECKOUTS.iter().filter_map(std::env::var_os).peekable();
    let root = dunce::canonicalize(root).ok();
    named.peek().is_none() || named.any(|it| dunce::canonicalize(it).ok() == root)
}

/// The folder of the repository as a runner names it, where it lies around another one.
fn checkout(here: &Path) -> Option<PathBuf> {
    let named = CHECKOUTS.iter().filter_map(std::env::var_os);
    named.filter_map(|folder| dunce::canonicalize(folder).ok()).find(|root| here.starts_with(root))
}
