//! The action's own steps, run as a runner of GitHub does, with the sandbox for a service and a
//! stand-in for GitHub's client.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::action::{Ended, Job, members, yaml};
use support::fake::{Answer, Fake, Fault};
use support::program::{binary, run};
use support::tools;

const CONFIG: &str = "instance:\n  hibp: true\nrestrictions:\n  blocklist: true\n";

fn main() {
    let no_bash = cfg!(not(unix));
    let no_jq = Command::new("jq").arg("--version").output().is_err();
    if no_jq {
        tools::skipped("jq");
    }
    tools::run([
        ("a_pull_request_has_one_comment_that_is_replaced", comment as fn(), no_bash || no_jq),
        ("a_fork_has_the_plan_in_the_summary_instead", fork, no_bash || no_jq),
        ("a_plan_succeeds_and_tells_of_changes", plan, no_bash),
        ("what_is_applied_is_what_was_reviewed", apply, no_bash),
        ("an_apply_that_failed_is_told_on_its_pull_request", apply_comment, no_bash || no_jq),
        ("drift_is_no_failure_and_is_told", drift, no_bash),
        ("files_environments_and_state_are_chosen", chosen, no_bash),
        ("a_wrong_input_is_told", wrong_inputs, no_bash),
        ("what_the_program_prints_is_no_command_to_the_runner", commands, no_bash),
        ("a_cancelled_job_records_the_call_in_hand", cancelled, no_bash),
        ("a_job_that_is_cancelled_as_the_program_starts_ends_it", cancelled_early, no_bash),
    ])
}

fn job() -> Job {
    let job = Job::new();
    job.write("clerk.yaml", CONFIG);
    job
}

fn assert_ended(ended: &Ended, exit: i32, exitcode: &str, changes: &str) {
    let told = |name: &str| ended.outputs[name].as_str();
    assert_eq!(
        (ended.exit, told("exitcode"), told("changes")),
        (exit, exitcode, changes),
        "{ended:?}"
    );
}

fn plan() {
    let job = job();
    let ended = job.pushed(&[]);
    assert_ended(&ended, 0, "2", "true");
    let saved: Value =
        serde_json::from_str(&fs::read_to_string(&ended.outputs["plan-path"]).unwrap()).unwrap();
    let page = fs::read_to_string(&ended.outputs["page-path"]).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("hibp"), "{page}");
    assert_eq!(saved["checksum"], ended.outputs["checksum"].as_str());
    assert_eq!(saved["summary"]["changes"], 2);
    assert!(ended.summary.contains("Plan: 2 calls change 2 settings"), "{}", ended.summary);
    assert!(ended.log.contains("::notice title=clerkform::Plan: 2 calls"), "{}", ended.log);

    job.write("clerk.yaml", "instance: {}\n");
    assert_ended(&job.pushed(&[]), 0, "0", "false");

    job.write("clerk.yaml", "instance:\n  hbip: true\n");
    let ended = job.pushed(&[]);
    assert_ended(&ended, 1, "1", "");
    assert!(ended.log.contains("::error file=clerk.yaml,line=2,"), "{}", ended.log);

    job.write("clerk.yaml", "restrictions:\n  allowlist: true\n");
    assert_ended(&job.pushed(&[("strict", "true")]), 1, "1", "");
}

fn comments(job: &Job) -> Value {
    serde_json::from_str(&fs::read_to_string(job.gh("comments.json")).unwrap()).unwrap()
}

