//! One target: intent, calls, record. Two durable writes, whatever the number of calls.

use std::collections::BTreeMap;
use std::pin::Pin;

use futures_util::future::join;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::classify::{Classification, classify};
use super::preflight::Ready;
use super::read_back::confirmed;
use super::{ApplyOptions, PlanOrigin, Progress};
use crate::api::{
    Access, Ceased, LEASE_OVER, Permit, Request, RetryBudget, Slot, Stop, call_while,
};
use crate::failure::FailureCode;
use crate::plan::outcome::{CallError, CallOutcome, TargetOutcome, Unrecorded, UnrecordedCause};
use crate::plan::{Call, Problem, TargetPlan};
use crate::state::{IntendedCall, Intent, State};
use crate::store::{Lock, StoreError, holder};

/// After this answer no other call of the target can succeed.
const UNAUTHORIZED: u16 = 401;

/// What came of one attempt at a target.
pub(super) enum Attempt {
    /// This.
    Ended(TargetOutcome),
    /// Nothing yet: another run took the state after it was checked.
    Overtaken(TargetOutcome),
}

/// Carries out the plan of one target that was checked.
pub(super) async fn run(
    ready: Ready<'_>,
    options: ApplyOptions,
    slot: &Slot<'_>,
    stop: &Stop,
    progress: &dyn Progress,
) -> Attempt {
    let plan = ready.fit.plan.as_ref();
    let untouched = |ready: &Ready<'_>, problem: Option<&StoreError>| {
        outcome(ready, plan.calls.iter().map(CallOutcome::skipped).collect(), problem)
    };
    // A target that had not begun when the stop came is left as it is.
    if stop.is_tripped() || !plan.has_news() {
        return Attempt::Ended(TargetOutcome { released: 0, ..untouched(&ready, None) });
    }
    let Some(access) = ready.fit.run.access.as_ref().filter(|_| !plan.calls.is_empty()) else {
        return Attempt::Ended(record_only(&ready).await);
    };
    let begun = ready.fit.state.clone().begin(intent(plan), ready.fit.instance.clone());
    match ready.lock.write(&begun).await {
        Ok(()) => {}
        Err(error @ StoreError::Taken { .. }) => {
            let told = error.to_string();
            let calls = plan.calls.iter().map(|it| kept_out(it, FailureCode::Locked, &told));
            let held = outcome(&ready, calls.collect(), None);
            return Attempt::Overtaken(TargetOutcome { released: 0, ..held });
        }
        Err(error) => return Attempt::Ended(untouched(&ready, Some(&error))),
    }
    let patience = RetryBudget { budget: options.retry_budget, slot: Some(slot) };
    let (working, over) = oneshot::channel::<()>();
    let work = async {
        let made = make_calls(&ready, access, begun, &patience, stop, progress).await;
        // The record needs the disk, and not the service.
        slot.leave();
        drop(working);
        made
    };
    let (MadeCalls { calls, state, open }, ()) = join(work, ready.lock.keep(over)).await;
    Attempt::Ended(record(&ready, state, calls, open).await)
}

/// What becomes of a target that is not begun any more since another one has failed.
pub(super) fn left_alone(ready: &Ready<'_>) -> TargetOutcome {
    TargetOutcome::left_alone(
        &ready.fit.plan,
        Problem {
            code: FailureCode::NotStarted,
            message: "not started, since another target had failed (`--fail-fast`)".to_owned(),
            help: "nothing of it was changed; correct what failed and run the same command again"
                .to_owned(),
            diagnostics: Vec::new(),
        },
    )
}

/// A lease as what permits the tries of a call.
struct Leased<'a>(&'a dyn Lock);

impl Permit for Leased<'_> {
    fn is_granted(&self) -> Pin<Box<dyn Future<Output = bool> + '_>> {
        self.0.may_call()
    }
}

async fn record_only(ready: &Ready<'_>) -> TargetOutcome {
    let state = State { instance: ready.fit.instance.clone(), ..ready.fit.state.clone().abandon() };
    record(ready, state, Vec::new(), None).await
}

/// What came of the calls of a target.
struct MadeCalls {
    calls: Vec<CallOutcome>,
    state: State,
    /// When the last try was sent that may still take effect.
    open: Option<Instant>,
}

