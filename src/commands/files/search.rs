//! The configurations below a folder, and those that a glob matches.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use super::DEFAULT_FILES;
use super::source::{GLOB_SIGNS, unreadable};
use crate::commands::failure::Failure;
use crate::failure::FailureCode;
use crate::store::normalize;
use crate::text::slashed;

/// Whether a file is called as configurations are.
fn is_configuration(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let inner = name.strip_prefix("clerk.").and_then(|name| name.strip_suffix(".yaml"));
    DEFAULT_FILES.contains(&name) || inner.is_some_and(|inner| !inner.is_empty())
}

/// The configurations below a folder, in the order of their paths.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    walk(folder, |_| true)
}

/// The configurations that a glob matches, and those below the folders that it matches.
pub fn matching(glob: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = glob.to_string_lossy();
    let text = slashed(&text);
    let text = text.strip_prefix("./").unwrap_or(&text);
    let matcher = pattern(text)?;
    let parts: Vec<&str> = text.split('/').collect();
    let plain = parts.iter().take_while(|part| !part.contains(GLOB_SIGNS)).count();
    let folder = parts[..plain.min(parts.len() - 1)].join("/");
    // The root of the disk is what stands before its slash.
    let folder = if text.starts_with('/') && folder.is_empty() { "/" } else { &folder };
    let folder = Path::new(if folder.is_empty() { "." } else { folder });
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    walk(folder, |path| matches(&matcher, path))
}

/// Whether a pattern matches a path or a folder above it.
fn matches(matcher: &GlobMatcher, path: &Path) -> bool {
    path.ancestors().any(|path| matcher.is_match(path))
}

fn pattern(text: &str) -> Result<GlobMatcher, Failure> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| {
        let problem = anyhow!("`{text}` is not a glob: {}", error.kind());
        Failure::new(
            FailureCode::Usage,
            problem,
            "put a special character in brackets to match it literally, as in `[[]`",
        )
    })
}

/// What `.gitignore` names, and what is hidden, is left out.
fn walk(folder: &Path, is_meant: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let walk = WalkBuilder::new(folder)
        // Which files a run is about must not depend on whose machine it is.
        .git_global(false)
        .git_exclude(false)
        .ignore(false)
        .require_git(false)
        .sort_by_file_path(Path::cmp)
        .build();
    let mut found = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| cannot_walk(folder, &error))?;
        let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
        if is_configuration(path) && is_meant(path) && path.is_file() {
            found.push(path.to_owned());
        }
    }
    Ok(found)
}

fn cannot_walk(folder: &Path, error: &ignore::Error) -> Failure {
    let name = folder.display().to_string();
    let finding = match error.io_error() {
        Some(error) => unreadable(&name, folder, error),
        None => unreadable(&name, folder, &std::io::Error::other(error.to_string())),
    };
    Failure::configuration(vec![finding], Vec::new())
}

/// The files and folders that are left out.
pub struct Exclusion {
    patterns: Vec<GlobMatcher>,
    here: PathBuf,
}

impl Exclusion {
    /// Reads patterns. One without a slash is the name of a file or folder anywhere.
    pub fn of(patterns: &[String]) -> Result<Self, Failure> {
        let read = |text: &String| {
            let text = slashed(text);
            let text = text.strip_prefix("./").unwrap_or(&text).trim_end_matches('/');
            if text.contains('/') { pattern(text) } else { pattern(&format!("**/{text}")) }
        };
        let patterns = patterns.iter().map(read).collect::<Result<_, Failure>>()?;
        Ok(Self { patterns, here: std::env::current_dir().unwrap_or_default() })
    }

    /// Whether a file is left out, be it by a folder that it stands in.
    pub fn has(&self, path: &Path) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let whole = normalize(&self.here.join(path));
        let path = whole.strip_prefix(&self.here).unwrap_or(&whole);
        self.patterns.iter().any(|pattern| matches(pattern, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_known_by_their_names() {
        for (name, expected) in [
            ("clerk.yaml", true),
            ("a/clerk.yml", true),
            ("clerk.base.yaml", true),
            ("clerk..yaml", false),
            ("clerk.state.json", false),
            ("clerk.sandbox.instance.json", false),
            ("clerk.base.yml", false),
            ("values.yaml", false),
            ("myclerk.yaml", false),
        ] {
            assert_eq!(is_configuration(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn what_is_excluded_is_a_path_a_folder_or_a_name_anywhere() {
        for (pattern, path, expected) in [
            ("legacy", "apps/legacy/clerk.yaml", true),
            ("apps/legacy/", "apps/legacy/eu/clerk.yaml", true),
            ("./apps/*", "apps/a/clerk.yaml", true),
            ("apps/*/x.yaml", "apps/a/b/x.yaml", false),
            ("clerk.*.yaml", "./apps/clerk.test.yaml", true),
            ("apps", "my-apps/clerk.yaml", false),
            ("b/clerk.yaml", "a/../b/clerk.yaml", true),
        ] {
            let exclusion = Exclusion::of(&[pattern.to_owned()]).unwrap();
            assert_eq!(exclusion.has(Path::new(path)), expected, "{pattern} {path}");
        }
    }
}
