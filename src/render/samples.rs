//! Plans for the tests of the views, friendly and hostile.

use serde_json::{Value, json};

use crate::catalog::{EnvironmentType, section};
use crate::config::Target;
use crate::failure::FailureCode;
use crate::finding::{Code, Finding, Span};
use crate::plan::{
    Call, Change, Compared, Drift, Pending, Plan, Problem, Reading, Reason, Release, StateRef,
    TargetDrift, TargetPlan, TargetProblem, Unreadable,
};
use crate::state::{InstanceRef, Source, Values};

/// Everything that could break out of a view.
pub const HOSTILE: &str = "</code></details><script>x</script>\n# h\r\u{1b}[2J\u{9b}\u{202e}\u{200b}\
                           `` ` ```` \n```\n@team |a| [x](https://e.x) <!-- &lt; -->\u{e0041}";

/// Whether a text would do something to a terminal other than to be read.
pub fn is_quiet(text: &str) -> bool {
    text.lines()
        .all(|line| matches!(super::text::escape::printable(line), std::borrow::Cow::Borrowed(_)))
}

/// A change of a field of the catalogue.
pub fn change(path: &str, before: Option<Value>, after: Value, reason: Reason) -> Change {
    let (section_name, field) = path.split_once('.').unwrap();
    let field = section(section_name).unwrap().field(field).unwrap();
    let at = Span { line: 3, column: 3, end_line: 3, end_column: 9 };
    Change { field, before, source: None, after: after.into(), reason, file: None, at }
}

/// A call with these changes.
pub fn call(name: &str, changes: Vec<Change>) -> Call {
    Call { section: section(name).unwrap(), changes }
}

/// A target without a difference.
pub fn target() -> TargetPlan {
    TargetPlan {
        config: "clerk.yaml".to_owned(),
        environment: Some("production".to_owned()),
        target: Target::default(),
        state: StateRef {
            location: "clerk.production.state.json".to_owned(),
            serial: 3,
            lineage: Some("0b9c".to_owned()),
            digest: None,
        },
        instance: Some(InstanceRef {
            id: Some("ins_2abc".to_owned()),
            environment_type: Some(EnvironmentType::Production),
        }),
        calls: Vec::new(),
        released: Vec::new(),
        unreflected: Vec::new(),
        advisories: Vec::new(),
        reading: None,
        observed: Values::new(),
    }
}

/// A plan with a bit of everything.
pub fn plan() -> Plan {
    let mut target = target();
    target.calls = vec![
        call(
            "instance",
            vec![
                change("instance.hibp", None, json!(true), Reason::New),
                change(
                    "instance.support_email",
                    Some(json!("old@example.com")),
                    json!("help@example.com"),
                    Reason::Changed,
                ),
                change(
                    "instance.allowed_origins",
                    Some(json!(["app://a", "app://b"])),
                    json!(["app://c", "app://b"]),
                    Reason::Changed,
                ),
            ],
        ),
        call(
            "restrictions",
            vec![
                change("restrictions.allowlist", Some(json!(true)), json!(true), Reason::Uncertain),
                change("restrictions.blocklist", None, Value::Null, Reason::Uncertain),
            ],
        ),
    ];
    target.released = vec![Release {
        section: "organization_settings".to_owned(),
        field: "enabled".to_owned(),
        before: Some(json!(true)),
    }];
    let at = Span { line: 7, column: 3, end_line: 7, end_column: 12 };
    target.advisories = vec![
        Finding::new("clerk.yaml", at, Code::MayLockOut, "this turns the allowlist on")
            .help("put the identifiers on the list first"),
    ];
    Plan { targets: vec![target], ..Plan::default() }
}

/// The same with a read of the live instance.
pub fn refreshed_plan() -> Plan {
    let mut plan = plan();
    for target in &mut plan.targets {
        target.calls.truncate(1);
        target.released.clear();
        target.advisories.clear();
        target.reading = Some(reading());
        for change in target.calls[0].changes.iter_mut().skip(1) {
            change.reason = Reason::Drifted;
            change.source = Some(Source::Get);
        }
    }
    plan
}

/// A drift with a bit of everything.
pub fn drift() -> Drift {
    let TargetPlan { config, environment, target, state, instance, mut calls, .. } =
        refreshed_plan().targets.remove(0);
    let hint = &mut calls[0].changes[0];
    (hint.before, hint.source) = (Some(json!(false)), Some(Source::Frontend));
    hint.reason = Reason::Drifted;
    let pending = Pending { section: "protect".to_owned(), field: "rules_enabled".to_owned() };
    let found = Compared {
        differences: calls,
        reading: reading(),
        pending: vec![pending],
        advisories: Vec::new(),
    };
    let target = TargetDrift { config, environment, target, state, instance, found: Ok(found) };
    Drift { targets: vec![target], ..Drift::default() }
}

