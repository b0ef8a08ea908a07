use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::plan::Reason;
use crate::render::plan::comment::tests::outline;
use crate::render::plan::folded::length;
use crate::render::samples::{self, call};

const LIMIT: usize = 60_000;

#[test]
fn a_comment_holds_what_a_reviewer_needs() {
    let shown = markdown(&samples::plan(), "5f1c");
    assert_snapshot!(shown, @r#"
    <!-- clerkform plan -->
    **Plan: 2 calls change 5 settings in 1 target; 1 setting is released.**

    - warning **may-lock-out** at `clerk.yaml:7:3`: this turns the allowlist on\
      help: put the identifiers on the list first

    <!-- clerkform: clerk.yaml#production -->

    <details open>
    <summary><code>clerk.yaml [production]</code>: 2 calls, 5 settings, 1 release, 1 warning</summary>

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

    Checksum: `5f1c`

    To apply exactly this plan, with the same key and API:

    ```sh
    clerkform apply clerk.yaml -e production --checksum 5f1c
    ```
    "#);
    assert_eq!(
        outline(&shown),
        [
            "<!-- clerkform",
            "prose",
            "list of 1",
            "<!-- clerkform:",
            "<details open>",
            "prose",
            "diff of 7",
            "diff of 3",
            "prose",
            "diff of 2",
            "</details>",
            "prose",
            "prose",
            "sh of 1",
        ]
    );
}

#[test]
fn nothing_to_do_names_no_command() {
    let plan = Plan { targets: vec![samples::target(), samples::target()], ..Plan::default() };
    let shown = markdown(&plan, "5f1c");
    assert_snapshot!(shown, @"
    <!-- clerkform plan -->
    **No changes. 2 targets match what was last applied.**

    <!-- clerkform: clerk.yaml#production -->
    <!-- clerkform: clerk.yaml#production -->

    <details>
    <summary>2 targets without a difference</summary>

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
    let [friendly, hostile] = [samples::plan(), samples::hostile_plan()]
        .map(|plan| outline(&markdown(&plan, samples::HOSTILE)).len());
    // What could not be read is one more line of prose, and what is not taken one more fence.
    assert_eq!(friendly + 2, hostile);
}

fn many(plan: &Plan, number: usize) -> Plan {
    let target = |number| {
        let mut target = plan.targets[0].clone();
        target.config = format!("{number}.yaml");
        target
    };
    Plan { targets: (0..number).map(target).collect(), ..Plan::default() }
}

#[test]
fn a_list_of_any_size_fits_into_a_comment() {
    let entries: Vec<_> = (0..30_000).map(|number| format!("app://host-{number}")).collect();
    let mut plan = samples::plan();
    plan.targets[0].calls = vec![call(
        "instance",
        vec![samples::change("instance.allowed_origins", None, json!(entries), Reason::New)],
    )];
    let shown = markdown(&plan, "5f1c");
    outline(&shown);
    assert!(length(&shown) > LIMIT / 2);
    let kept = shown.matches("+   - ").count();
    assert!(shown.contains(&format!("{} entries left out", 30_000 - kept)), "{shown}");
}

#[test]
fn what_is_left_out_of_many_targets_is_counted() {
    for (plan, each) in [(samples::plan(), 6), (samples::hostile_plan(), 8)] {
        for number in [2, 40, 900] {
            let shown = markdown(&many(&plan, number), "5f1c");
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
fn a_warning_of_several_targets_is_told_once_and_names_them() {
    for (number, about) in [
        (1, ":7:3`\\: "),
        (2, "` for `0.yaml [production]` and `1.yaml [production]`: "),
        (900, "` for 900 targets: "),
    ] {
        let shown = markdown(&many(&samples::plan(), number), "5f1c");
        assert_eq!(shown.matches("**may-lock-out**").count(), 1);
        assert!(shown.contains(about) || number == 1, "{shown}");
    }
}

#[test]
fn warnings_leave_room_for_the_targets() {
    let mut plan = many(&samples::plan(), 900);
    for (number, target) in plan.targets.iter_mut().enumerate() {
        target.advisories[0].file = format!("{number}.yaml");
    }
    let shown = markdown(&plan, "5f1c");
    outline(&shown);
    let kept = shown.matches("**may-lock-out**").count();
    assert!(shown.contains(&format!("- … {} more warnings\n", 900 - kept)), "{shown}");
    assert!(shown.matches("<details").count() > 30);
}

#[test]
fn targets_without_a_difference_stand_together_behind_the_others() {
    let mut plan = samples::plan();
    plan.targets.insert(0, samples::target());
    let shown = markdown(&plan, "5f1c");
    let at = |text| shown.find(text).expect(text);
    assert!(at("2 calls, 5 settings") < at("1 target without a difference"));
    let all =
        markdown(&Plan { targets: vec![samples::target(); 3_000], ..Plan::default() }, "5f1c");
    assert!(all.contains("3000 targets without a difference"));
    outline(&all);
}
