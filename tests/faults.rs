//! What goes wrong around a run: signals, kills, a second run, a full disk, a state that cannot be
//! written, a body without end. The real binary, real signals, real files.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use support::fake::{Answer, Fault, Script};
use support::place::Place;
#[cfg(unix)]
use support::program::{KEY, binary};
use support::program::{Ran, run};

fn hang() -> Answer {
    Answer { fault: Some(Fault::Hang), ..Answer::default() }
}

/// A service that does not answer the first call of a section.
fn hanging(what: &str) -> Script {
    Script::from([(what.to_owned(), vec![hang(), Answer::default()])])
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[cfg(unix)]
#[test]
fn the_first_signal_lets_the_call_in_hand_finish_and_records_it() {
    for name in ["-INT", "-TERM"] {
        let place = Place::new(hanging("PATCH /v1/instance/restrictions"));
        let child = place.start(&["apply", "--yes", "--output-format", "json"]);
        place.fake.wait_for("PATCH /v1/instance/restrictions");
        signal(&child, name);
        // The signal is on its way before the answer is; the run may see either first, and has to
        // end with 130 in both cases.
        place.fake.let_go();
        let ran = ended(child);
        assert_eq!(ran.exit, 130, "{ran:?}");
        let state = place.state();
        assert_eq!(state["in_flight"], Value::Null);
        assert_eq!(state["applied"]["restrictions"], json!({"blocklist": true}));
        assert_eq!(state["uncertain"], json!({}));
        let again = place.run(&["apply", "--yes"]);
        assert_eq!(again.exit, 0, "{again:?}");
        assert_eq!(place.run(&["plan", "--detailed-exitcode"]).exit, 0);
    }
}

#[cfg(unix)]
#[test]
fn a_call_without_an_answer_is_given_up_within_the_grace_and_is_uncertain() {
    let place = Place::new(hanging("PATCH /v1/instance/restrictions"));
    let child = place.start(&["apply", "--yes"]);
    place.fake.wait_for("PATCH /v1/instance/restrictions");
    let began = std::time::Instant::now();
    signal(&child, "-INT");
    let ran = ended(child);
    assert_eq!(ran.exit, 130, "{ran:?}");
    // 7 seconds, and what a busy machine adds; a call itself may take 30.
    assert!(began.elapsed().as_secs() < 20);
    let state = place.state();
    assert_eq!(state["uncertain"], json!({"restrictions": ["blocklist"]}));
    assert_eq!(state["applied"], json!({"instance": {"hibp": true}}));
    assert_eq!(state["in_flight"], Value::Null);
    place.fake.let_go();
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    assert_eq!(place.state()["uncertain"], json!({}));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_read_after_a_write_and_takes_nothing_from_the_success() {
    let shown = json!({"object": "instance", "id": "ins_2abc", "allowed_origins": ["my-app://a"]});
    let shown = Answer { body: Some(shown), ..Answer::default() };
    // Before an answer comes, and while the run waits to look again.
    for second in [hang(), shown] {
        let look = "GET /v1/instance";
        let script = Script::from([(look.to_owned(), vec![Answer::default(), second, hang()])]);
        let place = Place::new(script);
        fs::write(place.path("clerk.yaml"), "instance: {allowed_origins: []}\n").unwrap();
        let child = place.start(&["apply", "--yes", "--output-format", "json"]);
        place.fake.wait_for("PATCH /v1/instance");
        place.fake.wait_for(look);
        signal(&child, "-INT");
        let ran = ended(child);
        assert_eq!(ran.exit, 130, "{ran:?}");
        let outcome: Value = serde_json::from_str(&ran.stdout).unwrap();
        let call = &outcome["targets"][0]["calls"][0];
        assert_eq!((&call["outcome"], &call["verified"]), (&json!("applied"), &Value::Null));
        assert_eq!(place.state()["applied"], json!({"instance": {"allowed_origins": []}}));
        assert_eq!(place.state()["in_flight"], Value::Null);
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_at_once_and_leaves_the_intent() {
    let place = Place::new(hanging("PATCH /v1/instance/restrictions"));
    let mut child = place.start(&["apply", "--yes"]);
    place.fake.wait_for("PATCH /v1/instance/restrictions");
    // Two of one kind that come together may be merged by the system; of two kinds, neither is lost.
    signal(&child, "-INT");
    signal(&child, "-TERM");
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    // One that waited for the answer, or for the grace to end, would have recorded a result.
    assert!(place.state()["in_flight"].is_object());
    place.fake.let_go();
}

#[test]
fn a_kill_in_a_call_leaves_every_field_of_the_intent_uncertain() {
    let place = Place::new(hanging("PATCH /v1/instance/restrictions"));
    let mut child = place.start(&["apply", "--yes"]);
    place.fake.wait_for("PATCH /v1/instance/restrictions");
    child.kill().unwrap();
    child.wait().unwrap();
    place.fake.let_go();
    let plan = place.run(&["plan", "--output-format", "json", "--detailed-exitcode"]);
    assert_eq!(plan.exit, 2, "{plan:?}");
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    let reasons: Vec<_> = plan["targets"][0]["calls"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|call| call["changes"].as_array().unwrap())
        .map(|change| change["reason"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(reasons, ["uncertain", "uncertain", "uncertain"]);
    let apply = place.run(&["apply", "--yes"]);
    assert_eq!(apply.exit, 0, "{apply:?}");
    assert_eq!(place.run(&["plan", "--detailed-exitcode"]).exit, 0);
}

#[test]
fn a_second_run_is_refused_and_told_who_holds_the_state() {
    let place = Place::new(hanging("PATCH /v1/instance/restrictions"));
    let first = place.start(&["apply", "--yes"]);
    place.fake.wait_for("PATCH /v1/instance/restrictions");
    let second = place.run(&["apply", "--yes"]);
    assert_eq!(second.exit, 75, "{second:?}");
    assert!(second.stderr.contains(&first.id().to_string()), "{}", second.stderr);
    let unlock = place.run(&["state", "unlock"]);
    assert_eq!(unlock.exit, 75, "{unlock:?}");
    place.fake.let_go();
    assert_eq!(ended(first).exit, 0);
}

#[cfg(unix)]
#[test]
fn nothing_is_sent_where_the_intent_cannot_be_written() {
    let place = Place::new(Script::new());
    let limited =
        format!("ulimit -f 0; exec '{}' apply --yes --output-format json", binary().display());
    let mut command = Command::new("sh");
    command.args(["-c", &limited]).current_dir(place.folder.path()).stdin(Stdio::null());
    command.env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &place.fake.url);
    let ran = run(&mut command);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(document["error"]["message"].is_string(), "{document}");
    assert!(!place.path("clerk.state.json").exists());
    assert!(place.fake.asked().iter().all(|asked| !asked.what.starts_with("PATCH")));
}

#[test]
fn a_run_that_cannot_even_write_its_intent_says_that_no_call_was_made() {
    let place = Place::new(Script::new());
    // The neighbor that the next state is written to has a name that is too long for a file.
    let state = "s".repeat(248);
    let ran = place.run(&["apply", "--yes", "--output-format", "json", "--state", &state]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["error"]["code"], "state-unwritten");
    assert_eq!(document["summary"]["skipped"], 3);
    assert!(place.fake.asked().iter().all(|asked| !asked.what.starts_with("PATCH")));
}

#[test]
fn a_record_that_fails_after_calls_ends_with_3_and_keeps_the_intent() {
    let place = Place::new(hanging("PATCH /v1/instance/organization_settings"));
    let child = place.start(&["apply", "--yes"]);
    place.fake.wait_for("PATCH /v1/instance/organization_settings");
    let (state, kept) = (place.path("clerk.state.json"), place.path("kept.json"));
    fs::rename(&state, &kept).unwrap();
    fs::create_dir(&state).unwrap();
    place.fake.let_go();
    let ran = ended(child);
    assert_eq!(ran.exit, 3, "{ran:?}");
    fs::remove_dir(&state).unwrap();
    fs::rename(&kept, &state).unwrap();
    assert!(place.state()["in_flight"].is_object());
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    assert_eq!(place.state()["in_flight"], Value::Null);
}

#[test]
fn results_that_cannot_be_recorded_end_with_3_even_if_all_of_them_are_refusals() {
    let refused = Answer { status: 422, ..Answer::default() };
    let mut last = hang();
    last.status = 422;
    let place = Place::new(Script::from([
        ("PATCH /v1/instance".to_owned(), vec![refused.clone()]),
        ("PATCH /v1/instance/restrictions".to_owned(), vec![refused]),
        ("PATCH /v1/instance/organization_settings".to_owned(), vec![last]),
    ]));
    let child = place.start(&["apply", "--yes"]);
    place.fake.wait_for("PATCH /v1/instance/organization_settings");
    fs::remove_file(place.path("clerk.state.json")).unwrap();
    fs::create_dir(place.path("clerk.state.json")).unwrap();
    place.fake.let_go();
    let ran = ended(child);
    assert_eq!(ran.exit, 3, "{ran:?}");
}

#[test]
fn a_variable_that_is_set_to_nothing_is_not_set() {
    let place = Place::new(Script::new());
    let bare = |words: &[&str]| {
        let mut command = place.command(words);
        command.env("CLERKFORM_STATE", "").env("CLERKFORM_SECRETS_DIR", "");
        run(&mut command)
    };
    assert_eq!(bare(&["plan", "--out", "plan.json"]).exit, 0);
    let ran = bare(&["apply", "--plan", "plan.json"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    // An option that is given nothing is a slip, and the service is not guessed.
    assert_eq!(bare(&["state", "forget", "instance"]).exit, 0);
    assert_eq!(bare(&["apply", "--yes", "--api-url", ""]).exit, 64);
}

#[cfg(unix)]
#[test]
fn a_report_to_a_pipe_is_read_whole_and_that_of_a_refused_run_says_why() {
    let place = Place::new(Script::new());
    let made = Command::new("mkfifo").arg(place.path("pipe")).status().unwrap();
    assert!(made.success());
    let refused = run(place
        .command(&["apply", "--yes", "--report", "json=outcome.json"])
        .env("CLERK_SECRET_KEY", "x"));
    assert_eq!(refused.exit, 1, "{refused:?}");
    assert_eq!(names(place.folder.path()), ["clerk.yaml", "outcome.json", "pipe"]);
    let report = fs::read_to_string(place.path("outcome.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["error"]["code"], "key-invalid", "{report}");
    let child = place.start(&["apply", "--yes", "--report", "json=pipe"]);
    let report = fs::read_to_string(place.path("pipe")).unwrap();
    assert_eq!(ended(child).exit, 0);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["summary"]["applied"], 3);
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_cannot_be_written_is_no_success() {
    let place = Place::new(Script::new());
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = run(place.command(&["plan"]).stdout(full));
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("unwritable-output"), "{ran:?}");
}

#[test]
fn adopting_what_is_adopted_leaves_no_lock() {
    let place = Place::new(Script::new());
    assert_eq!(place.run(&["state", "adopt"]).exit, 0);
    fs::remove_file(place.path("clerk.state.json.lock")).unwrap();
    let state = fs::read(place.path("clerk.state.json")).unwrap();
    assert_eq!(place.run(&["state", "adopt"]).exit, 0);
    assert_eq!(fs::read(place.path("clerk.state.json")).unwrap(), state);
    assert_eq!(names(place.folder.path()), ["clerk.state.json", "clerk.yaml"]);
}

/// Presses Ctrl-Break for a program that was started in a group of its own.
#[cfg(windows)]
fn press(child: &Child) {
    let press = format!("import os, signal; os.kill({}, signal.CTRL_BREAK_EVENT)", child.id());
    assert!(Command::new("python").args(["-c", &press]).status().unwrap().success());
}

#[cfg(windows)]
#[test]
fn ctrl_break_lets_the_call_in_hand_finish_and_a_second_one_ends_at_once() {
    use std::os::windows::process::CommandExt;

    const NEW_GROUP: u32 = 0x200;

    if support::tools::is_not_installed("python") {
        return;
    }
    for times in [1, 2] {
        let place = Place::new(hanging("PATCH /v1/instance/restrictions"));
        let mut command = place.command(&["apply", "--yes"]);
        command.creation_flags(NEW_GROUP).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        place.fake.wait_for("PATCH /v1/instance/restrictions");
        for _ in 0..times {
            press(&child);
        }
        if times == 1 {
            place.fake.let_go();
        }
        let ran = ended(child);
        assert_eq!(ran.exit, 130, "{ran:?}");
        assert_eq!(place.state()["in_flight"].is_null(), times == 1, "{ran:?}");
        place.fake.let_go();
    }
}

#[test]
fn a_state_in_a_place_that_cannot_be_written_is_refused_before_any_request() {
    let place = Place::new(Script::new());
    fs::write(place.path("file"), "").unwrap();
    let ran = place.run(&["apply", "--yes", "--state", "file/clerk.state.json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(place.fake.asked().is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn a_body_without_end_costs_no_memory() {
    let huge = Answer { status: 200, fault: Some(Fault::HugeBody), ..Answer::default() };
    let place = Place::new(Script::from([
        ("PATCH /v1/instance/restrictions".to_owned(), vec![huge]),
        ("PATCH /v1/instance/organization_settings".to_owned(), vec![hang()]),
    ]));
    let child = place.start(&["apply", "--yes"]);
    place.fake.wait_for("PATCH /v1/instance/organization_settings");
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").trim().parse().unwrap();
    assert!(kilobytes < 100_000, "{kilobytes} kB");
    place.fake.let_go();
    let ran = ended(child);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(place.state()["applied"]["restrictions"], json!({"blocklist": true}));
}

#[test]
fn a_run_with_nothing_to_do_asks_nothing_and_writes_nothing() {
    let place = Place::new(Script::new());
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    let state = place.path("clerk.state.json");
    fs::remove_file(place.path("clerk.state.json.lock")).unwrap();
    let before = (fs::read(&state).unwrap(), fs::metadata(&state).unwrap().modified().unwrap());
    let asked = place.fake.asked().len();
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    let after = (fs::read(&state).unwrap(), fs::metadata(&state).unwrap().modified().unwrap());
    assert_eq!(before, after);
    assert_eq!(place.fake.asked().len(), asked);
    assert_eq!(names(place.folder.path()), ["clerk.state.json", "clerk.yaml"]);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
