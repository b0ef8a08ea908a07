//! One target: intent, calls, record. Two durable writes, whatever the number of calls.

use std::collections::BTreeMap;

use super::judge::{Verdict, judge, skipped};
use super::preflight::Ready;
use super::{Basis, Manner, Subject, Watcher};
use crate::api::{Access, Patience, Request, Stop, call};
use crate::plan::outcome::{CallOutcome, TargetOutcome};
use crate::plan::{Call, TargetPlan, unrecorded};
use crate::state::{IntendedCall, Intent, State};
use crate::store::holder;

/// After this answer no other call of the target can succeed.
const UNAUTHORIZED: u16 = 401;

/// Carries out the plan of one target that was checked.
pub(super) async fn run(
    ready: Ready<'_>,
    manner: Manner,
    stop: &Stop,
    watcher: &dyn Watcher,
) -> TargetOutcome {
    let plan = ready.subject.plan;
    let Some(access) = ready.subject.access.as_ref().filter(|_| !plan.calls.is_empty()) else {
        return record_only(&ready);
    };
    let begun = ready.state.clone().begin(intent(plan), ready.instance.clone());
    if let Err(error) = ready.lock.write(&begun) {
        let calls = plan.calls.iter().map(skipped).collect();
        return outcome(plan, calls, Some(error.to_string()));
    }
    let (calls, settled) = make_calls(plan, access, begun, manner, stop, watcher).await;
    record(&ready, settled, calls)
}

fn record_only(ready: &Ready<'_>) -> TargetOutcome {
    let state = State { instance: ready.instance.clone(), ..ready.state.clone().abandon() };
    record(ready, state, Vec::new())
}

async fn make_calls(
    plan: &TargetPlan,
    access: &Access<'_>,
    mut state: State,
    manner: Manner,
    stop: &Stop,
    watcher: &dyn Watcher,
) -> (Vec<CallOutcome>, State) {
    let patience = Patience { budget: manner.retry_budget };
    let mut outcomes = Vec::with_capacity(plan.calls.len());
    let mut locked_out = false;
    for planned in &plan.calls {
        if locked_out || stop.is_tripped() {
            outcomes.push(skipped(planned));
            continue;
        }
        watcher.begins(plan, planned.section.name);
        let called = call(access.service.as_ref(), &request(planned), &patience, stop).await;
        let Verdict { outcome, settlement } = judge(planned, &called, access.key.as_ref());
        state = state.settle(planned.section.name, &planned.body(), &settlement);
        locked_out = outcome.status == Some(UNAUTHORIZED);
        watcher.ended(plan, &outcome);
        outcomes.push(outcome);
    }
    (outcomes, state)
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
fn record(ready: &Ready<'_>, state: State, calls: Vec<CallOutcome>) -> TargetOutcome {
    let Subject { plan, basis, .. } = ready.subject;
    let released = plan.released.iter();
    let mut state = state.release(released.map(|it| (it.section.as_str(), it.field.as_str())));
    let mut noticed = 0;
    if let Basis::File { desired, live } = basis {
        if let Some(live) = live {
            // By the state before the calls: an answer to one of them is younger than the look.
            let values = unrecorded(desired, Some(&ready.state), live);
            noticed = values.values().map(BTreeMap::len).sum();
            state = state.witness(&values);
        }
        state = state.prune(|section, field| desired.value(section, field));
    }
    let recorded = ready.lock.write(&state.end());
    let outcome = outcome(plan, calls, recorded.err().map(|error| error.to_string()));
    if outcome.record_error.is_some() { outcome } else { TargetOutcome { noticed, ..outcome } }
}

fn outcome(
    plan: &TargetPlan,
    calls: Vec<CallOutcome>,
    record_error: Option<String>,
) -> TargetOutcome {
    TargetOutcome {
        config: plan.config.clone(),
        environment: plan.environment.clone(),
        calls,
        released: if record_error.is_none() { plan.released.len() } else { 0 },
        record_error,
        noticed: 0,
    }
}