fn reading() -> Reading {
    let hidden = |section: &str, field: &str, reason: &str| Unreadable {
        section: section.to_owned(),
        field: field.to_owned(),
        reason: reason.to_owned(),
    };
    Reading {
        compared: 6,
        unreadable: vec![
            hidden("instance", "test_mode", "nothing shows it"),
            hidden("protect", "specter_enabled", "GET answered 402"),
            hidden("instance", "clerk_js_version", "nothing shows it"),
        ],
    }
}

/// A plan of a target in which the service does not take one setting.
pub fn not_taken() -> Plan {
    let field = "organization_settings.max_allowed_memberships";
    let change = change(field, Some(json!(5)), json!(20), Reason::Unreflected);
    let unreflected = vec![call("organization_settings", vec![change])];
    Plan { targets: vec![TargetPlan { unreflected, ..target() }], ..Plan::default() }
}

/// A drift where only the second of two targets cannot be read.
pub fn shut_out() -> Drift {
    let mut found = drift();
    let problem = Problem {
        code: FailureCode::KeyMissing,
        message: "there is no secret key in OTHER".to_owned(),
        help: "set it".to_owned(),
        diagnostics: Vec::new(),
    };
    let config = "other.yaml".to_owned();
    found.targets.push(TargetDrift { config, found: Err(problem), ..found.targets[0].clone() });
    found
}

/// A plan in which every text is [`HOSTILE`].
pub fn hostile_plan() -> Plan {
    let text = || HOSTILE.to_owned();
    let long = json!(HOSTILE.repeat(9));
    let mut plan = plan();
    for target in &mut plan.targets {
        target.config = text();
        target.environment = Some(text());
        target.target.instance_id = Some(text());
        target.instance = Some(InstanceRef { id: Some(text()), environment_type: None });
        target.state.location = text();
        target.released = vec![
            Release { section: text(), field: text(), before: Some(json!({ HOSTILE: HOSTILE })) },
            Release { section: text(), field: text(), before: None },
        ];
        target.advisories =
            vec![Finding::new(HOSTILE, Span::START, Code::NotReflected, HOSTILE).help(HOSTILE)];
        target.reading = Some(Reading {
            compared: 1,
            unreadable: vec![Unreadable { section: text(), field: text(), reason: text() }],
        });
        target.unreflected = vec![call(
            "organization_settings",
            vec![change(
                "organization_settings.creator_role_id",
                Some(json!(HOSTILE)),
                json!(HOSTILE.repeat(2)),
                Reason::Unreflected,
            )],
        )];
        for change in target.calls.iter_mut().flat_map(|call| &mut call.changes) {
            change.before = Some(json!([HOSTILE, "kept"]));
            change.after = if change.field.name == "allowed_origins" {
                json!([HOSTILE.repeat(2), "kept"])
            } else {
                long.clone()
            }
            .into();
        }
    }
    plan.left_out = vec![hostile_problem()];
    plan
}

fn hostile_problem() -> TargetProblem {
    let text = || HOSTILE.to_owned();
    let code = FailureCode::StateDamaged;
    let problem = Problem { code, message: text(), help: text(), diagnostics: Vec::new() };
    TargetProblem { config: text(), environment: Some(text()), problem }
}

/// A drift in which every text is [`HOSTILE`].
pub fn hostile_drift() -> Drift {
    let plan = hostile_plan().targets.remove(0);
    let TargetPlan { config, environment, target, state, instance, advisories, .. } = plan;
    let found = Compared {
        differences: plan.calls,
        reading: plan.reading.unwrap(),
        pending: vec![Pending { section: HOSTILE.to_owned(), field: HOSTILE.to_owned() }],
        advisories,
    };
    let target = TargetDrift { config, environment, target, state, instance, found: Ok(found) };
    Drift { targets: vec![target], left_out: vec![hostile_problem()], ..Drift::default() }
}

/// A drift where the one target cannot be read, and every text is [`HOSTILE`].
pub fn hostile_shut_out() -> Drift {
    let text = || HOSTILE.to_owned();
    let code = FailureCode::KeyMissing;
    let problem = Problem { code, message: text(), help: text(), diagnostics: Vec::new() };
    let mut found = hostile_drift();
    found.targets[0].found = Err(problem);
    found
}
