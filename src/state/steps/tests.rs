//! A table for each step: the state before, what happens, the state after.

use serde_json::json;

use super::*;
use crate::state::IntendedCall;

fn state(members: &Value) -> State {
    let fresh = State::fresh("l".to_owned(), None, InstanceRef::default());
    let mut document = fresh.document();
    document["serial"] = json!(7);
    for (member, value) in members.as_object().unwrap() {
        document[member] = value.clone();
    }
    State::parse(document.to_string().as_bytes()).unwrap()
}

/// What a state knows, without the members that stay the same.
fn known(state: &State) -> Value {
    let document = state.document();
    json!({
        "serial": document["serial"],
        "applied": document["applied"],
        "uncertain": document["uncertain"],
        "unreflected": document["unreflected"],
    })
}

fn map(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn values(value: Value) -> Values {
    serde_json::from_value(value).unwrap()
}

fn in_flight(calls: &[(&str, Value)]) -> Value {
    let calls: Vec<Value> =
        calls.iter().map(|(section, body)| json!({"section": section, "body": body})).collect();
    json!({"run": "r0", "by": "1 on a", "lease_until": null, "calls": calls})
}

fn intent(section: &str, body: Value) -> Intent {
    Intent {
        run: "r1".to_owned(),
        by: "2 on b".to_owned(),
        lease_until: None,
        calls: vec![IntendedCall { section: section.to_owned(), body: map(body) }],
    }
}

fn left_behind() -> State {
    state(&json!({
        "applied": {"instance": {"hibp": true}},
        "uncertain": {"restrictions": ["blocklist"]},
        "in_flight": in_flight(&[
            ("instance", json!({"hibp": false, "test_mode": true})),
            ("restrictions", json!({"allowlist": true})),
        ]),
    }))
}

#[test]
fn a_fresh_state_knows_nothing_and_was_never_written() {
    let state = State::fresh("l".to_owned(), Some("dev".to_owned()), InstanceRef::default());
    assert_eq!(state.serial, 0);
    assert!(state.known().is_empty());
    assert_eq!(State::parse(&state.to_bytes()).unwrap(), state);
}

#[test]
fn every_field_of_an_abandoned_intent_is_uncertain() {
    let expected = json!({
        "instance": ["hibp", "test_mode"],
        "restrictions": ["allowlist", "blocklist"],
    });
    let left = left_behind();
    assert_eq!(json!(left.uncertain_fields()), expected);

    let abandoned = left.clone().abandon();
    assert_eq!(json!(abandoned.uncertain), expected);
    assert_eq!((abandoned.serial, &abandoned.in_flight), (7, &None));
    assert_eq!(abandoned.applied, left.applied);
}

#[test]
fn unlocking_counts_as_a_write_and_does_nothing_without_an_intent() {
    let unlocked = left_behind().unlock().unwrap();
    assert_eq!(unlocked.serial, 8);
    assert_eq!(unlocked.unlock(), None);
}

#[test]
fn a_run_that_begins_takes_in_what_another_left_behind() {
    let instance = InstanceRef { id: Some("ins_1".to_owned()), environment_type: None };
    let intent = intent("restrictions", json!({"allowlist": true}));
    let begun = left_behind().begin(intent.clone(), instance.clone());
    assert_eq!(begun.serial, 8);
    assert_eq!(begun.in_flight, Some(intent));
    assert_eq!(begun.instance, instance);
    assert_eq!(begun.uncertain, left_behind().uncertain_fields());
}

#[test]
fn a_call_is_settled_by_what_is_known_of_it() {
    let before = json!({
        "applied": {"restrictions": {"allowlist": false, "blocklist": false}},
        "uncertain": {"restrictions": ["allowlist", "blocklist"]},
        "unreflected": {"restrictions": {"allowlist": true}},
    });
    let accepted = |shown| Settlement::Accepted(BTreeMap::from([("allowlist".to_owned(), shown)]));
    let taken = json!({
        "serial": 7,
        "applied": {"restrictions": {"allowlist": true, "blocklist": false}},
        "uncertain": {"restrictions": ["blocklist"]},
        "unreflected": {},
    });
    let unchanged = json!({
        "serial": 7,
        "applied": before["applied"],
        "uncertain": before["uncertain"],
        "unreflected": before["unreflected"],
    });
    for (settlement, expected) in [
        (accepted(Shown::AsSent), taken.clone()),
        (accepted(Shown::Unverified), taken.clone()),
        (Settlement::Accepted(BTreeMap::new()), taken),
        (
            accepted(Shown::Otherwise(json!(null))),
            json!({
                "serial": 7,
                "applied": {"restrictions": {"allowlist": null, "blocklist": false}},
                "uncertain": {"restrictions": ["blocklist"]},
                "unreflected": {"restrictions": {"allowlist": true}},
            }),
        ),
        (Settlement::Refused, unchanged.clone()),
        (Settlement::Unknown, unchanged),
    ] {
        let body = map(json!({"allowlist": true}));
        let after = state(&before).settle("restrictions", &body, &settlement);
        assert_eq!(known(&after), expected, "{settlement:?}");
    }
}

#[test]
fn a_call_without_a_known_result_leaves_its_fields_uncertain() {
    let body = map(json!({"hibp": true, "test_mode": null}));
    let before = state(&json!({"applied": {"instance": {"hibp": false}}}));
    let after = before.clone().settle("instance", &body, &Settlement::Unknown);
    assert_eq!(json!(after.uncertain), json!({"instance": ["hibp", "test_mode"]}));
    assert_eq!(after.applied, before.applied);
    assert_eq!(before.clone().settle("instance", &body, &Settlement::Refused), before);
}

#[test]
fn a_run_that_ends_takes_its_intent_away_and_counts_as_a_write() {
    let body = json!({"allowlist": true});
    let begun =
        state(&json!({})).begin(intent("restrictions", body.clone()), InstanceRef::default());
    let ended =
        begun.settle("restrictions", &map(body), &Settlement::Accepted(BTreeMap::new())).end();
    assert_eq!((ended.serial, ended.in_flight), (9, None));
    assert_eq!(json!(ended.applied), json!({"restrictions": {"allowlist": true}}));
}

#[test]
fn a_released_field_is_forgotten_wherever_it_stands() {
    let before = state(&json!({
        "applied": {"instance": {"hibp": true}, "restrictions": {"allowlist": true}},
        "uncertain": {"instance": ["test_mode"], "restrictions": ["allowlist"]},
        "unreflected": {"restrictions": {"allowlist": false}},
    }));
    let after = before.release([
        ("restrictions", "allowlist"),
        ("instance", "test_mode"),
        ("no_such", "field"),
    ]);
    let expected = json!({
        "serial": 7,
        "applied": {"instance": {"hibp": true}},
        "uncertain": {},
        "unreflected": {},
    });
    assert_eq!(known(&after), expected);
}

#[test]
fn what_was_read_is_recorded_and_no_doubt_is_resolved_by_it() {
    let before = state(&json!({
        "applied": {"instance": {"hibp": false}, "restrictions": {"allowlist": false}},
        "uncertain": {"instance": ["test_mode"]},
        "unreflected": {"restrictions": {"allowlist": true}},
        "in_flight": in_flight(&[("restrictions", json!({"blocklist": false}))]),
    }));
    let after = before.record_observed(&values(json!({
        "instance": {"hibp": true, "test_mode": true},
        "organization_settings": {"enabled": true},
        "restrictions": {"allowlist": true, "blocklist": true},
    })));
    let expected = json!({
        "serial": 7,
        "applied": {"instance": {"hibp": true}, "organization_settings": {"enabled": true},
                    "restrictions": {"allowlist": true}},
        "uncertain": {"instance": ["test_mode"]},
        "unreflected": {},
    });
    assert_eq!(known(&after), expected);
}

#[test]
fn an_unreflected_value_counts_only_while_the_file_asks_for_it() {
    let before = state(&json!({"unreflected": {
        "instance": {"allowed_origins": ["a://b", "c://d"], "hibp": true, "test_mode": true},
        "unheard_of": {"list": [1, 2], "other": [1, 2]},
    }}));
    let wanted = values(json!({
        "instance": {"allowed_origins": ["c://d", "a://b"], "hibp": false},
        "unheard_of": {"list": [1, 2], "other": [2, 1]},
    }));
    let after = before.prune(|section, field| wanted.get(section)?.get(field));
    let expected = json!({
        "instance": {"allowed_origins": ["a://b", "c://d"]},
        "unheard_of": {"list": [1, 2]},
    });
    assert_eq!(json!(after.unreflected), expected);
    assert_eq!(after.serial, 7);
}

#[test]
fn adopting_takes_the_word_for_exactly_these_fields() {
    let told = values(json!({"instance": {"hibp": false}, "restrictions": {}}));
    let mut before = left_behind();
    record(&mut before.unreflected, "instance", "hibp", &json!(false));
    let after = before.adopt(told.clone()).unwrap();
    let expected = json!({
        "serial": 8,
        "applied": {"instance": {"hibp": false}},
        "uncertain": {},
        "unreflected": {},
    });
    assert_eq!(known(&after), expected);
    assert_eq!(after.in_flight, None);
    assert_eq!(after.adopt(told), None);
}

#[test]
fn adopting_what_is_recorded_changes_nothing_in_whatever_order_a_set_stands() {
    let recorded = json!({"instance": {"allowed_origins": ["a://b", "c://d"]}});
    let told = values(json!({"instance": {"allowed_origins": ["c://d", "a://b"]}}));
    assert_eq!(state(&json!({"applied": recorded})).adopt(told.clone()), None);

    let doubtful = json!({"applied": recorded, "uncertain": {"instance": ["allowed_origins"]}});
    assert_eq!(state(&doubtful).adopt(told.clone()).unwrap().applied, told);
}

#[test]
fn forgetting_reaches_one_field_or_a_section_and_reports_what_was_never_known() {
    let before = left_behind();
    for (section, field, left) in [
        ("instance", None, json!(["restrictions.allowlist", "restrictions.blocklist"])),
        (
            "restrictions",
            Some("allowlist"),
            json!(["instance.hibp", "instance.test_mode", "restrictions.blocklist"]),
        ),
    ] {
        let after = before.forget(section, field).unwrap();
        let names: Vec<String> = after
            .known()
            .into_keys()
            .map(|(section, field)| format!("{section}.{field}"))
            .collect();
        assert_eq!(json!(names), left);
        assert_eq!((after.serial, &after.in_flight), (8, &None));
        assert_eq!(after.forget(section, field), None);
    }
    assert_eq!(before.forget("instance", Some("no_such")), None);
    assert_eq!(before.forget("no_such", None), None);
}

#[test]
fn adopting_anything_else_than_what_is_recorded_is_a_write() {
    let recorded = json!({"instance": {"hibp": true, "test_mode": true}});
    let before = state(&json!({"applied": recorded}));
    for told in [
        json!({}),
        json!({"instance": {"hibp": true}}),
        json!({"instance": {"hibp": true, "test_mode": false}}),
        json!({"instance": {"hibp": true, "support_email": null}}),
        json!({"instance": {"hibp": true, "test_mode": true, "support_email": null}}),
        json!({"instance": {"hibp": true, "test_mode": true}, "restrictions": {"allowlist": true}}),
        json!({"restrictions": {"hibp": true, "test_mode": true}}),
    ] {
        let after = before.adopt(values(told.clone())).unwrap();
        assert_eq!(after.applied, values(told.clone()), "{told}");
        assert_eq!(after.serial, before.serial + 1);
    }
    assert_eq!(before.adopt(values(recorded)), None);
}
