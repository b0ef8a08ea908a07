//! Each example does what its remarks say.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

#[cfg(unix)]
use support::program::{KEY, binary};
use support::program::{Ran, clerkform, run};
use support::served::Served;
use tempfile::TempDir;

fn example(name: &str) -> TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let folder = tempfile::tempdir().unwrap();
    copy(&from, folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else if !entry.file_name().to_string_lossy().contains(".sandbox.") {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn succeeds(folder: &Path, words: &[&str]) -> Ran {
    let ran = run(clerkform(folder).args(words));
    assert_eq!(ran.exit, 0, "{words:?}: {ran:?}");
    ran
}

#[test]
fn every_example_is_valid_without_a_warning() {
    for name in ["quickstart", "environments", "pipeline"] {
        succeeds(example(name).path(), &["validate", "--strict"]);
    }
}

#[test]
fn the_fleet_shares_a_base_and_each_application_is_a_target() {
    let folder = example("fleet");
    let ran = succeeds(folder.path(), &["validate", "--strict", "."]);
    assert_eq!(ran.stdout, "3 files are valid.\n");
    let ran = succeeds(folder.path(), &["apply", "-e", "production", "--sandbox", "--yes", "."]);
    assert!(ran.stdout.contains("clerk.base.yaml:7:3"), "{ran:?}");
    succeeds(folder.path(), &["plan", "-e", "production", "--sandbox", "--detailed-exitcode", "."]);
}

#[test]
fn the_quickstart_is_applied_to_the_sandbox_once() {
    let folder = example("quickstart");
    succeeds(folder.path(), &["apply", "--sandbox", "--yes"]);
    let again = succeeds(folder.path(), &["apply", "--sandbox"]);
    assert!(again.stdout.contains("othing to do"), "{}", again.stdout);
}

#[test]
fn the_environments_have_states_and_keys_of_their_own() {
    let folder = example("environments");
    assert_eq!(run(clerkform(folder.path()).args(["plan"])).exit, 1);
    let served = Served::start(&[]);
    let ran = run(clerkform(folder.path())
        .args(["apply", "--yes", "--all-envs"])
        .env("CLERK_API_URL", &served.url)
        .env("CLERK_DEVELOPMENT_KEY", "sk_test_madeUp")
        .env("CLERK_PRODUCTION_KEY", "sk_live_madeUp"));
    assert_eq!(ran.exit, 0, "{ran:?}");
    for environment in ["development", "production"] {
        let state = folder.path().join(format!("clerk.{environment}.state.json"));
        assert!(fs::read_to_string(state).unwrap().contains(environment));
    }
    succeeds(folder.path(), &["plan", "--all-envs", "--detailed-exitcode"]);
}

/// Runs a command in a folder, with the program on the path and a git that knows its user.
#[cfg(unix)]
fn shell(folder: &Path, command: &str, variables: &[(&str, &str)]) -> Ran {
    let path =
        format!("{}:{}", binary().parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder).env("PATH", path);
    shell.env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", folder).env("TMPDIR", folder);
    for (who, what) in [("AUTHOR", "a"), ("COMMITTER", "c")] {
        shell.env(format!("GIT_{who}_NAME"), what).env(format!("GIT_{who}_EMAIL"), "a@example.com");
    }
    shell.env_remove("CLERK_SECRET_KEY").env_remove("CLERKFORM_STATE");
    run(shell.envs(variables.iter().copied()))
}

#[cfg(unix)]
#[test]
fn the_pipeline_plans_on_a_pull_request_and_keeps_its_state_on_no_branch() {
    let folder = example("pipeline");
    let git = |command: &str| {
        let ran = shell(folder.path(), command, &[]);
        assert_eq!(ran.exit, 0, "{command}: {ran:?}");
        ran.stdout
    };
    git("git init --quiet --initial-branch main && git init --quiet --bare .git/origin.git");
    git("git remote add origin .git/origin.git");
    git("git add . && git commit --quiet -m start && git push --quiet origin main");
    let planned = shell(folder.path(), "./on-pull-request.sh", &[]);
    assert_eq!(planned.exit, 0, "{planned:?}");
    let comment = fs::read_to_string(folder.path().join("plan.md")).unwrap();
    assert!(comment.contains("max_allowed_memberships"), "{comment}");

    let refused = shell(folder.path(), "./on-merge.sh", &[]);
    assert_eq!(refused.exit, 1, "without a key and a state: {refused:?}");

    let served = Served::start(&[]);
    let access = [("CLERK_API_URL", served.url.as_str()), ("CLERK_SECRET_KEY", KEY)];
    let applied = shell(folder.path(), "./on-merge.sh", &access);
    assert_eq!(applied.exit, 0, "{applied:?}");
    assert_eq!(git("git status --porcelain"), "?? plan.md\n");
    let planned = shell(folder.path(), "./on-pull-request.sh", &[]);
    assert!(planned.stdout.contains("nothing to do"), "{planned:?}");
    let again = shell(folder.path(), "./on-merge.sh", &access);
    assert_eq!(again.exit, 0, "{again:?}");
    assert_eq!(
        git("git rev-list --count --all && git ls-remote origin 'refs/*' | cut -f 2"),
        "1\nrefs/clerkform/clerk.state.json\nrefs/heads/main\n"
    );

    // Where it cannot be recorded, nothing is applied, and the job fails.
    git("sed -i.former 's/hibp: true/hibp: false/' clerk.yaml && rm -r .git/origin.git");
    let ran = shell(folder.path(), "./on-merge.sh", &access);
    assert!(
        ran.exit == 1 && ran.stderr.contains("there is no repository at this remote"),
        "{ran:?}"
    );
}
