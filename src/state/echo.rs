//! What an answer shows of what was sent. Where it shows something else, that is no failure of the
//! call: the service accepted it, and the next plan has to know.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::catalog::{Empty, Field, Read, Section};

/// How much of a value that the service made up is believed, in bytes of JSON. What is recorded
/// has to be readable again, whatever an answer holds.
const LARGEST: usize = 64 * 1024;

/// How deep such a value may be nested.
const DEEPEST: usize = 16;

/// The verdict of an echo on one field that was sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// The value that was sent.
    AsSent,
    /// Another value.
    Otherwise(Value),
    /// Nothing that could be compared.
    Unverified,
}

/// Compares the fields that were sent to a section with the echo in its answer, where there was
/// one.
pub fn compare(
    section: &Section,
    sent: &Map<String, Value>,
    echo: Option<&Map<String, Value>>,
) -> BTreeMap<String, Shown> {
    sent.iter()
        .map(|(name, value)| {
            let shown = echo.and_then(|echo| echo.get(name));
            let shown = shown.map_or(Shown::Unverified, |shown| {
                compare_field(section.field(name), value, shown)
            });
            (name.clone(), shown)
        })
        .collect()
}

/// What a live value shows of a field that is expected to have another, or the same. A `null` that
/// is expected is compared only with null, and is otherwise unverified.
pub fn shown(field: &Field, expected: &Value, live: &Value) -> Shown {
    compare_field(Some(field), expected, live)
}

/// Whether an answer confirms a call: yes when every field is shown as sent, no when one is shown
/// otherwise, else nobody can tell.
pub fn verified(shown: &BTreeMap<String, Shown>) -> Option<bool> {
    if shown.values().any(|shown| matches!(shown, Shown::Otherwise(_))) {
        Some(false)
    } else if shown.values().all(|shown| *shown == Shown::AsSent) {
        Some(true)
    } else {
        None
    }
}

fn compare_field(field: Option<&Field>, sent: &Value, shown: &Value) -> Shown {
    if field.is_some_and(|field| field.read == Read::InAnotherForm) {
        return Shown::Unverified;
    }
    let shown = without_additions(field, sent, shown);
    if is_cleared(field, sent, &shown) || is_same(field, sent, &shown) {
        Shown::AsSent
    } else if sent.is_null() || !is_credible(&shown, DEEPEST) || shown.to_string().len() > LARGEST {
        // What a null does is up to the service: any value may be its outcome.
        Shown::Unverified
    } else {
        Shown::Otherwise(shown.into_owned())
    }
}

/// The value shown, without the entries that the service adds to every list.
fn without_additions<'v>(field: Option<&Field>, sent: &Value, shown: &'v Value) -> Cow<'v, Value> {
    let added = field.map_or(&[][..], |field| field.echo_adds);
    match (sent, shown) {
        (Value::Array(sent), Value::Array(entries)) if !added.is_empty() => {
            let is_added = |entry: &&Value| {
                entry.as_str().is_some_and(|text| added.contains(&text)) && !sent.contains(entry)
            };
            Cow::Owned(entries.iter().filter(|entry| !is_added(entry)).cloned().collect())
        }
        _ => Cow::Borrowed(shown),
    }
}

/// Whether nothing was sent, and nothing is shown.
fn is_cleared(field: Option<&Field>, sent: &Value, shown: &Value) -> bool {
    let sent_nothing = match field.map(|field| field.empty) {
        Some(Empty::Clears | Empty::Resets | Empty::ReadBack) => {
            sent.as_str() == Some("") || sent.as_array().is_some_and(Vec::is_empty)
        }
        Some(Empty::Value) | None => false,
    };
    sent_nothing && shown.is_null()
}

fn is_same(field: Option<&Field>, sent: &Value, shown: &Value) -> bool {
    match (sent, shown) {
        (Value::Number(sent), Value::Number(shown)) => {
            sent == shown || ((sent.is_f64() || shown.is_f64()) && sent.as_f64() == shown.as_f64())
        }
        _ => field.map_or_else(|| sent == shown, |field| field.same(sent, shown)),
    }
}

