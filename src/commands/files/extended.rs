//! The files that configurations extend: found beside them, and read once for all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::repository::Repository;
use super::source::{self, ReadFile};
use crate::config::{Links, Obstacle};
use crate::store::normalize;
use crate::text::slashed_path;

/// A file that is extended.
#[derive(Debug)]
pub struct ExtendedFile {
    /// Its path as seen from the working directory.
    path: PathBuf,
    /// The same without links.
    real: PathBuf,
}

/// Reads the files that others extend, adds them behind those, and tells where each path leads.
pub fn follow(files: &mut Vec<ReadFile>) -> Vec<Links> {
    if files.iter().all(|file| file.part.extends().is_empty()) {
        return files.iter().map(|_| Links::new()).collect();
    }
    let mut known = HashMap::new();
    for (index, file) in files.iter().enumerate().filter(|(_, it)| !source::is_stdin(&it.path)) {
        if let Ok(real) = dunce::canonicalize(&file.path) {
            known.entry(real).or_insert(index);
        }
    }
    let (mut links, repository) = (Vec::new(), Repository::around());
    while links.len() < files.len() {
        let found = found(&files[links.len()], &repository);
        let mut place = |ExtendedFile { path, real }| match known.entry(real) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                files.push(source::extended(&path, entry.key()));
                *entry.insert(files.len() - 1)
            }
        };
        links.push(found.into_iter().map(|found| found.map(&mut place)).collect());
    }
    links
}

/// Where the paths of a file lead.
fn found(file: &ReadFile, repository: &Repository) -> Vec<Result<ExtendedFile, Obstacle>> {
    let paths = file.part.extends();
    if paths.is_empty() {
        return Vec::new();
    }
    let own = if source::is_stdin(&file.path) { Path::new(&file.name) } else { &file.path };
    let folder = own.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The name of standard input may be that of a file in a folder that is not there.
    let limits = dunce::canonicalize(folder).map(|real| Limits::around(&real, repository));
    let find = |path| match &limits {
        Ok(limits) => limits.find(folder, path),
        Err(_) => Err(Obstacle::Missing),
    };
    paths.iter().map(|it| find(Path::new(&it.path))).collect()
}

/// How far paths may lead.
pub struct Limits {
    root: PathBuf,
    /// What it is to be outside of it.
    outside: Obstacle,
}

impl Limits {
    /// The repository around a folder, which need not be the one around the working directory.
    pub fn around(folder: &Path, repository: &Repository) -> Self {
        if let Some(root) = folder.ancestors().find(|folder| folder.join(".git").exists()) {
            return Self { root: root.to_owned(), outside: Obstacle::OutsideRepository };
        }
        let root = repository.root().to_owned();
        let root = dunce::canonicalize(&root).unwrap_or(root);
        Self { root, outside: Obstacle::OutsideFolder }
    }

    /// Finds the file that a path leads to from a folder.
    pub fn find(&self, folder: &Path, path: &Path) -> Result<ExtendedFile, Obstacle> {
        if path.has_root() || path.is_absolute() {
            return Err(Obstacle::Absolute);
        }
        let joined = folder.join(path);
        let real = dunce::canonicalize(&joined).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Obstacle::Missing,
            _ => Obstacle::Unreadable,
        })?;
        if !real.starts_with(&self.root) {
            return Err(self.outside);
        }
        if !real.is_file() {
            return Err(Obstacle::NoFile);
        }
        // Where a folder is a link, what its `..` means its name does not tell.
        let short = normalize(&joined);
        let is_same = dunce::canonicalize(&short).is_ok_and(|short| short == real);
        Ok(ExtendedFile { path: slashed_path(if is_same { short } else { joined }), real })
    }
}
