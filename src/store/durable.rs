//! Replacing a file so that whoever looks, also after a power cut, finds the old bytes or the new
//! ones and nothing else.

mod rename;
mod sync;

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;

use tempfile::NamedTempFile;

use super::system_error::explained;
use crate::interrupt;
use crate::state::FIRST_BYTES;
use rename::{patiently, waits};
use sync::{sync_file, sync_folder};

/// Replaces the bytes of a state and syncs the file and its folder. The mode of the old file is
/// kept; a new one gets what the umask leaves. Only one process at a time may do so, since the
/// bytes pass through one neighbor: a run that is killed leaves at most that one behind, and the
/// next one takes it away.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = about(path)?;
    let _whole = interrupt::deferred();
    let Some(neighbor) = neighbor(path)? else { return pass(path, old.as_ref(), bytes) };
    let replaced = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&neighbor)
        .and_then(|mut file| fill(&mut file, old.as_ref(), bytes))
        .and_then(|()| rename_over(&neighbor, path));
    if replaced.is_err() {
        // The failure that is reported is the first one.
        let _ = fs::remove_file(&neighbor);
    }
    replaced?;
    sync_folder(folder_of(path))
}

/// The same for a file that nobody has locked: the bytes pass through a neighbor of this call's
/// own. A run that is killed leaves it behind.
pub(super) fn replace_unlocked(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = about(path)?;
    let _whole = interrupt::deferred();
    pass(path, old.as_ref(), bytes)
}

/// Whether a file could be replaced or made, without a trace.
pub(super) fn can_replace(path: &Path) -> io::Result<()> {
    if about(path)?.is_some() {
        return Ok(());
    }
    let _whole = interrupt::deferred();
    beside(path).map(drop)
}

/// Writes a file that must not exist yet: the whole of it and durably, or none.
///
/// # Errors
///
/// [`io::ErrorKind::AlreadyExists`] where something is there, whatever it is.
pub(super) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let _whole = interrupt::deferred();
    let mut file = beside(path)?;
    fill(file.as_file_mut(), None, bytes)?;
    let place = |file: NamedTempFile<File>| match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) => Err((error.file, error.error)),
    };
    patiently(file, place, waits(), thread::sleep)?;
    sync_folder(folder_of(path))
}

/// Replaces a file by way of a neighbor with a name that nothing has.
fn pass(path: &Path, old: Option<&fs::Metadata>, bytes: &[u8]) -> io::Result<()> {
    let mut neighbor = beside(path)?;
    fill(neighbor.as_file_mut(), old, bytes)?;
    rename_over(neighbor.path(), path)?;
    // It is the file itself now: nothing is left to be removed.
    neighbor.disable_cleanup(true);
    sync_folder(folder_of(path))
}

/// Moves a file to where another one may stand, once nobody is in the way of that.
pub fn rename_over(from: &Path, to: &Path) -> io::Result<()> {
    let rename = |from| fs::rename(from, to).map_err(|error| (from, error));
    patiently(from, rename, waits(), thread::sleep)
}

/// An empty file beside another, with a name that nothing has and the mode that the umask leaves.
/// It is removed again unless it is persisted.
fn beside(path: &Path) -> io::Result<NamedTempFile<File>> {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".tmp")
        .make_in(folder_of(path), |path| OpenOptions::new().write(true).create_new(true).open(path))
}

/// The owner and the mode that a new file takes over from the old one.
fn about(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match OpenOptions::new().write(true).open(path).map_err(|error| explained(path, error)) {
        // A rename would not mind that the file itself is read-only. People do.
        Ok(old) => old.metadata().map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Creates a folder and those above it that are missing, each one durable in the one above.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
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

/// The one neighbor that the bytes of a state pass through, free of what a killed run left in it.
/// `None` where something else stands there, which is nobody's to remove.
fn neighbor(path: &Path) -> io::Result<Option<PathBuf>> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".clerkform.tmp");
    let neighbor = path.with_file_name(name);
    match fs::symlink_metadata(&neighbor) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(neighbor)),
        Err(error) => Err(error),
        Ok(about) if about.is_file() && begins_as_a_state(&neighbor)? => {
            fs::remove_file(&neighbor)?;
            Ok(Some(neighbor))
        }
        Ok(_) => Ok(None),
    }
}

/// Whether a file holds a state, or as much of one as a killed run got to.
fn begins_as_a_state(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    File::open(path)?.take(FIRST_BYTES.len() as u64).read_to_end(&mut begin)?;
    Ok(FIRST_BYTES.starts_with(&begin))
}

fn fill(file: &mut File, old: Option<&fs::Metadata>, bytes: &[u8]) -> io::Result<()> {
    if let Some(old) = old {
        keep_owner(file, old)?;
        file.set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    sync_file(file)
}

/// Whether an open file is still the one at its path.
#[cfg(unix)]
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let which = |about: fs::Metadata| (about.dev(), about.ino());
    file.metadata().map(which).ok() == fs::symlink_metadata(path).map(which).ok()
}

/// The system takes no file away that is open.
#[cfg(not(unix))]
pub(super) const fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Gives a lock the owner and the mode of its state, and lets the owner write it whatever that is.
/// Where it is another user's already there is nothing to give.
pub(super) fn belong_like(lock: &File, state: &fs::Metadata) -> io::Result<()> {
    keep_owner(lock, state)?;
    match lock.set_permissions(writable(state)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

#[cfg(unix)]
fn writable(state: &fs::Metadata) -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt;

    fs::Permissions::from_mode(state.permissions().mode() | 0o600)
}

#[cfg(not(unix))]
fn writable(state: &fs::Metadata) -> fs::Permissions {
    state.permissions()
}

/// Gives a file to whom the old one belongs: after a run of the superuser in somebody's folder it
/// still has to be theirs.
#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let new = file.metadata()?;
    let user = (new.uid() != old.uid()).then(|| old.uid());
    let group = (new.gid() != old.gid()).then(|| old.gid());
    if user.is_none() && group.is_none() {
        return Ok(());
    }
    match fchown(file, user, group) {
        // Only the superuser can give files away. To others it is theirs to write, and stays so.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

/// Elsewhere a new file belongs to whom its folder says.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other systems can fail")]
fn keep_owner(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}
