//! A state in a local file. The operating system's lock on a file beside it keeps the runs of one
//! machine apart, and goes with the process that holds it, however that ends.

mod on_threads;
mod version;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::descriptors::{KeptDescriptor, KeptDescriptors};
use super::{
    FileKind, LARGEST_STATE, StoreError, Stored, durable, explained, holder, resolve::resolve,
};
use crate::state::State;
use crate::text::fingerprint;
use version::StateVersion;

/// How much of a lock's text is read.
const LONGEST_LOCK: u64 = 1024;

/// The state that a path names, whether it is there yet or not.
#[derive(Clone, Debug)]
pub struct FileStore {
    location: String,
    /// What the locks of its run may keep; `None` for as many as there are.
    kept: Option<Arc<KeptDescriptors>>,
}

/// How often a lock is opened whose file another run takes away meanwhile.
const MOST_TRIES: usize = 8;

/// The lock of a [`FileStore`]. Its file stays behind, unless this run made it and has come to
/// nothing. Without a descriptor to keep it is let go, and taken again for the first write, which
/// then depends on nobody having had it meanwhile.
struct FileLock {
    store: FileStore,
    /// The state itself, behind any links.
    path: PathBuf,
    found: Option<Stored>,
    hold: Mutex<FileHold>,
}

/// What a run has of a state that it locked.
struct FileHold {
    /// The lock's own file; `None` where it was let go.
    lock: Option<HeldFile>,
    /// What was found or written last, which has to be there still when it is written over.
    last: Option<StateVersion>,
}

/// A lock's file that is held.
struct HeldFile {
    file: File,
    /// Its path, where this run made it.
    made: Option<PathBuf>,
    /// What it keeps; `None` for as long as its target is at work.
    kept: Option<KeptDescriptor>,
}

/// Where a lock's file is from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// It was there.
    Found,
    /// This run made it.
    Made,
}

impl FileStore {
    /// The store at a path, as [`super::location`] tells it.
    pub fn new(location: impl Into<String>) -> Self {
        Self { location: location.into(), kept: None }
    }

    /// The same, as one of those whose locks share some descriptors.
    pub(super) fn keeping(self, kept: Arc<KeptDescriptors>) -> Self {
        Self { kept: Some(kept), ..self }
    }

    fn resolved(&self) -> Result<PathBuf, StoreError> {
        resolve(Path::new(&self.location)).map_err(|source| self.failed("find the state", source))
    }

    fn failed(&self, action: &'static str, source: io::Error) -> StoreError {
        StoreError::Io { location: self.location.clone(), action, source }
    }

