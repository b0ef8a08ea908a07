//! What several targets have in common.

use serde_json::{Value, json};

use super::super::group::{ChangeGroup, changes, targets};
use super::super::*;
use super::{FILE, desired};

fn plans() -> Vec<TargetPlan> {
    let other = FILE.replace("blocklist: true", "blocklist: false");
    let moved = format!("# A remark.\n\n{FILE}");
    [FILE, &other, &moved].map(|text| between(&desired(text), None, None, "s")).into()
}

#[test]
fn a_change_is_told_once_wherever_it_stands() {
    let plans = plans();
    let groups = changes(plans.iter().map(|plan| plan.calls.as_slice()));
    let number = |group: &ChangeGroup<'_>| group.members.iter().map(|it| it.0).collect();
    let blocklist: Vec<(Vec<usize>, &Value)> = groups
        .iter()
        .filter(|group| group.first().field.name == "blocklist")
        .map(|group| (number(group), &*group.first().after))
        .collect();
    assert_eq!(blocklist, [(vec![0, 2], &json!(true)), (vec![1], &json!(false))]);
    let sent: usize = groups.iter().map(|group| group.members.len()).sum();
    assert_eq!(sent, plans.iter().map(|plan| plan.sent().count()).sum::<usize>());
    let place = |member: usize| -> Span { groups[0].members[member].1.at };
    assert_ne!(place(0), place(2));
}

#[test]
fn targets_with_the_same_work_are_one_group() {
    let members: Vec<_> = targets(&plans()).into_iter().map(|group| group.members).collect();
    assert_eq!(members, [vec![0, 2], vec![1]]);
}

#[test]
fn a_release_keeps_targets_apart() {
    let mut plans = plans();
    let before = Some(json!(true));
    let release = Release { section: "instance".to_owned(), field: "hibp".to_owned(), before };
    plans[2].released.push(release);
    assert_eq!(targets(&plans).len(), 3);
}
