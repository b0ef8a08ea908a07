//! The file that another one is to extend before that one is there.

use std::path::{Component, Path, PathBuf};

use anyhow::anyhow;

use super::extended::Limits;
use super::repository::Repository;
use crate::commands::failure::Failure;
use crate::config::Obstacle;
use crate::failure::FailureCode;
use crate::render::text::escape::printable;
use crate::text::slashed;

/// The path of a file as seen from one that is to extend it.
///
/// # Errors
///
/// A file that cannot be extended from there.
pub fn seen_from(file: &Path, base: &Path) -> Result<String, Failure> {
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let refused = |what: &str| {
        let name = base.display().to_string();
        let problem = anyhow!("`{}` cannot be extended: {what}", printable(&name));
        Failure::new(FailureCode::Usage, problem, "name another file; nothing was written")
    };
    let (real, from) = dunce::canonicalize(base)
        .and_then(|base| Ok((base, dunce::canonicalize(folder)?)))
        .map_err(|error| refused(&error.to_string()))?;
    let path = relative(&from, &real);
    match Limits::around(&from, &Repository::around()).find(folder, &path) {
        Ok(_) => Ok(slashed(&path.to_string_lossy()).into_owned()),
        Err(Obstacle::OutsideRepository) => Err(refused("it is outside the repository")),
        Err(Obstacle::OutsideFolder) => Err(refused("it is outside the working directory")),
        Err(_) => Err(refused("it is not a file")),
    }
}

/// A whole path as seen from a folder.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other);
    let shared = shared.count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_a_folder() {
        for (from, to, expected) in [
            ("/a", "/a/b.yaml", "b.yaml"),
            ("/a/c", "/a/b.yaml", "../b.yaml"),
            ("/a/c/d", "/a/e/b.yaml", "../../e/b.yaml"),
        ] {
            assert_eq!(
                relative(Path::new(from), Path::new(to)),
                Path::new(expected),
                "{from} {to}"
            );
        }
    }
}
