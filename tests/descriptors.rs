//! Fleets with more targets than files may be open at once. The real binary, under the real limit.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::fake::{Answer, Fake, Script};
use support::program::{Ran, binary, run};
use tempfile::TempDir;

const TARGETS: usize = 300;

/// A folder with one file of many environments, each with a key of its own.
fn fleet() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut file = "restrictions: {blocklist: true}\nenvironments:\n".to_owned();
    for n in 0..TARGETS {
        file += &format!("  e{n}: {{target: {{secret_key_env: KEY_{n}}}}}\n");
    }
    fs::write(folder.path().join("clerk.yaml"), file).unwrap();
    folder
}

/// Applies it under a limit for open files, as the shell's `ulimit` takes it.
fn apply(folder: &TempDir, fake: &Fake, limit: &str, parallelism: &str) -> Ran {
    let line = format!(
        "ulimit {limit} && exec '{}' apply --yes --all-envs --parallelism {parallelism}",
        binary().display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &line]).current_dir(folder.path()).stdin(Stdio::null());
    command.env("CLERK_API_URL", &fake.url);
    for n in 0..TARGETS {
        command.env(format!("KEY_{n}"), format!("sk_test_fleetMember{n}"));
    }
    run(&mut command)
}

#[test]
fn a_fleet_needs_no_more_open_files_than_the_system_allows() {
    for (limit, parallelism, side_by_side) in [
        ("-n 256", "10", None),
        ("-n 256", "200", Some("19 instances at once instead of 200")),
        (
            "-n 64",
            "10",
            Some("1 instance at once instead of 10: only 64 files may be open, and 10 need 164 "),
        ),
    ] {
        // It tells no instance, so that it can be all of them.
        let silent = Answer { status: 404, ..Answer::default() };
        let fake = Fake::start(Script::from([("GET /v1/instance".to_owned(), vec![silent])]));
        let folder = fleet();
        let ran = apply(&folder, &fake, limit, parallelism);
        assert_eq!(ran.exit, 0, "{limit}: {ran:?}");
        assert_eq!(
            ran.stderr.contains("at once instead of"),
            side_by_side.is_some(),
            "{limit}: {}",
            ran.stderr
        );
        assert!(
            side_by_side.is_none_or(|told| ran.stderr.contains(told)),
            "{limit}: {}",
            ran.stderr
        );
        for n in 0..TARGETS {
            let state = fs::read(folder.path().join(format!("clerk.e{n}.state.json"))).unwrap();
            let state: Value = serde_json::from_slice(&state).unwrap();
            assert_eq!(state["applied"], json!({"restrictions": {"blocklist": true}}));
            assert_eq!(state["in_flight"], Value::Null);
        }
        fake.settle();
        assert_eq!(fake.asked().iter().filter(|it| it.what.starts_with("PATCH ")).count(), TARGETS);
    }
}

#[test]
fn a_soft_limit_is_raised() {
    let silent = Answer { status: 404, ..Answer::default() };
    let fake = Fake::start(Script::from([("GET /v1/instance".to_owned(), vec![silent])]));
    let folder = fleet();
    let ran = apply(&folder, &fake, "-Sn 64 && ulimit -Hn 1024", "40");
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(!ran.stderr.contains("at once instead of"), "{}", ran.stderr);
}
