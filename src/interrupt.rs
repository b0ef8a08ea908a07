//! The signals that end the process. They are heard from its first moment on: one that comes while
//! nothing is at stake ends it at once, with 130. Work that must end in good order is done under
//! [`heeded`], and a file is replaced under [`deferred`].

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub use unix::{Deferred, Heeded, deferred, hears_hangup, heeded, install};

/// Elsewhere the system ends the process, and the runtime hears Ctrl-C while work is under way.
#[cfg(not(unix))]
mod elsewhere {
    /// See [`heeded`].
    #[derive(Debug)]
    pub struct Heeded;

    /// See [`deferred`].
    #[derive(Debug)]
    pub struct Deferred;

    /// Nothing to install.
    pub const fn install() {}

    /// Nothing to hold back.
    pub const fn heeded() -> Heeded {
        Heeded
    }

    /// Nothing to hold back.
    pub const fn deferred() -> Deferred {
        Deferred
    }
}

#[cfg(not(unix))]
pub use elsewhere::{Deferred, Heeded, deferred, heeded, install};
