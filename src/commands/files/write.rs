//! Files that a command was asked to write: a saved plan, reports, a starter configuration, a
//! repaired one.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::commands::args::Report;
use crate::commands::failure::Failure;
use crate::failure::FailureCode;
use crate::plan;
use crate::store;

/// Makes sure that a plan may be saved there: over nothing, over an empty file, or over an older plan.
/// What is no regular file takes what it is given.
///
/// # Errors
///
/// Anything else is somebody's, and a slip of the name would be its end.
pub fn is_free_for_a_plan(path: &Path) -> Result<(), Failure> {
    if !path.is_file() {
        return Ok(());
    }
    let held = fs::read(path).map_err(|error| cannot(path, error))?;
    if held.is_empty() || plan::is_one(&held) {
        return Ok(());
    }
    Err(Failure::new(
        FailureCode::FileExists,
        anyhow::anyhow!("`{}` already exists and is not a saved plan", path.display()),
        "nothing was written; name another file, or move that one away",
    ))
}

/// Writes a file whole or not at all, over one that exists and through a link. What is no regular
/// file, such as a pipe, takes what it is given.
pub fn over(path: &Path, contents: &str) -> Result<(), Failure> {
    let is_stream = fs::metadata(path).is_ok_and(|about| !about.is_file());
    let written =
        if is_stream { fs::write(path, contents) } else { store::put(path, contents.as_bytes()) };
    written.map_err(|error| cannot(path, store::explained(path, error)))
}

/// Makes a folder, and those that it stands in, where they are not there.
pub fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| cannot(path, error))
}

/// Replaces what a file holds that is there: whole or not at all, and through a link.
pub fn in_place(path: &Path, contents: &str) -> Result<(), Failure> {
    store::rewrite(path, contents.as_bytes()).map_err(|error| cannot(path, error))
}

/// Writes a file that must not exist yet: the whole of it and durably, or none.
pub fn fresh(path: &Path, contents: &str) -> Result<(), Failure> {
    store::create(path, contents.as_bytes()).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            Failure::new(
                FailureCode::FileExists,
                anyhow::anyhow!("`{}` already exists", path.display()),
                "nothing was written; name another file, or move that one away",
            )
        } else {
            cannot(path, error)
        }
    })
}

/// Makes sure that each report can be written, before anything is done that it would be about.
/// Leaves nothing behind: the run may still be refused.
pub fn prepare<F>(reports: &[Report<F>]) -> Result<(), Failure> {
    reports.iter().try_for_each(|report| attempt(&report.path))
}

/// Makes sure that a file can be written, and leaves nothing behind.
pub fn attempt(path: &Path) -> Result<(), Failure> {
    // Whoever reads a pipe would take this for the whole report.
    if fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        return Ok(());
    }
    store::can_put(path).map_err(|error| cannot(path, error))
}

/// Writes each report that was asked for.
pub fn reports<F: Copy>(
    reports: &[Report<F>],
    render: impl Fn(F) -> String,
) -> Result<(), Failure> {
    reports.iter().try_for_each(|report| over(&report.path, &render(report.format)))
}

fn cannot(path: &Path, error: std::io::Error) -> Failure {
    let help = match error.kind() {
        ErrorKind::PermissionDenied => "check the permissions of the file and of its folder",
        ErrorKind::NotFound | ErrorKind::NotADirectory => "check that its folder exists",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space on that disk",
        ErrorKind::FileTooLarge => "raise this process's file-size limit (`ulimit -f`)",
        _ => "check the path, and that its folder is writable and has space left",
    };
    Failure::new(
        FailureCode::UnwritableFile,
        anyhow::Error::new(error).context(format!("cannot write `{}`", path.display())),
        help,
    )
}
