//! The signals that end the process. They are heard from its first moment on: one that comes while
//! nothing is at stake ends it at once, with 130. Work that must end in good order is done under
//! [`heeded`], and a file is replaced under [`deferred`].

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

#[cfg(unix)]
use unix::end;
#[cfg(unix)]
pub use unix::{Arrivals, install};
#[cfg(windows)]
use windows::end;
#[cfg(windows)]
pub use windows::{Arrivals, install};

/// What a process ends with that a signal ended, by the contract with scripts.
const INTERRUPTED: i32 = 130;

/// Whether the next signal ends the process at once. Any signal makes it so.
static ENDS_AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// For as long as it lives the first signal ends nothing: whoever works hears of it by [`Arrivals`]
/// and comes to an end in good order. The second one ends the process at once.
#[derive(Debug)]
pub struct Heeded(());

/// See [`Heeded`].
pub fn heeded() -> Heeded {
    ENDS_AT_ONCE.store(false, Ordering::SeqCst);
    Heeded(())
}

impl Drop for Heeded {
    fn drop(&mut self) {
        ENDS_AT_ONCE.store(true, Ordering::SeqCst);
    }
}

/// For as long as it lives a signal that would end the process at once is put off, so that no
/// temporary file is left behind. Not for what may take long.
#[derive(Debug)]
pub struct Deferred {
    would_end: bool,
}

/// See [`Deferred`].
pub fn deferred() -> Deferred {
    Deferred { would_end: ENDS_AT_ONCE.swap(false, Ordering::SeqCst) }
}

impl Drop for Deferred {
    fn drop(&mut self) {
        let came = ENDS_AT_ONCE.load(Ordering::SeqCst);
        if self.would_end {
            ENDS_AT_ONCE.store(true, Ordering::SeqCst);
        }
        if came && self.would_end {
            end();
        }
    }
}
