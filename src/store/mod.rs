//! Where a state lives.

mod durable;
mod file;
mod holder;
pub mod location;
mod resolve;
mod wait;

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::failure::FailureCode;
use crate::plan::fingerprint;
use crate::state::{State, StateError};

pub use file::FileStore;
pub use holder::holder;
pub use resolve::{normalize, resolve};
pub use wait::lock_within;

/// Replaces the bytes of a file that is no state, as durably as those of one: behind its symbolic
/// links, with its mode and owner, and only where it is a regular file. Needs no lock.
pub fn rewrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    durable::replace_unlocked(&resolve(path)?, bytes)
}

/// Writes a file that is no state, whether it is there yet or not: whole or not at all, behind its
/// symbolic links, with the mode and owner of one that is there. Needs no lock.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = resolve(path)?;
    match durable::replace_unlocked(&path, bytes) {
        // Nothing can be made in that folder, while what is there can be written.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && path.is_file() => {
            std::fs::write(&path, bytes)
        }
        result => result,
    }
}

/// Whether [`put`] could write there, as far as that can be told without leaving a trace.
pub fn can_put(path: &Path) -> io::Result<()> {
    durable::can_replace(&resolve(path)?)
}

/// Writes a file that must not exist yet: the whole of it and durably, or none.
///
/// # Errors
///
/// [`ErrorKind::AlreadyExists`] where something is there, whatever it is.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    durable::create(path, bytes)
}

/// The size that no state may exceed, in bytes.
pub const LARGEST_STATE: u64 = 16 * 1024 * 1024;

/// Why a state cannot be read, locked or written. Shown to the person who must act, so each names
/// the place and the way out.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run holds the state.
    #[error("{location}: another run holds this state: {holder}")]
    Locked {
        /// Where the state lives.
        location: String,
        /// Process id and host, as its lock tells.
        holder: String,
    },
    /// What stands there is no state, or one of a newer format.
    #[error("{location}: {source}")]
    Unreadable {
        /// Where the state lives.
        location: String,
        /// The problem with it.
        source: StateError,
    },
    /// What is there is no regular file. It is left alone.
    #[error("{location}: {kind}, and a state is a regular file")]
    NotAFile {
        /// The state or its lock.
        location: String,
        /// Its kind.
        kind: FileKind,
    },
    /// The state is, or would become, larger than [`LARGEST_STATE`].
    #[error("{location}: a state larger than 16 MiB is neither read nor written")]
    TooLarge {
        /// Where the state lives.
        location: String,
    },
    /// What stands where the lock goes was not made by this program. It is left alone.
    #[error("{location}: this file is not a clerkform lock, so it is left alone")]
    ForeignLock {
        /// The lock's place.
        location: String,
    },
    /// Somebody replaced the state while this run held it. What is there now is left alone.
    #[error(
        "{location}: the state was replaced during this run: it was {before}, and now it is {now}"
    )]
    Replaced {
        /// Where the state lives.
        location: String,
        /// Which one this run read or wrote last.
        before: String,
        /// What is there now.
        now: String,
    },
    /// The operating system said no.
    #[error("{location}: cannot {action}: {source}")]
    Io {
        /// The file concerned.
        location: String,
        /// The action, such as "write the state".
        action: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
}

/// A kind of thing that is no regular file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A folder.
    Folder,
    /// A link, where none is followed.
    Link,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A device of blocks or of characters.
    Device,
    /// Something that only this system knows.
    Other,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Folder => "this is a folder",
            Self::Link => "this is a link",
            Self::Pipe => "this is a named pipe",
            Self::Socket => "this is a socket",
            Self::Device => "this is a device",
            Self::Other => "this is something else",
        })
    }
}

impl StoreError {
    /// The code that scripts tell it by.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::Locked { .. } => FailureCode::Locked,
            Self::Unreadable { source, .. } => source.code(),
            Self::NotAFile { .. } => FailureCode::StateNotAFile,
            Self::TooLarge { .. } => FailureCode::StateTooLarge,
            Self::ForeignLock { .. } => FailureCode::LockForeign,
            Self::Replaced { .. } => FailureCode::StateReplaced,
            Self::Io { .. } => FailureCode::StateIo,
        }
    }

    /// The remedy.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Locked { .. } => {
                "try again when that run has ended, or wait for it with `--lock-timeout SECONDS`"
            }
            Self::Unreadable { source, .. } => source.help(),
            Self::NotAFile { kind: FileKind::Folder, .. } => {
                "to keep states in a folder, end the value of `--state` with `/`"
            }
            Self::NotAFile { .. } => "move it away, or keep the state elsewhere with `--state`",
            Self::TooLarge { .. } => {
                "no settings need that much: check what the file contains, and restore the state \
                 from git or a backup"
            }
            Self::ForeignLock { .. } => {
                "nothing was changed; move that file away, or keep the state elsewhere with \
                 `--state`"
            }
            Self::Replaced { .. } => {
                "the new file is left alone: a `git checkout`, another program or another machine \
                 wrote it. Look at it with `clerkform state show`, and compare it with the \
                 instance using `clerkform plan --refresh`"
            }
            Self::Io { source, .. } => match source.kind() {
                ErrorKind::ResourceBusy | ErrorKind::CrossesDevices => {
                    "a file mounted by itself, as in a container, cannot be replaced: mount its \
                     folder instead"
                }
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    "make the file and its folder writable for this user, or keep the state \
                     elsewhere with `--state`"
                }
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                    "free some space on that disk and try again"
                }
                _ => "check that place, or keep the state elsewhere with `--state`",
            },
        }
    }
}

/// A state as it was read, and the bytes that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The state that the bytes hold.
    pub state: State,
    /// Their SHA-256, in hexadecimal.
    pub digest: String,
}

impl Stored {
    /// The state that these bytes hold.
    pub fn parse(bytes: &[u8]) -> Result<Self, StateError> {
        Ok(Self { state: State::parse(bytes)?, digest: fingerprint(bytes) })
    }
}

/// A place that holds one state.
pub trait Store {
    /// How people and documents call the place.
    fn location(&self) -> &str;

    /// The state, or `None` where there is none yet.
    fn read(&self) -> Result<Option<Stored>, StoreError>;

    /// Keeps every other run out for as long as the guard lives. Does not wait.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] where another run holds it, or is alive by the intent that the state
    /// holds although its lock is gone.
    fn lock(&self) -> Result<Box<dyn Lock + '_>, StoreError>;
}

/// The right to write a state, held until it is dropped.
pub trait Lock {
    /// The state when the lock was taken; `None` where there was none.
    fn found(&self) -> Option<&Stored>;

    /// Replaces the state: whole and durable (file and folder synced) when it returns, and
    /// untouched when it fails.
    ///
    /// # Errors
    ///
    /// [`StoreError::Replaced`] where the state is no longer what was found or last written.
    fn write(&self, state: &State) -> Result<(), StoreError>;
}
