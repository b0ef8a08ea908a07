//! Files are never harmed: what is not this program's own is left as it is, what it was asked to
//! write is there whole or not at all, and whatever ends a run leaves nothing behind. The real
//! binary, real limits, real signals.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;
#[cfg(unix)]
#[path = "unharmed/unix.rs"]
mod unix;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ::clerkform::plan::document::PlanDocument;
use ::clerkform::plan::parse;
use serde_json::{Value, json};
use support::fake::{Answer, Fake, Script};
use support::place::{FILE, Place};
use support::program::{KEY, run};

/// Every file below a folder, with what it holds.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let files = entries.filter(|path| path.is_file());
    files.map(|path| (name(&path), fs::read(path).unwrap())).collect()
}

#[test]
fn a_file_where_the_lock_goes_is_left_as_it_is_unless_it_is_a_lock() {
    let place = Place::new(Script::new());
    fs::write(place.path("Cargo.lock"), "version = 4\n").unwrap();
    let before = files(place.folder.path());
    for words in [
        &["apply", "--yes", "--state", "Cargo"][..],
        &["state", "adopt", "--state", "Cargo"],
        &["import", "-o", "new.yaml", "--state", "Cargo"],
    ] {
        let ran = place.run(words);
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(ran.stderr.contains("error[lock-foreign]"), "{}", ran.stderr);
        assert_eq!(files(place.folder.path()), before);
    }
}

/// The same document with the digest and the checksum that fit it.
fn forged(plan: &Value, pointer: &str, value: Value) -> Value {
    let mut forged = plan.clone();
    *forged.pointer_mut(pointer).unwrap() = value;
    forged.as_object_mut().unwrap().remove("digest");
    let digest = ::clerkform::text::fingerprint(&forged.to_string());
    forged["digest"] = json!(digest);
    forged
}

#[test]
fn a_place_that_a_saved_plan_makes_up_is_not_opened() {
    let place = Place::new(Script::new());
    assert_eq!(place.run(&["plan", "--out", "plan.json"]).exit, 0);
    let plan: Value = serde_json::from_slice(&fs::read(place.path("plan.json")).unwrap()).unwrap();
    fs::write(place.path("Cargo.lock"), "").unwrap();
    let edited = forged(&plan, "/targets/0/state/location", json!("Cargo"));
    fs::write(place.path("plan.json"), edited.to_string()).unwrap();
    let before = files(place.folder.path());
    let ran = place.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("error[plan-mismatch]"), "{}", ran.stderr);
    assert_eq!(files(place.folder.path()), before);
    assert!(place.fake.asked().is_empty());
}

#[test]
fn a_stale_plan_leaves_nothing_where_its_state_is_not() {
    let place = Place::new(Script::new());
    assert_eq!(place.run(&["apply", "--yes"]).exit, 0);
    fs::write(place.path("clerk.yaml"), "instance: {hibp: false}\n").unwrap();
    assert_eq!(place.run(&["plan", "--out", "plan.json"]).exit, 0);
    let elsewhere = place.path("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let ran = run(place.command(&["apply", "--plan", "../plan.json"]).current_dir(&elsewhere));
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("error[plan-stale]"), "{ran:?}");
    assert!(files(&elsewhere).is_empty());
}

#[test]
fn an_environment_that_a_saved_plan_makes_up_leads_to_no_other_folder() {
    let place = Place::new(Script::new());
    fs::write(place.path("clerk.yaml"), "instance: {hibp: true}\nenvironments: {dev: {}}\n")
        .unwrap();
    assert_eq!(place.run(&["plan", "-e", "dev", "--out", "plan.json"]).exit, 0);
    let mut plan = parse(&fs::read(place.path("plan.json")).unwrap()).unwrap();
    plan.targets[0].environment = Some("/../elsewhere".to_owned());
    plan.targets[0].state.location = "clerk./../elsewhere.state.json".to_owned();
    let sealed = PlanDocument::from(&plan).to_value();
    fs::write(place.path("plan.json"), sealed.to_string()).unwrap();
    let before = files(place.folder.path());
    let ran = place.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("error[plan-mismatch]"), "{ran:?}");
    assert_eq!(files(place.folder.path()), before);
    assert!(place.fake.asked().is_empty());
}