fn comment() {
    let job = job();
    let body = "<!-- clerkform comment: clerkform -->\nmine";
    let stranger = json!({"id": 1, "user": {"login": "stranger"}, "body": body});
    let other = json!({"id": 2, "user": {"login": "github-actions[bot]"}, "body": "other"});
    fs::write(job.gh("comments.json"), json!([stranger, other]).to_string()).unwrap();

    let ended = job.proposed(&[]);
    assert_ended(&ended, 0, "2", "true");
    let written = comments(&job)[2]["body"].as_str().unwrap().to_owned();
    for part in [
        "<!-- clerkform comment: clerkform -->\n<!-- clerkform plan -->\n",
        "\n+ hibp: true  # new, clerk.yaml:2:3\n",
        &format!("clerkform apply clerk.yaml --checksum {}\n", ended.outputs["checksum"]),
        "<sub>For c0ffee, by [this run](https://github.example/acme/settings/actions/runs/42).</sub>",
    ] {
        assert!(written.contains(part), "{part} in {written}");
    }

    for (text, exit, part) in [
        ("instance:\n  hibp: false\n", 0, "+ hibp: false"),
        ("instance:\n  hbip: true\n", 1, "### Clerk plan: 1 error in clerk.yaml"),
        ("instance: {}\n", 0, "No changes"),
    ] {
        job.write("clerk.yaml", text);
        assert_eq!(job.proposed(&[]).exit, exit);
        let written = comments(&job);
        assert!(written[2]["body"].as_str().unwrap().contains(part), "{part} in {written}");
        assert_eq!((&written[0], &written[1], &written[3]), (&stranger, &other, &Value::Null));
    }

    // What fails because of a warning is shown with it.
    job.write("clerk.yaml", "restrictions: {allowlist: true}\n");
    let ended = job.proposed(&[("strict", "true")]);
    assert_ended(&ended, 1, "1", "");
    let written = comments(&job)[2]["body"].as_str().unwrap().to_owned();
    for part in ["**May lock out**", "+ allowlist: true", "**This plan is refused"] {
        assert!(written.contains(part), "{part} in {written}");
    }

    // One of another name is another one; where there is nothing to say, none is begun.
    job.write("clerk.yaml", "instance: {}\n");
    job.proposed(&[("comment", "second")]);
    assert_eq!(comments(&job).as_array().unwrap().len(), 3);
    job.write("clerk.yaml", CONFIG);
    job.proposed(&[("comment", "second")]);
    job.proposed(&[("comment", "")]);
    job.pushed(&[("comment", "third")]);
    assert_eq!(comments(&job).as_array().unwrap().len(), 4);
    assert_eq!(job.proposed(&[("comment", "a-->b")]).exit, 64);
}

fn fork() {
    let job = job();
    fs::write(job.gh("read-only"), "").unwrap();
    let ended = job.proposed(&[]);
    assert_ended(&ended, 0, "2", "true");
    assert!(ended.summary.contains("+ hibp: true"), "{}", ended.summary);
    assert!(ended.log.contains("::notice title=clerkform::the pull request cannot"), "{ended:?}");
    assert_eq!(comments(&job), json!([]));
}

fn apply() {
    let job = job();
    let reviewed = job.pushed(&[]).outputs["checksum"].clone();
    job.write("clerk.yaml", "instance:\n  hibp: false\n");
    let ended = job.pushed(&[("mode", "apply"), ("checksum", &reviewed)]);
    assert_ended(&ended, 1, "1", "true");
    assert!(ended.log.contains("this is not the plan that was reviewed"), "{}", ended.log);
    assert!(ended.log.contains("::error title=clerkform::file or state moved"), "{}", ended.log);
    assert!(ended.summary.contains("hibp: false"), "{}", ended.summary);
    assert!(!job.workspace.join("clerk.state.json").exists());

    job.write("clerk.yaml", CONFIG);
    let ended = job.pushed(&[("mode", "apply"), ("checksum", &reviewed)]);
    assert_ended(&ended, 0, "0", "true");
    assert!(ended.log.contains("2 calls applied"), "{}", ended.log);
    assert!(job.workspace.join("clerk.state.json").exists());
    assert_ended(&job.pushed(&[("mode", "apply")]), 0, "0", "false");
}

