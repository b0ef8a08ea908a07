mod group;
mod live;
mod outcome;
mod saved;
mod told;
mod whole;

use serde_json::{Value, json};

use super::document::PlanDocument;
use super::*;
use crate::config::{Desired, SourceFile, check};
use crate::finding::Code;
use crate::state::{ServiceKind, State};

fn desired(yaml: &str) -> Desired {
    let checked = check(&SourceFile::new("clerk.yaml", yaml.as_bytes()).unwrap());
    let problems = format!("{:?}", checked.findings);
    checked.configuration.expect(&problems).desired(None).unwrap()
}

/// A state with these members and the rest of them empty.
fn state(members: &Value) -> State {
    let mut state = json!({
        "format_version": 1, "lineage": "l", "serial": 3, "environment": null,
        "instance": {"id": "ins_2abc", "environment_type": "development"},
        "applied": {}, "uncertain": {}, "unreflected": {}, "in_flight": null,
    });
    for (name, value) in members.as_object().unwrap() {
        state[name] = value.clone();
    }
    serde_json::from_value(state).unwrap()
}

/// Each change as `section.field reason before after`.
fn changes(plan: &TargetPlan) -> Vec<String> {
    plan.calls
        .iter()
        .flat_map(|call| call.changes.iter().map(move |change| (call.section.name, change)))
        .map(|(section, Change { field, before, source: _, after, reason, file: _, at: _ })| {
            let before = before.as_ref().map_or("-".to_owned(), Value::to_string);
            format!("{section}.{} {} {before} {after}", field.name, reason.as_str())
        })
        .collect()
}

fn released(plan: &TargetPlan) -> Vec<String> {
    plan.released
        .iter()
        .map(|Release { section, field, before }| {
            let before = before.as_ref().map_or("-".to_owned(), Value::to_string);
            format!("{section}.{field} {before}")
        })
        .collect()
}

fn codes(plan: &TargetPlan) -> Vec<Code> {
    plan.advisories.iter().map(|finding| finding.code).collect()
}

const FILE: &str = "instance: {hibp: true, allowed_origins: [my-app://a, my-app://b]}\n\
                    restrictions: {blocklist: true}\n";

#[test]
fn a_field_is_sent_for_the_first_reason_that_holds() {
    let table = [
        (json!({}), vec!["instance.hibp new - true", "restrictions.blocklist new - true"]),
        (
            json!({"applied": {"instance": {"hibp": false}, "restrictions": {"blocklist": null}}}),
            vec!["instance.hibp changed false true", "restrictions.blocklist changed null true"],
        ),
        (
            json!({"applied": {"instance": {"hibp": true}, "restrictions": {"blocklist": true}}}),
            vec![],
        ),
        (
            json!({"applied": {"instance": {"hibp": true}, "restrictions": {"blocklist": true}},
                   "uncertain": {"instance": ["hibp"]}}),
            vec!["instance.hibp uncertain true true"],
        ),
        (
            json!({"applied": {"instance": {"hibp": true}},
                   "in_flight": {"run": "r", "by": "b", "lease_until": null, "calls": [
                       {"section": "restrictions", "body": {"blocklist": true}}]}}),
            vec!["restrictions.blocklist uncertain - true"],
        ),
        // What the file asks for was sent and is shown otherwise.
        (
            json!({"applied": {"instance": {"hibp": false}, "restrictions": {"blocklist": true}},
                   "unreflected": {"instance": {"hibp": true}}}),
            vec![],
        ),
        // The file asks for something else by now.
        (
            json!({"applied": {"instance": {"hibp": null}, "restrictions": {"blocklist": true}},
                   "unreflected": {"instance": {"hibp": false}}}),
            vec!["instance.hibp changed null true"],
        ),
        // Uncertain comes before unreflected.
        (
            json!({"applied": {"instance": {"hibp": false}, "restrictions": {"blocklist": true}},
                   "uncertain": {"instance": ["hibp"]},
                   "unreflected": {"instance": {"hibp": true}}}),
            vec!["instance.hibp uncertain false true"],
        ),
    ];
    let file = "instance: {hibp: true}\nrestrictions: {blocklist: true}\n";
    for (members, expected) in table {
        let plan = between(&desired(file), Some(&state(&members)), None, "s");
        assert_eq!(changes(&plan), expected, "{members}");
        assert_eq!(released(&plan), Vec::<String>::new(), "{members}");
    }
}

