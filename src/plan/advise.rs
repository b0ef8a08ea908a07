//! What only a plan can warn of: changes that take away a protection or may keep everybody out,
//! and values that the service did not show after it had accepted them.

use serde_json::Value;

use super::diff::{Recorded, known_of};
use super::reading::difference;
use super::{Call, Change};
use crate::catalog::{EnvironmentType, Scope};
use crate::config::{self, Desired, Setting};
use crate::finding::{Code, Finding};
use crate::state::{Known, Live};

/// The warnings of one target's plan, by place.
pub(super) fn advisories(
    desired: &Desired,
    environment_type: Option<EnvironmentType>,
    recorded: &Recorded<'_>,
    live: Option<&Live>,
    calls: &[Call],
) -> Vec<Finding> {
    let mut found = config::warnings(desired, environment_type);
    for setting in &desired.settings {
        let is_as_wanted =
            live.is_some_and(|live| difference(setting, &setting.value, live) == Ok(None));
        match change_of(setting, calls) {
            Some(change) => {
                found.extend(weakening(desired, environment_type, setting, change));
                found.extend(lockout(desired, setting, change));
            }
            None if is_as_wanted => {}
            None => found.extend(not_reflected(desired, setting, known_of(setting, recorded))),
        }
    }
    found.sort();
    found.dedup_by(|one, other| one.code == other.code && one.span == other.span);
    found
}

fn change_of<'a>(setting: &Setting, calls: &'a [Call]) -> Option<&'a Change> {
    calls
        .iter()
        .filter(|call| call.section == setting.section)
        .flat_map(|call| &call.changes)
        .find(|change| change.field.name == setting.field.name)
}

fn at_value(desired: &Desired, setting: &Setting, code: Code, message: String) -> Finding {
    Finding::new(&desired.file, setting.at, code, message).path(&setting.pointer)
}

fn weakening(
    desired: &Desired,
    environment_type: Option<EnvironmentType>,
    setting: &Setting,
    change: &Change,
) -> Option<Finding> {
    let guard = setting.field.guard?;
    let lost = change.after == Value::Bool(guard.weak)
        && change.before.as_ref() == Some(&Value::Bool(!guard.weak));
    // With this scope the weak value is the normal one of a development instance.
    let is_production = environment_type == Some(EnvironmentType::Production);
    let minds = guard.scope == Scope::Change || !guard.weak || is_production;
    (lost && minds).then(|| {
        let name = format!("{}.{}", setting.section.name, setting.field.name);
        at_value(
            desired,
            setting,
            Code::WeakensSecurity,
            format!("this change of `{name}` to {} {}", guard.weak, guard.loss),
        )
        .help("make sure that this is meant before the plan is applied")
    })
}

fn lockout(desired: &Desired, setting: &Setting, change: &Change) -> Option<Finding> {
    let lockout = setting.field.lockout?;
    let on = Value::Bool(true);
    let turned_on = change.after == on && change.before.as_ref() != Some(&on);
    turned_on.then(|| {
        at_value(
            desired,
            setting,
            Code::MayLockOut,
            format!("`{}.{}` is turned on", setting.section.name, setting.field.name),
        )
        .help(format!("{}; {}", lockout.danger, lockout.advice))
    })
}

pub(super) fn not_reflected(
    desired: &Desired,
    setting: &Setting,
    known: Known<'_>,
) -> Option<Finding> {
    if !known.withholds(setting.field, &setting.value) {
        return None;
    }
    let name = format!("{}.{}", setting.section.name, setting.field.name);
    let shown = known.recorded.map_or_else(|| "another value".to_owned(), Value::to_string);
    Some(
        at_value(
            desired,
            setting,
            Code::NotReflected,
            format!("`{name}` was sent and accepted, and the service shows {shown}; it is not sent again"),
        )
        .help(format!(
            "ask for what the service shows, or run `clerkform state forget {name}` to send it once more"
        )),
    )
}
