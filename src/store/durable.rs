//! Replacing a file so that whoever looks, also after a power cut, finds the old bytes or the new
//! ones and nothing else.

use std::ffi::OsString;
#[cfg(unix)]
use std::fs::File;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces the bytes of a file and syncs the file and its folder. The mode of the old file is
/// kept; a new one gets what the umask leaves. Only one process at a time may do so, since the
/// bytes pass through one neighbor: a run that is killed leaves at most that one behind, and the
/// next one takes it away.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mode = match OpenOptions::new().write(true).open(path) {
        // A rename would not mind that the file itself is read-only. People do.
        Ok(old) => Some(old.metadata()?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let neighbor = neighbor(path);
    remove_if_there(&neighbor)?;
    let replaced = fill(&neighbor, mode, bytes).and_then(|()| fs::rename(&neighbor, path));
    if replaced.is_err() {
        // The failure that is reported is the first one.
        let _ = fs::remove_file(&neighbor);
    }
    replaced?;
    sync_folder(folder_of(path))
}

/// Creates a folder and those above it that are missing, each one durable in the one above.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(folder)?;
    missing.into_iter().map(folder_of).try_for_each(sync_folder)
}

/// The folder that a file stands in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn neighbor(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".tmp");
    path.with_file_name(name)
}

fn fill(path: &Path, mode: Option<fs::Permissions>, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    if let Some(mode) = mode {
        file.set_permissions(mode)?;
    }
    file.write_all(bytes)?;
    file.sync_all()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network file systems know no such thing, and then nothing better can be had.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        result => result,
    }
}

/// Windows opens no folder as a file, and makes a rename durable by itself on NTFS.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other systems can fail")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