#[test]
fn what_the_file_no_longer_manages_is_released_however_the_state_knows_it() {
    let members = json!({
        "applied": {"instance": {"hibp": true, "support_email": "a@example.com"},
                    "of_a_later_version": {"field": 1}},
        "uncertain": {"restrictions": ["allowlist"]},
        "in_flight": {"run": "r", "by": "b", "lease_until": null, "calls": [
            {"section": "organization_settings", "body": {"enabled": true}}]},
    });
    let plan = between(&desired("instance: {hibp: true}\n"), Some(&state(&members)), None, "s");
    assert_eq!(
        released(&plan),
        [
            "instance.support_email \"a@example.com\"",
            "of_a_later_version.field 1",
            "organization_settings.enabled -",
            "restrictions.allowlist -",
        ]
    );
    assert!(plan.calls.is_empty() && !plan.is_empty());
}

#[test]
fn a_set_in_another_order_is_the_same_and_is_sent_in_the_order_of_the_file() {
    let recorded = |origins: Value| {
        state(&json!({"applied": {"instance": {"hibp": true, "allowed_origins": origins},
                                  "restrictions": {"blocklist": true}}}))
    };
    let same =
        between(&desired(FILE), Some(&recorded(json!(["my-app://b", "my-app://a"]))), None, "s");
    assert!(same.is_empty());
    let other = between(&desired(FILE), Some(&recorded(json!(["my-app://b"]))), None, "s");
    assert_eq!(
        Value::Object(other.calls[0].body()),
        json!({"allowed_origins": ["my-app://a", "my-app://b"]})
    );
}

#[test]
fn a_plan_warns_of_what_a_change_may_do() {
    let on = json!({"applied": {"restrictions": {"allowlist": true, "blocklist": true},
                                "instance": {"hibp": true, "test_mode": false}}});
    let none = json!({});
    let in_production = json!({"instance": {"id": null, "environment_type": "production"}});
    let shown_otherwise = json!({"applied": {"instance": {"hibp": false}},
                                 "unreflected": {"instance": {"hibp": true}}});
    let production = "target: {environment_type: production}\n";
    let table = [
        ("restrictions: {allowlist: true}", &none, vec![Code::MayLockOut]),
        ("restrictions: {allowlist: true}", &on, vec![]),
        ("restrictions: {allowlist: false}", &none, vec![]),
        ("restrictions: {allowlist: false}", &on, vec![Code::WeakensSecurity]),
        ("restrictions: {allowlist: null}", &on, vec![]),
        ("instance: {hibp: false}", &on, vec![Code::WeakensSecurity]),
        ("instance: {hibp: false}", &none, vec![]),
        ("instance: {hibp: false}", &in_production, vec![Code::WeakensSecurity]),
        // In development test mode is as it should be.
        ("instance: {test_mode: true}", &on, vec![]),
        ("instance: {hibp: true}", &shown_otherwise, vec![Code::NotReflected]),
        ("instance: {hibp: false}", &shown_otherwise, vec![]),
        ("instance: {allowed_origins: []}", &none, vec![]),
        ("instance: {allowed_origins: null}", &none, vec![]),
    ];
    for (file, members, expected) in table {
        let plan = between(&desired(&format!("{file}\n")), Some(&state(members)), None, "s");
        assert_eq!(codes(&plan), expected, "{file} {members}");
    }
    let told_once = between(
        &desired(&format!("{production}instance: {{hibp: false}}\n")),
        Some(&state(&json!({"applied": {"instance": {"hibp": true}}}))),
        None,
        "s",
    );
    assert_eq!(codes(&told_once), [Code::WeakensSecurity]);
}

