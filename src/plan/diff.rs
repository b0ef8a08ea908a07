//! Desired × state → plan: the smallest set of calls that reaches what is desired.

use std::sync::Arc;

use serde_json::Value;

use super::reading::{difference, unrecorded};
use super::{Call, Change, Reading, Reason, Release, StateRef, TargetPlan, advise};
use crate::catalog::Section;
use crate::config::{Desired, RunScope, Setting, Target};
use crate::state::{Known, KnownFields, Live, Source, State, Values, known_of};

/// Plans one target. `location` is where its state lives; a state that is missing makes
/// everything new. What was read of the live instance takes the state's place where it can be
/// compared; what is uncertain stays so.
pub fn between(
    desired: &Desired,
    state: Option<&State>,
    live: Option<&Live>,
    location: &str,
) -> TargetPlan {
    let recorded = state.map(State::known).unwrap_or_default();
    let change = |setting: &Setting| {
        let change = change(setting, known_of(setting, &recorded), live)?;
        Some((setting.section, change))
    };
    let calls = grouped(desired.in_scope().filter_map(change));
    let plan = blank(desired, state, location);
    let environment_type = desired
        .target
        .environment_type
        .or_else(|| plan.instance.as_ref().and_then(|instance| instance.environment_type));
    let unreflected = grouped(desired.in_scope().filter_map(|setting| {
        let change = unreflected(setting, known_of(setting, &recorded), live)?;
        Some((setting.section, change))
    }));
    let after = advise::After { desired, recorded: &recorded, live };
    TargetPlan {
        advisories: advise::advisories(&after, environment_type, &calls, &unreflected),
        released: released(desired, &recorded),
        unreflected,
        reading: live.map(|live| Reading::of(desired, live)),
        observed: live.map(|live| unrecorded(desired, state, live)).unwrap_or_default(),
        // Without a state the read alone tells for which instance this is.
        instance: plan.instance.clone().or_else(|| live.map(|live| live.instance.clone())),
        calls,
        ..plan
    }
}

/// The state that a target is compared with, by where it lives.
pub(super) fn state_ref(state: Option<&State>, location: &str) -> StateRef {
    StateRef {
        location: location.to_owned(),
        serial: state.map_or(0, |state| state.serial),
        lineage: state.map(|state| state.lineage.clone()),
        digest: None,
    }
}

/// The plan of a target in which nothing is done.
pub fn blank(desired: &Desired, state: Option<&State>, location: &str) -> TargetPlan {
    TargetPlan {
        environment: desired.environment.clone(),
        target: desired.target.clone(),
        state: state_ref(state, location),
        instance: state.map(|state| state.instance.clone()),
        ..of_broken_file(desired.file.clone())
    }
}

/// The plan of a file of which nobody knows what it asks for: it stands for its targets, and nothing
/// is done.
pub fn of_broken_file(config: String) -> TargetPlan {
    TargetPlan {
        config,
        environment: None,
        target: Target::default(),
        state: state_ref(None, ""),
        instance: None,
        calls: Vec::new(),
        released: Vec::new(),
        unreflected: Vec::new(),
        advisories: Vec::new(),
        reading: None,
        observed: Values::new(),
    }
}

/// Changes in the catalogue's order, by the call that makes them.
pub(super) fn grouped(changes: impl IntoIterator<Item = (&'static Section, Change)>) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for (section, change) in changes {
        match calls.last_mut() {
            Some(call) if call.section == section => call.changes.push(change),
            _ => calls.push(Call { section, changes: vec![change] }),
        }
    }
    calls
}

fn change(setting: &Setting, known: Known<'_>, live: Option<&Live>) -> Option<Change> {
    let seen = live.map(|live| (live, difference(setting, &setting.value, live)));
    let cause = match seen {
        Some((live, Ok(other))) if !known.uncertain => against_live(setting, known, live, other?),
        Some((live, Ok(_))) => live.seen(setting.section, setting.field).map(|seen| Cause {
            reason: Reason::Uncertain,
            before: Some(seen.value.clone()),
            source: Some(seen.source),
        }),
        Some((_, Err(_))) | None => by_state(setting, known),
    }?;
    let Cause { reason, before, source } = cause;
    let (field, after, at) = (setting.field, Arc::clone(&setting.value), setting.key);
    let file = setting.file.clone();
    Some(Change { field, before, source, after, reason, file, at })
}

/// The difference that no call is planned for, since the service accepted exactly this before and
/// then showed what it still shows.
fn unreflected(setting: &Setting, known: Known<'_>, live: Option<&Live>) -> Option<Change> {
    if known.uncertain || !known.withholds(setting.field, &setting.value) {
        return None;
    }
    let seen = live.map(|live| (live, difference(setting, &setting.value, live)));
    let (before, source) = match seen {
        Some((live, Ok(other))) if change(setting, known, Some(live)).is_none() => {
            let source = live.seen(setting.section, setting.field).map(|seen| seen.source);
            (Some(other?), source)
        }
        Some((_, Ok(_))) => return None,
        Some((_, Err(_))) | None => (known.recorded.cloned(), None),
    };
    Some(withheld(setting, before, source))
}

/// A difference that no call is planned for.
pub(super) fn withheld(setting: &Setting, before: Option<Value>, source: Option<Source>) -> Change {
    let (field, after, at) = (setting.field, Arc::clone(&setting.value), setting.key);
    let file = setting.file.clone();
    Change { field, before, source, after, reason: Reason::Unreflected, file, at }
}

/// Why a setting is sent, and what is there before.
struct Cause {
    reason: Reason,
    before: Option<Value>,
    source: Option<Source>,
}

fn by_state(setting: &Setting, known: Known<'_>) -> Option<Cause> {
    let reason = if known.uncertain {
        Reason::Uncertain
    } else if known.withholds(setting.field, &setting.value) {
        return None;
    } else {
        match known.recorded {
            None => Reason::New,
            Some(value) if setting.field.same(value, &setting.value) => return None,
            Some(_) => Reason::Changed,
        }
    };
    Some(Cause { reason, before: known.recorded.cloned(), source: None })
}

/// The cause where the live instance shows another value than the file asks for. It may be the
/// one that is recorded, so that the file is what changed.
fn against_live(setting: &Setting, known: Known<'_>, live: &Live, other: Value) -> Option<Cause> {
    let reason = match known.recorded.map(|recorded| difference(setting, recorded, live)) {
        None | Some(Ok(Some(_))) => Reason::Drifted,
        Some(Ok(None)) if known.withholds(setting.field, &setting.value) => return None,
        Some(Ok(None)) => Reason::Changed,
        Some(Err(_)) => return by_state(setting, known),
    };
    let source = live.seen(setting.section, setting.field).map(|seen| seen.source);
    Some(Cause { reason, before: Some(other), source })
}

fn released(desired: &Desired, recorded: &KnownFields<'_>) -> Vec<Release> {
    // A part of a file says nothing of what the file leaves out.
    if desired.scope != RunScope::Whole {
        return Vec::new();
    }
    let managed = |section: &str, field: &str| {
        desired
            .settings
            .iter()
            .any(|setting| setting.section.name == section && setting.field.name == field)
    };
    recorded
        .iter()
        .filter(|((section, field), _)| !managed(section, field))
        .map(|((section, field), known)| Release {
            section: (*section).to_owned(),
            field: (*field).to_owned(),
            before: known.recorded.cloned(),
        })
        .collect()
}
