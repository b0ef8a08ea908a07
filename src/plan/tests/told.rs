//! The words in which a plan tells what a read came to, and what it says of the read itself.

use serde_json::{Value, json};

use super::super::*;
use super::{codes, desired, state};
use crate::catalog;
use crate::failure::FailureCode;
use crate::finding::Code;
use crate::state::{InstanceRef, Live, Seen, Source};

fn messages(file: &str, members: &Value) -> Vec<String> {
    let plan = between(&desired(file), Some(&state(members)), None, "s");
    plan.advisories.iter().map(|finding| finding.message.clone()).collect()
}

#[test]
fn what_is_not_taken_is_told_with_both_sides_and_of_a_list_how_many_entries_are_where() {
    let taken = |field: &str, shown: &Value, sent: &Value| json!({"applied": {"instance": {field: shown}}, "unreflected": {"instance": {field: sent}}});
    let (a, b, c) = ("my-app://a", "my-app://b", "my-app://c");
    let table = [
        (json!([]), json!([a]), "1 only in the file"),
        (json!([a]), json!([a, b]), "1 only in the file, 1 in both"),
        (json!([a, b, c]), json!([a, b]), "1 only live, 2 in both"),
        (json!([a, c]), json!([a, b]), "1 only live, 1 only in the file, 1 in both"),
        (json!(null), json!([a]), "live null, file [\"my-app://a\"]"),
    ];
    for (live, file, sides) in table {
        assert_eq!(
            messages(
                &format!("instance: {{allowed_origins: {file}}}\n"),
                &taken("allowed_origins", &live, &file)
            ),
            [format!("`instance.allowed_origins` differs and Clerk does not take it: {sides}")],
            "{live} {file}"
        );
    }
    assert_eq!(
        messages("instance: {hibp: true}\n", &taken("hibp", &json!(false), &json!(true))),
        ["`instance.hibp` differs and Clerk does not take it: live false, file true"]
    );
}

#[test]
fn the_same_warning_of_two_settings_is_given_for_each() {
    let recorded = json!({"applied": {"restrictions": {"allowlist": true},
                                      "instance": {"hibp": true}}});
    let file = "instance: {hibp: false}\nrestrictions: {allowlist: false}\n";
    let plan = between(&desired(file), Some(&state(&recorded)), None, "s");
    assert_eq!(codes(&plan), [Code::WeakensSecurity, Code::WeakensSecurity]);
}

#[test]
fn what_drift_finds_is_said_of_the_instance_that_was_read() {
    let read = InstanceRef { id: Some("ins_read".to_owned()), environment_type: None };
    let live = Live::of(read.clone());
    for state in [None, Some(state(&json!({})))] {
        let drift = drift(&desired("instance: {hibp: true}\n"), state.as_ref(), &live, "s");
        assert_eq!(drift.instance.as_ref(), Some(&read));
    }
}

#[test]
fn a_target_that_could_not_be_compared_says_why() {
    let [message, help] = ["the key was refused", "take another"].map(str::to_owned);
    let code = FailureCode::ALL[0];
    let problem = Problem { code, message, help, diagnostics: Vec::new() };
    let desired = desired("instance: {hibp: true}\n");
    assert_eq!(uncompared(&desired, None, "s", problem.clone()).found, Err(problem));
}

#[test]
fn why_a_setting_cannot_be_compared_follows_from_what_was_expected() {
    let unread = |file: &str, shown: Option<Value>| {
        let mut live = Live::default();
        let section = catalog::SECTIONS.iter().find(|it| it.name == "instance").unwrap();
        let field = section.fields.iter().find(|it| it.name == "support_email").unwrap();
        if let Some(value) = shown {
            live.show(section, field, Seen { value, source: Source::Get });
        }
        let reading = Reading::of(&desired(file), &live);
        reading.unreadable.into_iter().map(|it| it.reason).collect::<Vec<_>>()
    };
    let null = "instance: {support_email: null}\n";
    let text = "instance: {support_email: a@example.com}\n";
    assert_eq!(unread(text, Some(json!("a@example.com"))), Vec::<String>::new());
    assert_eq!(unread(text, None), ["it was not read"]);
    assert_eq!(
        unread(text, Some(json!("a".repeat(1024 * 1024)))),
        ["what the service shows cannot be compared"]
    );
    assert_eq!(
        unread(null, Some(json!("a@example.com"))),
        ["`null` was sent, and what it becomes is up to the service"]
    );
}

