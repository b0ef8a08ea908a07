//! A target that another run took after it was checked. Nothing was done to it yet, so that it is
//! waited for and checked again, as if it had been held from the first.

use tokio::time::Instant;

use super::reconcile::{self, Attempt};
use super::{ApplyError, ApplyOptions, PriorRefusals, Progress, TargetRun, check};
use crate::api::{Slot, Stop};
use crate::failure::FailureCode;
use crate::plan::Problem;
use crate::plan::outcome::TargetOutcome;

/// Whether there is time left to wait for it.
pub(super) fn is_worth_a_wait(options: ApplyOptions, stop: &Stop) -> bool {
    !stop.is_tripped() && Instant::now() < options.lock_deadline
}

/// What becomes of such a target. `outcome` is what is told of it while the other run holds it.
pub(super) async fn again<'a>(
    run: &'a TargetRun<'a>,
    mut outcome: TargetOutcome,
    options: ApplyOptions,
    slot: &Slot<'_>,
    stop: &Stop,
    progress: &dyn Progress,
) -> TargetOutcome {
    while is_worth_a_wait(options, stop) {
        let runs = std::slice::from_ref(run);
        let checked = check(runs, PriorRefusals::None, options, stop, progress).await;
        let Ok(mut checked) = checked else { break };
        match (checked.ready.remove(&0), checked.refused.remove(&0)) {
            (Some(ready), _) => match reconcile::run(ready, options, slot, stop, progress).await {
                Attempt::Ended(outcome) => return outcome,
                Attempt::Overtaken(held) => outcome = held,
            },
            (None, Some(refusal)) if refusal.code() != FailureCode::Locked => {
                return TargetOutcome::left_alone(run.plan, problem(&refusal));
            }
            (None, _) => break,
        }
    }
    outcome
}

fn problem(refusal: &ApplyError) -> Problem {
    let (code, help) = (refusal.code(), refusal.help());
    Problem { code, message: refusal.to_string(), help, diagnostics: Vec::new() }
}
