//! `state move` of the real binary, ended in the middle: no state is ever in neither place, and the
//! same command finishes what was begun.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::Value;
use support::program::{Ran, clerkform, run};
use support::strace::{self, End, Fault};
use tempfile::TempDir;

/// Two environments, each with a value of its own.
const FILE: &str = "instance: {hibp: true}\nenvironments:\n  a: {restrictions: {blocklist: true}}\n  \
                    b: {restrictions: {blocklist: false}}\n";

const MOVE: [&str; 5] = ["state", "move", "beside", "states/", "--all-envs"];

/// The names of the states, with the value that tells them apart.
const STATES: [(&str, bool); 2] = [("clerk.a.state.json", true), ("clerk.b.state.json", false)];

/// A folder with the states of both environments beside the configuration.
struct Fleet(TempDir);

impl Fleet {
    fn new() -> Self {
        let fleet = Self(tempfile::tempdir().unwrap());
        fs::write(fleet.path("clerk.yaml"), FILE).unwrap();
        fleet.succeeds(&["state", "adopt", "--all-envs"]);
        fleet
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Ran {
        run(clerkform(self.0.path()).args(words))
    }

    fn succeeds(&self, words: &[&str]) -> String {
        let ran = self.run(words);
        assert_eq!(ran.exit, 0, "{words:?} {ran:?}");
        ran.stdout
    }

    /// The value in a state, whole as it has to be; `None` where there is none.
    fn value(&self, path: &str) -> Option<bool> {
        let state: Value = serde_json::from_slice(&fs::read(self.path(path)).ok()?).unwrap();
        state["applied"]["restrictions"]["blocklist"].as_bool()
    }

    fn is_finished_by_the_same_command(&self, told: &str) {
        for (name, value) in STATES {
            let there = [name.to_owned(), format!("states/{name}")].map(|path| self.value(&path));
            assert!(there.contains(&Some(value)), "{told}: {name} is {there:?}");
        }
        let ran = self.run(&MOVE);
        assert_eq!(ran.exit, 0, "{told}: {ran:?}");
        for (name, value) in STATES {
            assert_eq!(self.value(name), None, "{told}: {ran:?}");
            assert_eq!(self.value(&format!("states/{name}")), Some(value), "{told}: {ran:?}");
        }
        assert_eq!(self.succeeds(&MOVE).matches(": moved already.\n").count(), 2, "{told}");
    }
}

#[test]
fn a_move_that_is_ended_at_any_call_of_the_system_is_finished_by_the_same_command() {
    if strace::is_missing() {
        return;
    }
    for (calls, error, at_least) in [
        ("?write", "ENOSPC", 4),
        ("?fsync,?fdatasync", "EIO", 4),
        ("/^rename", "EIO", 2),
        ("/^unlink", "EACCES", 2),
        ("?flock", "EIO", 2),
    ] {
        for what in ["signal=SIGKILL", &format!("error={error}")] {
            for nth in 1.. {
                let fleet = Fleet::new();
                let mut command = clerkform(fleet.0.path());
                let fault = Fault { calls, what, nth };
                let traced = strace::run(command.args(MOVE), fault, &[]);
                // 3: what was done cannot be told.
                let ends = [End::Killed, End::Exited(0), End::Exited(1), End::Exited(3)];
                assert!(ends.contains(&traced.end), "{fault:?}: {traced:?}");
                fleet.is_finished_by_the_same_command(&format!("{fault:?}: {traced:?}"));
                if !traced.was_hit {
                    assert!(nth > at_least, "only {} at {calls}", nth - 1);
                    break;
                }
            }
        }
    }
}

#[test]
fn what_was_written_and_not_taken_away_is_taken_away_and_nothing_else_is() {
    let fleet = Fleet::new();
    let before = fs::read(fleet.path("clerk.a.state.json")).unwrap();
    fleet.succeeds(&MOVE);
    fs::write(fleet.path("clerk.a.state.json"), &before).unwrap();
    let said = fleet.succeeds(&MOVE);
    let told = "clerk.a.state.json → states/clerk.a.state.json: serial 2 was there already; the \
                file was removed.\nclerk.b.state.json → states/clerk.b.state.json: moved already.\n";
    assert_eq!(said, told);

    // Another value, as far as the serial goes the same.
    let other = String::from_utf8(before.clone()).unwrap();
    let other = other.replace("\"blocklist\": true", "\"blocklist\": false");
    fs::write(fleet.path("clerk.a.state.json"), &other).unwrap();
    let ran = fleet.run(&MOVE);
    assert!(ran.exit == 1 && ran.stderr.contains("error[state-conflict]"), "{ran:?}");
    assert_eq!(fleet.value("clerk.a.state.json"), Some(false));
    assert_eq!(fleet.value("states/clerk.a.state.json"), Some(true));

    // The new place has gone on meanwhile.
    fs::write(fleet.path("clerk.a.state.json"), &before).unwrap();
    fleet.succeeds(&["state", "forget", "instance", "-e", "a", "--state", "states/"]);
    let ran = fleet.run(&MOVE);
    assert!(ran.exit == 1 && ran.stderr.contains("error[state-conflict]"), "{ran:?}");
    assert_eq!(fs::read(fleet.path("clerk.a.state.json")).unwrap(), before);
}

#[test]
fn a_state_that_is_nowhere_is_told_and_so_are_two_names_of_one_place() {
    let fleet = Fleet::new();
    fs::remove_file(fleet.path("clerk.a.state.json")).unwrap();
    let ran = fleet.run(&["state", "move", "beside", "states/", "-e", "a"]);
    let told = "error[state-missing]: there is no state at `clerk.a.state.json`\n  help: nothing has \
                been applied yet, or the state is elsewhere: name where it is as FROM,";
    assert!(ran.exit == 1 && ran.stderr.starts_with(told), "{ran:?}");

    let fleet = Fleet::new();
    symlink(".", fleet.path("here")).unwrap();
    symlink("clerk.b.state.json", fleet.path("link.json")).unwrap();
    for (from, to) in [
        ("beside", "./clerk.b.state.json"),
        ("link.json", "beside"),
        ("here/", "beside"),
        ("beside", "./here/"),
    ] {
        let ran = fleet.run(&["state", "move", from, to, "-e", "b"]);
        assert_eq!(ran.exit, 64, "{from} {to} {ran:?}");
        assert!(ran.stderr.contains(" are one file\n  help: name another place"), "{ran:?}");
        assert_eq!(fleet.value("clerk.b.state.json"), Some(false));
    }
}

#[test]
fn what_was_pushed_can_be_pushed_again_though_a_run_was_killed_before() {
    let fleet = Fleet::new();
    let state = fs::read_to_string(fleet.path("clerk.a.state.json")).unwrap();
    let mut state: Value = serde_json::from_str(&state).unwrap();
    state["serial"] = 7.into();
    state["in_flight"] = serde_json::json!({
        "run": "r", "by": "1 on elsewhere", "lease_until": null,
        "calls": [{"section": "restrictions", "body": {"blocklist": true}}],
    });
    fs::write(fleet.path("pulled.json"), state.to_string()).unwrap();
    for told in [": serial 7 written.\n", ": already recorded.\n"] {
        let said = fleet.succeeds(&["state", "push", "pulled.json", "-e", "a"]);
        assert!(said.ends_with(told), "{said}");
    }
}
