//! What only systems like Unix have: limits for the size of files, modes, owners and links, a device that
//! is full, signals.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::files;
use crate::support::fake::{Answer, Fake, Fault, Script};
use crate::support::place::{FILE, Place};
use crate::support::program::{KEY, Ran, binary, clerkform, run};

fn is(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}

/// Runs the program with a limit for the size of a file, in blocks of 512 bytes.
fn limited(place: &Place, blocks: u32, words: &str) -> Ran {
    let script = format!("ulimit -f {blocks}; exec '{}' {words}", binary().display());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(place.folder.path()).stdin(Stdio::null());
    command.env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &place.fake.url);
    run(&mut command)
}

#[test]
fn a_limit_for_the_size_of_files_leaves_them_whole_or_away() {
    let place = Place::new(Script::new());
    fs::write(place.path("old.yaml"), "instance: {cookieless_dev: true}\n").unwrap();
    let before = files(place.folder.path());
    for words in [
        "plan --out plan.json",
        "plan --report html=plan.html",
        "init new.yaml",
        "fix old.yaml",
        "import --sandbox --out imported.yaml",
    ] {
        let ran = limited(&place, 0, words);
        assert_eq!(ran.exit, 1, "{words}: {ran:?}");
        assert!(ran.stderr.contains("error["), "{words}: {ran:?}");
        let mut after = files(place.folder.path());
        after.retain(|name, content| !(is(name, "lock") && content.is_empty()));
        assert_eq!(after, before, "{words}");
    }
    let ran = limited(&place, 0, "state adopt");
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(!place.path("clerk.state.json").exists());
    assert!(files(place.folder.path()).keys().all(|name| !is(name, "tmp")));
}

#[test]
fn what_replaces_a_file_keeps_its_mode_and_goes_through_a_link() {
    let place = Place::new(Script::new());
    let target = place.path("target.json");
    assert_eq!(place.run(&["plan", "--out", "target.json"]).exit, 0);
    let file = FILE.replace("hibp: true", "hibp: false");
    fs::write(place.path("clerk.yaml"), file).unwrap();
    let before = fs::read(&target).unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("target.json", place.path("plan.json")).unwrap();
    assert_eq!(place.run(&["plan", "--out", "plan.json"]).exit, 0);
    assert!(fs::symlink_metadata(place.path("plan.json")).unwrap().is_symlink());
    assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o640);
    assert_ne!(fs::read(&target).unwrap(), before);
}

#[test]
fn a_lock_has_the_owner_and_the_mode_of_its_state() {
    let place = Place::new(Script::new());
    assert_eq!(place.run(&["state", "adopt"]).exit, 0);
    let (state, lock) = (place.path("clerk.state.json"), place.path("clerk.state.json.lock"));
    fs::remove_file(&lock).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o660)).unwrap();
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if is_root {
        std::os::unix::fs::chown(&state, Some(12345), Some(12345)).unwrap();
    }
    assert_eq!(place.run(&["state", "forget", "instance"]).exit, 0);
    let (state, lock) = (fs::metadata(state).unwrap(), fs::metadata(lock).unwrap());
    assert_eq!(lock.mode() & 0o777, 0o660);
    assert_eq!((lock.uid(), lock.gid()), (state.uid(), state.gid()));
    assert_eq!(lock.uid() == 12345, is_root);
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_cannot_be_told_ends_with_3_where_something_took_effect() {
    let place = Place::new(Script::new());
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = run(place.command(&["apply", "--yes"]).stdout(full()));
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert!(ran.stderr.contains("unwritable-output"), "{ran:?}");
    assert_eq!(place.state()["applied"]["instance"], json!({"hibp": true}));
    let idle = run(place.command(&["apply", "--yes"]).stdout(full()));
    assert_eq!(idle.exit, 1, "{idle:?}");
    let forgotten = ["state", "forget", "instance.hibp"];
    assert_eq!(run(place.command(&forgotten).stdout(full())).exit, 3);
    assert_eq!(place.state()["applied"]["instance"], Value::Null);
    fs::write(place.path("clerk.yaml"), "instance: {hibp: true}\n").unwrap();
    let released = run(place.command(&["apply", "--yes"]).stdout(full()));
    assert_eq!(released.exit, 3, "{released:?}");
    assert_eq!(place.state()["applied"], json!({"instance": {"hibp": true}}));
}

