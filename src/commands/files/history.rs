//! What git knows of a file.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::plan::status::Committed;

/// When a file was last committed; `None` where git does not keep it, or is not there.
pub fn committed(file: &str) -> Option<Committed> {
    let path = Path::new(file);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let output = Command::new("git")
        .arg("-C")
        .arg(folder.unwrap_or(Path::new(".")))
        .args(["--no-optional-locks", "log", "-1", "--format=%cI%n%cr", "--"])
        .arg(path.file_name()?)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let (at, age) = text.trim_end().split_once('\n')?;
    Some(Committed { at: at.to_owned(), age: age.to_owned() })
}
