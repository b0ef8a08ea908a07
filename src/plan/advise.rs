//! Warnings that only a plan can give: changes that take away a protection or may keep everybody
//! out, and values that the service did not show after it had accepted them.

use serde_json::Value;

use super::{Call, Change};
use crate::catalog::{EnvironmentType, Field, Lockout, Scope, Section};
use crate::config::{self, Desired, Setting};
use crate::finding::{Code, Finding};
use crate::state::{KnownFields, Live};

/// The warnings of one target's plan, by place.
pub(super) fn advisories(
    after: &After<'_>,
    environment_type: Option<EnvironmentType>,
    calls: &[Call],
    unreflected: &[Call],
) -> Vec<Finding> {
    let desired = after.desired;
    let mut found = config::warnings(desired, environment_type);
    for setting in desired.in_scope() {
        if let Some(change) = change_of(setting, calls) {
            found.extend(weakening(desired, environment_type, setting, change));
            let has_effect = setting.field.only_in.is_none_or(|only| {
                environment_type.is_none_or(|environment_type| environment_type == only)
            });
            if has_effect {
                found.extend(lockout(after, setting, change));
                found.extend(emptied(after, setting, change, calls));
            }
        }
        if let Some(change) = change_of(setting, unreflected) {
            found.push(not_reflected(desired, setting, change));
        }
    }
    found.sort();
    found.dedup_by(|one, other| {
        (one.code, one.span, &one.file) == (other.code, other.span, &other.file)
    });
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
    Finding::new(setting.set_in(&desired.file), setting.at, code, message).path(&setting.pointer)
}

fn weakening(
    desired: &Desired,
    environment_type: Option<EnvironmentType>,
    setting: &Setting,
    change: &Change,
) -> Option<Finding> {
    let guard = setting.field.guard?;
    let lost = *change.after == Value::Bool(guard.weak)
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
        .help("make sure that this is intended before you apply the plan")
    })
}

/// The settings once the plan is applied, as far as anybody knows.
pub(super) struct After<'a> {
    pub(super) desired: &'a Desired,
    pub(super) recorded: &'a KnownFields<'a>,
    pub(super) live: Option<&'a Live>,
}

impl After<'_> {
    /// The value of a field: what the file asks for, and what is there now where the file leaves
    /// the field alone. A `null` leaves one alone of which no other effect is known.
    fn value(&self, section: &Section, field: &Field) -> Option<&Value> {
        let wanted = self.desired.value(section.name, field.name);
        let seen = || Some(&self.live?.seen(section, field)?.value);
        let recorded = || self.recorded.get(&(section.name, field.name))?.certain();
        wanted.filter(|value| !value.is_null()).or_else(seen).or_else(recorded)
    }
}

fn has_entries(list: Option<&Value>) -> bool {
    list.and_then(Value::as_array).is_some_and(|entries| !entries.is_empty())
}

fn is_on(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

/// A switch that is turned on and may keep everybody out.
fn lockout(after: &After<'_>, setting: &Setting, change: &Change) -> Option<Finding> {
    let Setting { section, field, .. } = setting;
    let lockout = field.lockout?;
    let list = lockout.list.and_then(|list| section.field(list));
    let is_safe = list.is_some_and(|list| has_entries(after.value(section, list)));
    let turned_on = is_on(Some(&change.after)) && !is_on(change.before.as_ref());
    (turned_on && !is_safe).then(|| {
        let message = format!("`{}.{}` is turned on", section.name, field.name);
        may_lock_out(after, setting, lockout, message)
    })
}

/// A list that is emptied while the switch is on by which nothing else is let in.
fn emptied(
    after: &After<'_>,
    setting: &Setting,
    change: &Change,
    calls: &[Call],
) -> Option<Finding> {
    let Setting { section, field, .. } = setting;
    let is_switch = |other: &&Field| other.lockout.is_some_and(|it| it.list == Some(field.name));
    let switch = section.fields.iter().find(is_switch)?;
    let is_emptied = change.after.as_array().is_some_and(Vec::is_empty);
    let of_switch = calls
        .iter()
        .filter(|call| call.section == *section)
        .flat_map(|call| &call.changes)
        .find(|change| change.field == switch);
    // A switch that is turned on by the same plan is warned of itself.
    let is_told = of_switch.is_some_and(|change| !is_on(change.before.as_ref()));
    let lockout = switch.lockout?;
    (is_emptied && is_on(after.value(section, switch)) && !is_told).then(|| {
        let (list, switch) = (field.name, switch.name);
        let message = format!("`{}.{list}` is emptied while `{switch}` is on", section.name);
        may_lock_out(after, setting, lockout, message)
    })
}

fn may_lock_out(
    after: &After<'_>,
    setting: &Setting,
    lockout: Lockout,
    message: String,
) -> Finding {
    at_value(after.desired, setting, Code::MayLockOut, message)
        .help(format!("{}; {}", lockout.danger, lockout.advice))
}

/// The warning about a value that the service accepted and does not take.
pub(super) fn not_reflected(desired: &Desired, setting: &Setting, change: &Change) -> Finding {
    let name = format!("{}.{}", setting.section.name, setting.field.name);
    let message = format!("`{name}` differs and Clerk does not take it: {}", both(change));
    at_value(desired, setting, Code::NotReflected, message).help(format!(
        "it was accepted and is not sent again: change the file to what the service shows, or run \
         `clerkform state forget {name}{}` and apply to send it again",
        desired.environment.as_ref().map_or_else(String::new, |name| format!(" -e {name}"))
    ))
}

/// What the service shows, and what the file asks for. A list may be long, so its entries are
/// counted.
fn both(change: &Change) -> String {
    let Change { before, after, .. } = change;
    match (before, &**after) {
        (Some(Value::Array(live)), Value::Array(file)) => {
            let only = |of: &[Value], other: &[Value]| {
                of.iter().filter(|entry| !other.contains(entry)).count()
            };
            let only_in_the_file = only(file, live);
            sides(only(live, file), only_in_the_file, file.len() - only_in_the_file)
        }
        (Some(live), file) => format!("live {live}, file {file}"),
        (None, file) => format!("file {file}"),
    }
}

/// How many entries of a list are where: "1 only live, 2 in both".
pub fn sides(live: usize, file: usize, both: usize) -> String {
    let parts: Vec<_> = [(live, "only live"), (file, "only in the file"), (both, "in both")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, place)| format!("{number} {place}"))
        .collect();
    parts.join(", ")
}
