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
mod overtaken;
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

use overtaken::is_worth_a_wait;
use reconcile::Attempt;

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
    let is_over = || has_failed.get() && options.policy == FailurePolicy::FailFast;
    let tell = |ended: TargetOutcome| {
        if ended.has_failed() && !stop.is_tripped() {
            has_failed.set(true);
        }
        progress.done(&ended);
        ended
    };
    let at_once = options.parallelism;
    let tried = side_by_side(at_once, ready, async |target: Ready<'a>, slot: &Slot<'_>| {
        let run = target.fit.run;
        if is_over() {
            return (run, Attempt::Ended(tell(reconcile::left_alone(&target))));
        }
        match reconcile::run(target, options, slot, stop, progress).await {
            Attempt::Overtaken(held) if is_worth_a_wait(options, stop) => {
                (run, Attempt::Overtaken(held))
            }
            Attempt::Ended(ended) | Attempt::Overtaken(ended) => (run, Attempt::Ended(tell(ended))),
        }
    });
    // What is to be waited for keeps no other target from its turn.
    side_by_side(at_once, tried.await, async |(run, tried), slot: &Slot<'_>| match tried {
        Attempt::Ended(ended) => ended,
        Attempt::Overtaken(held) if is_over() => tell(held),
        Attempt::Overtaken(held) => {
            tell(overtaken::again(run, held, options, slot, stop, progress).await)
        }
    })
    .await
}
