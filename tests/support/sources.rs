//! The sources of the program, and where in the crate each one stands.

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of `src/`, its tests too, in the order of their names.
pub fn files() -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![root().join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The sources of a stage without their tests.
pub fn sources(stage: &str) -> Vec<(PathBuf, String)> {
    let is_in = |path: &PathBuf| module(path).get(1).is_some_and(|first| first == stage);
    untested().into_iter().filter(|(path, _)| is_in(path)).collect()
}

/// The sources of the program without their tests.
pub fn untested() -> Vec<(PathBuf, String)> {
    let is_test = |path: &PathBuf| {
        path.strip_prefix(root().join("src")).unwrap().components().any(|part| {
            ["tests.rs", "tests", "samples.rs", "fake.rs"]
                .iter()
                .any(|name| part.as_os_str() == *name)
        })
    };
    files()
        .into_iter()
        .filter(|path| !is_test(path))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            (path, code.to_owned())
        })
        .collect()
}

/// The module that a file holds, such as `crate::plan::diff`.
pub fn module(path: &Path) -> Vec<String> {
    let inside = path.strip_prefix(root().join("src")).unwrap().with_extension("");
    let segments = inside.iter().map(|segment| segment.to_str().unwrap().to_owned());
    let segments = segments.filter(|segment| !["mod", "lib"].contains(&segment.as_str()));
    std::iter::once("crate".to_owned()).chain(segments).collect()
}
