use insta::assert_snapshot;

use super::*;
use crate::render::comment::links::tests::NO_LINKS;
use crate::render::comment::tests::outline;
use crate::render::samples;

#[test]
fn a_comment_tells_both_values_and_what_nobody_can_tell() {
    let shown = markdown(&samples::drift(), &NO_LINKS);
    assert_snapshot!(shown, @r#"
    <!-- clerkform drift -->
    ### Clerk drift for production: 3 settings differ

    Drift: 3 of 6 compared settings differ in 1 target; 1 is not applied yet; 3 cannot be read.

    | setting | live | file | where |
    | --- | --- | --- | --- |
    | `instance.hibp` | `false` (a hint of the front end) | `true` | `clerk.yaml:3` |
    | `instance.support_email` | `"old@example.com"` | `"help@example.com"` | `clerk.yaml:3` |
    | `instance.allowed_origins` | − `"app://a"` | 1 only live, 1 only in the file, 1 in both: + `"app://c"` | `clerk.yaml:3` |

    <!-- clerkform: clerk.yaml#production -->

    <details>
    <summary><code>clerk.yaml [production]</code>: 3 settings drifted, 1 not applied yet, 3 cannot be read</summary>

    instance `ins_2abc` (production)

    ```diff
    # instance
    - hibp: false  # live, frontend, a hint
    + hibp: true  # file, clerk.yaml:3:3
    - support_email: "old@example.com"  # live, get
    + support_email: "help@example.com"  # file, clerk.yaml:3:3
    ! allowed_origins: 1 only live, 1 only in the file, 1 in both  # get, clerk.yaml:3:3
    -   - "app://a"
    +   - "app://c"
    ```

    ```text
    # cannot be read: nothing shows it
    instance.test_mode
    instance.clerk_js_version
    ```

    ```text
    # cannot be read: GET answered 402
    protect.specter_enabled
    ```

    ```text
    # not applied yet: the live value is the one last applied
    protect.rules_enabled
    ```

    </details>

    To put the files' values back, with the same key and API; it shows its plan and asks first:

    ```sh
    clerkform apply clerk.yaml -e production --refresh
    ```

    Note: a value that only the front end shows is a hint\: compare it with the Dashboard; `clerkform state forget instance.hibp` and then `apply` send the file's value again.
    "#);
    outline(&shown);
}

#[test]
fn where_nothing_drifted_no_command_is_named() {
    let mut found = samples::drift();
    let compared = found.targets[0].found.as_mut().unwrap();
    compared.differences.clear();
    compared.reading.unreadable.clear();
    compared.pending.clear();
    let shown = markdown(&found, &NO_LINKS);
    assert_snapshot!(shown, @"
    <!-- clerkform drift -->
    ### Clerk drift for production: none found

    No drift in 6 compared settings.

    <!-- clerkform: clerk.yaml#production -->

    <details>
    <summary>1 instance without drift</summary>

    ```text
    clerk.yaml [production]
    ```

    </details>
    ");
    outline(&shown);
}

#[test]
fn no_value_breaks_out_of_its_place_and_what_is_left_out_is_counted() {
    let mut found = samples::hostile_drift();
    outline(&markdown(&found, &NO_LINKS));
    outline(&markdown(&samples::hostile_shut_out(), &NO_LINKS));
    let target = found.targets.remove(0);
    found.targets = vec![target; 900];
    // None is like another one.
    for (number, target) in found.targets.iter_mut().enumerate() {
        target.found.as_mut().unwrap().pending[0].field += &number.to_string();
    }
    let shown = markdown(&found, &NO_LINKS);
    outline(&shown);
    let missing = 900 - shown.matches("<summary><code>").count();
    let settings = missing * 7;
    let note = format!("… {missing} targets with {settings} settings are left out");
    assert!(shown.contains(&note), "{shown}");
}

#[test]
fn targets_of_which_the_same_was_found_share_a_block() {
    let mut found = samples::drift();
    let first = found.targets[0].clone();
    let other = |config: &str| TargetDrift { config: config.to_owned(), ..first.clone() };
    found.targets.extend([other("b.yaml"), other("c.yaml")]);
    if let Ok(compared) = &mut found.targets[2].found {
        compared.pending.clear();
    }
    let shown = markdown(&found, &NO_LINKS);
    assert_eq!(shown.matches("<details>").count(), 2, "{shown}");
    assert!(shown.contains("<summary>2 instances (2 <code>production</code>): "), "{shown}");
    let both = "\nclerk.yaml [production]: instance ins_2abc (production)\n\
                b.yaml [production]: instance ins_2abc (production)\n";
    assert!(shown.contains(both), "{shown}");
    assert_eq!(shown.matches("<!-- clerkform: ").count(), 3);
}
