//! The checks of every target before any is changed: key, lock, state, instance. All that is wrong
//! with all of them is found in one run, unless the first problem is to end it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use tokio::sync::Notify;

use super::fit::{Fit, fit};
use super::held;
use super::locks::{Locks, taken};
use super::{ApplyError, ApplyOptions, FailurePolicy, PriorRefusals, Progress, TargetRun};
use crate::api::{RetryBudget, Slot, Stop, side_by_side};
use crate::failure::FailureCode;
use crate::live::{
    LiveError, Meant, Recorded, Recorder, identify, key_fits, sharing_a_key, sharing_an_instance,
};
use crate::plan::TargetPlan;
use crate::state::InstanceRef;
use crate::store::{Lock, Stored};

/// A target that was checked and is held.
pub struct Ready<'a> {
    /// The target, with its state.
    pub(super) fit: Fit<'a>,
    /// Keeps other runs out, and writes.
    pub(super) lock: Box<dyn Lock + 'a>,
}

/// What the checks came to. Nothing was changed by them.
#[derive(Default)]
pub struct Preflight<'a> {
    /// The targets that can be changed, by their numbers. None where the run cannot go on.
    pub ready: BTreeMap<usize, Ready<'a>>,
    /// The targets that cannot, by their numbers.
    pub refused: BTreeMap<usize, ApplyError>,
}

/// Checks every target: key, lock, state, instance, in this order. A run that cannot go on any more
/// holds no lock, and looks at what is left only to tell of it.
///
/// # Errors
///
/// [`ApplyError::Interrupted`].
pub async fn check<'a>(
    runs: &'a [TargetRun<'a>],
    prior: PriorRefusals,
    options: ApplyOptions,
    stop: &Stop,
    progress: &dyn Progress,
) -> Result<Preflight<'a>, ApplyError> {
    let checks = Checks { runs, options, stop };
    tokio::select! {
        biased;
        _ = stop.tripped() => Err(ApplyError::Interrupted),
        checked = checks.all(prior, progress) => Ok(checked),
    }
}

/// Targets by their numbers, and why they are refused.
type ApplyRefusals = BTreeMap<usize, ApplyError>;

/// What all checks of a run have in common.
struct Checks<'a, 's> {
    runs: &'a [TargetRun<'a>],
    options: ApplyOptions,
    stop: &'s Stop,
}

