//! The configurations below a folder, and those that a glob matches.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use globset::{GlobBuilder, GlobMatcher, escape};
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
    let glob = GlobBuilder::new(text).literal_separator(true).empty_alternates(true).build();
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
    /// Names of files and folders, wherever they are.
    names: Vec<GlobMatcher>,
    /// Whole paths.
    paths: Vec<GlobMatcher>,
    here: PathBuf,
}

impl Exclusion {
    /// Reads patterns. One without a slash is a name; any other is a path as the command line has them,
    /// which may lead out of the working directory.
    pub fn of(patterns: &[String]) -> Result<Self, Failure> {
        let here = std::env::current_dir().unwrap_or_default();
        let (mut names, mut paths) = (Vec::new(), Vec::new());
        for text in patterns {
            let text = slashed(text);
            let text = text.trim_end_matches('/');
            if text.contains('/') || text == ".." {
                paths.push(pattern(&whole(text, &here))?);
            } else {
                names.push(pattern(&format!("**/{text}"))?);
            }
        }
        Ok(Self { names, paths, here })
    }

    /// Whether a file is left out, be it by a folder that it stands in.
    pub fn has(&self, path: &Path) -> bool {
        if self.names.is_empty() && self.paths.is_empty() {
            return false;
        }
        let path = normalize(&self.here.join(path));
        // The folders above are not what a name is meant to leave out.
        let above = path.ancestors().find(|folder| self.here.starts_with(folder));
        let below = above.and_then(|above| path.strip_prefix(above).ok()).unwrap_or(&path);
        self.names.iter().any(|name| matches(name, below))
            || self.paths.iter().any(|pattern| matches(pattern, &path))
    }
}

/// A pattern with the folder that it begins in.
fn whole(text: &str, here: &Path) -> String {
    if Path::new(text).has_root() || Path::new(text).is_absolute() {
        return text.to_owned();
    }
    let text = text.strip_prefix("./").unwrap_or(text);
    let above = text.split('/').take_while(|part| *part == "..").count();
    let folder = here.ancestors().nth(above).unwrap_or(Path::new("/"));
    let folder = escape(&slashed(&folder.to_string_lossy()));
    let rest: Vec<&str> = text.split('/').skip(above).collect();
    let whole = format!("{}/{}", folder.trim_end_matches('/'), rest.join("/"));
    whole.trim_end_matches('/').to_owned()
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
            ("../b", "../b/clerk.yaml", true),
            ("../b/**", "../b/a/clerk.yaml", true),
            ("../*/clerk.yaml", "../b/clerk.yaml", true),
            ("../b", "../c/clerk.yaml", false),
            ("../b", "b/clerk.yaml", false),
            ("b", "../b/clerk.yaml", true),
            ("..", "../b/clerk.yaml", true),
            ("HERE/apps", "apps/clerk.yaml", true),
            ("HERE/apps/clerk.yaml", "apps/clerk.yaml", true),
            ("apps/clerk.yaml", "HERE/apps/clerk.yaml", true),
            ("HERE/apps", "lib/clerk.yaml", false),
            // The folder that one works in has that name, too.
            ("NAME", "apps/clerk.yaml", false),
            ("NAME", "../other/clerk.yaml", false),
        ] {
            let here = std::env::current_dir().unwrap();
            let name = here.file_name().unwrap().to_str().unwrap();
            let here = slashed(here.to_str().unwrap()).into_owned();
            let [pattern, path] =
                [pattern, path].map(|it| it.replace("HERE", &here).replace("NAME", name));
            let exclusion = Exclusion::of(std::slice::from_ref(&pattern)).unwrap();
            assert_eq!(exclusion.has(Path::new(&path)), expected, "{pattern} {path}");
        }
    }
}
