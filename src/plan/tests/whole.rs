//! What is said of a plan as a whole.

use super::*;

fn plan(targets: &[(&str, Value)]) -> Plan {
    let target = |(file, recorded): &(&str, Value)| {
        between(&desired(file), Some(&state(recorded)), None, "s")
    };
    Plan { targets: targets.iter().map(target).collect(), ..Plan::default() }
}

#[test]
fn a_plan_is_empty_where_every_target_s_is_and_adds_up_what_they_hold() {
    let recorded = json!({"applied": {"instance": {"hibp": true, "test_mode": true}}});
    let same = ("instance: {hibp: true, test_mode: true}\n", recorded.clone());
    let released = ("instance: {hibp: true}\n", recorded);
    let new =
        ("instance: {hibp: true, test_mode: true}\nrestrictions: {blocklist: true}\n", json!({}));
    for (targets, is_empty, [calls, changes, forgotten]) in [
        (vec![], true, [0, 0, 0]),
        (vec![same.clone()], true, [0, 0, 0]),
        (vec![same.clone(), released.clone()], false, [0, 0, 1]),
        (vec![released.clone(), same.clone(), new.clone(), new], false, [4, 6, 1]),
    ] {
        let plan = plan(&targets);
        assert_eq!(plan.is_empty(), is_empty, "{targets:?}");
        let expected =
            Totals { targets: targets.len(), calls, changes, released: forgotten, unreflected: 0 };
        assert_eq!(plan.totals(), expected, "{targets:?}");
    }
}

#[test]
fn a_plan_warns_where_any_target_s_does() {
    let quiet = ("instance: {hibp: true}\n", json!({}));
    let loud = ("restrictions: {allowlist: true}\n", json!({}));
    assert!(!plan(&[]).has_advisories());
    assert!(!plan(std::slice::from_ref(&quiet)).has_advisories());
    assert!(plan(&[quiet, loud]).has_advisories());
}

#[test]
fn a_target_is_called_by_its_file_and_its_environment() {
    let mut target = plan(&[("instance: {hibp: true}\n", json!({}))]).targets.remove(0);
    assert_eq!(target.title(), "clerk.yaml");
    target.environment = Some("production".to_owned());
    assert_eq!(target.title(), "clerk.yaml [production]");
}

#[test]
fn a_document_is_written_target_by_target_as_it_is_as_a_whole() {
    let hostile = "\"targets\":[\u{1b}{}]";
    let new = ("instance: {hibp: true}\nrestrictions: {blocklist: true}\n", json!({}));
    let known = json!({"applied": {"instance": {"hibp": true, "test_mode": true}}});
    let known = ("instance: {hibp: true}\n", known);
    for targets in [vec![], vec![new.clone()], vec![known.clone(), new, known]] {
        let plan = Plan {
            folder: hostile.to_owned(),
            only: vec!["instance".to_owned()],
            ..plan(&targets)
        };
        let document = PlanDocument::from(&plan);
        let written = WrittenDocument::of(&plan);
        let pretty = written.pretty(|targets| targets.iter().map(WrittenTarget::of).collect());
        assert_eq!(pretty, format!("{:#}", document.to_value()));
        let mut whole = written.head();
        whole["targets"] = written.targets().collect();
        whole["digest"] = document.digest.clone().into();
        assert_eq!(whole, document.to_value());
    }
}
