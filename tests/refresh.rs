//! Reads of a live instance that do not go by the script: signals, a state that moves meanwhile,
//! several targets at once. The real binary against a service that answers when it is told to.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::fake::{Answer, Fake, Fault, Script};
use support::program::{KEY, clerkform, run};
use tempfile::TempDir;

const RESTRICTIONS: &str = "PATCH /v1/instance/restrictions";

fn place(fake: &Fake) -> (TempDir, impl Fn(&[&str]) -> Command) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clerk.yaml"), "restrictions: {blocklist: true}\n").unwrap();
    let (path, url) = (folder.path().to_owned(), fake.url.clone());
    let command = move |words: &[&str]| {
        let mut command = clerkform(&path);
        command.args(words).env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &url);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    (folder, command)
}

/// Answers a request once it is let go.
fn held_back(what: &str, body: Option<Value>) -> Fake {
    let answer = Answer { fault: Some(Fault::Hang), body, ..Answer::default() };
    Fake::start(Script::from([(what.to_owned(), vec![answer])]))
}

#[test]
#[cfg(unix)]
fn a_signal_ends_a_read_and_nothing_was_changed() {
    for words in [&["drift"][..], &["plan", "--refresh"], &["apply", "--refresh", "--yes"]] {
        let fake = held_back(RESTRICTIONS, None);
        let (folder, command) = place(&fake);
        let child = command(words).spawn().unwrap();
        fake.wait_for(RESTRICTIONS);
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(130), "{words:?}");
        assert!(fake.asked().iter().all(|asked| asked.body.is_empty() || asked.body == "{}"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{words:?}");
        fake.let_go();
    }
}

#[test]
fn targets_are_read_side_by_side() {
    let fake = held_back("GET /v1/instance", None);
    let (folder, command) = place(&fake);
    let other = "target: {secret_key_env: OTHER}\nrestrictions: {blocklist: true}\n";
    fs::write(folder.path().join("other.yaml"), other).unwrap();
    let mut command = command(&["drift", "clerk.yaml", "other.yaml"]);
    let child = command.env("OTHER", "sk_test_anotherMadeUp").spawn().unwrap();
    fake.wait_for("GET /v1/instance");
    fake.wait_for("GET /v1/instance");
    fake.let_go();
    // Both were asked before either was answered; that they are one instance is found out then.
    let complaint = child.wait_with_output().unwrap().stderr;
    let complaint = String::from_utf8_lossy(&complaint);
    assert!(complaint.contains("error[same-instance]"), "{complaint}");
}

#[test]
fn a_state_that_turns_out_to_be_of_another_instance_is_left_alone() {
    let fake = held_back(RESTRICTIONS, Some(json!({"blocklist": true})));
    let (folder, command) = place(&fake);
    let child = command(&["apply", "--refresh", "--yes"]).spawn().unwrap();
    fake.wait_for(RESTRICTIONS);
    let state = folder.path().join("clerk.state.json");
    let other = json!({
        "format_version": 1, "lineage": "l", "serial": 1, "environment": null,
        "instance": {"id": "ins_other", "environment_type": "development"},
        "applied": {}, "uncertain": {}, "unreflected": {}, "in_flight": null,
    });
    fs::write(&state, other.to_string()).unwrap();
    fake.let_go();
    let ended = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("error[plan-changed]"), "{complaint}");
    assert_eq!(fs::read_to_string(&state).unwrap(), other.to_string());
}

#[test]
fn what_was_read_beside_an_older_state_is_not_recorded_in_a_younger_one() {
    // As the file asks, so that there is nothing to send and something to record.
    let fake = held_back(RESTRICTIONS, Some(json!({"blocklist": true})));
    let (folder, command) = place(&fake);
    let child = command(&["apply", "--refresh", "--yes"]).spawn().unwrap();
    fake.wait_for(RESTRICTIONS);
    // Meanwhile another run applies something else.
    fs::write(folder.path().join("b.yaml"), "restrictions: {blocklist: false}\n").unwrap();
    let other = run(&mut command(&["state", "adopt", "--state", "clerk.state.json", "b.yaml"]));
    assert_eq!(other.exit, 0, "{}", other.stderr);
    let state = fs::read_to_string(folder.path().join("clerk.state.json")).unwrap();
    fake.let_go();
    let ended = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("error[plan-changed]"), "{complaint}");
    assert_eq!(fs::read_to_string(folder.path().join("clerk.state.json")).unwrap(), state);
}