impl<'a> Checks<'a, '_> {
    async fn all(&self, prior: PriorRefusals, progress: &dyn Progress) -> Preflight<'a> {
        let mut refused = keys(self.runs);
        let mut locks = Locks::new();
        if self.goes_on(prior, &refused) {
            let numbers = self.left(&refused);
            locks = taken(self.runs, numbers, self.options, progress, &mut refused).await;
        }
        // Whoever is at work there may be long, and nothing is wrong with the others.
        if self.ends_at(&refused) {
            return Preflight { ready: BTreeMap::new(), refused };
        }
        if !self.goes_on(prior, &refused) {
            locks.clear();
        }
        let fits = self.fits(&locks, &mut refused).await;
        if self.ends_at(&refused) {
            return Preflight { ready: BTreeMap::new(), refused };
        }
        let mut fits = self.identified(fits, &mut refused).await;
        if !self.goes_on(prior, &refused) {
            return Preflight { ready: BTreeMap::new(), refused };
        }
        let ready = locks.into_iter().filter_map(|(number, lock)| {
            let fit = fits.remove(&number)?;
            Some((number, Ready { fit, lock }))
        });
        Preflight { ready: ready.collect(), refused }
    }

    /// Whether any target may still be changed.
    fn goes_on(&self, prior: PriorRefusals, refused: &ApplyRefusals) -> bool {
        self.options.policy == FailurePolicy::KeepGoing
            || (prior == PriorRefusals::None && refused.is_empty())
    }

    /// Whether nothing more is looked at.
    fn ends_at(&self, refused: &ApplyRefusals) -> bool {
        let is_held = |refusal: &ApplyError| refusal.code() == FailureCode::Locked;
        match self.options.policy {
            FailurePolicy::CheckAll => refused.values().any(is_held),
            FailurePolicy::FailFast => !refused.is_empty(),
            FailurePolicy::KeepGoing => false,
        }
    }

    /// The targets that are not refused.
    fn left(&self, refused: &ApplyRefusals) -> Vec<usize> {
        (0..self.runs.len()).filter(|number| !refused.contains_key(number)).collect()
    }

    /// Holds each target against its state: the one under its lock, or where none is held the one
    /// that is there.
    async fn fits(
        &self,
        locks: &Locks<'a>,
        refused: &mut ApplyRefusals,
    ) -> BTreeMap<usize, Fit<'a>> {
        let mut fits = BTreeMap::new();
        let states = stream::iter(self.left(refused)).map(async |number| {
            let run = &self.runs[number];
            let fit = match locks.get(&number) {
                Some(lock) => fit(run, lock.found()),
                None => match run.store.read().await {
                    Ok(found) => fit(run, found.as_ref()),
                    Err(error) => Err(error.into()),
                },
            };
            (number, fit)
        });
        let mut states = states.buffered(self.options.parallelism.max(1));
        while let Some((number, fit)) = states.next().await {
            match fit {
                Ok(fit) => drop(fits.insert(number, fit)),
                Err(refusal) => drop(refused.insert(number, refusal)),
            }
            if self.ends_at(refused) {
                break;
            }
        }
        fits
    }

    /// Asks which instance each target is, and refuses those that are not the one that is meant, or
    /// are another target's.
    async fn identified(
        &self,
        fits: BTreeMap<usize, Fit<'a>>,
        refused: &mut ApplyRefusals,
    ) -> BTreeMap<usize, Fit<'a>> {
        let (first, failed) = (RefCell::new(None), Notify::new());
        let asked = side_by_side(self.options.parallelism, fits, async |(number, fit), slot| {
            let found = self.instance(&fit, slot).await;
            match found {
                Ok(instance) => Ok((number, Fit { instance, ..fit })),
                Err(refusal) if self.options.policy == FailurePolicy::FailFast => {
                    first.borrow_mut().get_or_insert((number, refusal));
                    failed.notify_one();
                    std::future::pending().await
                }
                Err(refusal) => Err((number, refusal)),
            }
        });
        let asked = tokio::select! {
            biased;
            () = failed.notified() => Vec::new(),
            asked = asked => asked,
        };
        let mut known = BTreeMap::new();
        for target in asked {
            match target {
                Ok((number, fit)) => drop(known.insert(number, fit)),
                Err((number, refusal)) => drop(refused.insert(number, refusal)),
            }
        }
        refused.extend(first.into_inner());
        for (number, refusal) in twice(&known) {
            known.remove(&number);
            refused.insert(number, refusal.into());
        }
        known
    }

    /// Asks which instance the key opens, and refuses any other than the one that the file names,
    /// than the one of the state that was found, and than the one of the plan that was shown.
    async fn instance(&self, fit: &Fit<'a>, slot: &Slot<'_>) -> Result<InstanceRef, ApplyError> {
        let shown = fit.run.plan;
        // Also where another run has left nothing to do: it may have done so to another instance.
        let access = fit.run.access.as_ref().filter(|_| !shown.calls.is_empty());
        let Some(access) = access else { return Ok(fit.instance.clone()) };
        let patience = RetryBudget { budget: self.options.retry_budget, slot: Some(slot) };
        let state = fit.recorded.as_ref().map(|instance| (instance, Recorder::State));
        let plan = shown.instance.as_ref().map(|instance| (instance, Recorder::Plan));
        let recorded: Vec<_> =
            state.into_iter().chain(plan).map(|(instance, by)| Recorded { instance, by }).collect();
        let meant = Meant { title: &shown.title(), target: &shown.target, recorded: &recorded };
        Ok(identify(access, meant, &patience, self.stop).await?.instance)
    }
}

/// The targets whose key cannot be theirs, or is another one's.
fn keys(runs: &[TargetRun<'_>]) -> ApplyRefusals {
    let keyed = || {
        runs.iter().enumerate().filter_map(|(number, TargetRun { plan, access, .. })| {
            let access = access.as_ref()?;
            Some((number, *plan, access, access.key.as_ref()?))
        })
    };
    let shared = sharing_a_key(keyed().map(|(number, plan, _, key)| (number, plan.title(), key)));
    let mut refused: ApplyRefusals =
        shared.into_iter().map(|(number, refusal)| (number, refusal.into())).collect();
    for (number, plan, access, _) in keyed() {
        let meant = Meant { title: &plan.title(), target: &plan.target, recorded: &[] };
        if let Err(refusal) = key_fits(meant, access.environment_type) {
            refused.entry(number).or_insert_with(|| refusal.into());
        }
    }
    refused
}

/// The targets that are one instance.
fn twice(known: &BTreeMap<usize, Fit<'_>>) -> BTreeMap<usize, LiveError> {
    sharing_an_instance(known.iter().filter_map(|(number, fit)| {
        let Fit { run, plan, instance, .. } = fit;
        let is_looked_at = !plan.calls.is_empty() || run.origin.live().is_some();
        let id = instance.id.as_deref().filter(|_| is_looked_at)?;
        Some((*number, run.plan.title(), id))
    }))
}

/// Whether the state is still the one that a saved plan was made for. For a plan that asks for
/// nothing, since no run looks at its state.
pub fn unmoved(plan: &TargetPlan, found: Option<&Stored>) -> Result<(), ApplyError> {
    held::unmoved(plan, found)
}
