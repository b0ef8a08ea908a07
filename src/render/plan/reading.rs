//! The words of a plan about its read of the live instance: how much could not be read, and what it
//! means that nothing is to be done.

use crate::plan::{Plan, Reading, TargetPlan};
use crate::render::text::words::{count, list, plural, verb};

/// How many settings could not be read, where any could not.
pub(super) fn unread(target: &TargetPlan) -> Option<String> {
    let Reading { compared, unreadable } = target.reading.as_ref()?;
    let (hidden, all) = (unreadable.len(), unreadable.len() + compared);
    (hidden > 0).then(|| {
        let (settings, are) = (count(all, "setting"), verb(hidden, "is", "are"));
        format!("{hidden} of {settings} cannot be read and {are} planned as without `--refresh`")
    })
}

/// The same of targets with the same work.
pub(super) fn unread_of(alike: &[&TargetPlan]) -> Option<String> {
    let mut told: Vec<String> = alike.iter().filter_map(|target| unread(target)).collect();
    let in_all = told.len() == alike.len();
    told.dedup();
    match told.as_slice() {
        [] => None,
        [only] if in_all => Some(only.clone()),
        _ => Some("what cannot be read is planned as without `--refresh`".to_owned()),
    }
}

/// Why there is no target, as a sentence without a full stop.
pub(super) fn no_target(selected_by: &[&str]) -> String {
    if selected_by.is_empty() {
        return "No target was named".to_owned();
    }
    let options: Vec<_> = selected_by.iter().map(|option| format!("`{option}`")).collect();
    let leave = verb(options.len(), "leaves", "leave");
    format!("No target is left to look at: {} {leave} out all of them", list(&options))
}

/// Why a plan is empty, in one sentence.
pub(super) fn nothing_to_do(plan: &Plan) -> String {
    let targets = plan.targets.len();
    let matches = verb(targets, "matches", "match");
    let is_refreshed = plan.targets.iter().any(|target| target.reading.is_some());
    let is_hidden = plan.targets.iter().any(|target| unread(target).is_some());
    match targets {
        0 => format!("No changes. {}.", no_target(&plan.selected_by)),
        1 if is_hidden => "No changes. What can be read of the instance matches the file, and the \
            rest matches what was last applied."
            .to_owned(),
        _ if is_hidden => format!(
            "No changes. What can be read of {} matches the files, and the rest matches what was \
             last applied.",
            count(targets, "instance")
        ),
        1 if is_refreshed => "No changes. The instance matches the file.".to_owned(),
        _ if is_refreshed => {
            format!("No changes. {} match the files.", count(targets, "instance"))
        }
        // Without a state, whatever the files ask for would be new.
        _ if plan.targets.iter().all(|target| target.state.lineage.is_none()) => {
            let (files, sets) = (plural(targets, "file"), verb(targets, "sets", "set"));
            format!("No changes. The {files} {sets} nothing yet.")
        }
        1 => "No changes. The file matches what was last applied.".to_owned(),
        _ => {
            format!("No changes. {} {matches} what was last applied.", count(targets, "target"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::markdown::markdown;
    use super::super::text::text;
    use super::*;
    use crate::render::comment::links::tests::NO_LINKS;
    use crate::render::samples;
    use crate::render::text::palette::Palette;

    #[test]
    fn many_targets_without_a_difference_are_one_count() {
        let mut plan = samples::plan();
        let busy = text(&plan, &Palette::plain());
        plan.targets.splice(0..0, [samples::target(), samples::target()]);
        plan.targets.extend([samples::target(), samples::target()]);
        let (shown, _) = busy.split_once("Plan: ").unwrap();
        let all = text(&plan, &Palette::plain());
        assert!(all.starts_with(&format!("{shown}4 targets: nothing to do\n\nPlan: ")), "{all}");
        assert!(all.contains(" in 1 of 5 targets"), "{all}");
    }

    #[test]
    fn an_empty_plan_claims_no_more_than_was_read_or_applied() {
        let unread = || samples::target();
        let with = |unreadable: usize| {
            let mut target = samples::refreshed_plan().targets.remove(0);
            target.calls.clear();
            target.reading.as_mut().unwrap().unreadable.truncate(unreadable);
            target
        };
        let mut unset = samples::target();
        unset.state.lineage = None;
        for (targets, expected) in [
            (vec![], "No changes. No target was named."),
            (vec![unread()], "No changes. The file matches what was last applied."),
            (vec![unset.clone()], "No changes. The file sets nothing yet."),
            (vec![with(0)], "No changes. The instance matches the file."),
            (vec![with(0), with(0)], "No changes. 2 instances match the files."),
            (
                vec![with(2)],
                "No changes. What can be read of the instance matches the file, and the rest \
                 matches what was last applied.",
            ),
            (
                vec![with(0), with(2)],
                "No changes. What can be read of 2 instances matches the files, and the rest matches \
                 what was last applied.",
            ),
        ] {
            assert_eq!(nothing_to_do(&Plan { targets, ..Plan::default() }), expected);
        }
        let selected_by = vec!["--changed-since", "--shard"];
        assert_eq!(
            nothing_to_do(&Plan { selected_by, ..Plan::default() }),
            "No changes. No target is left to look at: `--changed-since` and `--shard` leave out all \
             of them."
        );
    }

    #[test]
    fn a_refreshed_plan_says_where_a_value_was_read_and_how_much_could_not_be() {
        let plan = samples::refreshed_plan();
        let shown = text(&plan, &Palette::plain());
        let unread = "3 of 9 settings cannot be read and are planned as without `--refresh`";
        assert!(shown.contains(&format!("\n  {unread}\n")), "{shown}");
        assert!(shown.contains("clerk.yaml:3:3  drifted (get)\n"), "{shown}");
        let shown = markdown(&plan, "5f1c", &NO_LINKS);
        assert!(shown.contains("# drifted (get), clerk.yaml:3:3\n"), "{shown}");
        assert!(shown.contains("3 of 9 settings cannot be read"), "{shown}");
        assert!(
            shown.contains("clerkform apply clerk.yaml -e production --refresh --checksum"),
            "{shown}"
        );
    }
}
