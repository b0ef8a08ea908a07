//! Runs a plan: checks every target before it changes any, makes the intent durable, makes the
//! calls, records what became of them.
//!
//! No budget of requests is kept for an instance. Its requests go out one after another, a run of every
//! section with a look at all of them needs few of the 100 that the service takes of a development
//! instance in ten seconds, and retries wait: the tests hold that the sum stays below half of them.
//! `Retry-After` holds up the instance that asks for it and no other.

mod classify;
#[cfg(test)]
mod fake;
mod fit;
mod held;
mod locks;
mod preflight;
mod read_back;
mod reconcile;
mod refusal;
mod run;
#[cfg(test)]
mod tests;

use std::cell::Cell;

use crate::api::{Slot, Stop, side_by_side};
use crate::plan::outcome::TargetOutcome;

pub use preflight::{Preflight, Ready, check, unmoved};
pub use refusal::ApplyError;
pub use run::{ApplyOptions, FailurePolicy, PlanOrigin, PriorRefusals, Progress, TargetRun};

/// Applies every target that was checked, and tells what became of each, in the same order.
pub async fn carry_out<'a>(
    ready: impl IntoIterator<Item = Ready<'a>>,
    options: ApplyOptions,
    stop: &Stop,
    progress: &dyn Progress,
) -> Vec<TargetOutcome> {
    let has_failed = Cell::new(false);
    side_by_side(options.parallelism, ready, async |target: Ready<'a>, slot: &Slot<'_>| {
        let ended = if has_failed.get() && options.policy == FailurePolicy::FailFast {
            reconcile::left_alone(&target)
        } else {
            reconcile::run(target, options, slot, stop, progress).await
        };
        if ended.has_failed() && !stop.is_tripped() {
            has_failed.set(true);
        }
        progress.done(&ended);
        ended
    })
    .await
}
