//! What `apply` asks in a terminal, and what it does with the answer. Python makes the terminal.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use support::program::{Ran, binary, clerkform};
use support::tools;
use tempfile::TempDir;

const PROMPT: &str = "Only `yes` is accepted: ";

fn main() {
    let is_missing = Command::new("python3").arg("--version").output().is_err();
    if is_missing {
        tools::skipped("python3");
    }
    tools::run([
        ("whoever_declines_is_told_that_nothing_was_changed", declining as fn(), is_missing),
        ("only_a_yes_makes_the_calls", yes, is_missing),
    ])
}

/// A folder with a file for the sandbox.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clerk.yaml"), "restrictions: {blocklist: true}\n").unwrap();
    folder
}

/// Runs `apply --sandbox` in a terminal and types an answer. A terminal shows everything in one
/// stream, which is given back as standard output.
fn asked(folder: &Path, answer: &str) -> Ran {
    let helper = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/terminal.py");
    let mut command = Command::new("python3");
    // The variables that matter are the same for the program in the terminal.
    command.envs(clerkform(folder).get_envs().filter_map(|(name, value)| Some((name, value?))));
    for (name, _) in clerkform(folder).get_envs().filter(|(_, value)| value.is_none()) {
        command.env_remove(name);
    }
    command.arg(helper).arg(PROMPT).arg(binary()).args(["apply", "--sandbox"]);
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n");
    Ran { exit: output.status.code().unwrap(), stdout, stderr: String::new() }
}

fn declining() {
    for answer in ["no\n", "\n", "y\n", "yes please\n", "\u{4}"] {
        let folder = folder();
        let ran = asked(folder.path(), answer);
        assert_eq!(ran.exit, 1, "{answer:?}: {ran:?}");
        assert!(ran.stdout.contains("PATCH /v1/instance/restrictions"), "{ran:?}");
        assert!(ran.stdout.ends_with("Nothing was changed.\n"), "{answer:?}: {ran:?}");
        assert!(!ran.stdout.contains("error") && !ran.stdout.contains("\u{1b}[31m"), "{ran:?}");
        assert!(!folder.path().join("clerk.sandbox.state.json").exists());
    }
}

fn yes() {
    for answer in ["yes\n", " YES \n"] {
        let folder = folder();
        let ran = asked(folder.path(), answer);
        assert_eq!(ran.exit, 0, "{answer:?}: {ran:?}");
        assert!(folder.path().join("clerk.sandbox.state.json").exists());
    }
}