    /// Whether there is a file. Asked before it is opened, since opening a named pipe would wait.
    fn is_there(&self, path: &Path) -> Result<bool, StoreError> {
        match fs::metadata(path).map_err(|error| explained(path, error)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.failed("read the state", error)),
            Ok(metadata) if !metadata.is_file() => {
                Err(StoreError::NotAFile { location: self.location.clone(), kind: kind(&metadata) })
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

    /// Opens the lock's file, which is made where it is not there. One that this program has not
    /// made is refused as it is.
    fn open_lock(&self, path: &Path) -> Result<(File, Origin), StoreError> {
        let mut origin = Origin::Found;
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => origin = Origin::Made,
            Err(error) => return Err(self.lock_failed(error)),
            // A link as well: what it leads to would be overwritten.
            Ok(metadata) if !metadata.is_file() => {
                return Err(StoreError::NotAFile {
                    location: self.lock_location(),
                    kind: kind(&metadata),
                });
            }
            Ok(metadata) if metadata.len() > LONGEST_LOCK => return Err(self.foreign_lock()),
            Ok(_) => {}
        }
        // The text in it is the holder's until the lock is ours, so nothing is cut here.
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map(|lock| (lock, origin))
            .map_err(|error| self.lock_failed(error))
    }

    /// The lock's file, held. Whoever held it before may have taken it away.
    fn take_lock(&self, path: &Path) -> Result<(File, Origin), StoreError> {
        for _ in 0..MOST_TRIES {
            let (lock, origin) = self.open_lock(path)?;
            self.hold(&lock)?;
            if durable::is_at(&lock, path) {
                return Ok((lock, origin));
            }
        }
        Err(self.locked(""))
    }

    fn foreign_lock(&self) -> StoreError {
        StoreError::ForeignLock { location: self.lock_location() }
    }

    fn locked(&self, text: &str) -> StoreError {
        StoreError::Locked { location: self.location.clone(), holder: holder::describe(text) }
    }

    /// Who is at work by the intent that the state holds; nobody before there is one.
    fn recorded_holder(&self) -> String {
        let found = self.read().ok().flatten();
        found.and_then(|found| found.state.in_flight).map_or_else(String::new, |intent| intent.by)
    }

    /// Holds the lock's file against every other process of this machine, and tells what it held.
    fn hold(&self, lock: &File) -> Result<(), StoreError> {
        let held = lock.try_lock();
        let text = text_of(lock);
        if !text.is_empty() && !holder::is_lock_text(&text) {
            return Err(self.foreign_lock());
        }
        match held {
            Ok(()) => Ok(()),
            // On Windows nobody can read a file that another process has locked.
            Err(TryLockError::WouldBlock) if cfg!(windows) && text.is_empty() => {
                Err(self.locked(&self.recorded_holder()))
            }
            Err(TryLockError::WouldBlock) => Err(self.locked(&text)),
            Err(TryLockError::Error(error)) => Err(self.lock_failed(error)),
        }
    }

    /// The bytes that are there now, behind any links.
    fn bytes_at(&self, path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
        if !self.is_there(path)? {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LARGEST_STATE + 1).read_to_end(&mut bytes))
            .map_err(|error| self.failed("read the state", error))?;
        if bytes.len() as u64 > LARGEST_STATE {
            return Err(self.too_large());
        }
        Ok(Some(bytes))
    }

    /// What is there now; an error where it is no state.
    fn read_at(&self, path: &Path) -> Result<Option<Stored>, StoreError> {
        self.bytes_at(path)?.map(|bytes| self.parsed(&bytes)).transpose()
    }

    fn parsed(&self, bytes: &[u8]) -> Result<Stored, StoreError> {
        Stored::parse(bytes)
            .map_err(|source| StoreError::Unreadable { location: self.location.clone(), source })
    }
}

impl FileStore {
    fn read(&self) -> Result<Option<Stored>, StoreError> {
        // What is only read need not be found behind its links first.
        self.read_at(Path::new(&self.location))
    }

    fn lock(&self) -> Result<FileLock, StoreError> {
        let path = self.resolved()?;
        self.is_there(&path)?;
        durable::create_folder(durable::folder_of(&path))
            .map_err(|error| self.failed("create the folder of the state", error))?;
        let (held, found) = self.held(&path)?;
        let last = found.as_ref().map(StateVersion::from);
        let kept = self.kept.as_ref().map(KeptDescriptors::take);
        let lock = match kept {
            Some(None) => {
                held.let_go(last.as_ref());
                None
            }
            kept => Some(HeldFile { kept: kept.flatten(), ..held }),
        };
        Ok(FileLock { store: self.clone(), path, found, hold: Mutex::new(FileHold { lock, last }) })
    }

    /// The lock of the state at a path, held and with this run's name in it, and what it is the
    /// lock of.
    fn held(&self, path: &Path) -> Result<(HeldFile, Option<Stored>), StoreError> {
        let mut name = path.to_owned().into_os_string();
        name.push(".lock");
        let name = PathBuf::from(name);
        let (mut file, origin) = self.take_lock(&name)?;
        let found = self.read_at(path)?;
        // Whoever deleted the lock of a run that is under way has not ended that run.
        let intent = found.as_ref().and_then(|found| found.state.in_flight.as_ref());
        if let Some(intent) = intent.filter(|intent| holder::is_alive(&intent.by)) {
            return Err(self.locked(&intent.by));
        }
        if let Ok(state) = fs::metadata(path) {
            durable::belong_like(&file, &state).map_err(|error| self.lock_failed(error))?;
        }
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(holder::lock_text().as_bytes()))
            .map_err(|error| self.lock_failed(error))?;
        let made = (origin == Origin::Made).then_some(name);
        Ok((HeldFile { file, made, kept: None }, found))
    }
}

