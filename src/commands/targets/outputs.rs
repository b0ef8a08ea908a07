//! What a run was asked to write beside its result must not be what it reads or keeps: a report
//! over the configuration would be its end.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::{ChosenTarget, Home};
use crate::commands::args::{Report, ServiceArgs};
use crate::commands::failure::Failure;
use crate::failure::FailureCode;
use crate::store::{self, ByFile};

/// The files of a run, and why each is not to be written.
#[derive(Default)]
pub(crate) struct Files {
    known: Vec<(PathBuf, &'static str)>,
}

impl Files {
    /// Those that the run reads.
    pub(crate) fn read<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Self {
        let mut files = Self::default();
        files.add(paths.into_iter().map(Path::to_owned), "this run reads it");
        files
    }

    /// Also those that its targets keep.
    pub(crate) fn kept<'a>(mut self, homes: impl IntoIterator<Item = &'a Home>) -> Self {
        for home in homes {
            self.add(home.files(), "the state of this run is kept there");
        }
        self
    }

    /// Takes what the run writes.
    ///
    /// # Errors
    ///
    /// A file that it also reads, keeps or writes otherwise; nothing was written.
    pub(crate) fn written<'a>(
        self,
        paths: impl IntoIterator<Item = &'a Path>,
    ) -> Result<(), Failure> {
        let mut paths = paths.into_iter().peekable();
        // Most runs write none, and a fleet has thousands of files that would be looked for.
        if paths.peek().is_none() {
            return Ok(());
        }
        let mut known = self.identified();
        for path in paths {
            let Some(file) = identity(path) else { continue };
            if let Some(why) = known.get(&file) {
                return Err(Failure::new(
                    FailureCode::FileInUse,
                    anyhow!("cannot write `{}`: {why}", path.display()),
                    "name another file; nothing was written",
                ));
            }
            known.insert(file, "this run writes something else to it");
        }
        Ok(())
    }

    fn add(&mut self, paths: impl IntoIterator<Item = PathBuf>, why: &'static str) {
        self.known.extend(paths.into_iter().map(|path| (path, why)));
    }

    /// The same by what each file is known by; the first reason of several.
    fn identified(self) -> ByFile<&'static str> {
        let mut known = ByFile::default();
        for (path, why) in self.known {
            if let Some(file) = identity(&path).filter(|file| known.get(file).is_none()) {
                known.insert(file, why);
            }
        }
        known
    }
}

/// The files of a run that plans `targets`, and has read these configurations.
pub(crate) fn of(read: &[PathBuf], service: &ServiceArgs, targets: &[ChosenTarget]) -> Files {
    let read = read.iter().chain(&service.keys.secret_key_file).chain(&service.keys.env_files);
    let read = read.map(PathBuf::as_path);
    Files::read(read).kept(targets.iter().map(|target| &target.home))
}

/// The paths of reports.
pub(crate) fn paths<F>(reports: &[Report<F>]) -> impl Iterator<Item = &Path> {
    reports.iter().map(|report| report.path.as_path())
}

/// By what a file is known, whatever leads to it; `None` for what takes several writers, such as a
/// pipe or a terminal.
fn identity(path: &Path) -> Option<PathBuf> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return None;
    }
    store::resolve(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_by_whatever_path() {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        fs::write(inside("a.yaml"), "").unwrap();
        fs::create_dir(inside("b")).unwrap();
        let ignores_case = inside("A.YAML").exists();
        let refused = |written: &[&str]| {
            let read = inside("a.yaml");
            let written: Vec<PathBuf> = written.iter().map(|name| inside(name)).collect();
            Files::read([read.as_path()]).written(written.iter().map(PathBuf::as_path)).is_err()
        };
        for (written, expected) in [
            (&["new.md", "b/new.md"][..], false),
            (&["a.yaml"], true),
            (&["A.YAML"], ignores_case),
            (&["new.md", "New.md"], ignores_case),
            (&["b/../a.yaml"], true),
            (&["new.md", "b/../new.md"], true),
            (&["gone/new.md", "gone/./new.md"], true),
            (&["b", "b"], false),
        ] {
            assert_eq!(refused(written), expected, "{written:?}");
        }
    }
}
