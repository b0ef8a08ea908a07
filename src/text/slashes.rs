//! Paths as they are spelled: with `/` on every system, so that what is shown, saved and compared is
//! the same everywhere. Windows takes both.

use std::borrow::Cow;
use std::path::{MAIN_SEPARATOR, PathBuf};

/// How a path of Windows begins that is not to be interpreted, in which only `\` separates.
const VERBATIM: &str = r"\\?\";

/// A path with `/` between its names.
pub fn slashed(path: &str) -> Cow<'_, str> {
    spelled(path, MAIN_SEPARATOR)
}

/// The same for a path that is to be opened. One that is no text stays as it is.
pub fn slashed_path(path: PathBuf) -> PathBuf {
    match path.to_str().map(slashed) {
        Some(Cow::Owned(spelled)) => PathBuf::from(spelled),
        _ => path,
    }
}

fn spelled(path: &str, separator: char) -> Cow<'_, str> {
    if separator == '/' || path.starts_with(VERBATIM) || !path.contains(separator) {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(path.replace(separator, "/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_windows_is_spelled_as_elsewhere() {
        for (path, expected) in [
            (r"sub\clerk.yaml", "sub/clerk.yaml"),
            (r".\a/b\..\clerk.yaml", "./a/b/../clerk.yaml"),
            (r"C:\project\clerk.yaml", "C:/project/clerk.yaml"),
            (r"\\server\share\clerk.yaml", "//server/share/clerk.yaml"),
            (r"states\", "states/"),
            ("clerk.yaml", "clerk.yaml"),
            (r"\\?\C:\clerk.yaml", r"\\?\C:\clerk.yaml"),
        ] {
            assert_eq!(spelled(path, '\\'), expected, "{path}");
        }
    }

    #[test]
    fn elsewhere_a_backslash_is_a_part_of_a_name() {
        assert_eq!(spelled(r"a\b/clerk.yaml", '/'), r"a\b/clerk.yaml");
        let own = PathBuf::from("a").join("b").join("clerk.yaml");
        assert_eq!(slashed_path(own).to_str(), Some("a/b/clerk.yaml"));
    }
}