fn apply_comment() {
    let job = job();
    let comments = || {
        serde_json::from_str::<Value>(&fs::read_to_string(job.gh("comments.json")).unwrap())
            .unwrap()
    };
    // One that succeeds has nothing to say.
    let ended = job.merged(&[("mode", "apply")]);
    assert_ended(&ended, 0, "0", "true");
    assert_eq!(comments(), json!([]));
    let [applied, planned] = ["### Clerk apply: 2 calls done", "### Clerk plan: 2 settings change"];
    let at = |text: &str| ended.summary.find(text).unwrap_or_else(|| panic!("{ended:?}"));
    assert!(at(applied) < at(planned), "{}", ended.summary);
    let page = fs::read_to_string(&ended.outputs["page-path"]).unwrap();
    assert!(page.contains("2 calls done"), "{page}");

    // A part of it fails.
    job.write(
        "clerk.yaml",
        "instance:\n  hibp: false\ncommunication:\n  blocked_country_codes: [ZZ]\n",
    );
    let ended = job.merged(&[("mode", "apply")]);
    assert_ended(&ended, 3, "3", "true");
    assert!(ended.log.contains("Clerk apply"), "{}", ended.log);
    let body = |number: usize| comments()[number]["body"].as_str().unwrap().to_owned();
    let written = body(0);
    for part in [
        "<!-- clerkform comment: clerkform apply -->\n<!-- clerkform apply -->\n### Clerk apply: ",
        "<sub>For c0ffee, by [this run](https://github.example/acme/settings/actions/runs/42).</sub>",
    ] {
        assert!(written.contains(part), "{part} in {written}");
    }

    // The same comment tells that it is in order again, and the plan has one of its own.
    job.write("clerk.yaml", "instance:\n  hibp: true\n");
    assert_eq!(job.merged(&[("mode", "apply")]).exit, 0);
    assert!(body(0).contains("### Clerk apply: 1 call done"), "{}", body(0));
    job.write("clerk.yaml", "instance:\n  hibp: false\n");
    assert_eq!(job.proposed(&[]).exit, 0);
    assert!(body(1).contains("### Clerk plan: 1 setting changes"), "{}", body(1));

    // A run that is refused as a whole says why.
    let ended = job.merged(&[("mode", "apply"), ("checksum", &"0".repeat(64))]);
    assert_eq!(ended.exit, 1);
    assert!(body(0).contains("### Clerk apply failed: checksum mismatch"), "{}", body(0));

    // A commit that came from no pull request has nowhere to be told of.
    let ended = job.pushed(&[("mode", "apply"), ("checksum", &"0".repeat(64))]);
    assert!(ended.log.contains("No pull request belongs to"), "{}", ended.log);
}

fn drift() {
    let job = job();
    job.pushed(&[("mode", "apply")]);
    assert_ended(&job.pushed(&[("mode", "drift")]), 0, "0", "false");

    job.write("other.yaml", "restrictions:\n  blocklist: false\n");
    job.pushed(&[("mode", "apply"), ("files", "other.yaml")]);
    let ended = job.pushed(&[("mode", "drift")]);
    assert_ended(&ended, 0, "2", "true");
    assert!(ended.summary.contains("blocklist"), "{}", ended.summary);
    let ended = job.pushed(&[("refresh", "true")]);
    assert!(ended.log.contains("drifted"), "{}", ended.log);
}

fn chosen() {
    let job = Job::new();
    fs::create_dir(job.workspace.join("in fra")).unwrap();
    let text =
        "environments:\n  blue: {instance: {hibp: true}}\n  green: {instance: {hibp: true}}\n";
    job.write("in fra/-a b.yaml", text);
    job.write("in fra/c$(touch gone).yaml", text);
    let given = [
        ("working-directory", "in fra"),
        ("files", "-a b.yaml\nc$(touch gone).yaml\n"),
        ("state", "kept/"),
    ];
    let targets = |environments: &str| {
        let ended = job.pushed(&[&given[..], &[("environments", environments)]].concat());
        assert_ended(&ended, 0, "2", "true");
        let saved = fs::read_to_string(&ended.outputs["plan-path"]).unwrap();
        let saved: Value = serde_json::from_str(&saved).unwrap();
        assert_eq!(saved["targets"][0]["config"], "-a b.yaml");
        let place = saved["targets"][0]["state"]["location"].as_str().unwrap();
        assert!(place.starts_with("kept/"), "{place}");
        saved["targets"].as_array().unwrap().len()
    };
    assert_eq!((targets("blue"), targets("blue\ngreen"), targets("*")), (2, 4, 4));
    let part = |shard: &str| {
        let ended = job.pushed(&[&given[..], &[("environments", "*"), ("shard", shard)]].concat());
        let saved = fs::read_to_string(&ended.outputs["plan-path"]).unwrap();
        let saved: Value = serde_json::from_str(&saved).unwrap();
        saved["targets"].as_array().unwrap().len()
    };
    assert_eq!(part("1/3") + part("2/3") + part("3/3"), 4);
    assert!(!job.workspace.join("in fra/gone").exists());
}

