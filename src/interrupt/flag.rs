//! What a handler of signals finds in an instant.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

/// What a process ends with that a signal ended, by the contract with scripts.
pub(super) const INTERRUPTED: i32 = 130;

/// Whether the next signal ends the process at once. Any signal makes it so.
pub(super) static ENDS_AT_ONCE: LazyLock<Arc<AtomicBool>> =
    LazyLock::new(|| Arc::new(AtomicBool::new(true)));
