//! A state in a place that several machines reach: the one protocol for all such places. A run holds
//! a state by an intent with a lease, written on the condition that nobody else wrote meanwhile.

mod told;

use std::cell::RefCell;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::sync::oneshot::Receiver;
use tokio::time::{Instant, sleep};

use told::{described, held_by};

use super::{
    Apart, KeptBytes, LARGEST_STATE, Lock, Register, Snapshot, Store, StoreClock, StoreError,
    Stored, Version, Waiting, WriteProblem, Written,
};
use crate::failure::FailureCode;
use crate::state::{
    Intent, RENEWED_BELOW, State, TAIL, Takeover, WriteEnd, is_renewal_due, may_try, write_end,
};

/// How often a write is tried that is not clearly answered.
const MOST_TRIES: u32 = 4;

/// A renewal is tried again later.
const ONE_TRY: u32 = 1;

/// The wait before the second try; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How long to wait before looking again at a state that another run holds.
const PAUSE: Duration = Duration::from_secs(5);

/// How long what was read may serve as what is there. Where it does not hold any more, the write
/// that depends on it is refused.
const FRESH: Duration = Duration::from_secs(10);

/// How long a renewal that failed is not tried again.
const SHORTEST_NAP: Duration = Duration::from_secs(3);

/// The state of one target in a shared place.
#[derive(Debug)]
pub struct SharedStore {
    location: String,
    register: Box<dyn Register>,
    seen: RefCell<Option<(Instant, Snapshot)>>,
}

/// The hold of a [`SharedStore`].
struct SharedLock<'a> {
    store: &'a SharedStore,
    found: Option<Stored>,
    hold: Mutex<Hold>,
    lease: RefCell<Lease>,
}

/// How long a run may go on by what it has written.
struct Lease {
    clock: StoreClock,
    /// When it ends, once it has begun.
    until: Option<u64>,
    /// What another run has put in the place of the intent.
    lost: Option<String>,
}

/// What a run knows of the state that it writes.
struct Hold {
    /// What it found or wrote last, and what it has tried to write since.
    own: Vec<Option<Vec<u8>>>,
    /// What the next write is to replace.
    over: Option<Version>,
    /// What it found or wrote last.
    state: Option<State>,
    /// The serial of what it found, or last tried to write.
    serial: u64,
}

/// What is made of a hold of which clocks cannot tell whether it is over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// It may not be.
    Heeded,
    /// Somebody has made sure that it is.
    Waived,
}

/// Why a state was not written.
enum PutProblem {
    /// Another run wrote: what is there now, in words.
    Overtaken(String),
    /// The place does not work.
    Store(StoreError),
}

impl SharedStore {
    /// The state that a register holds; people call the place by `location`.
    pub fn new(location: String, register: Box<dyn Register>) -> Self {
        Self { location, register, seen: RefCell::default() }
    }

    fn parsed(&self, snapshot: &Snapshot) -> Result<Option<Stored>, StoreError> {
        let Some(KeptBytes { bytes, .. }) = &snapshot.kept else { return Ok(None) };
        if bytes.len() as u64 > LARGEST_STATE {
            return Err(self.too_large());
        }
        Stored::parse(bytes)
            .map(Some)
            .map_err(|source| StoreError::Unreadable { location: self.location.clone(), source })
    }

    fn too_large(&self) -> StoreError {
        StoreError::TooLarge { location: self.location.clone() }
    }

    /// What was read a moment ago, once; else what is there now.
    async fn recent(&self) -> Result<Snapshot, StoreError> {
        match self.seen.take() {
            Some((when, snapshot)) if when.elapsed() < FRESH => Ok(snapshot),
            _ => self.register.read().await,
        }
    }

    async fn hold(&self, doubt: Doubt) -> Result<SharedLock<'_>, StoreError> {
        let snapshot = self.recent().await?;
        let found = self.parsed(&snapshot)?;
        let intent = found.as_ref().and_then(|found| found.state.in_flight.as_ref());
        let (clock, location) = (&snapshot.clock, self.location.clone());
        let holder = intent.map(|intent| held_by(intent, clock));
        match (clock.apart_from(intent), holder) {
            (Some(Apart::BehindHolder(_) | Apart::BehindWriter(_)), Some(_))
                if doubt == Doubt::Waived => {}
            (Some(apart), holder) => {
                let owner = clock.owner();
                return Err(StoreError::ClocksApart { location, owner, apart, holder });
            }
            (None, Some(holder)) if intent.is_some_and(|it| it.is_held(clock.now())) => {
                return Err(StoreError::Locked { location, holder });
            }
            (None, _) => {}
        }
        let state = found.as_ref().map(|found| found.state.clone());
        let (bytes, over) = snapshot.kept.map(|it| (it.bytes, it.version)).unzip();
        let serial = state.as_ref().map_or(0, |state| state.serial);
        let hold = Mutex::new(Hold { own: vec![bytes], over, serial, state });
        let lease = RefCell::new(Lease { clock: snapshot.clock, until: None, lost: None });
        Ok(SharedLock { store: self, found, hold, lease })
    }
}

