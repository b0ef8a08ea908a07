//! Runs a plan: checks every target before it changes any, makes the intent durable, makes the
//! calls, records what became of them.

mod classify;
mod held;
mod preflight;
mod read_back;
mod reconcile;
mod refusal;
mod run;

use crate::api::{Slot, Stop, side_by_side};
use crate::plan::outcome::{Outcome, TargetOutcome};

pub use preflight::unmoved;
pub use refusal::ApplyError;
pub use run::{ApplyOptions, PlanOrigin, Progress, TargetRun};

/// Applies every run. Nothing was changed where it returns a [`ApplyError`].
pub async fn apply(
    runs: &[TargetRun<'_>],
    options: ApplyOptions,
    stop: &Stop,
    progress: &dyn Progress,
) -> Result<Outcome, ApplyError> {
    let ready = tokio::select! {
        biased;
        _ = stop.tripped() => return Err(ApplyError::Interrupted),
        ready = preflight::check(runs, options, stop, progress) => ready?,
    };
    let targets: Vec<TargetOutcome> =
        side_by_side(options.parallelism, ready, async |target, slot: &Slot<'_>| {
            let ended = reconcile::run(target, options, slot, stop, progress).await;
            progress.done(&ended);
            ended
        })
        .await;
    Ok(Outcome { targets })
}
