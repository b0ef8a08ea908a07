//! Waiting for a state that another run holds.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Lock, Store, StoreError};

/// How long to wait between two tries. Nothing tells when a lock goes.
const PAUSE: Duration = Duration::from_millis(25);

/// Locks a state, and tries again for as long as another run holds it and patience lasts. Without
/// patience there is one try.
pub async fn lock_within(
    store: &dyn Store,
    patience: Duration,
) -> Result<Box<dyn Lock + '_>, StoreError> {
    let start = Instant::now();
    loop {
        let left = patience.saturating_sub(start.elapsed());
        match store.lock() {
            Err(StoreError::Locked { .. }) if !left.is_zero() => sleep(PAUSE.min(left)).await,
            result => return result,
        }
    }
}
