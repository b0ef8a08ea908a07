//! Work that waits, and the signals that end it: the first one in good order, the second one at once.

use std::cell::OnceCell;
use std::future::Future;
use std::pin::pin;

use anyhow::anyhow;
use futures_util::FutureExt;
use tokio::runtime::{Builder, Runtime};

use super::console::Console;
use super::failure::Failure;
use crate::api::{Stop, stop};
use crate::failure::FailureCode;
use crate::interrupt::{Arrivals, heeded};
use crate::store::{Store, settled};

/// How many threads wait for a disk, or for the system to find a host. A disk takes no more at a time
/// from more of them, and each one takes memory.
const MOST_THREADS: usize = 64;

/// Where work that waits is done. It is made for the first piece of it and lives as long as the
/// command, so that the connections of one piece serve the next.
#[derive(Debug, Default)]
pub struct Runner {
    runtime: OnceCell<Runtime>,
}

impl Runner {
    /// Does a piece of work on states. Outside of a runtime files are read and written at once, so
    /// that for them none is made, and no stop comes. Says afterwards with which credentials a store
    /// was asked.
    pub fn run_on<'s, T, F: Future<Output = Result<T, Failure>>>(
        &self,
        stores: impl IntoIterator<Item = &'s dyn Store>,
        help: &str,
        console: &Console,
        work: impl FnOnce(Stop) -> F,
    ) -> Result<T, Failure> {
        let stores: Vec<_> = stores.into_iter().collect();
        if !stores.iter().all(|store| store.is_file()) {
            return self.run_waiting(stores, help, console, work);
        }
        let mut work = pin!(work(Stop::never()));
        match work.as_mut().now_or_never() {
            Some(done) => done,
            None => self.run(help, |_| work),
        }
    }

    /// The same for work that may have to wait for another run, whatever the states are kept in.
    pub fn run_waiting<'s, T, F: Future<Output = Result<T, Failure>>>(
        &self,
        stores: impl IntoIterator<Item = &'s dyn Store>,
        help: &str,
        console: &Console,
        work: impl FnOnce(Stop) -> F,
    ) -> Result<T, Failure> {
        let done = self.run(help, work);
        for source in stores.into_iter().filter_map(Store::credentials) {
            console.detail("state", &format!("credentials from {source}"));
        }
        done
    }

    /// Does a piece of work that heeds its stop. `help` says what to do where a second signal
    /// ended it at once.
    pub fn run<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        help: &str,
        work: impl FnOnce(Stop) -> F,
    ) -> Result<T, Failure> {
        let runtime = if let Some(runtime) = self.runtime.get() {
            runtime
        } else {
            let made = Builder::new_current_thread()
                .enable_all()
                .max_blocking_threads(MOST_THREADS)
                .build();
            let made =
                made.map_err(|error| Failure::new(FailureCode::System, error, "try again"))?;
            self.runtime.get_or_init(|| made)
        };
        let ended = runtime.block_on(heeding(work)).unwrap_or_else(|SecondSignal| {
            Err(Failure::new(FailureCode::Interrupted, anyhow!("interrupted"), help))
        });
        // Where the work was given up, a thread may still be locking a state, or writing one.
        settled();
        ended
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The system may still be looking for the service's name, which nobody waits for.
            runtime.shutdown_background();
        }
    }
}

/// A piece of work that changes nothing, and ends where the stop comes.
pub async fn unless_stopped<T>(
    stop: Stop,
    help: &str,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        _ = stop.tripped() => {
            Err(Failure::new(FailureCode::Interrupted, anyhow!("interrupted"), help))
        }
        done = work => Ok(done),
    }
}

/// A second signal came before the work had heeded the first.
pub struct SecondSignal;

/// Runs a piece of work that heeds its stop. A second signal ends the process at once, even while
/// the work waits for a disk: [`crate::interrupt`] sees to that.
pub async fn heeding<T, F: Future<Output = T>>(
    work: impl FnOnce(Stop) -> F,
) -> Result<T, SecondSignal> {
    let (trip, stop) = stop();
    // Not only when it is first waited for: the work may get far before it waits for anything.
    let mut signals = Arrivals::listen();
    let _heeded = heeded();
    let second = async {
        signals.next().await;
        trip.trip();
        signals.next().await;
    };
    tokio::select! {
        biased;
        done = work(stop) => Ok(done),
        () = second => Err(SecondSignal),
    }
}
