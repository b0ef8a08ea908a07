//! Replacing a file so that whoever looks, also after a power cut, finds the old bytes or the new
//! ones and nothing else.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces the bytes of a file and syncs the file and its folder. The mode of the old file is
/// kept; a new one gets what the umask leaves. Only one process at a time may do so, since the
/// bytes pass through one neighbor: a run that is killed leaves at most that one behind, and the
/// next one takes it away.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = about(path)?;
    let neighbor = neighbor(path);
    remove_if_there(&neighbor)?;
    let replaced = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&neighbor)
        .and_then(|mut file| fill(&mut file, old.as_ref(), bytes))
        .and_then(|()| fs::rename(&neighbor, path));
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
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    let mut neighbor =
        tempfile::Builder::new().prefix(&prefix).suffix(".tmp").tempfile_in(folder_of(path))?;
    fill(neighbor.as_file_mut(), old.as_ref(), bytes)?;
    neighbor.persist(path).map_err(|error| error.error)?;
    sync_folder(folder_of(path))
}

/// What a new file has to take over from the old one.
fn about(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match OpenOptions::new().write(true).open(path) {
        // A rename would not mind that the file itself is read-only. People do.
        Ok(old) => old.metadata().map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
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

fn fill(file: &mut File, old: Option<&fs::Metadata>, bytes: &[u8]) -> io::Result<()> {
    if let Some(old) = old {
        keep_owner(file, old)?;
        file.set_permissions(old.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()
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
