//! The file that a path means in the end: through links, and also where the file is not there yet.

use std::io;
use std::path::{Component, Path, PathBuf};

/// More links than any sane path has; the operating systems allow as many.
const MOST_LINKS: usize = 40;

/// The path of the file itself, absolute and without links as far as its folders exist. What is
/// renamed over a link would replace the link, so it is this path that is written.
///
/// # Errors
///
/// A link that cannot be read, or a circle of them.
pub fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = std::path::absolute(path)?;
    for _ in 0..MOST_LINKS {
        let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
        if !is_link {
            return Ok(in_resolved_folder(&path));
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        path = folder.join(std::fs::read_link(&path)?);
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// The same path in which the part that exists is canonical.
fn in_resolved_folder(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut folder = path;
    while let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) {
        missing.push(name);
        folder = parent;
        if let Ok(folder) = dunce::canonicalize(folder) {
            return missing.iter().rev().fold(folder, |path, name| path.join(name));
        }
    }
    normalize(path)
}

/// The path without `.` and `..`, by its text alone.
pub fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            Component::ParentDir if normal.has_root() => {}
            _ => normal.push(component),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_taken_out_by_the_text_alone() {
        for (path, expected) in [
            ("/a/./b/../c", "/a/c"),
            ("/../a", "/a"),
            ("./a", "a"),
            ("a/../..", ".."),
            ("../a", "../a"),
            ("../../a", "../../a"),
        ] {
            assert_eq!(normalize(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_of_files_and_folders_are_followed_also_to_what_is_not_there_yet() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let root = dunce::canonicalize(folder.path()).unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        symlink("real", root.join("folder")).unwrap();
        symlink("folder/state.json", root.join("link")).unwrap();
        symlink("link", root.join("link_to_link")).unwrap();
        symlink("circle", root.join("circle")).unwrap();

        let expected = root.join("real/state.json");
        for path in ["real/state.json", "folder/state.json", "link", "link_to_link", "./link"] {
            assert_eq!(resolve(&root.join(path)).unwrap(), expected, "{path}");
        }
        assert_eq!(resolve(&root.join("folder/new/x")).unwrap(), root.join("real/new/x"));
        assert!(resolve(&root.join("circle")).is_err());
    }
}