#[test]
fn an_allowlist_of_subdomains_that_lets_nobody_in_is_told_of() {
    let production = json!({"id": "ins_2abc", "environment_type": "production"});
    let recorded =
        |members: Value| state(&json!({"instance": production, "applied": {"instance": members}}));
    let none = recorded(json!({}));
    let listed = recorded(json!({"allowed_subdomains": ["a.example.com"]}));
    let emptied = recorded(json!({"allowed_subdomains": []}));
    let on = recorded(
        json!({"allowed_subdomains": ["a.example.com"], "subdomain_allowlist_enabled": true}),
    );
    let switch = Some("/instance/subdomain_allowlist_enabled");
    let list = Some("/instance/allowed_subdomains");
    let open = "allowed_subdomains: [a.example.com]";
    let with = |rest: &str| format!("subdomain_allowlist_enabled: true, {rest}");
    for (settings, state, expected) in [
        ("subdomain_allowlist_enabled: true".to_owned(), &none, switch),
        ("subdomain_allowlist_enabled: true".to_owned(), &emptied, switch),
        // Not managed by the file, and known to have an entry.
        ("subdomain_allowlist_enabled: true".to_owned(), &listed, None),
        (with("allowed_subdomains: []"), &none, switch),
        (with("allowed_subdomains: []"), &listed, switch),
        (with("allowed_subdomains: null"), &none, switch),
        (with("allowed_subdomains: null"), &listed, None),
        (with(open), &none, None),
        (with(open), &emptied, None),
        ("subdomain_allowlist_enabled: false, allowed_subdomains: []".to_owned(), &listed, None),
        (with("allowed_subdomains: []"), &on, list),
        ("allowed_subdomains: []".to_owned(), &on, list),
        ("allowed_subdomains: []".to_owned(), &listed, None),
        (with(open), &on, None),
    ] {
        let plan =
            between(&desired(&format!("instance: {{{settings}}}\n")), Some(state), None, "s");
        let told = plan.advisories.iter().filter(|found| found.code == Code::MayLockOut);
        let paths: Vec<&str> = told.map(|found| found.path.as_str()).collect();
        assert_eq!(paths, Vec::from_iter(expected), "{settings} {:?}", state.applied);
    }
    // Without a state nobody knows the instance, and in development the settings do nothing.
    let file = |target: &str| {
        desired(&format!("{target}instance: {{subdomain_allowlist_enabled: true}}\n"))
    };
    assert_eq!(codes(&between(&file(""), None, None, "s")), [Code::MayLockOut]);
    let development = file("target: {environment_type: development}\n");
    assert_eq!(codes(&between(&development, None, None, "s")), [Code::EnvironmentMismatch]);
}

#[test]
fn a_checksum_depends_on_what_is_done_and_to_whom_and_on_nothing_else() {
    let of = |yaml: &str, members: Option<&Value>| {
        let state = members.map(state);
        checksum(&Plan {
            targets: vec![between(&desired(yaml), state.as_ref(), None, "s")],
            ..Plan::default()
        })
    };
    let base = of(FILE, None);
    let moved = format!("# A remark.\n\n{}", FILE.replace("a, my-app://b", "b, my-app://a"));
    assert_eq!(of(&moved, None), base);
    assert_eq!(of(FILE, Some(&json!({"serial": 9}))), base);
    for other in [
        of(&FILE.replace("blocklist: true", "blocklist: false"), None),
        of(&format!("target: {{instance_id: ins_1}}\n{FILE}"), None),
        of(&format!("target: {{secret_key_env: OTHER}}\n{FILE}"), None),
        of(FILE, Some(&json!({"applied": {"instance": {"test_mode": true}}}))),
    ] {
        assert_ne!(other, base);
    }
    let plan =
        || Plan { targets: vec![between(&desired(FILE), None, None, "s")], ..Plan::default() };
    assert_eq!(checksum(&plan()), base);
    assert_ne!(checksum(&Plan { service: ServiceKind::Sandbox, ..plan() }), base);
    assert_eq!(checksum(&Plan { folder: "elsewhere".to_owned(), ..plan() }), base);
    let mut warned = plan();
    let warning = Finding::new("clerk.yaml", Span::START, Code::MayLockOut, "anything");
    warned.targets[0].advisories.push(warning.clone().path("/a"));
    let with_one = checksum(&warned);
    assert_ne!(with_one, base);
    warned.targets[0].advisories[0].message = "in other words".to_owned();
    assert_eq!(checksum(&warned), with_one);
    warned.targets[0].advisories[0].path = "/b".to_owned();
    assert_ne!(checksum(&warned), with_one);
    let named = format!("target: {{secret_key_env: CLERK_SECRET_KEY}}\n{FILE}");
    assert_eq!(of(&named, None), base, "the default variable is the same when it is written");
}

