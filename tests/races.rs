//! Two runs at once, and a run whose state somebody else touches meanwhile: what is read under the
//! lock decides. The real binary, real locks, real files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use support::fake::{Answer, Fake, Fault, Script};
use support::place::{FILE, Place};
use support::program::Ran;

const CALL: &str = "PATCH /v1/instance/restrictions";
const READ: &str = "GET /v1/instance";

/// A service that does not answer the first request of a kind.
fn hanging(what: &str) -> Script {
    let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
    Script::from([(what.to_owned(), vec![hang, Answer::default()])])
}

/// A service of another instance than the usual one.
fn another_instance() -> Fake {
    let body = json!({"object": "instance", "id": "ins_other",
                      "environment_type": "development"});
    let answer = Answer { status: 200, body: Some(body), ..Answer::default() };
    Fake::start(Script::from([(READ.to_owned(), vec![answer])]))
}

/// A run that has shown its plan and goes on.
struct Planned {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    shown: String,
}

/// Starts a run, and waits until it has shown its plan.
fn planned(place: &Place, words: &[&str], url: Option<&str>) -> Planned {
    let mut command = place.command(words);
    if let Some(url) = url {
        command.env("CLERK_API_URL", url).env("CLERK_SECRET_KEY", "sk_test_ofAnotherInstance");
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut shown = String::new();
    while !shown.contains("\nPlan: ") {
        assert!(stdout.read_line(&mut shown).unwrap() > 0, "{shown}");
    }
    Planned { child, stdout, shown }
}

fn ended(planned: Planned) -> Ran {
    let Planned { mut child, mut stdout, mut shown } = planned;
    stdout.read_to_string(&mut shown).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    Ran { exit: child.wait().unwrap().code().unwrap_or(-1), stdout: shown, stderr }
}

fn patches(fake: &Fake) -> usize {
    fake.asked().iter().filter(|asked| asked.what.starts_with("PATCH")).count()
}

#[test]
fn a_run_that_waited_changes_no_other_instance_than_the_state_names_by_then() {
    let place = Place::new(hanging(CALL));
    let other = another_instance();
    let first = planned(&place, &["apply", "--yes"], None);
    place.fake.wait_for(CALL);
    let words = ["apply", "--yes", "--lock-timeout", "60"];
    let second = planned(&place, &words, Some(&other.url));
    place.fake.let_go();
    assert_eq!(ended(first).exit, 0);
    let state = fs::read(place.path("clerk.state.json")).unwrap();
    let second = ended(second);
    assert_eq!(second.exit, 1, "{second:?}");
    assert!(second.stderr.contains("error[instance-mismatch]"), "{}", second.stderr);
    assert_eq!(patches(&other), 0);
    assert_eq!(fs::read(place.path("clerk.state.json")).unwrap(), state);
}

#[test]
fn the_instance_of_the_shown_plan_holds_although_its_state_vanished() {
    let place = Place::new(hanging(CALL));
    assert_eq!(place.run(&["state", "adopt"]).exit, 0);
    let state = place.path("clerk.state.json");
    let known = json!({"id": "ins_2abc", "environment_type": "development"});
    let mut adopted = place.state();
    adopted["instance"] = known;
    fs::write(&state, adopted.to_string()).unwrap();
    assert_eq!(place.run(&["state", "forget", "instance", "restrictions"]).exit, 0);
    assert_eq!(place.run(&["state", "forget", "organization_settings"]).exit, 0);
    // The first run holds the lock, so that the second waits with its plan until the state is gone.
    let mut first = planned(&place, &["apply", "--yes"], None);
    place.fake.wait_for(CALL);
    let other = another_instance();
    let words = ["apply", "--yes", "--lock-timeout", "60"];
    let second = planned(&place, &words, Some(&other.url));
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    fs::remove_file(&state).unwrap();
    let second = ended(second);
    assert_eq!(patches(&other), 0, "{second:?}");
    assert_eq!(second.exit, 1, "{second:?}");
    assert!(second.stderr.contains("error[instance-mismatch]"), "{}", second.stderr);
    place.fake.let_go();
}

#[test]
fn an_identical_run_that_waited_has_nothing_left_to_do_and_says_so() {
    let place = Place::new(hanging(CALL));
    let first = planned(&place, &["apply", "--yes"], None);
    place.fake.wait_for(CALL);
    let second = planned(&place, &["apply", "--yes", "--lock-timeout", "60"], None);
    place.fake.let_go();
    assert_eq!(ended(first).exit, 0);
    let second = ended(second);
    assert_eq!(second.exit, 0, "{second:?}");
    assert!(second.stdout.contains("another run has meanwhile"), "{}", second.stdout);
    assert_eq!(patches(&place.fake), 3);
}

#[test]
fn a_run_that_looked_before_it_waited_sends_nothing_that_was_done_meanwhile() {
    let off = json!({"object": "instance", "id": "ins_2abc", "environment_type": "development"});
    let look = Answer { status: 200, body: Some(off), ..Answer::default() };
    let place = Place::new(hanging(CALL));
    let first = planned(&place, &["apply", "--yes"], None);
    place.fake.wait_for(CALL);
    // The echo of an empty `PATCH` is a look: it shows what was there before the first run.
    let seen = |what: &str, body: Value| {
        (what.to_owned(), vec![Answer { status: 200, body: Some(body), ..Answer::default() }])
    };
    place.fake.play(Script::from([
        (READ.to_owned(), vec![look]),
        seen(CALL, json!({"allowlist": false, "blocklist": false})),
    ]));
    let words = ["apply", "--yes", "--refresh", "--lock-timeout", "60"];
    let second = planned(&place, &words, None);
    assert!(second.shown.contains("blocklist"), "{}", second.shown);
    place.fake.let_go();
    assert_eq!(ended(first).exit, 0);
    let second = ended(second);
    assert_eq!(second.exit, 0, "{second:?}");
    assert!(second.stdout.contains("another run has meanwhile"), "{}", second.stdout);
    let sent = place.fake.asked().into_iter().filter(|it| it.what == CALL && it.body != "{}");
    assert_eq!(sent.count(), 1);
}

#[test]
fn a_run_that_waited_makes_the_part_that_is_left() {
    let refused = Answer { status: 422, fault: Some(Fault::Hang), ..Answer::default() };
    let place = Place::new(Script::from([(CALL.to_owned(), vec![refused, Answer::default()])]));
    let first = planned(&place, &["apply", "--yes"], None);
    place.fake.wait_for(CALL);
    let second = planned(&place, &["apply", "--yes", "--lock-timeout", "60"], None);
    place.fake.let_go();
    assert_eq!(ended(first).exit, 3);
    let second = ended(second);
    assert_eq!(second.exit, 0, "{second:?}");
    assert!(second.stdout.contains("Apply: 1 call applied"), "{}", second.stdout);
    assert_eq!(place.state()["applied"]["restrictions"], json!({"blocklist": true}));
    assert_eq!(patches(&place.fake), 4);
}

#[test]
fn a_run_that_waited_is_refused_where_it_would_now_do_more_than_was_shown() {
    let place = Place::new(hanging(CALL));
    assert_eq!(place.run(&["state", "adopt"]).exit, 0);
    assert_eq!(place.run(&["state", "forget", "restrictions"]).exit, 0);
    // The first run no longer manages `hibp`, so that the second one finds it forgotten.
    let less = FILE.replace("instance: {hibp: true}\n", "");
    fs::write(place.path("less.yaml"), less).unwrap();
    let words = ["apply", "--yes", "less.yaml", "--state", "clerk.state.json"];
    let first = planned(&place, &words, None);
    place.fake.wait_for(CALL);
    let second = planned(&place, &["apply", "--yes", "--lock-timeout", "60"], None);
    place.fake.let_go();
    assert_eq!(ended(first).exit, 0);
    let second = ended(second);
    assert_eq!(second.exit, 1, "{second:?}");
    assert!(second.stderr.contains("error[plan-changed]"), "{}", second.stderr);
    assert!(second.stderr.contains("instance.hibp"), "{}", second.stderr);
    assert_eq!(patches(&place.fake), 1);
}

#[test]
fn a_deleted_lock_does_not_let_a_second_run_in() {
    let place = Place::new(hanging(CALL));
    let first = planned(&place, &["apply", "--yes"], None);
    place.fake.wait_for(CALL);
    fs::remove_file(place.path("clerk.state.json.lock")).unwrap();
    for words in [&["apply", "--yes"][..], &["state", "unlock"], &["state", "forget", "instance"]] {
        let second = place.run(words);
        assert_eq!(second.exit, 75, "{words:?} {second:?}");
        assert!(second.stderr.contains(&first.child.id().to_string()), "{}", second.stderr);
    }
    place.fake.let_go();
    assert_eq!(ended(first).exit, 0);
    assert_eq!(place.run(&["plan", "--detailed-exitcode"]).exit, 0);
}

#[test]
fn a_state_that_is_replaced_during_the_run_is_left_alone_and_both_are_named() {
    for at in [CALL, READ] {
        let place = Place::new(hanging(at));
        assert_eq!(place.run(&["state", "adopt"]).exit, 0);
        let other = place.state();
        assert_eq!(place.run(&["state", "forget", "restrictions"]).exit, 0);
        let run = planned(&place, &["apply", "--yes"], None);
        place.fake.wait_for(at);
        fs::write(place.path("clerk.state.json"), other.to_string()).unwrap();
        place.fake.let_go();
        let ran = ended(run);
        assert_eq!(ran.exit, 3, "{ran:?}");
        let serial = if at == READ { "it was serial 2" } else { "it was serial 3" };
        assert!(ran.stdout.contains(serial), "{}", ran.stdout);
        assert!(ran.stdout.contains("now it is serial 1"), "{}", ran.stdout);
        assert_eq!(place.state(), other);
        assert_eq!(patches(&place.fake), usize::from(at == CALL));
    }
}

#[test]
#[cfg(unix)]
fn a_link_that_took_the_place_of_a_state_stays_a_link() {
    let place = Place::new(hanging(CALL));
    let run = planned(&place, &["apply", "--yes"], None);
    place.fake.wait_for(CALL);
    let (state, kept) = (place.path("clerk.state.json"), place.path("kept.json"));
    fs::rename(&state, &kept).unwrap();
    let before = fs::read(&kept).unwrap();
    std::os::unix::fs::symlink("kept.json", &state).unwrap();
    place.fake.let_go();
    let ran = ended(run);
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert!(fs::symlink_metadata(&state).unwrap().is_symlink());
    assert_eq!(fs::read(&kept).unwrap(), before);
}

#[test]
fn a_saved_plan_is_refused_by_a_state_that_has_only_its_serial_in_common() {
    let place = Place::new(Script::new());
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    let branch = fs::read(place.path("clerk.state.json")).unwrap();
    let edit = |from: &str, to: &str| {
        let text = fs::read_to_string(place.path("clerk.yaml")).unwrap();
        fs::write(place.path("clerk.yaml"), text.replace(from, to)).unwrap();
    };
    edit("hibp: true", "hibp: false");
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    edit("blocklist: true", "blocklist: false");
    assert_eq!(place.run(&["plan", "--out", "plan.json"]).exit, 0);
    // The other branch takes another way from the same state, and is as long.
    fs::write(place.path("clerk.state.json"), branch).unwrap();
    edit("hibp: false", "hibp: true");
    edit("blocklist: false", "blocklist: true");
    edit("enabled: true", "enabled: false");
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    let plan: Value = serde_json::from_slice(&fs::read(place.path("plan.json")).unwrap()).unwrap();
    assert_eq!(plan["targets"][0]["state"]["serial"], place.state()["serial"]);
    assert_eq!(plan["targets"][0]["state"]["lineage"], place.state()["lineage"]);
    let asked = patches(&place.fake);
    let ran = place.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("error[plan-stale]"), "{}", ran.stderr);
    assert_eq!(patches(&place.fake), asked);
}