#[test]
fn a_signal_in_a_fleet_leaves_what_had_not_begun_as_it_was() {
    // The run ends while it waits to try again, whenever the signal comes.
    let headers = [("retry-after".to_owned(), "50".to_owned())].into();
    let busy = Answer { status: 503, headers, ..Answer::default() };
    // It tells no instance, so that it can be all of them.
    let silent = Answer { status: 404, ..Answer::default() };
    let fake = Fake::start(Script::from([
        ("PATCH /v1/instance".to_owned(), vec![busy]),
        ("GET /v1/instance".to_owned(), vec![silent]),
    ]));
    let folder = tempfile::tempdir().unwrap();
    let mut command = clerkform(folder.path());
    command.args(["apply", "--yes", "--all-envs", "--parallelism", "1"]);
    command.env("CLERK_API_URL", &fake.url).env("CLERK_SECRET_KEY", KEY);
    let mut file = "instance: {hibp: true}\nenvironments:\n".to_owned();
    for n in 0..5 {
        file += &format!("  e{n}: {{target: {{secret_key_env: KEY_{n}}}}}\n");
        command.env(format!("KEY_{n}"), format!("sk_test_fleetMember{n}"));
    }
    fs::write(folder.path().join("clerk.yaml"), file).unwrap();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    fake.wait_for("PATCH /v1/instance");
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let states = files(folder.path()).into_keys().filter(|name| name.ends_with(".state.json"));
    assert_eq!(states.collect::<Vec<_>>(), ["clerk.e0.state.json"]);
    assert_eq!(fake.asked().iter().filter(|it| it.what.starts_with("PATCH")).count(), 1);
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_signal_ends_with_130_while_a_run_waits_for_its_input() {
    for name in ["-INT", "-TERM", "-HUP"] {
        let place = Place::new(Script::new());
        let mut command = place.command(&["validate", "-"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        // More than a pipe holds: once it is written, the run reads.
        let remark = format!("#{}\n", "x".repeat(99)).repeat(2_000);
        child.stdin.as_mut().unwrap().write_all(remark.as_bytes()).unwrap();
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
    }
}

#[test]
fn a_signal_ends_with_130_while_a_result_is_told() {
    let place = Place::new(Script::new());
    let origins: Vec<String> = (0..9_000).map(|n| format!("my-app://{n}")).collect();
    let file = format!("instance: {{allowed_origins: [{}]}}\n", origins.join(", "));
    fs::write(place.path("clerk.yaml"), file).unwrap();
    let runs = ["-INT", "-TERM", "-HUP"]
        .map(|name| (name, place.start(&["plan", "--refresh", "--output-format", "json"])));
    for (name, mut child) in runs {
        // It has begun to tell, and a pipe does not hold all of it.
        let mut first = [0];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
    }
}

#[test]
fn a_hangup_lets_the_call_in_hand_finish_unless_it_is_ignored() {
    let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
    let restrictions = "PATCH /v1/instance/restrictions";
    for (prefix, exit) in [("", 130), ("trap '' HUP; ", 0)] {
        let script = Script::from([(restrictions.to_owned(), vec![hang.clone()])]);
        let place = Place::new(script);
        let line = format!("{prefix}exec '{}' apply --yes", binary().display());
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(place.folder.path()).stdin(Stdio::null());
        command.env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &place.fake.url);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        place.fake.wait_for(restrictions);
        signal(&child, "-HUP");
        place.fake.let_go();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{prefix}");
        assert_eq!(place.state()["in_flight"], Value::Null);
        assert_eq!(place.state()["applied"]["restrictions"], json!({"blocklist": true}));
    }
}