#[test]
fn a_target_has_news_where_it_asks_for_anything_or_something_was_seen_that_is_not_recorded() {
    let mut live = Live::default();
    let section = catalog::SECTIONS.iter().find(|it| it.name == "instance").unwrap();
    let field = section.fields.iter().find(|it| it.name == "hibp").unwrap();
    live.show(section, field, Seen { value: json!(true), source: Source::Get });
    let file = "instance: {hibp: true}\n";
    let recorded = json!({"applied": {"instance": {"hibp": true}}});
    let more = json!({"applied": {"instance": {"hibp": true, "test_mode": true}}});
    for (members, live, is_empty, has_news) in [
        (&recorded, None, true, false),
        (&recorded, Some(&live), true, false),
        (&json!({}), Some(&live), true, true),
        (&json!({}), None, false, true),
        (&more, None, false, true),
    ] {
        let plan = between(&desired(file), Some(&state(members)), live, "s");
        assert_eq!((plan.is_empty(), plan.has_news()), (is_empty, has_news), "{members}");
    }
}

#[test]
fn a_difference_that_is_not_taken_is_one_only_as_long_as_the_instance_shows_the_same() {
    let members = json!({"applied": {"instance": {"allowed_origins": ["my-app://a"]}},
                         "unreflected": {"instance": {"allowed_origins": ["my-app://b"]}}});
    let file = "instance: {allowed_origins: [my-app://b]}\n";
    let instance = catalog::section("instance").unwrap();
    let field = instance.field("allowed_origins").unwrap();
    for (shown, calls, withheld) in [
        (json!(["my-app://a"]), 0, 1),
        // Somebody changed it since, so that sending it is worth another try.
        (json!(["my-app://c"]), 1, 0),
        (json!(["my-app://b"]), 0, 0),
    ] {
        let mut live = Live::of(InstanceRef::default());
        live.show(instance, field, Seen { value: shown.clone(), source: Source::Get });
        let plan = between(&desired(file), Some(&state(&members)), Some(&live), "s");
        let (sent, differing) = (plan.calls.len(), plan.unreflected.len());
        assert_eq!((sent, differing), (calls, withheld), "{shown}");
    }
}

#[test]
fn the_words_and_numbers_of_an_outcome_are_those_that_scripts_know() {
    use super::super::outcome::{CallOutcome, Ended, Outcome, Tally, TargetOutcome, Unverified};

    let ended = [Ended::Applied, Ended::Failed, Ended::Unknown, Ended::Skipped];
    assert_eq!(ended.map(Ended::as_str), ["applied", "failed", "unknown", "skipped"]);
    assert_eq!(Unverified::NotJson.as_str(), "the answer is not JSON");
    let call = |outcome| CallOutcome {
        section: "s",
        path: "/v1/s",
        outcome,
        status: None,
        attempts: 1,
        verified: None,
        unreflected: std::collections::BTreeMap::new(),
        unverified: None,
        error: None,
        uncertain: false,
    };
    let target = |noticed| TargetOutcome {
        config: "c".to_owned(),
        environment: None,
        calls: [&ended[..], &ended[1..], &ended[2..], &ended[3..]]
            .concat()
            .into_iter()
            .map(call)
            .collect(),
        problem: None,
        record_error: None,
        released: 0,
        noticed,
        meanwhile: Vec::new(),
    };
    let tally = Outcome { targets: vec![target(0)] }.tally();
    assert_eq!(tally, Tally { applied: 1, failed: 2, unknown: 3, skipped: 4 });
    let recorded =
        |noticed| serde_json::to_value(target(noticed)).unwrap().get("recorded").cloned();
    assert_eq!((recorded(0), recorded(2)), (None, Some(json!(2))));
    let totals =
        |unreflected| Totals { targets: 1, calls: 0, changes: 0, released: 0, unreflected };
    let differing =
        |number| serde_json::to_value(totals(number)).unwrap().get("unreflected").cloned();
    assert_eq!((differing(0), differing(2)), (None, Some(json!(2))));
}