#[test]
fn a_command_on_a_state_waits_for_a_run_that_holds_it_where_it_is_told_to() {
    for words in [
        &["state", "unlock"][..],
        &["state", "forget", "restrictions"],
        &["state", "adopt"],
        &["state", "push", "pushed.json"],
        &["state", "move", "beside", "moved/"],
    ] {
        let place = Place::new(hanging(CALL));
        let first = planned(&place, &["apply", "--yes"], None);
        place.fake.wait_for(CALL);
        let mut pushed = place.state();
        pushed["serial"] = json!(99);
        fs::write(place.path("pushed.json"), pushed.to_string()).unwrap();
        let ran = place.run(words);
        assert!(ran.exit == 75 && ran.stderr.contains("`--lock-timeout SECONDS`"), "{ran:?}");
        let patient = [words, &["--lock-timeout", "60"]].concat();
        let mut second = place.start(&patient);
        let mut told = String::new();
        let mut stderr = BufReader::new(second.stderr.take().unwrap());
        stderr.read_line(&mut told).unwrap();
        assert!(told.contains(": another run holds this state: process "), "{words:?} {told}");
        assert!(told.ends_with("; waiting up to 60 s for it\n"), "{words:?} {told}");
        place.fake.let_go();
        assert_eq!(ended(first).exit, 0);
        let status = second.wait().unwrap();
        stderr.read_to_string(&mut told).unwrap();
        assert!(status.success(), "{words:?} {told}");
    }
}
