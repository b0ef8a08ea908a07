//! Plans with a read of the live instance, and what `drift` makes of the same read.

use serde_json::{Value, json};

use super::{changes, codes, desired, released, state};
use crate::catalog;
use crate::finding::Code;
use crate::plan::document::PlanDocument;
use crate::plan::*;
use crate::state::{Live, Seen, Source};

/// What was read: the fields that are given, by `GET`; every other one is hidden.
fn live(values: &Value) -> Live {
    let mut live = Live::default();
    for section in catalog::SECTIONS {
        for field in section.fields {
            match values.get(section.name).and_then(|fields| fields.get(field.name)) {
                Some(value) => {
                    let seen = Seen { value: value.clone(), source: Source::Get };
                    live.show(section, field, seen);
                }
                None => live.hide(section, field, "hidden".to_owned()),
            }
        }
    }
    live
}

/// What a field is in the file, in the state, and in the live instance; `?` is absent.
struct LiveCase(&'static str, &'static str, &'static str);

/// How one field comes out, as `reason before`, `-` where there is no call.
struct Out {
    refreshed: &'static str,
    drift: &'static str,
}

const FIELD: &str = "clerk_js_version";

fn value(text: &str) -> Option<Value> {
    (text != "?").then(|| serde_json::from_str(text).unwrap())
}

/// The members of a state that records a value and, behind `!`, what was sent in vain; `~` in
/// front makes it uncertain.
fn recorded(text: &str) -> Value {
    let is_uncertain = text.starts_with('~');
    let (recorded, sent) = text.trim_start_matches('~').split_once('!').unwrap_or((text, "?"));
    let fields = |text: &str| match value(text.trim_start_matches('~')) {
        Some(value) => json!({ "instance": { FIELD: value } }),
        None => json!({}),
    };
    let uncertain = if is_uncertain { json!({"instance": [FIELD]}) } else { json!({}) };
    json!({"applied": fields(recorded), "unreflected": fields(sent), "uncertain": uncertain})
}

fn first(calls: &[Call]) -> String {
    let change = calls.first().map(|call| &call.changes[0]);
    change.map_or("-".to_owned(), |Change { before, source, reason, .. }| {
        let before = before.as_ref().map_or("?".to_owned(), Value::to_string);
        let source = source.map_or(String::new(), |source| format!(" {}", source.as_str()));
        format!("{} {before}{source}", reason.as_str())
    })
}

/// `drifted`, `unreflected`, `pending`, `unreadable`, or `-`.
fn found(drift: &TargetDrift) -> String {
    let Compared { differences, reading, pending, .. } = drift.found.as_ref().unwrap();
    let Reading { compared, unreadable } = reading;
    assert_eq!(compared + unreadable.len(), 1);
    match (differences.len(), unreadable.len(), pending.len()) {
        (0, 0, 0) => "-".to_owned(),
        (1, 0, 0) => first(differences),
        (1, 1, 0) => format!("unread, {}", first(differences)),
        (0, 1, 0) => "unreadable".to_owned(),
        (0, 0, 1) => "pending".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_read_of_the_live_instance_takes_the_state_s_place() {
    let huge: &'static str = format!("\"{}\"", "x".repeat(100_000)).leak();
    let out = |refreshed, drift| Out { refreshed, drift };
    let table = [
        // Unread: the state speaks.
        (LiveCase(r#""a""#, r#""a""#, "?"), out("-", "unreadable")),
        (LiveCase(r#""a""#, r#""b""#, "?"), out(r#"changed "b""#, "unreadable")),
        (LiveCase(r#""a""#, "?", "?"), out("new ?", "unreadable")),
        // As the file asks, whatever the state says.
        (LiveCase(r#""a""#, r#""a""#, r#""a""#), out("-", "-")),
        (LiveCase(r#""a""#, r#""b""#, r#""a""#), out("-", "-")),
        (LiveCase(r#""a""#, "?", r#""a""#), out("-", "-")),
        (LiveCase(r#""a""#, "null", r#""a""#), out("-", "-")),
        (LiveCase(r#""""#, "?", "null"), out("-", "-")),
        // Changed behind the file's back.
        (LiveCase(r#""a""#, r#""a""#, r#""c""#), out(r#"drifted "c" get"#, r#"drifted "c" get"#)),
        (LiveCase(r#""a""#, r#""b""#, r#""c""#), out(r#"drifted "c" get"#, r#"drifted "c" get"#)),
        (LiveCase(r#""a""#, r#""a""#, "null"), out("drifted null get", "drifted null get")),
        (LiveCase(r#""a""#, "?", r#""c""#), out(r#"drifted "c" get"#, r#"drifted "c" get"#)),
        // The file changed.
        (LiveCase(r#""a""#, r#""b""#, r#""b""#), out(r#"changed "b" get"#, "pending")),
        (LiveCase("null", r#""b""#, r#""b""#), out(r#"changed "b""#, "pending")),
        // Sent before, and shown otherwise since then; then changed once more.
        (LiveCase(r#""a""#, r#""b"!"a""#, r#""b""#), out("-", r#"unreflected "b" get"#)),
        (LiveCase(r#""a""#, r#""b"!"a""#, r#""a""#), out("-", "-")),
        (LiveCase(r#""a""#, r#""b"!"a""#, "?"), out("-", r#"unread, unreflected "b""#)),
        (LiveCase(r#""a""#, r#""a"!"a""#, "?"), out("-", "unreadable")),
        (LiveCase(r#""a""#, r#"~"b"!"a""#, "?"), out(r#"uncertain "b""#, "unreadable")),
        (
            LiveCase(r#""a""#, r#""b"!"a""#, r#""c""#),
            out(r#"drifted "c" get"#, r#"drifted "c" get"#),
        ),
        (LiveCase(r#""a""#, r#""b"!"c""#, r#""b""#), out(r#"changed "b" get"#, "pending")),
        // What a null stands for nobody can tell.
        (LiveCase("null", "?", r#""c""#), out("new ?", "unreadable")),
        (LiveCase("null", "null", r#""c""#), out("-", "unreadable")),
        (LiveCase("null", "null", "null"), out("-", "-")),
        (LiveCase("null", r#""b""#, r#""c""#), out(r#"changed "b""#, r#"drifted "c" get"#)),
        (LiveCase(r#""a""#, "null", r#""c""#), out("changed null", "unreadable")),
        (LiveCase(r#""a""#, r#""b""#, huge), out(r#"changed "b""#, "unreadable")),
        // Uncertain: a call is to say what it is.
        (LiveCase(r#""a""#, r#"~"a""#, r#""a""#), out(r#"uncertain "a" get"#, "-")),
        (
            LiveCase(r#""a""#, r#"~"b""#, r#""b""#),
            out(r#"uncertain "b" get"#, r#"drifted "b" get"#),
        ),
        (LiveCase(r#""a""#, r#"~"b""#, "?"), out(r#"uncertain "b""#, "unreadable")),
    ];
    for (LiveCase(wanted, record, shown), expected) in table {
        let desired = desired(&json!({"instance": {FIELD: value(wanted)}}).to_string());
        let state = (record != "?").then(|| state(&recorded(record)));
        let live = match value(shown) {
            Some(value) => live(&json!({ "instance": { FIELD: value } })),
            None => live(&json!({})),
        };
        let name = format!("{wanted} {record} {shown:.20}");
        let refreshed = between(&desired, state.as_ref(), Some(&live), "s");
        assert_eq!(first(&refreshed.calls), expected.refreshed, "plan: {name}");
        assert_eq!(found(&drift(&desired, state.as_ref(), &live, "s")), expected.drift, "{name}");
    }
}

#[test]
fn what_nobody_manages_and_what_is_released_is_no_drift() {
    let desired = desired("instance: {hibp: true}\n");
    let state = state(&json!({"applied": {"instance": {"hibp": true, "test_mode": true}}}));
    let live = live(&json!({"instance": {"hibp": true, "test_mode": false, "support_email": "a"}}));
    let found = drift(&desired, Some(&state), &live, "s").found.unwrap();
    assert!(found.differences.is_empty() && found.reading.compared == 1);
    let refreshed = between(&desired, Some(&state), Some(&live), "s");
    assert_eq!(changes(&refreshed), Vec::<String>::new());
    assert_eq!(released(&refreshed), ["instance.test_mode true"]);
}

#[test]
fn what_the_service_adds_to_every_list_is_no_difference() {
    let organizations =
        |modes: &Value| json!({"organization_settings": {"domains_enrollment_modes": modes}});
    let desired = desired(&organizations(&json!(["automatic_invitation"])).to_string());
    let shown = |modes: Value| between(&desired, None, Some(&live(&organizations(&modes))), "s");
    assert!(shown(json!(["manual_invitation", "automatic_invitation"])).is_empty());
    assert_eq!(
        first(&shown(json!(["manual_invitation", "automatic_suggestion"])).calls),
        r#"drifted ["automatic_suggestion"] get"#
    );
}

#[test]
fn advisories_heed_what_the_live_instance_shows() {
    let desired = desired("restrictions: {allowlist: true}\n");
    let withheld = json!({"applied": {"restrictions": {"allowlist": false}},
                          "unreflected": {"restrictions": {"allowlist": true}}});
    let on = json!({"applied": {"restrictions": {"allowlist": true}}});
    for (members, shown, expected) in [
        (&withheld, false, vec![Code::NotReflected]),
        (&withheld, true, vec![]),
        // It is recorded as on, and somebody turned it off: the plan turns it on.
        (&on, false, vec![Code::MayLockOut]),
        (&on, true, vec![]),
    ] {
        let live = live(&json!({"restrictions": {"allowlist": shown}}));
        let plan = between(&desired, Some(&state(members)), Some(&live), "s");
        assert_eq!(codes(&plan), expected, "{members} {shown}");
    }
}

#[test]
fn a_read_expects_what_is_recorded_for_certain_and_nothing_else() {
    let desired =
        desired("instance: {hibp: true, test_mode: true, support_email: a@example.com}\n");
    let state = state(&json!({"applied": {"instance": {"hibp": false, "test_mode": false}},
                              "uncertain": {"instance": ["test_mode"]}}));
    let told = |state| -> Vec<String> {
        let expected = expected(&desired, state).into_iter();
        let value = |value: Option<&Value>| value.map_or("?".to_owned(), Value::to_string);
        let told = expected.map(|(of, known)| format!("{} {}", of.field.name, value(known)));
        told.collect()
    };
    assert_eq!(told(Some(&state)), ["test_mode ?", "hibp false", "support_email ?"]);
    assert_eq!(told(None), ["test_mode ?", "hibp ?", "support_email ?"]);
}

#[test]
fn what_was_sent_and_is_shown_otherwise_is_a_difference_and_no_call() {
    let desired = desired("restrictions: {allowlist: true}\n");
    let state = state(&json!({"applied": {"restrictions": {"allowlist": false}},
                              "unreflected": {"restrictions": {"allowlist": true}}}));
    let found = |shown| drift(&desired, Some(&state), &live(&shown), "s").found.unwrap();
    let withheld = found(json!({"restrictions": {"allowlist": false}}));
    assert_eq!(first(&withheld.differences), "unreflected false get");
    assert_eq!(withheld.advisories[0].code, Code::NotReflected);
    let in_order = found(json!({"restrictions": {"allowlist": true}}));
    assert!(in_order.differences.is_empty() && in_order.advisories.is_empty());
    for live in [None, Some(live(&json!({"restrictions": {"allowlist": false}})))] {
        let plan = between(&desired, Some(&state), live.as_ref(), "s");
        assert!(plan.is_empty() && !plan.is_in_order());
        let told: Vec<_> = plan.unreflected.iter().flat_map(|of| &of.changes).collect();
        assert_eq!((told[0].field.name, &told[0].before), ("allowlist", &Some(json!(false))));
    }
}

#[test]
fn what_is_not_sent_again_is_saved_with_the_plan() {
    let desired = desired("restrictions: {allowlist: true}\n");
    let state = state(&json!({"applied": {"restrictions": {"allowlist": false}},
                              "unreflected": {"restrictions": {"allowlist": true}}}));
    let plan =
        Plan { targets: vec![between(&desired, Some(&state), None, "s")], ..Plan::default() };
    let document = PlanDocument::from(&plan).to_value();
    assert_eq!(
        document["targets"][0]["unreflected"],
        json!([{"section": "restrictions", "field": "allowlist", "before": false, "after": true,
                "reason": "unreflected", "line": 1, "column": 16}])
    );
    assert_eq!(document["summary"]["unreflected"], 1);
    let read = parse(document.to_string().as_bytes()).unwrap();
    assert_eq!(PlanDocument::from(&read).to_value(), document);
}

#[test]
fn a_list_that_is_to_be_empty_and_is_not_is_drift_like_any_other() {
    let empty = desired("instance: {allowed_origins: []}\n");
    let left = json!({"instance": {"allowed_origins": ["a://b"]}});
    for state in [None, Some(state(&json!({"applied": {"instance": {"allowed_origins": []}}})))] {
        let found = drift(&empty, state.as_ref(), &live(&left), "s");
        assert_eq!(found.differences().len(), 1);
        let refreshed = between(&empty, state.as_ref(), Some(&live(&left)), "s");
        assert_eq!(refreshed.calls.len(), 1);
    }
    // Once it was read back and still had entries, it is not sent again.
    let refuted = state(&json!({"applied": left.clone(),
                                "unreflected": {"instance": {"allowed_origins": []}}}));
    let refreshed = between(&empty, Some(&refuted), Some(&live(&left)), "s");
    assert!(refreshed.is_empty());
    assert_eq!(codes(&refreshed), [Code::NotReflected]);
}

#[test]
fn what_resets_and_comes_back_as_null_is_no_drift() {
    let scopes = |yaml: &str| desired(&format!("oauth_application_settings: {{{yaml}}}\n"));
    let shown = live(&json!({"oauth_application_settings": {"default_scopes": null}}));
    for yaml in ["default_scopes: []", "default_scopes: null"] {
        let found = drift(&scopes(yaml), None, &shown, "s").found.unwrap();
        assert!(found.differences.is_empty() && found.reading.compared == 1, "{yaml}");
        assert!(between(&scopes(yaml), None, Some(&shown), "s").is_empty(), "{yaml}");
    }
    let named = between(&scopes("default_scopes: [email]"), None, Some(&shown), "s");
    assert_eq!(named.calls.len(), 1);
}

#[test]
fn without_a_state_a_read_tells_the_plan_its_instance() {
    let desired = desired("instance: {hibp: true}\n");
    let live = live(&json!({}));
    assert_eq!(between(&desired, None, Some(&live), "s").instance, Some(live.instance.clone()));
    assert_eq!(between(&desired, None, None, "s").instance, None);
}

#[test]
fn only_what_is_as_the_file_asks_and_recorded_otherwise_is_left_to_record() {
    let desired = desired("instance: {hibp: true, test_mode: true}\n");
    let hibp = json!({"instance": {"hibp": true}});
    for (members, shown, expected) in [
        (Some(json!({})), hibp.clone(), hibp.clone()),
        (None, hibp.clone(), hibp.clone()),
        (Some(json!({"applied": {"instance": {"hibp": false}}})), hibp.clone(), hibp.clone()),
        (Some(json!({"applied": {"instance": {"hibp": true}}})), hibp.clone(), json!({})),
        (Some(json!({"uncertain": {"instance": ["hibp"]}})), hibp.clone(), json!({})),
        (Some(json!({})), json!({"instance": {"hibp": false}}), json!({})),
        (Some(json!({})), json!({}), json!({})),
    ] {
        let state = members.as_ref().map(state);
        let left = unrecorded(&desired, state.as_ref(), &live(&shown));
        assert_eq!(json!(left), expected, "{members:?} {shown}");
    }
}

#[test]
fn a_refreshed_plan_is_saved_and_read_with_all_that_it_says_and_drift_is_no_plan() {
    let desired = desired("instance: {hibp: true, test_mode: true}\n");
    let live = live(&json!({"instance": {"hibp": false}}));
    let plan = Plan { targets: vec![between(&desired, None, Some(&live), "s")], ..Plan::default() };
    let document = PlanDocument::from(&plan).to_value();
    let target = &document["targets"][0];
    assert_eq!(target["compared"], 1);
    assert_eq!(
        target["unreadable"],
        json!([{"section": "instance", "field": "test_mode", "reason": "hidden"}])
    );
    assert!(target.get("pending").is_none());
    let changes = &target["calls"][0]["changes"];
    assert_eq!((&changes[1]["field"], &changes[1]["source"]), (&json!("hibp"), &json!("get")));
    assert!(changes[0].get("source").is_none());
    let read = parse(document.to_string().as_bytes()).unwrap();
    assert_eq!(PlanDocument::from(&read).to_value(), document);

    let found = Drift { targets: vec![drift(&desired, None, &live, "s")], ..Drift::default() };
    let document = PlanDocument::from(&found).to_value();
    assert_eq!(document["targets"][0]["pending"], json!([]));
    assert!(matches!(parse(document.to_string().as_bytes()), Err(SavedPlanError::Damaged(_))));
}
