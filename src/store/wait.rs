//! Waiting for a state that another run holds.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Lock, Store, StoreError};

/// Locks a state, and tries again for as long as another run holds it and patience lasts. Without
/// patience there is one try.
pub async fn lock_within(
    store: &dyn Store,
    patience: Duration,
) -> Result<Box<dyn Lock + '_>, StoreError> {
    let start = Instant::now();
    loop {
        let left = patience.saturating_sub(start.elapsed());
        match store.lock().await {
            // Nothing tells when a lock goes, or a lease.
            Err(StoreError::Locked { .. }) if !left.is_zero() => {
                sleep(store.pause().min(left)).await;
            }
            result => return result,
        }
    }
}
