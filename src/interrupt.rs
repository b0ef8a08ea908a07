//! The signals that end the process. They are heard from its first moment on: one that comes while
//! nothing is at stake ends it at once, with 130. Work that must end in good order is done under
//! [`heeded`], and a file is replaced under [`deferred`].

mod flag;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use flag::ENDS_AT_ONCE;
#[cfg(unix)]
use unix::end;
#[cfg(unix)]
pub use unix::{Arrivals, install};
#[cfg(windows)]
use windows::end;
#[cfg(windows)]
pub use windows::{Arrivals, install};

/// For as long as it lives the first signal ends nothing: whoever works hears of it by [`Arrivals`]
/// and comes to an end in good order. The second one ends the process at once.
#[derive(Debug)]
pub struct Heeded(());

/// See [`Heeded`].
pub fn heeded() -> Heeded {
    deferrals().set_ends_at_once(false);
    Heeded(())
}

impl Drop for Heeded {
    fn drop(&mut self) {
        deferrals().set_ends_at_once(true);
    }
}

/// For as long as any of them lives, on whichever thread, a signal that would end the process at
/// once is put off, so that no temporary file is left behind. Not for what may take long.
#[derive(Debug)]
pub struct Deferred(());

/// All that is [`Deferred`].
struct Deferrals {
    held: usize,
    /// Whether the next signal ends the process, at once or when the last of them is let go.
    would_end: bool,
}

static DEFERRALS: Mutex<Deferrals> = Mutex::new(Deferrals { held: 0, would_end: false });

/// Told when the last of them is let go.
static LET_GO: Condvar = Condvar::new();

fn deferrals() -> MutexGuard<'static, Deferrals> {
    DEFERRALS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Deferrals {
    fn set_ends_at_once(&mut self, ends: bool) {
        if self.held > 0 {
            self.would_end = ends;
        } else {
            ENDS_AT_ONCE.store(ends, Ordering::SeqCst);
        }
    }

    /// Whether the signal has come that ends the process once nothing is deferred.
    fn are_last(&self) -> bool {
        self.held > 0 && self.would_end && ENDS_AT_ONCE.load(Ordering::SeqCst)
    }
}

/// See [`Deferred`]. Does not return once the signal has come that ends the process.
pub fn deferred() -> Deferred {
    let mut deferrals = deferrals();
    while deferrals.are_last() {
        deferrals = LET_GO.wait(deferrals).unwrap_or_else(PoisonError::into_inner);
    }
    // Of several at a time each one looks, since a first signal may have come before it.
    deferrals.would_end |= ENDS_AT_ONCE.swap(false, Ordering::SeqCst);
    deferrals.held += 1;
    Deferred(())
}

impl Drop for Deferred {
    fn drop(&mut self) {
        let mut deferrals = deferrals();
        deferrals.held -= 1;
        if deferrals.held > 0 {
            if !deferrals.would_end {
                deferrals.would_end = ENDS_AT_ONCE.swap(false, Ordering::SeqCst);
            }
            return;
        }
        let came = ENDS_AT_ONCE.load(Ordering::SeqCst);
        if mem::take(&mut deferrals.would_end) {
            ENDS_AT_ONCE.store(true, Ordering::SeqCst);
            if came {
                end();
            }
        }
        LET_GO.notify_all();
    }
}

#[cfg(all(test, unix))]
mod tests;
