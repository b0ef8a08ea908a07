//! A file as one of the places that hold states: nothing here waits, and there are no leases.

use std::future::ready;
use std::time::Duration;

use tokio::sync::oneshot::Receiver;
use tokio::time::Instant;

use super::{FileLock, FileStore};
use crate::state::State;
use crate::store::{Lock, Store, StoreError, Stored, Waiting};

/// How long to wait before looking again at a lock that another run holds.
const PAUSE: Duration = Duration::from_millis(25);

impl Store for FileStore {
    fn location(&self) -> &str {
        &self.location
    }

    fn is_file(&self) -> bool {
        true
    }

    fn pause(&self) -> Duration {
        PAUSE
    }

    fn read(&self) -> Waiting<'_, Result<Option<Stored>, StoreError>> {
        Box::pin(ready(self.read()))
    }

    fn lock(&self) -> Waiting<'_, Result<Box<dyn Lock + '_>, StoreError>> {
        Box::pin(ready(self.lock().map(|lock| Box::new(lock) as Box<dyn Lock>)))
    }
}

impl Lock for FileLock<'_> {
    fn found(&self) -> Option<&Stored> {
        self.found.as_ref()
    }

    fn write<'a>(&'a self, state: &'a State) -> Waiting<'a, Result<(), StoreError>> {
        Box::pin(async { self.write(state) })
    }

    fn record(&self, state: State, _: Option<Instant>) -> Waiting<'_, Result<(), StoreError>> {
        Box::pin(async move { self.write(&state.end()) })
    }

    fn may_call(&self) -> Waiting<'_, bool> {
        Box::pin(ready(true))
    }

    fn keep(&self, _: Receiver<()>) -> Waiting<'_, ()> {
        Box::pin(ready(()))
    }
}
