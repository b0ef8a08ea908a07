//! How commands on states come to hold them: in an order that is every run's, and with patience.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::Stop;
use crate::commands::activity::whole_seconds;
use crate::commands::args::LockArgs;
use crate::commands::console::Console;
use crate::commands::failure::Failure;
use crate::commands::signals::{Runner, unless_stopped};
use crate::render::progress;
use crate::store::{Lock, Store, StoreError, lock_within, place_of};

/// The remedy where a signal ended a command.
pub(super) const INTERRUPTED: &str = "`clerkform state show` shows whether anything was written";

/// Whether a state may be held of which clocks cannot tell whether another run still does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Only where clocks tell.
    ByClocks,
    /// Somebody has made sure.
    BySomebody,
}

/// How a command waits for states that other runs hold.
pub(super) struct Holding<'a> {
    certainty: Certainty,
    deadline: Instant,
    stop: Stop,
    console: &'a Console,
}

/// Does work on states that are to be held.
pub(super) fn run_on<'s, 'c, T, F: Future<Output = Result<T, Failure>>>(
    stores: Vec<&'s dyn Store>,
    lock: &LockArgs,
    help: &str,
    console: &'c Console,
    work: impl FnOnce(Holding<'c>) -> F,
) -> Result<T, Failure> {
    let runner = Runner::default();
    let work = |stop| work(Holding::new(lock, stop, console));
    if lock.patience().is_zero() {
        runner.run_on(stores, help, console, work)
    } else {
        runner.run_waiting(stores, help, console, work)
    }
}

impl<'a> Holding<'a> {
    /// The wait for all states of a command begins now.
    pub(super) fn new(args: &LockArgs, stop: Stop, console: &'a Console) -> Self {
        let deadline = Instant::now() + args.patience();
        Self { certainty: Certainty::ByClocks, deadline, stop, console }
    }

    /// The same with that certainty.
    pub(super) fn with(self, certainty: Certainty) -> Self {
        Self { certainty, ..self }
    }

    /// The locks of these states. Two commands never hold what the other one waits for.
    pub(super) async fn all<'s>(
        &self,
        stores: &[&'s dyn Store],
    ) -> Result<Vec<Box<dyn Lock + 's>>, Failure> {
        let mut order: Vec<usize> = (0..stores.len()).collect();
        order.sort_by_cached_key(|number| place_of(stores[*number]));
        let mut locks = BTreeMap::new();
        for number in order {
            locks.insert(number, self.one(stores[number]).await?);
        }
        Ok(locks.into_values().collect())
    }

    /// The lock of one state.
    pub(super) async fn one<'s>(
        &self,
        store: &'s dyn Store,
    ) -> Result<Box<dyn Lock + 's>, Failure> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let lock = match lock_within(store, Duration::ZERO).await {
            Err(StoreError::Locked { holder, .. }) if !left.is_zero() => {
                let held = format!("another run holds this state: {holder}");
                let told = progress::held(&held, whole_seconds(left));
                self.console.wait(store.location(), &told);
                let waiting = lock_within(store, left);
                let waiting = unless_stopped(self.stop.clone(), INTERRUPTED, waiting);
                self.console.working(1, &told, waiting).await?
            }
            Err(StoreError::ClocksApart { .. }) if self.certainty == Certainty::BySomebody => {
                store.lock_after_all().await
            }
            result => result,
        };
        Ok(lock?)
    }
}
