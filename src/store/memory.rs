//! A state in memory, for tests: it keeps what was written and fails on command.

use std::cell::{Cell, RefCell};
use std::io;

use super::{Lock, Store, StoreError};
use crate::state::State;

/// A store whose every write can be looked at afterwards.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: RefCell<Option<State>>,
    writes: RefCell<Vec<State>>,
    tries: Cell<usize>,
    failing: Option<usize>,
    locked: Cell<bool>,
}

impl MemoryStore {
    /// A store that holds a state already.
    pub fn holding(state: State) -> Self {
        Self { state: RefCell::new(Some(state)), ..Self::default() }
    }

    /// The same, but its `n`-th write fails, counted from 1, and so does every later one.
    #[must_use]
    pub fn failing_at(mut self, n: usize) -> Self {
        self.failing = Some(n);
        self
    }

    /// Every state that was written, in order.
    pub fn writes(&self) -> Vec<State> {
        self.writes.borrow().clone()
    }
}

struct MemoryLock<'a>(&'a MemoryStore);

impl Store for MemoryStore {
    fn location(&self) -> &'static str {
        "memory"
    }

    fn read(&self) -> Result<Option<State>, StoreError> {
        Ok(self.state.borrow().clone())
    }

    fn lock(&self) -> Result<Box<dyn Lock + '_>, StoreError> {
        if self.locked.replace(true) {
            let location = self.location().to_owned();
            return Err(StoreError::Locked { location, holder: "this test".to_owned() });
        }
        Ok(Box::new(MemoryLock(self)))
    }
}

impl Lock for MemoryLock<'_> {
    fn write(&self, state: &State) -> Result<(), StoreError> {
        let store = self.0;
        store.tries.set(store.tries.get() + 1);
        if store.failing.is_some_and(|failing| store.tries.get() >= failing) {
            return Err(StoreError::Io {
                location: store.location().to_owned(),
                action: "write the state",
                source: io::Error::from(io::ErrorKind::StorageFull),
            });
        }
        store.state.replace(Some(state.clone()));
        store.writes.borrow_mut().push(state.clone());
        Ok(())
    }
}

impl Drop for MemoryLock<'_> {
    fn drop(&mut self) {
        self.0.locked.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::InstanceRef;

    #[test]
    fn a_store_that_fails_on_command_keeps_what_it_had() {
        let state = State::fresh("l".to_owned(), None, InstanceRef::default());
        let next = state.clone().end();
        let store = MemoryStore::holding(state).failing_at(2);
        let lock = store.lock().unwrap();
        assert_eq!(store.lock().err().unwrap().code(), "locked");
        lock.write(&next).unwrap();
        assert_eq!(lock.write(&next.clone().end()).err().unwrap().code(), "state-io");
        assert_eq!(store.read().unwrap(), Some(next.clone()));
        assert_eq!(store.writes(), [next]);
        drop(lock);
        store.lock().unwrap();
    }
}