async fn make_calls(
    ready: &Ready<'_>,
    access: &Access<'_>,
    mut state: State,
    patience: &RetryBudget<'_>,
    stop: &Stop,
    progress: &dyn Progress,
) -> MadeCalls {
    let plan = ready.fit.plan.as_ref();
    let permit = Leased(ready.lock.as_ref());
    let mut calls = Vec::with_capacity(plan.calls.len());
    let (mut locked_out, mut open) = (false, None);
    for planned in &plan.calls {
        if locked_out || stop.is_tripped() {
            calls.push(CallOutcome::skipped(planned));
            continue;
        }
        progress.begins(plan, planned.section);
        let service = access.service.as_ref();
        let called = call_while(service, &request(planned), patience, stop, &permit).await;
        if called.attempts == 0 {
            calls.push(match called.ceased {
                Ceased::Unpermitted => kept_out(planned, FailureCode::LeaseLost, LEASE_OVER),
                _ => CallOutcome::skipped(planned),
            });
            continue;
        }
        let verdict = classify(planned, &called, &access.keys);
        let Classification { outcome, settlement } =
            confirmed(verdict, planned, access, patience, stop).await;
        state = state.settle(planned.section.name, &planned.body(), &settlement);
        open = open.max(called.open);
        // Also of a call that was accepted before: the outcome has the success alone.
        locked_out = called.last.as_ref().is_ok_and(|reply| reply.status == UNAUTHORIZED);
        progress.ended(plan, &outcome);
        calls.push(outcome);
    }
    MadeCalls { calls, state, open }
}

/// A call that was not sent since the state is another run's by now.
fn kept_out(call: &Call, code: FailureCode, told: &str) -> CallOutcome {
    let error = CallError::own(code, told.to_owned());
    CallOutcome { error: Some(error), ..CallOutcome::skipped(call) }
}

fn request(call: &Call) -> Request {
    Request::Patch { path: call.section.path, body: call.body() }
}

fn intent(plan: &TargetPlan) -> Intent {
    let calls = plan
        .calls
        .iter()
        .map(|call| IntendedCall { section: call.section.name.to_owned(), body: call.body() });
    Intent {
        run: uuid::Uuid::new_v4().to_string(),
        by: holder(),
        lease_until: None,
        calls: calls.collect(),
    }
}

/// The last write. What is managed no longer is forgotten, and so is what was sent without being
/// shown and is asked for no longer; what was read to be as the file asks is recorded.
async fn record(
    ready: &Ready<'_>,
    state: State,
    calls: Vec<CallOutcome>,
    open: Option<Instant>,
) -> TargetOutcome {
    let TargetPlan { released, observed, .. } = ready.fit.plan.as_ref();
    let mut state = state
        .release(released.iter().map(|it| (it.section.as_str(), it.field.as_str())))
        .record_observed(observed);
    if let PlanOrigin::File { desired, .. } = ready.fit.run.origin {
        state = state.prune(|section, field| desired.value(section, field));
    }
    let recorded = ready.lock.record(state, open).await;
    let noticed = observed.values().map(BTreeMap::len).sum();
    let outcome = outcome(ready, calls, recorded.as_ref().err());
    if outcome.record_error.is_some() { outcome } else { TargetOutcome { noticed, ..outcome } }
}

fn outcome(
    ready: &Ready<'_>,
    calls: Vec<CallOutcome>,
    problem: Option<&StoreError>,
) -> TargetOutcome {
    let plan = ready.fit.plan.as_ref();
    TargetOutcome {
        calls,
        released: if problem.is_none() { plan.released.len() } else { 0 },
        record_error: problem.map(unrecorded),
        meanwhile: ready.fit.meanwhile.clone(),
        ..TargetOutcome::idle(plan)
    }
}

fn unrecorded(problem: &StoreError) -> Unrecorded {
    let cause = match problem {
        StoreError::Replaced { .. } | StoreError::LeaseLost { .. } => UnrecordedCause::Replaced,
        StoreError::Taken { .. } => UnrecordedCause::Taken,
        _ if problem.code() == FailureCode::StateUnsafe => UnrecordedCause::Unsafe,
        _ => UnrecordedCause::Unwritable,
    };
    Unrecorded { cause, message: problem.to_string(), help: problem.help().to_owned() }
}
