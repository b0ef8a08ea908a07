//! How much of what a file manages could be read of the live instance, and what the values read are
//! worth to the state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{Desired, Setting};
use crate::state::{Live, Shown, State, Values, known_of, shown};

/// How much could be read of one target's instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How many managed fields were compared with their live value.
    pub compared: usize,
    /// The managed fields that could not be, in the catalogue's order.
    pub unreadable: Vec<Unreadable>,
}

/// A field whose live value cannot be told. It is never called equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unreadable {
    /// Its section.
    pub section: String,
    /// Its name.
    pub field: String,
    /// Why not, as a text that stands in brackets behind its name.
    pub reason: String,
}

impl Unreadable {
    pub(super) fn of(setting: &Setting, reason: String) -> Self {
        let Setting { section, field, .. } = setting;
        Self { section: section.name.to_owned(), field: field.name.to_owned(), reason }
    }
}

impl Reading {
    /// The part of the live instance that a plan could be held against.
    pub(super) fn of(desired: &Desired, live: &Live) -> Self {
        let mut reading = Self::default();
        for setting in desired.in_scope() {
            match difference(setting, &setting.value, live) {
                Ok(_) => reading.compared += 1,
                Err(reason) => reading.unreadable.push(Unreadable::of(setting, reason)),
            }
        }
        reading
    }
}

/// Each setting of a file with the value that its instance is expected to have. What the file asks
/// for is no reason to believe a read that may be stale: only what is recorded for certain is.
pub fn expected<'a>(
    desired: &'a Desired,
    state: Option<&'a State>,
) -> Vec<(&'a Setting, Option<&'a Value>)> {
    let recorded = state.map(State::known).unwrap_or_default();
    let settings = desired.in_scope();
    settings.map(|setting| (setting, known_of(setting, &recorded).certain())).collect()
}

/// The fields that the live instance has as the file asks although the state records them
/// otherwise, or not at all. One that is uncertain is sent, so a call is to say what it is.
pub fn unrecorded(desired: &Desired, state: Option<&State>, live: &Live) -> Values {
    let recorded = state.map(State::known).unwrap_or_default();
    let mut values = Values::new();
    for setting in desired.in_scope() {
        let Setting { section, field, value, .. } = setting;
        let known = known_of(setting, &recorded);
        let is_recorded = known.recorded.is_some_and(|recorded| field.same(recorded, value));
        if !known.uncertain && !is_recorded && difference(setting, value, live) == Ok(None) {
            let fields = values.entry(section.name.to_owned()).or_default();
            fields.insert(field.name.to_owned(), Value::clone(value));
        }
    }
    values
}

/// The live value of a setting's field where it is another than `value`; or why that cannot be told.
pub(super) fn difference(
    setting: &Setting,
    value: &Value,
    live: &Live,
) -> Result<Option<Value>, String> {
    let Setting { section, field, .. } = setting;
    let Some(seen) = live.seen(section, field) else {
        return Err(live.unread(section, field).unwrap_or("it was not read").to_owned());
    };
    match shown(field, value, &seen.value) {
        Shown::AsSent => Ok(None),
        Shown::Otherwise(other) => Ok(Some(other)),
        Shown::Unverified if value.is_null() => {
            Err("`null` was sent, and what it becomes is up to the service".to_owned())
        }
        Shown::Unverified => Err("what the service shows cannot be compared".to_owned()),
    }
}
