//! What a run tells of what it did, where its words are lost, or where it was stopped before it
//! began.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::process::{Command, Stdio};

use support::fake::{Answer, Fake, Script};
use support::place::Place;
use support::program::{KEY, clerkform, run};

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_was_written_is_said_to_be_although_nothing_else_can_be_said() {
    let silent = Answer { status: 404, ..Answer::default() };
    let place = Place::new(Script::from([("GET /v1/instance".to_owned(), vec![silent])]));
    fs::write(place.path("old.yaml"), "instance: {cookieless_dev: true}\n").unwrap();
    fs::write(place.path("wide.yaml"), "instance:\n    hibp: true\n").unwrap();
    for (words, written) in [
        (&["fmt", "wide.yaml"][..], "wide.yaml"),
        (&["init", "new.yaml"], "new.yaml"),
        (&["fix", "old.yaml"], "old.yaml"),
        (&["import", "-o", "read.yaml"], "read.state.json"),
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = run(place.command(words).stdout(full));
        assert_eq!(ran.exit, 3, "{ran:?}");
        assert!(ran.stderr.contains("error[unwritable-output]"), "{ran:?}");
        assert!(ran.stderr.contains("the file is written"), "{ran:?}");
        assert!(!ran.stderr.contains("again"), "{ran:?}");
        let text = fs::read_to_string(place.path(written)).unwrap();
        let is_old = text.contains("cookieless_dev: true") || text.contains("    hibp");
        assert!(!is_old, "{text}");
    }
    // Nothing was written.
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = run(place.command(&["fix", "old.yaml"]).stdout(full));
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("run the command again"), "{ran:?}");
}

#[test]
fn a_target_that_had_not_begun_tells_of_nothing_that_it_forgot() {
    // Whenever the signal arrives, the run waits and has not come to its second target.
    let headers = [("retry-after".to_owned(), "50".to_owned())].into();
    let busy = Answer { status: 503, headers, ..Answer::default() };
    // It tells no instance, so that it can be both of them.
    let silent = Answer { status: 404, ..Answer::default() };
    let fake = Fake::start(Script::from([
        ("PATCH /v1/instance".to_owned(), vec![Answer::default(), busy]),
        ("GET /v1/instance".to_owned(), vec![silent]),
    ]));
    let folder = tempfile::tempdir().unwrap();
    let file = |a: &str, b: &str| {
        let text = format!(
            "environments:\n  a: {{target: {{secret_key_env: KEY_A}}, {a}}}\n  \
             b: {{target: {{secret_key_env: KEY_B}}, {b}}}\n"
        );
        fs::write(folder.path().join("clerk.yaml"), text).unwrap();
    };
    let apply = |words: &[&str]| {
        let mut command = clerkform(folder.path());
        command.args(["apply", "--yes", "--parallelism", "1", "--retry-timeout", "300"]);
        command.args(words).env("CLERK_API_URL", &fake.url);
        command.env("KEY_A", KEY).env("KEY_B", "sk_test_fleetMember");
        command
    };
    let both = "instance: {hibp: true}, restrictions: {blocklist: true}";
    file("instance: {hibp: true}", both);
    assert_eq!(run(&mut apply(&["-e", "b"])).exit, 0);
    fake.wait_for("PATCH /v1/instance");
    let state = fs::read(folder.path().join("clerk.b.state.json")).unwrap();
    file("instance: {hibp: true}", "instance: {hibp: true}");
    let mut command = apply(&["-e", "a", "-e", "b"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    fake.wait_for("PATCH /v1/instance");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    // The plan says that it will be forgotten, and the result not that it was.
    let (plan, result) = told.split_once("\nApply: ").unwrap();
    assert!(plan.contains("no longer managed"), "{told}");
    assert!(!result.contains("no longer managed"), "{told}");
    assert_eq!(fs::read(folder.path().join("clerk.b.state.json")).unwrap(), state);
}
