//! The knowledge of a state about each field, in one place: recorded, uncertain, unreflected.

use std::collections::BTreeMap;

use serde_json::Value;

use super::State;
use crate::catalog::Field;
use crate::config::Setting;

/// The knowledge of a state about one field.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Known<'a> {
    /// The value that the server was last seen to accept or to show.
    pub recorded: Option<&'a Value>,
    /// Whether a later call may or may not have changed it: listed as uncertain, or part of an
    /// intent that has not ended.
    pub uncertain: bool,
    /// The value that was sent although the echo then showed [`Self::recorded`].
    pub unreflected: Option<&'a Value>,
}

impl<'a> Known<'a> {
    /// The value that is recorded for certain.
    pub fn certain(self) -> Option<&'a Value> {
        self.recorded.filter(|_| !self.uncertain)
    }

    /// Whether exactly what is `wanted` was accepted and then shown otherwise, so that it is not
    /// sent again.
    pub fn withholds(self, field: &Field, wanted: &Value) -> bool {
        self.unreflected.is_some_and(|sent| field.same(sent, wanted))
            && !self.recorded.is_some_and(|shown| field.same(shown, wanted))
    }
}

/// What a state knows, by section and field.
pub type KnownFields<'a> = BTreeMap<(&'a str, &'a str), Known<'a>>;

/// What the state knows of a setting's field.
pub fn known_of<'a>(setting: &Setting, recorded: &KnownFields<'a>) -> Known<'a> {
    recorded.get(&(setting.section.name, setting.field.name)).copied().unwrap_or_default()
}

impl State {
    /// Every field that the state knows anything of, by section and name.
    pub fn known(&self) -> KnownFields<'_> {
        let mut known = KnownFields::new();
        for (section, fields) in &self.applied {
            for (field, value) in fields {
                known.entry((section, field)).or_default().recorded = Some(value);
            }
        }
        for (section, fields) in &self.unreflected {
            for (field, value) in fields {
                known.entry((section, field)).or_default().unreflected = Some(value);
            }
        }
        for (section, fields) in &self.uncertain {
            for field in fields {
                known.entry((section, field)).or_default().uncertain = true;
            }
        }
        for call in self.in_flight.iter().flat_map(|intent| &intent.calls) {
            for field in call.body.keys() {
                known.entry((&call.section, field)).or_default().uncertain = true;
            }
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_of_an_intent_is_known_with_its_recorded_value_and_as_uncertain() {
        let state: State = serde_json::from_value(json!({
            "format_version": 1, "lineage": "l", "serial": 1, "environment": null,
            "instance": {"id": null, "environment_type": null},
            "applied": {"instance": {"hibp": true, "test_mode": false}},
            "uncertain": {"restrictions": ["blocklist"]},
            "unreflected": {"instance": {"test_mode": true}},
            "in_flight": {"run": "r", "by": "b", "lease_until": null,
                          "calls": [{"section": "instance", "body": {"hibp": false}}]},
        }))
        .unwrap();
        let (yes, no) = (json!(true), json!(false));
        let expected = [
            (("instance", "hibp"), Some(&yes), true, None),
            (("instance", "test_mode"), Some(&no), false, Some(&yes)),
            (("restrictions", "blocklist"), None, true, None),
        ];
        let known: Vec<_> = state
            .known()
            .into_iter()
            .map(|(name, known)| (name, known.recorded, known.uncertain, known.unreflected))
            .collect();
        assert_eq!(known, expected);
    }
}
