//! The locks of all states of a run: taken in one order, within one deadline.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::{ApplyError, ApplyOptions, FailurePolicy, Progress, TargetRun};
use crate::store::{Lock, StoreError, lock_within, place_of};

/// The locks of targets, by their numbers.
pub(super) type Locks<'a> = BTreeMap<usize, Box<dyn Lock + 'a>>;

/// Locks the states of the targets of these numbers. Files are locked one after another, so that a
/// run that waits for one has none of those that follow; shared places, of which nothing is held
/// yet, are looked at side by side. Where one refusal ends the run, no file is locked after it.
pub(super) async fn taken<'a>(
    runs: &'a [TargetRun<'a>],
    numbers: Vec<usize>,
    options: ApplyOptions,
    progress: &dyn Progress,
    refused: &mut BTreeMap<usize, ApplyError>,
) -> Locks<'a> {
    let are_files = runs.iter().all(|run| run.store.is_file());
    let at_once = if are_files { 1 } else { options.parallelism.max(1) };
    let mut tried = stream::iter(in_one_order(runs, numbers))
        .map(async |number| (number, locked(&runs[number], options.lock_deadline, progress).await))
        .buffered(at_once);
    let mut locks = Locks::new();
    while let Some((number, lock)) = tried.next().await {
        match lock {
            Ok(lock) => {
                locks.insert(number, lock);
            }
            Err(error) => {
                refused.insert(number, error.into());
                if are_files && options.policy != FailurePolicy::KeepGoing {
                    break;
                }
            }
        }
    }
    locks
}

/// The same targets in an order that is every run's, whatever their order on the command line and
/// wherever it was started: two runs never hold what the other one waits for.
fn in_one_order(runs: &[TargetRun<'_>], mut numbers: Vec<usize>) -> Vec<usize> {
    if numbers.len() > 1 {
        numbers.sort_by_cached_key(|number| place_of(runs[*number].store));
    }
    numbers
}

/// The lock of one state; where that is to be waited for, it is told.
async fn locked<'a>(
    run: &'a TargetRun<'a>,
    deadline: Instant,
    progress: &dyn Progress,
) -> Result<Box<dyn Lock + 'a>, StoreError> {
    let left = deadline.saturating_duration_since(Instant::now());
    match lock_within(run.store, Duration::ZERO).await {
        Err(held @ StoreError::Locked { .. }) if !left.is_zero() => {
            progress.waits(run.plan, &held, left);
            lock_within(run.store, left).await
        }
        result => result,
    }
}
