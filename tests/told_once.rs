//! What a fleet's run tells: the same thing of many targets once.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use support::program::{clerkform, run};

/// Twelve files with three environments each, of which every one gets these settings.
fn fleet(folder: &Path, settings: &str) -> Vec<String> {
    let files = (1..=12).map(|number| format!("app{number:02}.yaml"));
    files
        .inspect(|name| {
            let text = format!(
                "{settings}environments:\n  dev: {{}}\n  staging: {{}}\n  \
                 prod: {{target: {{environment_type: production}}}}\n"
            );
            fs::write(folder.join(name), text).unwrap();
        })
        .collect()
}

#[test]
fn one_change_of_36_targets_is_told_in_about_15_lines_and_nothing_to_do_in_3() {
    let folder = tempfile::tempdir().unwrap();
    let told = |words: &[&str], files: &[String]| {
        let mut command = clerkform(folder.path());
        let ran = run(command.args(words).args(["--sandbox", "--all-envs"]).args(files));
        assert_eq!(ran.stderr, "", "{ran:?}");
        assert_eq!(ran.exit, 0, "{ran:?}");
        ran.stdout
    };
    let files = fleet(folder.path(), "restrictions: {block_disposable_email_domains: true}\n");
    told(&["apply", "--yes"], &files);
    assert_snapshot!(told(&["apply", "--yes"], &files), @"
    36 targets: nothing to do

    No changes. 36 targets match what was last applied.
    ");
    assert_snapshot!(told(&["drift"], &files), @"
    36 targets: app01.yaml, app02.yaml and 10 more [dev, staging, prod]: no drift in 36 compared settings
      instances: 24 development, 12 production

    No drift in 36 compared settings.
    ");

    assert_snapshot!(told(&["status"], &files), @"Nothing to do in 36 targets.");

    fleet(folder.path(), "restrictions:\n  block_disposable_email_domains: false\n");
    assert_snapshot!(told(&["apply", "--yes"], &files), @"
    36 targets: app01.yaml, app02.yaml and 10 more [dev, staging, prod]
      instances: 24 development, 12 production

      PATCH /v1/instance/restrictions  restrictions
        ~ block_disposable_email_domains: true → false  app01.yaml:2:3 and 11 more files  changed

      warning[weakens-security]: this change of `restrictions.block_disposable_email_domains` to false lets people sign up with throwaway addresses
        --> app01.yaml:2:35 and 11 more files
        help: make sure that this is intended before you apply the plan

    Plan: 1 call changes 1 setting in each of 36 targets; 1 warning.

    36 targets: app01.yaml, app02.yaml and 10 more [dev, staging, prod]
      + applied  PATCH /v1/instance/restrictions  verified

    Apply: 1 call applied in each of 36 targets.
    ");
}

#[test]
fn a_target_that_differs_from_the_others_stands_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let files = fleet(folder.path(), "instance: {hibp: true}\n");
    fs::write(folder.path().join("app07.yaml"), "instance: {hibp: false, test_mode: true}\n")
        .unwrap();
    let mut command = clerkform(folder.path());
    let ran = run(command.args(["plan", "--sandbox", "--all-envs"]).args(&files));
    assert_snapshot!(ran.stdout, @"
    33 targets: app01.yaml, app02.yaml and 9 more [dev, staging, prod]
      instances: 22 not known yet, 11 production
      no state yet: everything is new

      PATCH /v1/instance  instance
        + hibp: true  app01.yaml:1:12 and 10 more files  new

    app07.yaml
      instance: not known yet
      no state at app07.sandbox.state.json: everything is new

      PATCH /v1/instance  instance
        + test_mode: true  app07.yaml:1:25  new
        + hibp: false      app07.yaml:1:12  new

    Plan: 34 calls change 35 settings in 34 targets.
    ");
}
