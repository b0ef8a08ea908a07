//! What an error of the system means where Windows has one word for several things, so that every
//! system tells of the same mistake in the same way.

use std::io::{Error, ErrorKind};
use std::path::Path;

/// The error of opening a file, or of looking for it, with the kind that unix gives it: Windows
/// denies access to a folder that is opened as a file, and finds nothing below a file.
pub fn explained(path: &Path, error: Error) -> Error {
    match error.kind() {
        ErrorKind::PermissionDenied if path.is_dir() => ErrorKind::IsADirectory.into(),
        ErrorKind::NotFound if is_below_a_file(path) => ErrorKind::NotADirectory.into(),
        _ => error,
    }
}

/// Whether what stands where the folder of a path would have to be is no folder.
fn is_below_a_file(path: &Path) -> bool {
    let above = path.ancestors().skip(1).find_map(|above| above.metadata().ok());
    above.is_some_and(|about| !about.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_and_a_path_below_a_file_are_told_as_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        std::fs::write(inside("file"), "").unwrap();
        std::fs::create_dir(inside("folder")).unwrap();
        for (name, system, expected) in [
            ("folder", ErrorKind::PermissionDenied, ErrorKind::IsADirectory),
            ("file", ErrorKind::PermissionDenied, ErrorKind::PermissionDenied),
            ("file/new", ErrorKind::NotFound, ErrorKind::NotADirectory),
            ("file/new/new", ErrorKind::NotFound, ErrorKind::NotADirectory),
            ("folder/new", ErrorKind::NotFound, ErrorKind::NotFound),
            ("new/new", ErrorKind::NotFound, ErrorKind::NotFound),
            ("folder", ErrorKind::Interrupted, ErrorKind::Interrupted),
        ] {
            let told = explained(&inside(name), system.into());
            assert_eq!(told.kind(), expected, "{name}");
        }
        assert_eq!(
            explained(Path::new("new"), ErrorKind::NotFound.into()).kind(),
            ErrorKind::NotFound
        );
    }
}
