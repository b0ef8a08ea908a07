//! Many targets: what is the same is told once.

use super::*;
use crate::plan::{Reason, TargetPlan};
use crate::render::samples::{call, change};

/// A target in an environment that sets this many memberships.
fn target(environment: &str, memberships: usize) -> TargetPlan {
    let field = "organization_settings.max_allowed_memberships";
    let mut target = samples::target();
    target.environment = Some(environment.to_owned());
    target.state.location = format!("clerk.{environment}.state.json");
    target.calls = vec![
        call("instance", vec![change("instance.hibp", None, json!(true), Reason::New)]),
        call(
            "organization_settings",
            vec![change(field, Some(json!(5)), json!(memberships), Reason::Changed)],
        ),
    ];
    target
}

fn page(targets: Vec<TargetPlan>) -> String {
    plan(&Plan { targets, ..Plan::default() }, "abc")
}

#[test]
fn equal_changes_are_one_row_and_equal_targets_one_block() {
    let memberships = [20, 20, 20, 20, 100];
    let targets = memberships.iter().enumerate();
    let page = page(targets.map(|(number, set)| target(&format!("e{number}"), *set)).collect());
    for part in [
        "<tr id=\"e0\" data-kind=\"new\" data-in=\"0-4\">",
        "<span class=\"number\">5</span> of 5</td>",
        "<tr id=\"e1\" data-kind=\"changed\" data-in=\"0-3\">",
        "<a href=\"#b0\"><span class=\"number\">4</span> of 5</a>",
        "<tr id=\"e2\" data-kind=\"changed\" data-in=\"4\">",
        "<a href=\"#t4\">e4</a>",
        "<details class=\"instance\" id=\"b0\" data-in=\"0-3\"",
        "<details class=\"instance\" id=\"b1\" data-in=\"4\"",
        "clerk.e3.state.json",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn environments_stand_side_by_side_where_they_differ() {
    let shown = page(vec![target("dev", 5), target("staging", 20), target("production", 100)]);
    assert!(shown.contains("<h2 id=\"environments\">"), "{shown}");
    for (environment, memberships) in [("dev", 5), ("staging", 20), ("production", 100)] {
        let cell = format!(
            "<td class=\"value changed\" data-name=\"{environment}\"><div data-of=\"e{}\"",
            match memberships {
                5 => 1,
                20 => 2,
                _ => 3,
            }
        );
        assert!(shown.contains(&cell), "{cell}\n{shown}");
        assert!(shown.contains(&format!("<b>{}</b>", value(&json!(memberships)))), "{shown}");
    }
    let mut calm = target("dev", 5);
    calm.calls.truncate(1);
    let shown = page(vec![calm, target("production", 100)]);
    assert!(shown.contains("<td class=\"soft\" data-name=\"dev\">no change</td>"), "{shown}");
    for same in [
        page(vec![target("dev", 5), target("production", 5)]),
        page((0..7).map(|number| target(&format!("e{number}"), number)).collect()),
    ] {
        assert!(!same.contains("id=\"environments\""), "{same}");
    }
}

#[test]
fn a_change_of_several_places_names_each_once() {
    let mut targets: Vec<_> = (0..4).map(|number| target(&format!("e{number}"), 20)).collect();
    for (number, target) in targets.iter_mut().enumerate() {
        target.calls[1].changes[0].at.line = 10 + number / 2;
    }
    let page = page(targets);
    let places =
        "<summary>clerk.yaml:10:3 and 1 more place</summary><ul><li>clerk.yaml:11:3</li></ul>";
    assert!(page.contains(places), "{page}");
}

#[test]
fn a_warning_of_several_targets_is_told_once_with_those_in_production() {
    let advisory = samples::plan().targets[0].advisories[0].clone();
    let mut targets: Vec<_> = (0..5).map(|number| target(&format!("e{number}"), 20)).collect();
    for (number, target) in targets.iter_mut().enumerate().skip(1) {
        let mut advisory = advisory.clone();
        advisory.span.line += number;
        target.advisories = vec![advisory];
    }
    let page = page(targets);
    assert_eq!(page.matches("this turns the allowlist on").count(), 1, "{page}");
    for part in [
        "data-kind=\"warning\" data-in=\"1-4\"",
        "<span class=\"number\">4</span> of 5</a><span class=\"soft\">, 4 in production</span>",
        "clerk.yaml:8:3 and 3 more places",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn many_warnings_are_folded_behind_the_first_ones() {
    let mut one = target("a", 5);
    let advisory = samples::plan().targets[0].advisories[0].clone();
    one.advisories = (0..5)
        .map(|number| {
            let mut advisory = advisory.clone();
            advisory.message = format!("message {number}");
            advisory
        })
        .collect();
    let page = page(vec![one]);
    let (shown, folded) = page.split_once("<summary>2 more warnings</summary>").unwrap();
    assert!(shown.contains("message 2") && !shown.contains("message 3"));
    assert!(folded.contains("message 3") && folded.contains("message 4"));
}
