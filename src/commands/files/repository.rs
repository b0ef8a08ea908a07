//! Where files stand in the repository around the working directory, as a forge names them.

use std::path::{Path, PathBuf};

use super::source::is_stdin;
use crate::render::findings::located::FileLocation;
use crate::store::{is_the_runner_s, repository_root, working_directory};
use crate::text::slashed;

/// The working directory and the repository around it.
#[derive(Debug)]
pub struct Repository {
    here: PathBuf,
    root: PathBuf,
}

impl Repository {
    /// Looks upwards for a `.git`, which is a file in a worktree. Without one, a folder around the
    /// working directory that the runner names is taken for the root, else that directory itself.
    pub fn around() -> Self {
        let here = working_directory().unwrap_or_default();
        Self { root: repository_root(&here).unwrap_or_else(|| here.clone()), here }
    }

    /// Its root: the working directory where there is no repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The working directory as people would look for it: from the root of the repository, `.` for
    /// the root itself; absolute where there is no repository.
    pub fn folder(&self) -> String {
        let inside =
            self.here.strip_prefix(&self.root).ok().filter(|_| self.root.join(".git").exists());
        match inside {
            None => slashed(&self.here.display().to_string()).into_owned(),
            Some(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
            Some(inside) => slashed(&inside.display().to_string()).into_owned(),
        }
    }

    /// Whether it is what the runner checked out, and not another repository that a job cloned.
    pub fn is_the_runner_s(&self) -> bool {
        is_the_runner_s(&self.root)
    }

    /// The place of a file by the name that findings have for it. A link is followed, since forges
    /// know the file that it points to; one that leads out of the repository is not.
    pub fn place(&self, name: &str) -> FileLocation {
        if is_stdin(Path::new(name)) {
            return FileLocation::Inside(name.to_owned());
        }
        let file = self.here.join(name);
        let real = dunce::canonicalize(&file).map(|real| FileLocation::of(&real, &self.root));
        match real {
            Ok(place @ FileLocation::Inside(_)) => place,
            _ => FileLocation::of(&file, &self.root),
        }
    }
}
