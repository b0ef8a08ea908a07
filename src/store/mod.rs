//! Where a state lives.

mod asked;
mod blocking;
mod by_file;
mod clock;
mod date;
mod descriptors;
mod durable;
mod error;
mod file;
mod git;
mod holder;
pub mod location;
mod object;
mod object_url;
mod open;
mod order;
mod register;
mod resolve;
mod root;
mod shared;
mod system_error;
mod url;
mod url_problem;
mod wait;

use std::fmt::Debug;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::oneshot::Receiver;
use tokio::time::Instant;

use crate::state::{Intent, State, StateError, Takeover};
use crate::text::fingerprint;

pub use blocking::settled;
pub use by_file::ByFile;
pub use clock::{Apart, ClockOwner, StoreClock};
pub use descriptors::most_open_files;
pub use durable::rename_over;
pub use error::{FileKind, SharedFault, StoreError};
pub use file::FileStore;
pub use holder::holder;
pub use object_url::Platform;
pub use open::open;
pub use order::place_of;
pub use register::{KeptBytes, Register, Snapshot, Version, WriteProblem, Written};
pub use resolve::{normalize, resolve};
pub use root::{is_the_runner_s, repository_root, working_directory};
pub use shared::SharedStore;
pub use system_error::explained;
pub use url::StateUrl;
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

/// Work on a store that may have to wait for it.
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A place that holds one state.
pub trait Store: Debug {
    /// How people and documents call the place.
    fn location(&self) -> &str;

    /// Whether it is a file of this machine: nobody has to wait for another machine.
    fn is_file(&self) -> bool;

    /// Where the credentials for the place come from: told once a run, after it was read. `None`
    /// where nobody here looks after them.
    fn credentials(&self) -> Option<String>;

    /// How long to wait before looking again at a state that another run holds.
    fn pause(&self) -> Duration;

    /// The state, or `None` where there is none yet.
    fn read(&self) -> Waiting<'_, Result<Option<Stored>, StoreError>>;

    /// When others may take over from the run of an intent that was read; `None` where it has no
    /// lease.
    fn takeover(&self, _: &Intent) -> Option<Takeover> {
        None
    }

    /// Makes sure that no other run is at work, and has each later write depend on that. A file is
    /// locked for as long as the guard lives; of a shared place it is the first write that keeps
    /// others out. Does not wait for another run.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] where another run holds it, or is alive by the intent that the state
    /// holds although its lock is gone.
    fn lock(&self) -> Waiting<'_, Result<Box<dyn Lock + '_>, StoreError>>;

    /// The same for somebody who has made sure that the run has ended whose intent is there, where
    /// clocks cannot tell that.
    fn lock_after_all(&self) -> Waiting<'_, Result<Box<dyn Lock + '_>, StoreError>> {
        self.lock()
    }
}

/// The right to write a state, held until it is dropped.
pub trait Lock {
    /// The state when the lock was taken; `None` where there was none.
    fn found(&self) -> Option<&Stored>;

    /// Makes sure that the place of the state that was found keeps runs apart, as the first write there
    /// does. For whoever goes on from what another command has written.
    ///
    /// # Errors
    ///
    /// A place that does not.
    fn prove(&self) -> Waiting<'_, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    /// Replaces the state: whole and durable when it returns, and untouched when it fails, as far as
    /// anybody can tell. An intent in it begins a lease where the place has leases.
    ///
    /// # Errors
    ///
    /// [`StoreError::Replaced`], [`StoreError::Taken`] or [`StoreError::LeaseLost`] where the state
    /// is no longer what was found or last written.
    fn write<'a>(&'a self, state: &'a State) -> Waiting<'a, Result<(), StoreError>>;

    /// The last write of a run: what is known of its calls, and the end of its intent. `open` is
    /// when the last try was sent that went unanswered, and so may still take effect.
    fn record(&self, state: State, open: Option<Instant>) -> Waiting<'_, Result<(), StoreError>>;

    /// Whether a call may be sent now: enough is left of the lease, which is renewed where it is
    /// due. Always where there are no leases.
    fn may_call(&self) -> Waiting<'_, bool>;

    /// Renews the lease whenever it is due, until the other end of `over` is dropped.
    fn keep(&self, over: Receiver<()>) -> Waiting<'_, ()>;
}
