//! Which files differ from a git revision.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::anyhow;

use super::source::is_stdin;
use crate::commands::failure::Failure;
use crate::failure::FailureCode;
use crate::render::text::escape::printable;

/// The files of the repository around the working directory that differ from a revision.
#[derive(Debug)]
pub struct Changes {
    root: PathBuf,
    /// As seen from the root.
    changed: HashSet<PathBuf>,
    /// Those that git keeps.
    tracked: HashSet<PathBuf>,
}

impl Changes {
    /// Asks git, which looks at the files as they are now, committed or not.
    pub fn since(revision: &str) -> Result<Self, Failure> {
        let refused = |told: String| {
            let shown = printable(revision).into_owned();
            let problem = anyhow!("git does not know the revision `{shown}`: {told}");
            let help = "name a commit, a branch or a tag that this clone has; a shallow clone has \
                only the newest commits (`fetch-depth: 0` in actions/checkout, `GIT_DEPTH: 0` in \
                GitLab)";
            Failure::new(FailureCode::UnknownRevision, problem, help)
        };
        // What begins with a dash would be an option.
        if revision.starts_with('-') {
            return Err(refused("no revision begins with `-`".to_owned()));
        }
        let root = git(Path::new("."), ["rev-parse", "--show-toplevel"]).map_err(&refused)?;
        let root = dunce::canonicalize(root.trim_end_matches(['\n', '\r']))
            .map_err(|error| refused(error.to_string()))?;
        let commit = format!("{revision}^{{commit}}");
        let commit = git(&root, ["rev-parse", "--verify", &commit]).map_err(&refused)?;
        let diff = [
            "diff",
            "--name-only",
            "--no-renames",
            "--no-ext-diff",
            "--no-relative",
            "-z",
            commit.trim_end(),
            "--",
        ];
        let changed = paths(&git(&root, diff).map_err(&refused)?);
        let tracked = paths(&git(&root, ["ls-files", "-z"]).map_err(&refused)?);
        Ok(Self { root, changed, tracked })
    }

    /// Whether a file differs, or is not in git at all. Of a link both it and what it leads to count.
    pub fn concern(&self, path: &Path) -> bool {
        if is_stdin(path) {
            return true;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let link = dunce::canonicalize(folder.unwrap_or(Path::new(".")))
            .ok()
            .zip(path.file_name())
            .map(|(folder, name)| folder.join(name));
        let real = dunce::canonicalize(path).ok();
        let places: Vec<PathBuf> = link.into_iter().chain(real).collect();
        places.is_empty() || places.iter().any(|place| self.differs(place))
    }

    fn differs(&self, real: &Path) -> bool {
        let inside = real.strip_prefix(&self.root);
        inside.map_or(true, |path| self.changed.contains(path) || !self.tracked.contains(path))
    }
}

/// Paths that end with NUL.
fn paths(text: &str) -> HashSet<PathBuf> {
    text.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect()
}

/// What git prints, or its complaint.
fn git<A: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Result<String, String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .arg("--no-optional-locks")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`git` cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let first = complaint.lines().next().unwrap_or("it failed");
    Err(printable(first).into_owned())
}
