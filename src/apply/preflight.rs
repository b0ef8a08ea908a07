//! What is checked of every target before any is changed: key, lock, state, instance.

use futures_util::stream;
use futures_util::{StreamExt, TryStreamExt};

use super::{Access, Basis, Manner, Refusal, Subject};
use crate::api::{Lookup, Patience, Stop, look_up};
use crate::catalog::EnvironmentType;
use crate::plan::{TargetPlan, between, misfit};
use crate::state::{InstanceRef, State};
use crate::store::{Lock, Store, lock_within};

const FILE: &str = "the file";
const STATE: &str = "the state";

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
        target.instance = target.state.instance.clone();
    }
    let asked = stream::iter(ready)
        .map(|target| identify(target, manner, stop))
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
        key_fits(plan, access, plan.target.environment_type, FILE)?;
    }
    Ok(())
}

fn key_fits(
    plan: &TargetPlan,
    access: &Access<'_>,
    expected: Option<EnvironmentType>,
    source_of_truth: &'static str,
) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != access.environment_type => Err(Refusal::KeyEnvironment {
            title: plan.title(),
            key: access.environment_type,
            expected,
            source_of_truth,
        }),
        _ => Ok(()),
    }
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
            key_fits(plan, access, state.instance.environment_type, STATE)?;
        }
    }
    match subject.basis {
        Basis::File(desired) => {
            let now = between(desired, state.as_ref(), subject.store.location());
            if now.calls != plan.calls || now.released != plan.released {
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
    let lineage = state.map(|state| &state.lineage);
    let serial = state.map_or(0, |state| state.serial);
    let instance = state.map(|state| &state.instance);
    let same = plan.state.lineage.as_ref() == lineage
        && plan.state.serial == serial
        && plan.instance.as_ref() == instance;
    if same {
        return Ok(());
    }
    let now = match lineage {
        None => "missing".to_owned(),
        Some(lineage) if plan.state.lineage.as_ref() == Some(lineage) => format!("at {serial}"),
        Some(_) => "another one".to_owned(),
    };
    Err(Refusal::Stale { title: plan.title(), planned: plan.state.serial, now })
}

/// Asks which instance the key opens, and refuses any other than the expected.
async fn identify<'a>(
    mut target: Ready<'a>,
    manner: Manner,
    stop: &Stop,
) -> Result<Ready<'a>, Refusal> {
    let plan = target.subject.plan;
    let Some(access) = target.subject.access.as_ref().filter(|_| !plan.calls.is_empty()) else {
        return Ok(target);
    };
    let patience = Patience { budget: manner.retry_budget };
    let found = look_up(access.service.as_ref(), access.key.as_ref(), &patience, stop).await;
    let unreachable = |problem: String, help: &str| Refusal::Unreachable {
        title: plan.title(),
        problem,
        help: help.to_owned(),
    };
    let id = match found {
        Lookup::Known { id, environment_type } => {
            if let Some(found) = environment_type
                && found != access.environment_type.as_str()
            {
                let (title, key) = (plan.title(), access.environment_type);
                return Err(Refusal::OtherEnvironment { title, key, found });
            }
            Some(id)
        }
        Lookup::NotOffered => None,
        Lookup::Refused(refusal) => {
            let help = refusal.help.unwrap_or("nothing was changed; try again");
            return Err(unreachable(
                format!("the service refused: {} ({})", refusal.message, refusal.code),
                help,
            ));
        }
        Lookup::NoReply(why) => {
            return Err(unreachable(why, "check the network and `--api-url`; nothing was changed"));
        }
        Lookup::NotAnInstance(why) => {
            return Err(unreachable(
                format!("what answered `GET /v1/instance` is not the service: {why}"),
                "check `--api-url`; nothing was changed",
            ));
        }
    };
    expected(plan, &target.state, id.as_deref())?;
    target.instance = InstanceRef { id, environment_type: Some(access.environment_type) };
    Ok(target)
}

fn expected(plan: &TargetPlan, state: &State, found: Option<&str>) -> Result<(), Refusal> {
    let expectations = [(&plan.target.instance_id, FILE), (&state.instance.id, STATE)];
    for (expected, source_of_truth) in expectations {
        let Some(expected) = expected.clone() else { continue };
        match found {
            Some(found) if found == expected => {}
            Some(found) => {
                return Err(Refusal::OtherInstance {
                    title: plan.title(),
                    found: found.to_owned(),
                    expected,
                    source_of_truth,
                });
            }
            None => {
                return Err(Refusal::Unidentified {
                    title: plan.title(),
                    expected,
                    source_of_truth,
                });
            }
        }
    }
    Ok(())
}

fn distinct(ready: &[Ready<'_>]) -> Result<(), Refusal> {
    let called: Vec<_> = ready
        .iter()
        .filter(|target| !target.subject.plan.calls.is_empty())
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
