//! A state in a local file. The operating system's lock on a file beside it keeps the runs of one
//! machine apart, and goes with the process that holds it, however that ends.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::{LARGEST_STATE, Lock, Store, StoreError, durable, holder, resolve::resolve};
use crate::state::State;

/// How much of a lock's text is read.
const LONGEST_LOCK: u64 = 1024;

/// The state that a path names, whether it is there yet or not.
#[derive(Clone, Debug)]
pub struct FileStore {
    location: String,
}

/// The lock of a [`FileStore`]. Its file stays behind: taking it away would let two runs hold two
/// files of the same name.
struct FileLock<'a> {
    store: &'a FileStore,
    /// The state itself, behind any links.
    path: PathBuf,
    lock: File,
}

impl FileStore {
    /// The store at a path, as [`super::location`] tells it.
    pub fn new(location: impl Into<String>) -> Self {
        Self { location: location.into() }
    }

    fn resolved(&self) -> Result<PathBuf, StoreError> {
        resolve(Path::new(&self.location)).map_err(|source| self.failed("find the state", source))
    }

    fn failed(&self, action: &'static str, source: io::Error) -> StoreError {
        StoreError::Io { location: self.location.clone(), action, source }
    }

    /// Whether there is a file. Asked before it is opened, since opening a named pipe would wait.
    fn is_there(&self, path: &Path) -> Result<bool, StoreError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failed("read the state", error)),
            Ok(metadata) if !metadata.is_file() => {
                Err(StoreError::NotAFile { location: self.location.clone(), what: kind(&metadata) })
            }
            Ok(metadata) if metadata.len() > LARGEST_STATE => Err(self.too_large()),
            Ok(_) => Ok(true),
        }
    }

    fn too_large(&self) -> StoreError {
        StoreError::TooLarge { location: self.location.clone() }
    }

    fn lock_location(&self) -> String {
        format!("{}.lock", self.location)
    }

    fn lock_failed(&self, source: io::Error) -> StoreError {
        StoreError::Io { location: self.lock_location(), action: "lock the state", source }
    }

    fn open_lock(&self, path: &Path) -> Result<File, StoreError> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(self.lock_failed(error)),
            // A link as well: what it leads to would be overwritten.
            Ok(metadata) if !metadata.is_file() => {
                return Err(StoreError::NotAFile {
                    location: self.lock_location(),
                    what: kind(&metadata),
                });
            }
            Ok(_) => {}
        }
        // The text in it is the holder's until the lock is ours, so nothing is cut here.
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| self.lock_failed(error))
    }
}

impl Store for FileStore {
    fn location(&self) -> &str {
        &self.location
    }

    fn read(&self) -> Result<Option<State>, StoreError> {
        let path = self.resolved()?;
        if !self.is_there(&path)? {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(LARGEST_STATE + 1).read_to_end(&mut bytes))
            .map_err(|error| self.failed("read the state", error))?;
        if bytes.len() as u64 > LARGEST_STATE {
            return Err(self.too_large());
        }
        State::parse(&bytes)
            .map(Some)
            .map_err(|source| StoreError::Unreadable { location: self.location.clone(), source })
    }

    fn lock(&self) -> Result<Box<dyn Lock + '_>, StoreError> {
        let path = self.resolved()?;
        self.is_there(&path)?;
        durable::create_folder(durable::folder_of(&path))
            .map_err(|error| self.failed("create the folder of the state", error))?;
        let mut name = path.clone().into_os_string();
        name.push(".lock");
        let mut lock = self.open_lock(Path::new(&name))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = holder::describe(&text_of(&lock));
                return Err(StoreError::Locked { location: self.location.clone(), holder });
            }
            Err(TryLockError::Error(error)) => return Err(self.lock_failed(error)),
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", holder()))
            .map_err(|error| self.lock_failed(error))?;
        Ok(Box::new(FileLock { store: self, path, lock }))
    }
}

impl Lock for FileLock<'_> {
    fn write(&self, state: &State) -> Result<(), StoreError> {
        let bytes = state.to_bytes();
        if bytes.len() as u64 > LARGEST_STATE {
            return Err(self.store.too_large());
        }
        self.store.is_there(&self.path)?;
        durable::replace(&self.path, &bytes)
            .map_err(|error| self.store.failed("write the state", error))
    }
}

impl Drop for FileLock<'_> {
    fn drop(&mut self) {
        // So that nobody is told of this run once it is over. If that fails, the next holder's
        // name replaces it all the same.
        let _ = self.lock.set_len(0);
        // Closing the file would do, were it not for a child that was just forked and still has it.
        let _ = self.lock.unlock();
    }
}

/// What can be read of a lock that another process holds: on Windows nothing.
fn text_of(lock: &File) -> String {
    let mut bytes = Vec::new();
    let _ = lock.take(LONGEST_LOCK).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn kind(metadata: &fs::Metadata) -> &'static str {
    let kind = metadata.file_type();
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "this is a named pipe";
        } else if kind.is_socket() {
            return "this is a socket";
        } else if kind.is_block_device() || kind.is_char_device() {
            return "this is a device";
        }
    }
    if kind.is_dir() {
        "this is a folder"
    } else if kind.is_symlink() {
        "this is a link"
    } else {
        "this is something else"
    }
}

#[cfg(test)]
mod tests;
