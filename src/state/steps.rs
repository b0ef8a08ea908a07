//! The steps by which a state moves. Each takes a state and yields the next, so a run reads as
//! `begin`, `settle` for each call, `end`; when to write is the run's business.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{FORMAT_VERSION, InstanceRef, Intent, Shown, State, Values};
use crate::catalog;

/// How a call of an intent came out. One that was never sent has no settlement.
#[derive(Clone, Debug, PartialEq)]
pub enum Settlement {
    /// Answered with success, and what the answer shows of each field; a field that is missing
    /// here is unverified.
    Accepted(BTreeMap<String, Shown>),
    /// Refused, and no try can have taken effect.
    Refused,
    /// Any try may have taken effect, and none was answered with success.
    Unknown,
}

impl State {
    /// A state that knows nothing yet and was never written.
    pub fn fresh(lineage: String, environment: Option<String>, instance: InstanceRef) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            lineage,
            serial: 0,
            environment,
            instance,
            applied: Values::new(),
            uncertain: BTreeMap::new(),
            unreflected: Values::new(),
            in_flight: None,
        }
    }

    /// The fields that may or may not have taken effect, those of an abandoned intent included.
    pub fn uncertain_fields(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut uncertain = self.uncertain.clone();
        for call in self.in_flight.iter().flat_map(|intent| &intent.calls) {
            doubt(&mut uncertain, &call.section, &call.body);
        }
        uncertain.retain(|_, fields| !fields.is_empty());
        uncertain
    }

    /// The intent of a run that is no more becomes doubt about every field of it.
    #[must_use]
    pub fn abandon(mut self) -> Self {
        self.uncertain = self.uncertain_fields();
        self.in_flight = None;
        self
    }

    /// The state after [`Self::abandon`], ready to be written; `None` without an intent.
    pub fn unlock(&self) -> Option<Self> {
        self.in_flight.as_ref()?;
        Some(self.clone().abandon().counted())
    }

    /// A run is about to make the calls of an intent. Durable before the first of them.
    #[must_use]
    pub fn begin(self, intent: Intent, instance: InstanceRef) -> Self {
        Self { in_flight: Some(intent), instance, ..self.abandon() }.counted()
    }

    /// Takes in the result of one call. The intent stays as it is until [`Self::end`].
    #[must_use]
    pub fn settle(
        mut self,
        section: &str,
        body: &Map<String, Value>,
        settlement: &Settlement,
    ) -> Self {
        match settlement {
            Settlement::Refused => {}
            Settlement::Unknown => doubt(&mut self.uncertain, section, body),
            Settlement::Accepted(shown) => {
                for (field, sent) in body {
                    self.remove(section, field);
                    let recorded = match shown.get(field) {
                        Some(Shown::Otherwise(other)) => {
                            record(&mut self.unreflected, section, field, sent);
                            other
                        }
                        Some(Shown::AsSent | Shown::Unverified) | None => sent,
                    };
                    record(&mut self.applied, section, field, recorded);
                }
            }
        }
        self
    }

    /// The run is over and everything that is known of it is settled. Also what a run without
    /// calls ends with. An intent that another run left behind has to be taken in before, by
    /// [`Self::begin`] or [`Self::abandon`].
    #[must_use]
    pub fn end(mut self) -> Self {
        self.in_flight = None;
        self.counted()
    }

    /// Fields that are managed no longer are forgotten.
    #[must_use]
    pub fn release<'a>(mut self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        for (section, field) in fields {
            self.remove(section, field);
        }
        self
    }

    /// These values were read of the live instance, so they are recorded as if they had been sent
    /// and shown. What is uncertain stays so: only a call can say what it is.
    #[must_use]
    pub fn record_observed(mut self, values: &Values) -> Self {
        let uncertain = self.uncertain_fields();
        for (section, fields) in values {
            for (field, value) in fields {
                if !uncertain.get(section).is_some_and(|fields| fields.contains(field)) {
                    self.remove(section, field);
                    record(&mut self.applied, section, field, value);
                }
            }
        }
        self
    }

    /// What was sent but not reflected counts only as long as the file asks for exactly that.
    /// `wanted` tells what it asks for, by section and field.
    #[must_use]
    pub fn prune<'a>(mut self, wanted: impl Fn(&str, &str) -> Option<&'a Value>) -> Self {
        for (section, fields) in &mut self.unreflected {
            fields.retain(|field, sent| {
                wanted(section, field).is_some_and(|wanted| is_same(section, field, wanted, sent))
            });
        }
        self.drop_empty_sections();
        self
    }

    /// Takes somebody's word that exactly these values are applied and no other field is managed.
    /// Ready to be written; `None` where the state holds that already.
    pub fn adopt(&self, mut values: Values) -> Option<Self> {
        values.retain(|_, fields| !fields.is_empty());
        let is_settled = self.uncertain_fields().is_empty()
            && self.unreflected.values().all(BTreeMap::is_empty)
            && self.in_flight.is_none();
        if is_settled && is_same_throughout(&self.applied, &values) {
            return None;
        }
        let fresh =
            Self::fresh(self.lineage.clone(), self.environment.clone(), self.instance.clone());
        Some(Self { applied: values, serial: self.serial, ..fresh }.counted())
    }

    /// Forgets a field, or every field of a section: the next run sends it as if it were new.
    /// Ready to be written; `None` where the state knows nothing of it.
    pub fn forget(&self, section: &str, field: Option<&str>) -> Option<Self> {
        let forgotten: Vec<(&str, &str)> = self
            .known()
            .into_keys()
            .filter(|(of, name)| *of == section && field.is_none_or(|field| field == *name))
            .collect();
        if forgotten.is_empty() {
            return None;
        }
        Some(self.clone().abandon().release(forgotten).counted())
    }

    fn remove(&mut self, section: &str, field: &str) {
        for values in [&mut self.applied, &mut self.unreflected] {
            if let Some(fields) = values.get_mut(section) {
                fields.remove(field);
            }
        }
        if let Some(fields) = self.uncertain.get_mut(section) {
            fields.remove(field);
        }
        self.drop_empty_sections();
    }

    fn counted(mut self) -> Self {
        self.serial = self.serial.saturating_add(1);
        self
    }
}

fn doubt(
    uncertain: &mut BTreeMap<String, BTreeSet<String>>,
    section: &str,
    body: &Map<String, Value>,
) {
    if !body.is_empty() {
        uncertain.entry(section.to_owned()).or_default().extend(body.keys().cloned());
    }
}

fn record(values: &mut Values, section: &str, field: &str, value: &Value) {
    values.entry(section.to_owned()).or_default().insert(field.to_owned(), value.clone());
}

/// By the catalogue where it knows the field; a state may know fields that it does not.
fn is_same(section: &str, field: &str, left: &Value, right: &Value) -> bool {
    catalog::section(section)
        .and_then(|section| section.field(field))
        .map_or_else(|| left == right, |field| field.same(left, right))
}

fn is_same_throughout(left: &Values, right: &Values) -> bool {
    left.len() == right.len()
        && left.iter().all(|(section, fields)| {
            right.get(section).is_some_and(|others| {
                fields.len() == others.len()
                    && fields.iter().all(|(field, value)| {
                        others.get(field).is_some_and(|other| is_same(section, field, other, value))
                    })
            })
        })
}

#[cfg(test)]
mod tests;