impl Hold {
    fn wrote(&mut self, state: State, bytes: Vec<u8>, version: Version) {
        // What was there before cannot come back, nor can a write that depends on it.
        self.own = vec![Some(bytes)];
        self.over = Some(version);
        self.state = Some(state);
    }
}

impl Lease {
    /// What is left of it; `None` before it has begun and once it was lost.
    fn left(&self) -> Option<u64> {
        self.until.filter(|_| self.lost.is_none()).map(|until| self.clock.now().left(until))
    }
}

impl Store for SharedStore {
    fn location(&self) -> &str {
        &self.location
    }

    fn is_file(&self) -> bool {
        false
    }

    fn credentials(&self) -> Option<String> {
        self.register.credentials()
    }

    fn pause(&self) -> Duration {
        PAUSE
    }

    fn read(&self) -> Waiting<'_, Result<Option<Stored>, StoreError>> {
        Box::pin(async {
            let snapshot = self.register.read().await?;
            let stored = self.parsed(&snapshot)?;
            self.seen.replace(Some((Instant::now(), snapshot)));
            Ok(stored)
        })
    }

    fn takeover(&self, intent: &Intent) -> Option<Takeover> {
        self.seen.borrow().as_ref().and_then(|(_, seen)| seen.clock.takeover(intent))
    }

    fn lock(&self) -> Waiting<'_, Result<Box<dyn Lock + '_>, StoreError>> {
        Box::pin(async { Ok(Box::new(self.hold(Doubt::Heeded).await?) as Box<dyn Lock>) })
    }

    fn lock_after_all(&self) -> Waiting<'_, Result<Box<dyn Lock + '_>, StoreError>> {
        Box::pin(async { Ok(Box::new(self.hold(Doubt::Waived).await?) as Box<dyn Lock>) })
    }
}

impl SharedLock<'_> {
    fn left(&self) -> Option<u64> {
        self.lease.borrow().left()
    }

    fn taken(&self, by: String) -> StoreError {
        StoreError::Taken { location: self.store.location.clone(), by }
    }

    fn lost(&self, by: String) -> StoreError {
        StoreError::LeaseLost { location: self.store.location.clone(), by }
    }

    /// Writes a new end of the lease where it is due. One that cannot be written is left as it is.
    async fn renew(&self, hold: &mut Hold) {
        if !self.left().is_some_and(is_renewal_due) {
            return;
        }
        let until = self.lease.borrow().clock.now().lease_until();
        let Some(state) = hold.state.clone().map(|state| state.leased(until)) else { return };
        match self.put(hold, state.after(hold.serial), ONE_TRY).await {
            Ok(()) => self.lease.borrow_mut().until = Some(until),
            Err(PutProblem::Overtaken(by)) => self.lease.borrow_mut().lost = Some(by),
            Err(PutProblem::Store(_)) => {}
        }
    }

    /// The same for a write that matters: nothing may follow it in a place that does not keep runs
    /// apart. Where it is one, no call was made yet, and so the state or its intent is taken back.
    async fn put_proven(&self, hold: &mut Hold, state: State) -> Result<(), PutProblem> {
        let is_first = hold.over.is_none();
        self.put(hold, state, MOST_TRIES).await?;
        let Some(Some(bytes)) = hold.own.last().cloned() else { return Ok(()) };
        let Some(version) = hold.over.clone() else { return Ok(()) };
        let register = &self.store.register;
        let written = Written { bytes: &bytes, version: &version, is_first };
        let Err(doubt) = register.prove(written).await else { return Ok(()) };
        if is_first && register.take_back(&version).await {
            return Err(PutProblem::Store(doubt));
        }
        let intended = hold.state.clone().filter(|state| state.in_flight.is_some());
        if let Some(state) = intended {
            let _ = self.put(hold, State { in_flight: None, ..state }, ONE_TRY).await;
        }
        Err(PutProblem::Store(doubt))
    }

    /// Writes a state over what the run found or wrote last, and settles by reading back what was
    /// not clearly answered. It may be dropped at any point.
    async fn put(&self, hold: &mut Hold, state: State, tries: u32) -> Result<(), PutProblem> {
        let state = state.after(hold.serial);
        let bytes = state.to_bytes();
        if bytes.len() as u64 > LARGEST_STATE {
            return Err(PutProblem::Store(self.store.too_large()));
        }
        hold.serial = state.serial;
        hold.own.push(Some(bytes.clone()));
        let register = &self.store.register;
        let mut wait = FIRST_WAIT;
        let mut left = tries;
        loop {
            left -= 1;
            let problem = match register.write(&bytes, hold.over.as_ref()).await {
                Ok(version) => {
                    hold.wrote(state, bytes, version);
                    return Ok(());
                }
                Err(problem) => problem,
            };
            let read = register.read().await;
            if let Ok(Snapshot { kept, clock }) = read {
                self.lease.borrow_mut().clock = clock;
                let now = kept.as_ref().map(|it| it.bytes.as_slice());
                match (write_end(now, &bytes, &hold.own), kept) {
                    (WriteEnd::Written, Some(KeptBytes { version, .. })) => {
                        hold.wrote(state, bytes, version);
                        return Ok(());
                    }
                    (WriteEnd::Taken, kept) => {
                        return Err(PutProblem::Overtaken(described(kept.as_ref(), &clock)));
                    }
                    (WriteEnd::Again | WriteEnd::Written, kept) => {
                        hold.over = kept.map(|it| it.version);
                    }
                }
            } else if let Err(error) = read
                && error.code() == FailureCode::StateUnsafe
            {
                // What was made just now is this run's alone: nobody can depend on it.
                if hold.over.is_none() && problem.is_success_without_version() {
                    register.disown(&State { in_flight: None, ..state }.to_bytes()).await;
                }
                return Err(PutProblem::Store(error));
            }
            match problem {
                WriteProblem::Unclear(_) if left > 0 => sleep(wait).await,
                WriteProblem::Refused(error) | WriteProblem::Unclear(error) => {
                    return Err(PutProblem::Store(error));
                }
            }
            wait *= 2;
        }
    }
}