#[test]
fn a_saved_plan_is_refused_unless_it_is_whole_and_unchanged() {
    let file = format!("{FILE}organization_settings: {{enabled: true}}\n")
        .replace("blocklist: true", "allowlist: true");
    let plan = Plan { targets: vec![between(&desired(&file), None, None, "s")], ..Plan::default() };
    assert_eq!(codes(&plan.targets[0]), [Code::MayLockOut]);
    let document = PlanDocument::from(&plan).to_value();
    assert_eq!(checksum(&parse(document.to_string().as_bytes()).unwrap()), checksum(&plan));
    let edited = |pointer: &str, value: Value| {
        let mut edited = document.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        parse(edited.to_string().as_bytes()).unwrap_err()
    };
    let call = "/targets/0/calls/0";
    for (pointer, value) in [
        (format!("{call}/body/hibp"), json!(false)),
        (format!("{call}/changes/1/after"), json!(["my-app://a"])),
        ("/checksum".to_owned(), json!("0")),
        ("/summary/calls".to_owned(), json!(7)),
        ("/targets/0/config".to_owned(), json!("other.yaml")),
        ("/targets/0/environment".to_owned(), json!("production")),
        ("/format_version".to_owned(), json!(0)),
        ("/sandbox".to_owned(), json!(true)),
        ("/folder".to_owned(), json!("elsewhere")),
        ("/targets/0/state/location".to_owned(), json!("Cargo")),
        ("/targets/0/advisories".to_owned(), json!([])),
        (format!("{call}/changes/0/line"), json!(9)),
    ] {
        assert_eq!(edited(&pointer, value), SavedPlanError::Changed, "{pointer}");
    }
    assert_eq!(edited("/format_version", json!(2)), SavedPlanError::Newer { found: 2 });
    for (pointer, value) in [
        (format!("{call}/path"), json!("/v1/users")),
        (format!("{call}/section"), json!("users")),
        (format!("{call}/method"), json!("DELETE")),
        (format!("{call}/changes/0/field"), json!("no_such_field")),
        ("/targets".to_owned(), json!({})),
    ] {
        let error = edited(&pointer, value);
        assert!(matches!(error, SavedPlanError::Damaged(_)), "{pointer}: {error}");
    }
    for text in ["", "{", "null", "[]", "{}"] {
        assert!(matches!(parse(text.as_bytes()), Err(SavedPlanError::Damaged(_))), "{text}");
    }
}

#[test]
fn a_state_of_something_else_is_no_fit() {
    let target = |yaml: &str| desired(yaml).target;
    let of = |members: Value, environment: Option<&str>, yaml: &str| {
        state_mismatch(environment, &target(yaml), &state(&members)).is_none()
    };
    let table = [
        (json!({}), None, "", true),
        (json!({"environment": "a"}), Some("a"), "", true),
        (json!({"environment": "a"}), None, "", false),
        (json!({}), Some("a"), "", false),
        (json!({}), None, "target: {instance_id: ins_2abc}", true),
        (json!({}), None, "target: {instance_id: ins_other}", false),
        (
            json!({"instance": {"id": null, "environment_type": null}}),
            None,
            "target: {instance_id: ins_other, environment_type: production}",
            true,
        ),
        (json!({}), None, "target: {environment_type: production}", false),
    ];
    for (members, environment, yaml, fits) in table {
        assert_eq!(
            of(members.clone(), environment, yaml),
            fits,
            "{members} {environment:?} {yaml}"
        );
    }
}
