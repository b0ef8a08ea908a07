//! Lines in a `.gitignore` for what runs leave beside a configuration.

use std::fs;
use std::path::{Path, PathBuf};

use super::write;
use crate::commands::failure::Failure;

/// What is of no use to anybody else: locks, what a killed run was writing, and what the sandbox keeps.
const PATTERNS: [&str; 3] = ["*.state.json.lock", ".*.json.tmp", "*.sandbox.*.json"];

/// Adds the lines that are missing to the `.gitignore` beside a configuration in a repository, and
/// tells where that is; `None` where nothing had to be added.
pub fn add(config: &Path) -> Result<Option<PathBuf>, Failure> {
    let folder = config.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(real) = dunce::canonicalize(folder) else { return Ok(None) };
    let Some(root) = real.ancestors().find(|folder| folder.join(".git").exists()) else {
        return Ok(None);
    };
    let path = config.with_file_name(".gitignore");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if path.exists() => return Ok(None),
        Err(_) => String::new(),
    };
    let above = fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
    let is_there = |pattern: &str| text.lines().chain(above.lines()).any(|it| it.trim() == pattern);
    let missing: Vec<&str> = PATTERNS.into_iter().filter(|pattern| !is_there(pattern)).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let open = if text.is_empty() || text.ends_with('\n') { "" } else { ending };
    let added = missing.join(ending);
    write::over(&path, &format!("{text}{open}{added}{ending}"))?;
    Ok(Some(path))
}