fn wrong_inputs() {
    let job = job();
    for input in [("mode", "destroy"), ("refresh", "maybe"), ("strict", "yes"), ("checksum", "1f")]
    {
        let ended = job.pushed(&[input]);
        assert_ended(&ended, 64, "64", "");
        assert!(ended.log.contains(&format!("::error title=clerkform::the input {}", input.0)));
    }
}

fn commands() {
    let job = job();
    job.write("::error::x.yaml", "instance:\n  \"::warning::y\": 1\n");
    for file in ["clerk.yaml", "::error::x.yaml"] {
        let log = job.pushed(&[("mode", "apply"), ("files", file)]).log;
        let mut stopped: Option<String> = None;
        for line in log.lines().map(str::trim_start).filter(|line| line.starts_with("::")) {
            let (command, rest) = line[2..].split_once("::").unwrap();
            match &stopped {
                Some(token) if command == token => stopped = None,
                Some(_) => {}
                None if command == "stop-commands" => stopped = Some(rest.to_owned()),
                None => {
                    let is_ours =
                        [" file=", " title=clerkform"].iter().any(|it| command.contains(it));
                    assert!(is_ours && !rest.is_empty(), "{line}");
                }
            }
        }
        assert_eq!(stopped, None);
        assert!(log.matches("::stop-commands::").count() > 0);
    }
}

/// The step that runs the program, with what it needs to apply.
fn applying(job: &Job) -> Command {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let step = steps.iter().find(|step| step["id"] == "run").unwrap();
    let mut command = job.bash(step["run"].as_str().unwrap());
    for (name, _) in members(&step["env"]) {
        command.env(name, "");
    }
    command.envs([("MODE", "apply"), ("REFRESH", "false"), ("STRICT", "false")]);
    command.env("GITHUB_OUTPUT", job.workspace.join("output"));
    command.env("GITHUB_STEP_SUMMARY", job.workspace.join("summary"));
    command
}

fn cancelled() {
    const LAST: &str = "PATCH /v1/instance/restrictions";
    let job = job();
    let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
    let fake = Fake::start([(LAST.to_owned(), vec![hang])].into());
    let mut command = applying(&job);
    command.env("CLERK_API_URL", &fake.url).stdout(Stdio::piped());
    let mut step = command.spawn().unwrap();
    let mut log = BufReader::new(step.stdout.take().unwrap()).lines().map(Result::unwrap);
    fake.wait_for(LAST);
    let mut kill = Command::new("kill");
    assert_eq!(run(kill.args(["-INT", &step.id().to_string()])).exit, 0);
    assert!(log.any(|line| line.starts_with("Cancelled")));
    fake.let_go();

    let rest: Vec<String> = log.collect();
    assert_eq!(step.wait().unwrap().code(), Some(130), "{rest:?}");
    let output = fs::read_to_string(job.workspace.join("output")).unwrap();
    assert!(output.ends_with("exitcode=130\n"), "{output}");
    let state = fs::read_to_string(job.workspace.join("clerk.state.json")).unwrap();
    let state: Value = serde_json::from_str(&state).unwrap();
    assert_eq!(state["applied"]["restrictions"], json!({"blocklist": true}), "{state}");
    assert_eq!(state["in_flight"], Value::Null, "{state}");
}

fn cancelled_early() {
    let job = job();
    let program = format!(
        r#"#!/bin/sh
[ "$1" = apply ] || exec '{}' "$@"
trap 'kill "$!"; exit 130' TERM
kill -INT "$PPID"
: >told
sleep 60 &
wait
"#,
        binary().display()
    );
    // Keeps the shell from its next line until the signal is sent.
    let slow = "set -T\ntrap 'case $BASH_COMMAND in program=\\$!) [ \"$2\" != apply ] || until [ -e told ]; do :; done; esac' DEBUG\n";
    let bin = job.workspace.join("../bin");
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("clerkform"), program).unwrap();
    fs::write(bin.join("slow"), slow).unwrap();
    assert_eq!(run(&mut job.bash("chmod +x ../bin/clerkform")).exit, 0);
    let ran = run(applying(&job).env("BASH_ENV", bin.join("slow")));
    assert_eq!(ran.exit, 130, "{ran:?}");
    assert!(ran.stdout.contains("\nCancelled"), "{ran:?}");
}