impl Lock for SharedLock<'_> {
    fn found(&self) -> Option<&Stored> {
        self.found.as_ref()
    }

    fn prove(&self) -> Waiting<'_, Result<(), StoreError>> {
        Box::pin(async {
            let hold = self.hold.lock().await;
            let (Some(Some(bytes)), Some(version)) = (hold.own.last(), &hold.over) else {
                return Ok(());
            };
            self.store.register.prove(Written { bytes, version, is_first: true }).await
        })
    }

    fn write<'a>(&'a self, state: &'a State) -> Waiting<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let mut hold = self.hold.lock().await;
            let until = self.lease.borrow().clock.now().lease_until();
            let is_begun = state.in_flight.is_some();
            let state = state.clone().leased(until);
            self.put_proven(&mut hold, state).await.map_err(|problem| match problem {
                PutProblem::Store(error) => error,
                PutProblem::Overtaken(by) => self.taken(by),
            })?;
            self.lease.borrow_mut().until = is_begun.then_some(until);
            Ok(())
        })
    }

    fn record(&self, state: State, open: Option<Instant>) -> Waiting<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let mut hold = self.hold.lock().await;
            let (lost, is_begun, now) = {
                let lease = self.lease.borrow();
                (lease.lost.clone(), lease.until.is_some(), lease.clock.now())
            };
            if let Some(by) = lost {
                return Err(self.lost(by));
            }
            let sent = |open: Instant| now.latest.saturating_sub(open.elapsed().as_secs());
            let tail = open.map(|open| sent(open) + TAIL).filter(|tail| *tail >= now.earliest);
            let state = match tail {
                Some(tail) => state.end_after(tail),
                None => state.end(),
            };
            self.put_proven(&mut hold, state).await.map_err(|problem| match problem {
                PutProblem::Store(error) => error,
                PutProblem::Overtaken(by) if is_begun => self.lost(by),
                PutProblem::Overtaken(by) => self.taken(by),
            })
        })
    }

    fn may_call(&self) -> Waiting<'_, bool> {
        Box::pin(async {
            // While it is being renewed, what is left of it holds.
            if self.left().is_some_and(may_try) {
                return true;
            }
            self.renew(&mut *self.hold.lock().await).await;
            self.left().is_some_and(may_try)
        })
    }

    fn keep(&self, mut over: Receiver<()>) -> Waiting<'_, ()> {
        Box::pin(async move {
            while let Some(left) = self.left() {
                let due = Duration::from_secs(left.saturating_sub(RENEWED_BELOW) + 1);
                tokio::select! {
                    biased;
                    _ = &mut over => return,
                    () = sleep(due.max(SHORTEST_NAP)) => {}
                }
                // To its end, even if the work is over meanwhile: the record is written over it.
                self.renew(&mut *self.hold.lock().await).await;
            }
        })
    }
}

#[cfg(test)]
mod tests;
