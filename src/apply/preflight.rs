//! The checks of every target before any is changed: key, lock, state, instance.

use std::borrow::Cow;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::held::{self, Held, held};
use super::{ApplyError, ApplyOptions, Progress, TargetRun};
use crate::api::{RetryBudget, Slot, Stop, side_by_side};
use crate::live::{
    Meant, Recorded, Recorder, each_has_its_key, each_is_its_own, identify, key_fits,
};
use crate::plan::{TargetPlan, state_mismatch};
use crate::state::{InstanceRef, State};
use crate::store::{Lock, StoreError, Stored, lock_within};

/// A target that was checked and is held.
pub(super) struct Ready<'a> {
    /// The target as it was asked for.
    pub run: &'a TargetRun<'a>,
    /// The plan that is left of it.
    pub plan: Cow<'a, TargetPlan>,
    /// The settings that another run has done since the plan was shown.
    pub meanwhile: Vec<String>,
    /// Keeps other runs out, and writes.
    pub lock: Box<dyn Lock + 'a>,
    /// The state read under the lock, or a fresh one.
    pub state: State,
    /// Which instance it is.
    pub instance: InstanceRef,
}

/// Checks every target: key, lock, state, instance, in this order. Nothing was changed when it
/// fails, and every lock is let go.
pub(super) async fn check<'a>(
    runs: &'a [TargetRun<'a>],
    options: ApplyOptions,
    stop: &Stop,
    progress: &dyn Progress,
) -> Result<Vec<Ready<'a>>, ApplyError> {
    keys(runs)?;
    let locks = locks(runs, options, progress).await?;
    let held = runs.iter().zip(locks).map(|(run, lock)| ready(run, lock));
    let held = held.collect::<Result<Vec<_>, ApplyError>>()?;
    let asked = side_by_side(options.parallelism, held, async |target, slot: &Slot<'_>| {
        identified(target, options, slot, stop).await
    });
    let ready = asked.await.into_iter().collect::<Result<Vec<_>, _>>()?;
    distinct(&ready)?;
    Ok(ready)
}

/// The locks of all states. Files are locked one after another, so that a run that waits for one
/// has none of those that follow; shared places are looked at side by side.
async fn locks<'a>(
    runs: &'a [TargetRun<'a>],
    options: ApplyOptions,
    progress: &dyn Progress,
) -> Result<Vec<Box<dyn Lock + 'a>>, ApplyError> {
    let are_files = runs.iter().all(|run| run.store.is_file());
    let at_once = if are_files { 1 } else { options.parallelism.max(1) };
    let locks = stream::iter(runs).map(|run| locked(run, options, progress)).buffered(at_once);
    Ok(locks.try_collect().await?)
}

/// The lock of one state; where that is to be waited for, it is told.
async fn locked<'a>(
    run: &'a TargetRun<'a>,
    options: ApplyOptions,
    progress: &dyn Progress,
) -> Result<Box<dyn Lock + 'a>, StoreError> {
    match lock_within(run.store, Duration::ZERO).await {
        Err(held @ StoreError::Locked { .. }) if !options.lock_patience.is_zero() => {
            progress.waits(run.plan, &held);
            lock_within(run.store, options.lock_patience).await
        }
        result => result,
    }
}

/// Makes sure of every key that it can be its target's, and no other's.
fn keys(runs: &[TargetRun<'_>]) -> Result<(), ApplyError> {
    let keyed = || {
        runs.iter().filter_map(|TargetRun { plan, access, .. }| {
            let access = access.as_ref()?;
            Some((*plan, access, access.key.as_ref()?))
        })
    };
    each_has_its_key(keyed().map(|(plan, _, key)| (plan.title(), key)))?;
    for (plan, access, _) in keyed() {
        let meant = Meant { title: &plan.title(), target: &plan.target, recorded: &[] };
        key_fits(meant, access.environment_type)?;
    }
    Ok(())
}

/// Makes sure that the state under the lock can be the target's, and that the plan still holds.
fn ready<'a>(run: &'a TargetRun<'a>, lock: Box<dyn Lock + 'a>) -> Result<Ready<'a>, ApplyError> {
    let plan = run.plan;
    let found = lock.found();
    if let Some(Stored { state, .. }) = found {
        let environment = plan.environment.as_deref();
        if let Some(problem) = state_mismatch(environment, &plan.target, state) {
            return Err(ApplyError::Misfit { title: plan.title(), problem });
        }
        if let Some(access) = &run.access {
            let recorded = [Recorded { instance: &state.instance, by: Recorder::State }];
            let meant = Meant { title: &plan.title(), target: &plan.target, recorded: &recorded };
            key_fits(meant, access.environment_type)?;
        }
    }
    let Held { plan: left, meanwhile } = held(run, found)?;
    let state = match found {
        Some(found) => found.state.clone(),
        None => State::fresh(
            uuid::Uuid::new_v4().to_string(),
            plan.environment.clone(),
            plan.instance.clone().unwrap_or_default(),
        ),
    };
    let looked_at = run.origin.live().map(|live| &live.instance);
    let instance = looked_at.unwrap_or(&state.instance).clone();
    Ok(Ready { run, plan: left, meanwhile, lock, state, instance })
}

/// Whether the state is still the one that a saved plan was made for. For a plan that asks for
/// nothing, since no run looks at its state.
pub fn unmoved(plan: &TargetPlan, found: Option<&Stored>) -> Result<(), ApplyError> {
    held::unmoved(plan, found)
}

/// Asks which instance the key opens, and refuses any other than the one that the file names, than
/// the one of the state that was found under the lock, and than the one of the plan that was shown.
async fn identified<'a>(
    mut target: Ready<'a>,
    options: ApplyOptions,
    slot: &Slot<'_>,
    stop: &Stop,
) -> Result<Ready<'a>, ApplyError> {
    let shown = target.run.plan;
    // Also where another run has left nothing to do: it may have done so to another instance.
    let access = target.run.access.as_ref().filter(|_| !shown.calls.is_empty());
    let Some(access) = access else { return Ok(target) };
    let patience = RetryBudget { budget: options.retry_budget, slot: Some(slot) };
    let state = target.lock.found().map(|found| (&found.state.instance, Recorder::State));
    let plan = shown.instance.as_ref().map(|instance| (instance, Recorder::Plan));
    let recorded: Vec<_> =
        state.into_iter().chain(plan).map(|(instance, by)| Recorded { instance, by }).collect();
    let meant = Meant { title: &shown.title(), target: &shown.target, recorded: &recorded };
    target.instance = identify(access, meant, &patience, stop).await?.instance;
    Ok(target)
}

/// Refuses two targets that are one instance.
fn distinct(ready: &[Ready<'_>]) -> Result<(), ApplyError> {
    let known = ready.iter().filter_map(|Ready { run, plan, instance, .. }| {
        let is_looked_at = !plan.calls.is_empty() || run.origin.live().is_some();
        let id = instance.id.as_deref().filter(|_| is_looked_at)?;
        Some((run.plan.title(), id))
    });
    Ok(each_is_its_own(known)?)
}