#[test]
fn a_refreshed_plan_without_a_state_is_for_the_instance_that_was_read() {
    let shown = |id: &str| Answer {
        status: 200,
        body: Some(json!({"id": id, "environment_type": "development"})),
        ..Answer::default()
    };
    let off = Answer { status: 200, body: Some(json!({"blocklist": false})), ..Answer::default() };
    let fake = Fake::start(Script::from([
        ("GET /v1/instance".to_owned(), vec![shown("ins_a"), shown("ins_b"), shown("ins_a")]),
        (RESTRICTIONS.to_owned(), vec![off, Answer::default()]),
    ]));
    let (_folder, command) = place(&fake);
    let planned = run(&mut command(&["plan", "--refresh", "--out", "plan.json"]));
    assert_eq!(planned.exit, 0, "{}", planned.stderr);
    let refused = run(&mut command(&["apply", "--plan", "plan.json"]));
    assert_eq!(refused.exit, 1, "{refused:?}");
    assert!(
        refused.stderr.contains("belongs to ins_b, and the plan says ins_a"),
        "{}",
        refused.stderr
    );
    let applied = run(&mut command(&["apply", "--plan", "plan.json"]));
    assert_eq!(applied.exit, 0, "{applied:?}");
}

#[test]
fn a_stale_value_that_is_not_recorded_is_read_again() {
    let shown = |enabled: bool| Answer {
        status: 200,
        body: Some(json!({"object": "organization_settings", "enabled": enabled})),
        ..Answer::default()
    };
    let get = "GET /v1/instance/organization_settings";
    let fake = Fake::start(Script::from([(get.to_owned(), vec![shown(false), shown(true)])]));
    let (folder, command) = place(&fake);
    fs::write(folder.path().join("clerk.yaml"), "organization_settings: {enabled: false}\n")
        .unwrap();
    let applied = run(&mut command(&["apply", "--refresh", "--yes"]));
    assert_eq!(applied.exit, 0, "{applied:?}");
    assert!(applied.stdout.contains("enabled: true → false"), "{}", applied.stdout);
}

#[test]
#[cfg(unix)]
fn a_plan_without_refresh_does_not_even_read_the_url() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let fake = Fake::start(Script::new());
    let (_folder, command) = place(&fake);
    let url = OsStr::from_bytes(b"https://\xff");
    let planned = run(command(&["plan"]).env("CLERK_API_URL", url));
    assert_eq!(planned.exit, 0, "{}", planned.stderr);
    let refused = run(command(&["plan", "--refresh"]).env("CLERK_API_URL", url));
    assert_eq!(refused.exit, 64);
    assert!(refused.stderr.contains("error[api-url]"), "{}", refused.stderr);
    assert_eq!(fake.asked(), []);
}

#[test]
fn an_instance_that_a_look_tells_is_recorded_also_where_settings_are_only_released() {
    let known = json!({"object": "instance", "id": "ins_2abc",
                       "environment_type": "development"});
    let answer = |body| vec![Answer { status: 200, body: Some(body), ..Answer::default() }];
    let fake = Fake::start(Script::from([
        ("GET /v1/instance".to_owned(), answer(known)),
        (RESTRICTIONS.to_owned(), answer(json!({"allowlist": false, "blocklist": true}))),
    ]));
    let (folder, command) = place(&fake);
    let file = fs::read_to_string(folder.path().join("clerk.yaml")).unwrap();
    let more = format!("{file}instance: {{hibp: true}}\n");
    fs::write(folder.path().join("clerk.yaml"), more).unwrap();
    assert_eq!(run(&mut command(&["state", "adopt"])).exit, 0);
    let state = || -> Value {
        let bytes = fs::read(folder.path().join("clerk.state.json")).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    assert_eq!(state()["instance"]["id"], Value::Null);
    fs::write(folder.path().join("clerk.yaml"), file).unwrap();
    let ran = run(&mut command(&["apply", "--refresh", "--yes"]));
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(state()["applied"], json!({"restrictions": {"blocklist": true}}));
    assert_eq!(state()["instance"]["id"], "ins_2abc");
}
