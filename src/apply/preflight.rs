//! What is checked of every target before any is changed: key, lock, state, instance.

use futures_util::stream;
use futures_util::{StreamExt, TryStreamExt};

use super::{Basis, Manner, Refusal, Subject};
use crate::api::{Patience, Stop};
use crate::live::{Meant, Recorded, Recorder, identify, key_fits};
use crate::plan::{StateRef, TargetPlan, between, misfit};
use crate::state::{InstanceRef, State};
use crate::store::{Lock, Store, lock_within};

/// A target that was checked and is held.
pub(super) struct Ready<'a> {
    /// What is to be done.
    pub subject: &'a Subject<'a>,
    /// Keeps other runs out, and writes.
    pub lock: Box<dyn Lock + 'a>,
    /// What was read under the lock, or a fresh one.
    pub state: State,
    /// Which instance it is.
    pub instance: InstanceRef,
}

/// Checks every target: key, lock, state, instance, in this order. Nothing was changed when it
/// fails, and every lock is let go.
pub(super) async fn check<'a>(
    subjects: &'a [Subject<'a>],
    manner: Manner,
    stop: &Stop,
) -> Result<Vec<Ready<'a>>, Refusal> {
    keys(subjects)?;
    let mut ready = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let lock = lock_within(subject.store, manner.lock_patience).await?;
        ready.push(Ready {
            subject,
            lock,
            state: State::fresh(String::new(), None, InstanceRef::default()),
            instance: InstanceRef::default(),
        });
    }
    for target in &mut ready {
        target.state = state(target.subject)?;
        let looked_at = target.subject.basis.live().map(|live| &live.instance);
        target.instance = looked_at.unwrap_or(&target.state.instance).clone();
    }
    let asked = stream::iter(ready)
        .map(|target| identified(target, manner, stop))
        .buffered(manner.parallelism.max(1));
    let ready: Vec<Ready<'a>> = asked.try_collect().await?;
    distinct(&ready)?;
    Ok(ready)
}

fn keys(subjects: &[Subject<'_>]) -> Result<(), Refusal> {
    let keyed: Vec<_> = subjects
        .iter()
        .filter_map(|subject| {
            let access = subject.access.as_ref()?;
            Some((subject.plan, access, access.key.as_ref()?))
        })
        .collect();
    for (index, (plan, access, key)) in keyed.iter().enumerate() {
        if let Some((first, ..)) = keyed[..index].iter().find(|(.., other)| other == key) {
            return Err(Refusal::SameKey { first: first.title(), second: plan.title() });
        }
        let meant = Meant { title: &plan.title(), target: &plan.target, recorded: None };
        key_fits(meant, access.environment_type)?;
    }
    Ok(())
}

/// Reads the state under the lock and makes sure that the plan still holds.
fn state(subject: &Subject<'_>) -> Result<State, Refusal> {
    let plan = subject.plan;
    let state = subject.store.read()?;
    if let Some(state) = &state {
        let environment = plan.environment.as_deref();
        if let Some(problem) = misfit(environment, &plan.target, state) {
            return Err(Refusal::Misfit { title: plan.title(), problem });
        }
        if let Some(access) = &subject.access {
            let recorded = Some(Recorded { instance: &state.instance, by: Recorder::State });
            let meant = Meant { title: &plan.title(), target: &plan.target, recorded };
            key_fits(meant, access.environment_type)?;
        }
    }
    match subject.basis {
        Basis::File { desired, live } => {
            let now = between(desired, state.as_ref(), live, subject.store.location());
            // What was read is worth no more than the state that it was read beside.
            let has_moved = live.is_some() && !is_planned_for(plan, state.as_ref());
            if has_moved || now.calls != plan.calls || now.released != plan.released {
                return Err(Refusal::PlanChanged { title: plan.title() });
            }
        }
        Basis::Saved => fresh_enough(plan, state.as_ref())?,
    }
    Ok(state.unwrap_or_else(|| {
        State::fresh(
            uuid::Uuid::new_v4().to_string(),
            plan.environment.clone(),
            InstanceRef::default(),
        )
    }))
}

/// Whether the state is still the one that a saved plan was made for. For a plan that asks for
/// nothing, since no run looks at its state.
pub fn unmoved(plan: &TargetPlan, store: &dyn Store) -> Result<(), Refusal> {
    fresh_enough(plan, store.read()?.as_ref())
}

fn fresh_enough(plan: &TargetPlan, state: Option<&State>) -> Result<(), Refusal> {
    if is_planned_for(plan, state) {
        return Ok(());
    }
    let lineage = state.map(|state| &state.lineage);
    let serial = state.map_or(0, |state| state.serial);
    let now = match lineage {
        None => "missing".to_owned(),
        Some(lineage) if plan.state.lineage.as_ref() == Some(lineage) => format!("at {serial}"),
        Some(_) => "another one".to_owned(),
    };
    Err(Refusal::Stale { title: plan.title(), planned: plan.state.serial, now })
}

/// Whether a state is the very one that a plan was made for. Without a state a plan may still know
/// an instance, by a look at it.
fn is_planned_for(plan: &TargetPlan, state: Option<&State>) -> bool {
    let StateRef { location: _, serial, lineage } = &plan.state;
    match state {
        None => lineage.is_none(),
        Some(state) => {
            lineage.as_ref() == Some(&state.lineage)
                && *serial == state.serial
                && plan.instance.as_ref() == Some(&state.instance)
        }
    }
}

/// Asks which instance the key opens, and refuses any other than the expected.
async fn identified<'a>(
    mut target: Ready<'a>,
    manner: Manner,
    stop: &Stop,
) -> Result<Ready<'a>, Refusal> {
    let plan = target.subject.plan;
    let Some(access) = target.subject.access.as_ref().filter(|_| !plan.calls.is_empty()) else {
        return Ok(target);
    };
    let patience = Patience { budget: manner.retry_budget };
    let known = if plan.state.lineage.is_some() {
        Some(Recorded { instance: &target.state.instance, by: Recorder::State })
    } else {
        plan.instance.as_ref().map(|instance| Recorded { instance, by: Recorder::Plan })
    };
    let meant = Meant { title: &plan.title(), target: &plan.target, recorded: known };
    target.instance = identify(access, meant, &patience, stop).await?.instance;
    Ok(target)
}

fn distinct(ready: &[Ready<'_>]) -> Result<(), Refusal> {
    let called: Vec<_> = ready
        .iter()
        .filter(|target| {
            let Subject { plan, basis, .. } = target.subject;
            !plan.calls.is_empty() || basis.live().is_some()
        })
        .filter_map(|target| Some((target.subject.plan, target.instance.id.as_ref()?)))
        .collect();
    for (index, (plan, id)) in called.iter().enumerate() {
        if let Some((first, _)) = called[..index].iter().find(|(_, other)| other == id) {
            return Err(Refusal::SameInstance {
                first: first.title(),
                second: plan.title(),
                id: (*id).clone(),
            });
        }
    }
    Ok(())
}
