//! Facts about files, each known once whatever path leads to it. On the disks of Windows and macOS
//! two paths that differ in the case of letters mostly are one.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What is known of files, there or not, by their paths as [`super::resolve`] tells them.
#[derive(Debug)]
pub struct ByFile<T> {
    /// By the path without the case of its letters.
    like: HashMap<String, Vec<(PathBuf, T)>>,
}

impl<T> Default for ByFile<T> {
    fn default() -> Self {
        Self { like: HashMap::new() }
    }
}

impl<T> ByFile<T> {
    /// What is known of a file.
    pub fn get(&self, path: &Path) -> Option<&T> {
        let like = self.like.get(&folded(path))?;
        let disk = Disk { identity, names };
        like.iter().find(|(known, _)| is_one_file(known, path, &disk)).map(|(_, fact)| fact)
    }

    /// Remembers something of a file of which nothing is known yet.
    pub fn insert(&mut self, path: PathBuf, fact: T) {
        self.like.entry(folded(&path)).or_default().push((path, fact));
    }
}

fn folded(path: &Path) -> String {
    path.to_string_lossy().to_lowercase()
}

/// What is asked of a disk.
struct Disk<I, N> {
    /// By what it knows that which stands at a path; `None` where nothing does.
    identity: I,
    /// The paths in a folder.
    names: N,
}

/// Whether two paths are one that differ at most in the case of letters. The disk decides: by what
/// is there, or by how it takes the names of what else is in the folder.
fn is_one_file<K: PartialEq>(
    one: &Path,
    other: &Path,
    disk: &Disk<impl Fn(&Path) -> Option<K>, impl Fn(&Path) -> Vec<PathBuf>>,
) -> bool {
    if one == other {
        return true;
    }
    match ((disk.identity)(one), (disk.identity)(other), one.parent(), other.parent()) {
        (Some(one), Some(other), ..) => one == other,
        (None, None, Some(one), Some(other)) => {
            is_one_file(one, other, disk) && ignores_case(one, disk)
        }
        _ => false,
    }
}

/// Whether a folder, or the nearest above it that is there, takes two names for one that differ in
/// the case of letters. One that is empty is taken to be like the folder that it is in.
fn ignores_case<K: PartialEq>(
    folder: &Path,
    disk: &Disk<impl Fn(&Path) -> Option<K>, impl Fn(&Path) -> Vec<PathBuf>>,
) -> bool {
    let there = folder.ancestors().find(|folder| (disk.identity)(folder).is_some());
    let Some(folder) = there else { return false };
    let mut known = (disk.names)(folder).into_iter().chain([folder.to_owned()]);
    let twice = known.find_map(|path| Some((in_other_case(&path)?, path)));
    twice.is_some_and(|(other, path)| (disk.identity)(&other) == (disk.identity)(&path))
}

/// The path with the letters of its last name in the other case; `None` where it has none.
fn in_other_case(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let swap = |c: char| {
        if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    let other: String = name.chars().map(swap).collect();
    (other != name).then(|| path.with_file_name(other))
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;

    // A link is not what it leads to.
    fs::symlink_metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

/// Its path as the disk has it.
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    dunce::canonicalize(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::slashed;

    /// Whether two paths are one on a disk with these files and folders, which is like those of
    /// Windows below `/win`.
    fn is_one(one: &str, other: &str, there: &[&str]) -> bool {
        let known = |path: &Path| match slashed(path.to_str().unwrap()) {
            path if path.to_lowercase().starts_with("/win") => path.to_lowercase(),
            path => path.into_owned(),
        };
        let identity = |path: &Path| {
            let is = known(path);
            there.iter().position(|it| known(Path::new(it)) == is)
        };
        let names = |folder: &Path| {
            let paths = there.iter().map(Path::new).filter(|it| it.parent() == Some(folder));
            paths.map(Path::to_owned).collect()
        };
        is_one_file(Path::new(one), Path::new(other), &Disk { identity, names })
    }

    #[test]
    fn the_disk_decides_whether_names_that_differ_in_case_are_one() {
        let there = [
            "/",
            "/win",
            "/win/clerk.yaml",
            "/win/there.json",
            "/win/empty",
            "/win/1",
            "/nix",
            "/nix/clerk.yaml",
            "/nix/a.json",
            "/nix/A.json",
            "/nix/empty",
        ];
        for (one, other, expected) in [
            ("/win/there.json", "/win/There.json", true),
            ("/win/new.json", "/win/New.json", true),
            ("/win/new/s.json", "/win/New/s.json", true),
            ("/win/empty/s.json", "/win/empty/S.json", true),
            ("/win/1/s.json", "/win/1/S.json", false),
            ("/nix/a.json", "/nix/A.json", false),
            ("/nix/a.json", "/nix/a.json", true),
            ("/nix/new.json", "/nix/New.json", false),
            ("/nix/clerk.yaml", "/nix/Clerk.yaml", false),
            ("/nix/new/s.json", "/nix/new/S.json", false),
            ("/nix/empty/s.json", "/nix/empty/S.json", false),
        ] {
            assert_eq!(is_one(one, other, &there), expected, "{one} {other}");
        }
    }
}