#[test]
fn a_plan_is_for_the_service_that_it_was_made_for_whatever_its_files_are_called() {
    let place = Place::new(Script::new());
    let state = ["--state", "x.json"];
    let with = |words: &[&str]| place.run(&[words, &state[..]].concat());
    assert_eq!(with(&["plan", "--sandbox", "--out", "sandbox.json"]).exit, 0);
    let live = with(&["apply", "--plan", "sandbox.json"]);
    assert_eq!(live.exit, 1, "{live:?}");
    assert!(live.stderr.contains("made for the sandbox"), "{}", live.stderr);
    assert!(place.fake.asked().is_empty());
    assert_eq!(with(&["apply", "--sandbox", "--plan", "sandbox.json"]).exit, 0);

    let named = place.path("clerk.sandbox.yaml");
    fs::write(named, FILE).unwrap();
    assert_eq!(place.run(&["plan", "clerk.sandbox.yaml", "--out", "live.json"]).exit, 0);
    assert_eq!(place.run(&["apply", "--sandbox", "--plan", "live.json"]).exit, 1);
    let ran = place.run(&["apply", "--plan", "live.json"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
}

#[test]
fn a_plan_with_a_state_elsewhere_needs_to_be_told_so_again() {
    let place = Place::new(Script::new());
    assert_eq!(place.run(&["plan", "--state", "states/", "--out", "plan.json"]).exit, 0);
    let ran = place.run(&["apply", "--plan", "plan.json"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("--state"), "{}", ran.stderr);
    assert_eq!(place.run(&["apply", "--plan", "plan.json", "--state", "states/"]).exit, 0);
}

#[test]
fn a_state_command_changes_nothing_unless_it_can_change_all_that_it_was_asked_to() {
    let place = Place::new(Script::new());
    let overlays = format!("{FILE}environments:\n  a: {{}}\n  b: {{}}\n");
    fs::write(place.path("clerk.yaml"), overlays).unwrap();
    assert_eq!(place.run(&["state", "adopt", "--all-envs"]).exit, 0);
    fs::write(place.path("clerk.b.state.json"), "damaged").unwrap();
    let before = fs::read(place.path("clerk.a.state.json")).unwrap();
    let both = ["-e", "a", "-e", "b"];
    for words in [&["state", "forget", "instance"][..], &["state", "unlock"], &["state", "adopt"]] {
        let ran = place.run(&[words, &both[..]].concat());
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert_eq!(fs::read(place.path("clerk.a.state.json")).unwrap(), before, "{words:?}");
    }
    // Nor where one of them knows nothing of what is to be forgotten.
    fs::remove_file(place.path("clerk.b.state.json")).unwrap();
    assert_eq!(place.run(&["state", "forget", "instance", "-e", "a", "-e", "b"]).exit, 1);
    assert_eq!(fs::read(place.path("clerk.a.state.json")).unwrap(), before);
}

#[test]
fn a_plan_is_saved_over_no_file_but_an_empty_one_and_a_plan() {
    let place = Place::new(Script::new());
    let out = place.path("out");
    for (held, exit) in [("# Read me\n", 1), ("{\"tool\": {\"name\": \"npm\"}}", 1), ("", 0)] {
        fs::write(&out, held).unwrap();
        let ran = place.run(&["plan", "--out", "out"]);
        assert_eq!(ran.exit, exit, "{held}: {ran:?}");
        assert_eq!(fs::read_to_string(&out).unwrap() == held, exit == 1);
    }
    assert_eq!(place.run(&["plan", "--out", "out"]).exit, 0);
}

#[test]
fn a_reader_that_has_gone_is_a_failure_only_where_it_is_to_learn_what_was_done() {
    let place = Place::new(Script::new());
    let gone = |words: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        run(place.command(words).stdout(writer))
    };
    assert_eq!(gone(&["plan"]).exit, 0);
    assert_eq!(gone(&["plan", "--detailed-exitcode"]).exit, 2);
    let ran = gone(&["apply", "--yes"]);
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert!(ran.stderr.contains("unwritable-output"), "{ran:?}");
    assert_eq!(place.state()["applied"]["instance"], json!({"hibp": true}));
    assert_eq!(gone(&["apply", "--yes"]).exit, 0);
}

#[test]
fn a_key_of_another_target_is_neither_recorded_nor_shown_in_any_letter_case() {
    const OTHER: &str = "sk_test_OfAnotherTarget";
    let leak = |id: &str, key: &str| {
        let body = json!({"object": "instance", "id": id, "environment_type": "development"});
        let echo = json!({"allowlist": format!("{key} or {}", key.to_uppercase())});
        let answer = |body| Answer { status: 200, body: Some(body), ..Answer::default() };
        Fake::start(Script::from([
            ("GET /v1/instance".to_owned(), vec![answer(body)]),
            ("PATCH /v1/instance/restrictions".to_owned(), vec![answer(echo)]),
        ]))
    };
    let fake = leak("ins_2abc", OTHER);
    let place = Place::new(Script::new());
    fs::write(
        place.path("clerk.yaml"),
        "environments:\n  a: {restrictions: {allowlist: true}}\n  \
         b: {target: {secret_key_env: OTHER}, instance: {hibp: true}}\n",
    )
    .unwrap();
    let mut command =
        place.command(&["apply", "--yes", "-e", "a", "--output-format", "json", "-v"]);
    let ran = run(command.env("CLERK_API_URL", &fake.url).env("OTHER", OTHER));
    let state = fs::read_to_string(place.path("clerk.a.state.json")).unwrap();
    let all = format!("{ran:?}{state}").to_lowercase();
    assert!(state.contains("[secret key]"), "{state}");
    assert!(!all.contains(&OTHER.to_lowercase()), "{all}");

    let mut command = place.command(&["apply", "--yes", "-e", "a", "--retry-timeout", "0"]);
    let url = format!("https://{KEY}.invalid");
    let ran = run(command.args(["-e", "b"]).env("CLERK_API_URL", url).env("OTHER", OTHER));
    assert_ne!(ran.exit, 0);
    assert!(!format!("{ran:?}").to_lowercase().contains(&KEY.to_lowercase()), "{ran:?}");
}