impl FileLock {
    fn hold(&self) -> MutexGuard<'_, FileHold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, state: &State) -> Result<(), StoreError> {
        let bytes = state.to_bytes();
        if bytes.len() as u64 > LARGEST_STATE {
            return Err(self.store.too_large());
        }
        let mut hold = self.hold();
        if hold.lock.is_none() {
            hold.lock = Some(self.held_again(hold.last.as_ref())?);
        }
        self.is_untouched(hold.last.as_ref(), state)?;
        durable::replace(&self.path, &bytes)
            .map_err(|error| self.store.failed("write the state", error))?;
        hold.last = Some(StateVersion::of(state, &fingerprint(&bytes)));
        Ok(())
    }

    /// The lock after it was let go, where nobody has changed the state since.
    fn held_again(&self, last: Option<&StateVersion>) -> Result<HeldFile, StoreError> {
        let taken = |by| StoreError::Taken { location: self.store.location.clone(), by };
        let (held, found) = self.store.held(&self.path).map_err(|error| match error {
            StoreError::Locked { holder, .. } => taken(holder),
            other => other,
        })?;
        let now = found.as_ref().map(StateVersion::from);
        if now.as_ref() == last {
            return Ok(held);
        }
        held.let_go(now.as_ref());
        Err(taken(format!("it is {} now", StateVersion::describe(now.as_ref()))))
    }

    /// Makes sure that what is there is still what this run found, or wrote last, before `next` is
    /// written over it.
    fn is_untouched(&self, last: Option<&StateVersion>, next: &State) -> Result<(), StoreError> {
        let replaced = |now: String| StoreError::Replaced {
            location: self.store.location.clone(),
            before: StateVersion::describe(last),
            now,
        };
        if self.store.resolved()? != self.path {
            return Err(replaced("a link to another file".to_owned()));
        }
        let now = match self.store.bytes_at(&self.path) {
            // The same bytes are the same state, and need not be understood again.
            Ok(Some(bytes)) if last.is_some_and(|last| last.is_of(&bytes)) => return Ok(()),
            Ok(Some(bytes)) => self.store.parsed(&bytes).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        match now {
            // Nothing is done yet, so that the run can still be refused.
            Ok(None) if last.is_some() && next.in_flight.is_some() => {
                Err(replaced(StateVersion::describe(None)))
            }
            // What was done is known to nobody else.
            Ok(None) => Ok(()),
            Ok(Some(now)) => Err(replaced(StateVersion::describe(Some(&(&now).into())))),
            Err(StoreError::Unreadable { source, .. }) => Err(replaced(source.to_string())),
            Err(StoreError::NotAFile { kind, .. }) => Err(replaced(kind.to_string())),
            Err(other) => Err(other),
        }
    }
}

impl FileLock {
    /// Lets other runs have the state.
    fn let_go(&self) {
        let mut hold = self.hold();
        if let Some(held) = hold.lock.take() {
            held.let_go(hold.last.as_ref());
        }
    }
}

impl HeldFile {
    /// Lets other runs have a state.
    fn let_go(self, state: Option<&StateVersion>) {
        let Self { file, made, kept } = self;
        // There is no state that it would be the lock of. Whoever has this file open finds out.
        let is_useless = cfg!(unix) && state.is_none();
        if let Some(made) = made.filter(|made| is_useless && durable::is_at(&file, made)) {
            let _ = fs::remove_file(made);
        }
        // So that nobody is told of this run once it is over. If that fails, the next holder's
        // name replaces it all the same.
        let _ = file.set_len(0);
        // Closing the file would do, were it not for a child that was just forked and still has it.
        let _ = file.unlock();
        drop((file, kept));
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// The text of a lock; on Windows nothing, while another process holds it.
fn text_of(mut lock: &File) -> String {
    let mut bytes = Vec::new();
    let _ = lock.seek(SeekFrom::Start(0));
    let _ = lock.take(LONGEST_LOCK).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn kind(metadata: &fs::Metadata) -> FileKind {
    let kind = metadata.file_type();
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return FileKind::Pipe;
        } else if kind.is_socket() {
            return FileKind::Socket;
        } else if kind.is_block_device() || kind.is_char_device() {
            return FileKind::Device;
        }
    }
    if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_symlink() {
        FileKind::Link
    } else {
        FileKind::Other
    }
}

#[cfg(test)]
mod tests;