fn is_credible(value: &Value, levels: usize) -> bool {
    let Some(inner) = levels.checked_sub(1) else { return false };
    match value {
        Value::Array(items) => items.iter().all(|item| is_credible(item, inner)),
        Value::Object(members) => members.values().all(|member| is_credible(member, inner)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::section;

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn shown(name: &str, sent: Value, echo: Value) -> Shown {
        let section = section(name).unwrap();
        let sent = map(sent);
        assert_eq!(sent.len(), 1);
        compare(section, &sent, Some(&map(echo))).into_values().next().unwrap()
    }

    #[test]
    fn a_field_is_compared_by_what_its_value_means() {
        let organizations = "organization_settings";
        let members = "max_allowed_memberships";
        for (section, sent, echo, expected) in [
            ("restrictions", json!({"allowlist": true}), json!({"allowlist": true}), Shown::AsSent),
            (organizations, json!({members: 5}), json!({members: 5.0}), Shown::AsSent),
            (
                organizations,
                json!({members: 5}),
                json!({members: "5"}),
                Shown::Otherwise(json!("5")),
            ),
            (
                organizations,
                json!({members: 5}),
                json!({members: 5.5}),
                Shown::Otherwise(json!(5.5)),
            ),
            (
                organizations,
                json!({members: 5}),
                json!({members: null}),
                Shown::Otherwise(json!(null)),
            ),
            (organizations, json!({members: 5}), json!({"enabled": true}), Shown::Unverified),
            (organizations, json!({members: null}), json!({members: null}), Shown::AsSent),
            (organizations, json!({members: null}), json!({members: 5}), Shown::Unverified),
            (organizations, json!({members: null}), json!({}), Shown::Unverified),
            (
                "instance",
                json!({"support_email": ""}),
                json!({"support_email": null}),
                Shown::AsSent,
            ),
            ("instance", json!({"support_email": ""}), json!({"support_email": ""}), Shown::AsSent),
            (
                "instance",
                json!({"support_email": ""}),
                json!({"support_email": "a@b.c"}),
                Shown::Otherwise(json!("a@b.c")),
            ),
            (
                "instance",
                json!({"allowed_origins": ["a://b", "c://d"]}),
                json!({"allowed_origins": ["c://d", "a://b", "a://b"]}),
                Shown::AsSent,
            ),
            (
                "instance",
                json!({"allowed_origins": ["a://b", "c://d"]}),
                json!({"allowed_origins": ["a://b", "a://b"]}),
                Shown::Otherwise(json!(["a://b", "a://b"])),
            ),
        ] {
            assert_eq!(shown(section, sent.clone(), echo.clone()), expected, "{sent} {echo}");
        }
    }

    #[test]
    fn what_an_echo_adds_empties_or_renames_is_no_other_value() {
        let organizations = "organization_settings";
        for (section, sent, echo, expected) in [
            (
                "instance",
                json!({"allowed_origins": []}),
                json!({"allowed_origins": null}),
                Shown::AsSent,
            ),
            (
                "communication",
                json!({"blocked_country_codes": []}),
                json!({"blocked_country_codes": null}),
                Shown::AsSent,
            ),
            (
                "oauth_application_settings",
                json!({"default_scopes": []}),
                json!({"default_scopes": null}),
                Shown::AsSent,
            ),
            (
                "oauth_application_settings",
                json!({"default_scopes": []}),
                json!({"default_scopes": ["email"]}),
                Shown::Otherwise(json!(["email"])),
            ),
            (
                organizations,
                json!({"domains_enrollment_modes": ["automatic_suggestion"]}),
                json!({"domains_enrollment_modes": ["manual_invitation", "automatic_suggestion"]}),
                Shown::AsSent,
            ),
            (
                organizations,
                json!({"domains_enrollment_modes": []}),
                json!({"domains_enrollment_modes": ["manual_invitation", "automatic_suggestion"]}),
                Shown::Otherwise(json!(["automatic_suggestion"])),
            ),
            (
                organizations,
                json!({"creator_role_id": "role_1"}),
                json!({"creator_role_id": "role_2"}),
                Shown::Unverified,
            ),
        ] {
            assert_eq!(shown(section, sent.clone(), echo.clone()), expected, "{sent} {echo}");
        }
    }

    #[test]
    fn a_value_that_could_not_be_recorded_is_unverified() {
        let mut nested = json!(1);
        for _ in 0..100 {
            nested = json!([nested]);
        }
        for absurd in [nested, json!("x".repeat(65_535))] {
            let echo = json!({"allowlist": absurd});
            assert_eq!(shown("restrictions", json!({"allowlist": true}), echo), Shown::Unverified);
        }
        // What is only large is what the service shows.
        for large in [json!("x".repeat(65_534)), json!([[[[[[[[[[[[[[1]]]]]]]]]]]]]])] {
            let echo = json!({"allowlist": large.clone()});
            let sent = json!({"allowlist": true});
            assert_eq!(shown("restrictions", sent, echo), Shown::Otherwise(large));
        }
    }

    #[test]
    fn a_call_is_verified_when_every_field_is_and_refuted_by_any() {
        use Shown::{AsSent, Otherwise, Unverified};
        for (fields, expected) in [
            (vec![AsSent, AsSent], Some(true)),
            (vec![AsSent, Unverified], None),
            (vec![Unverified, Unverified], None),
            (vec![AsSent, Unverified, Otherwise(json!(1))], Some(false)),
        ] {
            let shown = (0..).map(|n: u8| n.to_string()).zip(fields.clone()).collect();
            assert_eq!(verified(&shown), expected, "{fields:?}");
        }
    }

    #[test]
    fn a_field_that_the_catalogue_does_not_know_is_compared_as_it_is() {
        let (sent, section) = (json!({"of_later": [1, 2]}), section("instance").unwrap());
        for (echo, expected) in [
            (json!({"of_later": [1, 2]}), Shown::AsSent),
            (json!({"of_later": [2, 1]}), Shown::Otherwise(json!([2, 1]))),
        ] {
            let shown = compare(section, &map(sent.clone()), Some(&map(echo)));
            assert_eq!(shown["of_later"], expected);
        }
    }

    #[test]
    fn without_an_echo_nothing_is_verified() {
        let sent = map(json!({"hibp": true, "test_mode": null}));
        let shown = compare(section("instance").unwrap(), &sent, None);
        assert!(shown.len() == 2 && shown.values().all(|shown| *shown == Shown::Unverified));
    }
}
