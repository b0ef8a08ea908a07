//! Desired × state → plan: the smallest set of calls that reaches what is desired.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Call, Change, Reason, Release, StateRef, TargetPlan, advise};
use crate::catalog::SECTIONS;
use crate::config::{Desired, Setting};
use crate::state::{Known, State};

/// What a state knows, by section and field.
pub(super) type Recorded<'a> = BTreeMap<(&'a str, &'a str), Known<'a>>;

/// Plans one target. `location` is where its state lives; a state that is missing makes
/// everything new.
pub fn between(desired: &Desired, state: Option<&State>, location: &str) -> TargetPlan {
    let recorded = state.map(State::known).unwrap_or_default();
    let calls = calls(desired, &recorded);
    let instance = state.map(|state| state.instance.clone());
    let environment_type = desired
        .target
        .environment_type
        .or_else(|| instance.as_ref().and_then(|instance| instance.environment_type));
    TargetPlan {
        config: desired.file.clone(),
        environment: desired.environment.clone(),
        target: desired.target.clone(),
        state: StateRef {
            location: location.to_owned(),
            serial: state.map_or(0, |state| state.serial),
            lineage: state.map(|state| state.lineage.clone()),
        },
        instance,
        advisories: advise::advisories(desired, environment_type, &recorded, &calls),
        released: released(desired, &recorded),
        calls,
    }
}

fn calls(desired: &Desired, recorded: &Recorded<'_>) -> Vec<Call> {
    let changes_of = |section: &str| -> Vec<Change> {
        desired
            .settings
            .iter()
            .filter(|setting| setting.section.name == section)
            .filter_map(|setting| change(setting, known_of(setting, recorded)))
            .collect()
    };
    SECTIONS
        .into_iter()
        .map(|section| Call { section, changes: changes_of(section.name) })
        .filter(|call| !call.changes.is_empty())
        .collect()
}

/// What the state knows of a setting's field.
pub(super) fn known_of<'a>(setting: &Setting, recorded: &Recorded<'a>) -> Known<'a> {
    recorded.get(&(setting.section.name, setting.field.name)).copied().unwrap_or_default()
}

fn change(setting: &Setting, known: Known<'_>) -> Option<Change> {
    let same = |value: &Value| setting.field.same(value, &setting.value);
    let reason = if known.uncertain {
        Reason::Uncertain
    } else if known.unreflected.is_some_and(same) {
        return None;
    } else {
        match known.recorded {
            None => Reason::New,
            Some(value) if same(value) => return None,
            Some(_) => Reason::Changed,
        }
    };
    Some(Change {
        field: setting.field,
        before: known.recorded.cloned(),
        after: setting.value.clone(),
        reason,
        at: setting.key,
    })
}

fn released(desired: &Desired, recorded: &Recorded<'_>) -> Vec<Release> {
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
