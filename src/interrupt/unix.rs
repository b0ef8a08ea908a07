//! The signals of unix. A handler can end the process even while everything else is waiting for a
//! slow disk, which no listener in the process's own loop could.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::flag::{ENDS_AT_ONCE, INTERRUPTED};

/// Whether a SIGHUP is heard: not where the process was started with it ignored, as by `nohup`.
static HEARS_HANGUP: AtomicBool = AtomicBool::new(false);

/// Hears SIGINT, SIGTERM and SIGHUP from now on. A SIGHUP that is ignored, as under `nohup`, stays
/// so. A write beyond the size that a file may have fails, as on a full disk, and ends nothing.
pub fn install() {
    let hears_hangup = !is_ignored(SIGHUP);
    HEARS_HANGUP.store(hears_hangup, Ordering::SeqCst);
    for signal in [SIGINT, SIGTERM].into_iter().chain(hears_hangup.then_some(SIGHUP)) {
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

/// Ends the process as the signal would have that was put off.
pub(super) fn end() {
    let _ = low_level::raise(SIGTERM);
}

/// The signals as they arrive, for work in a runtime.
#[derive(Debug)]
pub struct Arrivals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hangup: Option<Signal>,
}

impl Arrivals {
    /// Listens from now on. Only in a runtime.
    pub fn listen() -> Self {
        let hangup = HEARS_HANGUP.load(Ordering::SeqCst).then(SignalKind::hangup);
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
            hangup: hangup.and_then(|kind| signal(kind).ok()),
        }
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            () = arrival(self.interrupt.as_mut()) => {}
            () = arrival(self.terminate.as_mut()) => {}
            () = arrival(self.hangup.as_mut()) => {}
        }
    }
}

async fn arrival(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
