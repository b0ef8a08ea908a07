//! A file as one of the places that hold states: nothing here keeps the loop waiting for a disk, and
//! there are no leases.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot::Receiver;
use tokio::time::Instant;

use super::{FileLock, FileStore};
use crate::state::State;
use crate::store::blocking::blocking;
use crate::store::{Lock, Store, StoreError, Stored, Waiting};

/// How long to wait before looking again at a lock that another run holds.
const PAUSE: Duration = Duration::from_millis(25);

/// A lock that is shared with the thread that writes.
struct SharedWithThreads(Arc<FileLock>);

impl Store for FileStore {
    fn location(&self) -> &str {
        &self.location
    }

    fn is_file(&self) -> bool {
        true
    }

    fn credentials(&self) -> Option<String> {
        None
    }

    fn pause(&self) -> Duration {
        PAUSE
    }

    fn read(&self) -> Waiting<'_, Result<Option<Stored>, StoreError>> {
        let store = self.clone();
        Box::pin(blocking(move || store.read()))
    }

    fn lock(&self) -> Waiting<'_, Result<Box<dyn Lock + '_>, StoreError>> {
        let store = self.clone();
        Box::pin(async {
            let lock = blocking(move || store.lock()).await?;
            Ok(Box::new(SharedWithThreads(Arc::new(lock))) as Box<dyn Lock>)
        })
    }
}

impl Lock for SharedWithThreads {
    fn found(&self) -> Option<&Stored> {
        self.0.found.as_ref()
    }

    fn write<'a>(&'a self, state: &'a State) -> Waiting<'a, Result<(), StoreError>> {
        let (lock, state) = (Arc::clone(&self.0), state.clone());
        Box::pin(blocking(move || lock.write(&state)))
    }

    fn record(&self, state: State, _: Option<Instant>) -> Waiting<'_, Result<(), StoreError>> {
        let lock = Arc::clone(&self.0);
        Box::pin(blocking(move || {
            let recorded = lock.write(&state.end());
            lock.let_go();
            recorded
        }))
    }

    fn may_call(&self) -> Waiting<'_, bool> {
        Box::pin(ready(true))
    }

    fn keep(&self, _: Receiver<()>) -> Waiting<'_, ()> {
        Box::pin(ready(()))
    }
}
