use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::finding::{Code, Finding, Span};
use crate::plan::{Reason, TargetProblem};
use crate::render::comment::folded::length;
use crate::render::comment::links::ForgeCommit;
use crate::render::comment::links::tests::NO_LINKS;
use crate::render::comment::tests::{FILES, outline};
use crate::render::findings::located::FileLocation;
use crate::render::samples::{self, call};

const LIMIT: usize = 60_000;

#[test]
fn a_comment_holds_what_a_reviewer_needs() {
    let shown = markdown(&samples::plan(), "5f1c", &NO_LINKS);
    assert_snapshot!(shown, @r#"
    <!-- clerkform plan -->
    ### Clerk plan for production: 5 settings change, 1 no longer managed

    Plan: 2 calls change 5 settings in 1 target; 1 setting no longer managed.

    > [!WARNING]
    > **May lock out** at `clerk.yaml:7`: this turns the allowlist on\
    > help: put the identifiers on the list first

    | setting | before | after | where |
    | --- | --- | --- | --- |
    | `instance.hibp` | not recorded | `true` | `clerk.yaml:3` |
    | `instance.support_email` | `"old@example.com"` | `"help@example.com"` | `clerk.yaml:3` |
    | `instance.allowed_origins` | − `"app://a"` | 1 removed, 1 added, 1 kept: + `"app://c"` | `clerk.yaml:3` |
    | `restrictions.allowlist` | `true` (uncertain) | `true` | `clerk.yaml:3` |
    | `restrictions.blocklist` | uncertain | `null` | `clerk.yaml:3` |
    | `organization_settings.enabled` | `true` | no longer managed; the service keeps the value |  |

    <!-- clerkform: clerk.yaml#production -->

    <details>
    <summary><code>clerk.yaml [production]</code>: 2 calls, 5 settings, 1 no longer managed, 1 warning</summary>

    instance `ins_2abc` (production); state `clerk.production.state.json`, serial 3

    ```diff
    # PATCH /v1/instance
    + hibp: true  # new, clerk.yaml:3:3
    - support_email: "old@example.com"
    + support_email: "help@example.com"  # changed, clerk.yaml:3:3
      allowed_origins: 1 removed, 1 added, 1 kept  # changed, clerk.yaml:3:3
    -   - "app://a"
    +   - "app://c"
    ```

    ```diff
    # PATCH /v1/instance/restrictions
    ! allowlist: true  # uncertain, recorded as wanted, clerk.yaml:3:3
    ! blocklist: null  # uncertain, nothing recorded, clerk.yaml:3:3
    ```

    uncertain: an earlier run may or may not have set it, so it is sent again

    ```diff
    # Released
    - organization_settings.enabled  # was true: no longer managed; the service keeps the value
    ```

    </details>

    <details>
    <summary>Apply exactly this plan</summary>

    Checksum: `5f1c`

    With the same key and API:

    ```sh
    clerkform apply clerk.yaml -e production --checksum 5f1c
    ```

    </details>
    "#);
}

#[test]
fn a_comment_is_read_as_it_was_meant() {
    let shown = markdown(&samples::plan(), "5f1c", &NO_LINKS);
    assert_eq!(
        outline(&shown),
        [
            "<!-- clerkform",
            "heading",
            "prose",
            "alert of prose",
            "table of 6 by 4",
            "<!-- clerkform:",
            "<details>  summary<code>clerk.yaml",
            "prose",
            "diff of 7",
            "diff of 3",
            "prose",
            "diff of 2",
            "</details>",
            "<details>  summaryApply",
            "prose",
            "prose",
            "sh of 1",
            "</details>",
        ]
    );
}

#[test]
fn nothing_to_do_names_no_command() {
    let plan = Plan { targets: vec![samples::target(), samples::target()], ..Plan::default() };
    let shown = markdown(&plan, "5f1c", &NO_LINKS);
    assert_snapshot!(shown, @"
    <!-- clerkform plan -->
    ### Clerk plan for production: no changes

    No changes. 2 targets match what was last applied.

    <!-- clerkform: clerk.yaml#production -->
    <!-- clerkform: clerk.yaml#production -->

    <details>
    <summary>2 instances without a difference</summary>

    ```text
    clerk.yaml [production]
    clerk.yaml [production]
    ```

    </details>

    Checksum: `5f1c`
    ");
    outline(&shown);
}

#[test]
fn no_value_breaks_out_of_its_place() {
    let commit =
        ForgeCommit::on_github("https://forge.example", "acme/settings", "c0ffee1").unwrap();
    let inside = |file: &str| FileLocation::Inside(file.to_owned());
    let links = SourceLinks { commit: Some(&commit), naming: &inside };
    let mut friendly = samples::plan();
    let [code, message, help] = ["state-damaged", "it ends in the middle", "restore it"];
    let problem = json!({"code": code, "message": message, "help": help});
    let problem = serde_json::from_value(problem).unwrap();
    let config = "other.yaml".to_owned();
    friendly.left_out = vec![TargetProblem { config, environment: None, problem }];
    let [friendly, hostile] = [friendly, samples::hostile_plan()].map(|plan| {
        let shown = markdown(&plan, samples::HOSTILE, &links);
        assert!(shown.contains(FILES), "{shown}");
        outline(&shown)
    });
    // What is not taken is one more row and one more fence, and there are two releases.
    assert_eq!(friendly[..5], hostile[..5]);
    assert_eq!((friendly[5].as_str(), hostile[5].as_str()), ("table of 6 by 4", "table of 8 by 4"));
    assert_eq!(friendly.len() + 1, hostile.len());
}

/// A plan of targets that are like the only one of another; each has a file of its own.
fn many(plan: &Plan, number: usize) -> Plan {
    let target = |number| {
        let mut target = plan.targets[0].clone();
        target.config = format!("{number}.yaml");
        target
    };
    Plan { targets: (0..number).map(target).collect(), ..Plan::default() }
}

/// The same, of which no two do the same.
fn different(plan: &Plan, number: usize) -> Plan {
    let mut plan = many(plan, number);
    for (number, target) in plan.targets.iter_mut().enumerate() {
        target.calls[0].changes[1].after = json!(format!("{number}@example.com")).into();
    }
    plan
}

#[test]
fn a_list_of_any_size_fits_into_a_comment() {
    let entries: Vec<_> = (0..30_000).map(|number| format!("app://host-{number}")).collect();
    let mut plan = samples::plan();
    plan.targets[0].calls = vec![call(
        "instance",
        vec![samples::change("instance.allowed_origins", None, json!(entries), Reason::New)],
    )];
    let shown = markdown(&plan, "5f1c", &NO_LINKS);
    outline(&shown);
    assert!(length(&shown) > LIMIT / 2);
    let kept = shown.matches("+   - ").count();
    assert!(shown.contains(&format!("{} entries left out", 30_000 - kept)), "{shown}");
}

#[test]
fn what_is_left_out_of_many_targets_is_counted() {
    for (plan, each) in [(samples::plan(), 6), (samples::hostile_plan(), 8)] {
        for number in [2, 40, 900] {
            let shown = markdown(&different(&plan, number), "5f1c", &NO_LINKS);
            outline(&shown);
            let kept = shown.matches("<summary><code>").count();
            let missing = number - kept;
            if missing > 0 {
                let settings = missing * each;
                let note = format!("… {missing} targets with {settings} settings are left out");
                assert!(shown.contains(&note), "{shown}");
                assert!(length(&shown) > LIMIT / 2, "{}", length(&shown));
            }
            assert!(shown.contains("--checksum 5f1c"));
            assert!(shown.contains(&format!("{number} targets; ")), "{shown}");
        }
    }
}

#[test]
fn a_change_that_is_the_same_in_many_instances_is_told_once() {
    let mut plan = many(&samples::plan(), 36);
    for (number, target) in plan.targets.iter_mut().enumerate() {
        let environments = ["dev", "staging", "prod"];
        target.environment = Some(environments[number % 3].to_owned());
        target.advisories[0].file = "base.yaml".to_owned();
        for change in target.calls.iter_mut().flat_map(|call| &mut call.changes) {
            change.file = Some("base.yaml".into());
        }
        if number % 3 != 2 {
            target.instance = None;
        }
    }
    let shown = markdown(&plan, "5f1c", &NO_LINKS);
    for part in [
        "### Clerk plan: 5 settings change in 36 instances, 1 no longer managed\n",
        "> **May lock out** in 36 instances, 12 of them in production at `base.yaml:7`: ",
        "| `instance.hibp` | not recorded | `true` | `base.yaml:3` | 36 |\n",
        "<summary>36 instances (12 <code>dev</code>, 12 <code>staging</code>, 12 <code>prod</code>): ",
        "\n+ hibp: true  # new, base.yaml:3:3\n",
        "\n35.yaml [prod]: instance ins_2abc (production); state ",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(shown.matches("+ hibp: true").count(), 1);
    assert_eq!(shown.matches("<!-- clerkform: ").count(), 36);
    outline(&shown);

    // Where each has a file of its own, a place stands for them all.
    let shown = markdown(&many(&samples::plan(), 36), "5f1c", &NO_LINKS);
    let row = "| `instance.hibp` | not recorded | `true` | `0.yaml:3` and 35 more | 36 |\n";
    assert!(shown.contains(row) && shown.contains("\n+ hibp: true  # new\n"), "{shown}");
    assert!(shown.starts_with("<!-- clerkform plan -->\n### Clerk plan for production: 5 "));
}

#[test]
fn a_small_change_is_read_on_one_screen() {
    let mut plan = samples::plan();
    plan.targets[0].calls = vec![call(
        "instance",
        vec![samples::change("instance.hibp", Some(json!(true)), json!(false), Reason::Changed)],
    )];
    plan.targets[0].released.clear();
    let shown = markdown(&plan, "5f1c", &NO_LINKS);
    let mut depth = 0;
    let unfolded = shown.lines().filter(|line| {
        depth += usize::from(line.starts_with("<details>"));
        let is_shown = depth == 0 && !line.is_empty() && !line.starts_with("<!--");
        depth -= usize::from(*line == "</details>");
        is_shown
    });
    let unfolded: Vec<_> = unfolded.collect();
    assert!(unfolded.len() < 10, "{unfolded:#?}");
    assert!(unfolded.contains(&"| `instance.hibp` | `true` | `false` | `clerk.yaml:3` |"));
}

#[test]
fn a_warning_of_several_targets_is_told_once_and_names_them() {
    for (number, about) in [
        (1, "> **May lock out** at `clerk.yaml:7`: "),
        (
            2,
            "> **May lock out** in `0.yaml [production]` and `1.yaml [production]` at `clerk.yaml:7`: ",
        ),
        (900, "> **May lock out** in 900 instances, all of them in production at `clerk.yaml:7`: "),
    ] {
        let shown = markdown(&many(&samples::plan(), number), "5f1c", &NO_LINKS);
        assert_eq!(shown.matches("**May lock out**").count(), 1);
        assert!(shown.contains(about), "{shown}");
    }
}

#[test]
fn warnings_leave_room_for_the_targets() {
    let mut plan = different(&samples::plan(), 900);
    for (number, target) in plan.targets.iter_mut().enumerate() {
        let message = format!("the {number}th allowlist is turned on");
        target.advisories = vec![Finding::new("a.yaml", Span::START, Code::MayLockOut, message)];
    }
    let shown = markdown(&plan, "5f1c", &NO_LINKS);
    outline(&shown);
    let kept = shown.matches("**May lock out**").count();
    assert!(shown.contains(&format!("> - … {} more warnings\n", 900 - kept)), "{shown}");
    assert!(shown.matches("<details").count() > 10);
}

#[test]
fn targets_without_a_difference_stand_together_behind_the_others() {
    let mut plan = samples::plan();
    plan.targets.insert(0, samples::target());
    let shown = markdown(&plan, "5f1c", &NO_LINKS);
    let at = |text| shown.find(text).expect(text);
    assert!(at("2 calls, 5 settings") < at("1 instance without a difference"));
    let all = markdown(
        &Plan { targets: vec![samples::target(); 3_000], ..Plan::default() },
        "5f1c",
        &NO_LINKS,
    );
    assert!(all.contains("3000 instances without a difference"));
    assert!(all.contains(" instances left out …"), "{all}");
    outline(&all);
}
