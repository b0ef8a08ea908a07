//! Whether the state that is there can be the target's, and what of the plan is left by it.

use std::borrow::Cow;

use super::held::{Held, held};
use super::{ApplyError, TargetRun};
use crate::live::{Meant, Recorded, Recorder, key_fits};
use crate::plan::{TargetPlan, state_mismatch};
use crate::state::{InstanceRef, State};
use crate::store::Stored;

/// A target whose state can be its.
pub(super) struct Fit<'a> {
    /// The target as it was asked for.
    pub run: &'a TargetRun<'a>,
    /// The plan that is left of it.
    pub plan: Cow<'a, TargetPlan>,
    /// The settings that another run has done since the plan was shown.
    pub meanwhile: Vec<String>,
    /// The state that was found, or a fresh one.
    pub state: State,
    /// The instance that the state was found to name; `None` without a state.
    pub recorded: Option<InstanceRef>,
    /// Which instance it is, as far as it is known.
    pub instance: InstanceRef,
}

/// Makes sure that the state that was found can be the target's, and that the plan still holds.
pub(super) fn fit<'a>(
    run: &'a TargetRun<'a>,
    found: Option<&Stored>,
) -> Result<Fit<'a>, ApplyError> {
    let plan = run.plan;
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
    let recorded = found.map(|found| found.state.instance.clone());
    Ok(Fit { run, plan: left, meanwhile, state, recorded, instance })
}
