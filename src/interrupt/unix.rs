//! The signals of unix. A handler can end the process even while everything else is waiting for a
//! slow disk, which no listener in the process's own loop could.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};

/// What a process ends with that a signal ended, by the contract with scripts.
const INTERRUPTED: i32 = 130;

/// Whether the next signal ends the process at once. Any signal makes it so.
static ENDS_AT_ONCE: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Whether a SIGHUP is heard.
static HEARS_HANGUP: AtomicBool = AtomicBool::new(false);

/// Whether a SIGHUP is heard: not where the process was started with it ignored, as by `nohup`.
pub fn hears_hangup() -> bool {
    HEARS_HANGUP.load(Ordering::SeqCst)
}

/// Hears SIGINT, SIGTERM and SIGHUP from now on. A SIGHUP that is ignored, as under `nohup`, stays
/// so. A write beyond the size that a file may have fails, as on a full disk, and ends nothing.
pub fn install() {
    HEARS_HANGUP.store(!is_ignored(SIGHUP), Ordering::SeqCst);
    let hangup = hears_hangup().then_some(SIGHUP);
    for signal in [SIGINT, SIGTERM].into_iter().chain(hangup) {
        // Where the system refuses a handler it ends the process itself, which is as good.
        // The order counts: the first signal finds what was, and only then sets it for the next.
        let _ = flag::register_conditional_shutdown(signal, INTERRUPTED, ENDS_AT_ONCE.clone());
        let _ = flag::register(signal, ENDS_AT_ONCE.clone());
    }
    let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Whether the process was started with a signal ignored. Only Linux tells it in a file.
fn is_ignored(signal: i32) -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return false };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// For as long as it lives the first signal ends nothing: whoever works hears of it otherwise and
/// comes to an end in good order. The second one ends the process at once.
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
            let _ = low_level::raise(SIGTERM);
        }
    }
}
