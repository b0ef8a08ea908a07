//! Several targets in one run, and several runs over the same targets: which locks are waited for,
//! and what a signal leaves for the next run. The real binary, real signals, real locks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::{Value, json};
#[cfg(unix)]
use support::fake::Fault;
use support::fake::{Answer, Fake, Script};
use support::program::{Ran, clerkform, run};
use tempfile::TempDir;

#[cfg(unix)]
const CALL: &str = "PATCH /v1/instance/restrictions";

/// Targets called `a.yaml` and so on, each with a key and an instance of its own.
struct Fleet {
    folder: TempDir,
    fake: Fake,
    names: Vec<char>,
}

/// A run that tells what it waits for.
struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    heard: String,
}

fn key(name: char) -> String {
    format!("sk_test_{name}")
}

impl Fleet {
    fn new(names: &str, mut script: Script) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in names.chars() {
            let text = format!(
                "target: {{secret_key_env: KEY_{name}}}\nrestrictions: {{blocklist: true}}\n\
                 organization_settings: {{enabled: true}}\n"
            );
            fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
            let body = json!({"object": "instance", "id": format!("ins_{name}"),
                              "environment_type": "development"});
            let answer = Answer { body: Some(body), ..Answer::default() };
            script.insert(format!("{} GET /v1/instance", key(name)), vec![answer]);
        }
        Self { folder, fake: Fake::start(script), names: names.chars().collect() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, words: &str) -> Command {
        let mut command = clerkform(self.folder.path());
        command.args(words.split(' ')).env("CLERK_API_URL", &self.fake.url);
        for name in &self.names {
            command.env(format!("KEY_{name}"), key(*name));
        }
        command
    }

    fn run(&self, words: &str) -> Ran {
        run(&mut self.command(words))
    }

    fn start(&self, words: &str) -> Running {
        let mut command = self.command(words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Running { child, stderr, heard: String::new() }
    }

    /// Holds the lock of a target's state as another run would.
    fn hold(&self, name: &str) -> File {
        let lock = File::create(self.path(&format!("{name}.state.json.lock"))).unwrap();
        lock.try_lock().unwrap();
        lock
    }

    #[cfg(unix)]
    fn state(&self, name: char) -> Option<Value> {
        let bytes = fs::read(self.path(&format!("{name}.state.json"))).ok()?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    /// The calls so far, each with the name of its target.
    fn calls(&self) -> Vec<String> {
        let asked = self.fake.asked().into_iter().filter(|it| it.what.starts_with("PATCH"));
        asked
            .map(|it| {
                let key = it.headers["authorization"].trim_start_matches("Bearer sk_test_");
                format!("{key} {}", it.what)
            })
            .collect()
    }
}

impl Running {
    /// Reads standard error until it says this.
    fn says(&mut self, what: &str) {
        while !self.heard.contains(what) {
            assert!(self.stderr.read_line(&mut self.heard).unwrap() > 0, "{}", self.heard);
        }
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        assert_eq!(run(Command::new("kill").args([name, &self.child.id().to_string()])).exit, 0);
    }

    fn ended(mut self) -> Ran {
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut self.heard).unwrap();
        let exit = self.child.wait().unwrap().code().unwrap_or(-1);
        Ran { exit, stdout, stderr: self.heard }
    }
}

#[test]
fn two_runs_in_opposite_order_both_finish_where_they_have_patience() {
    let fleet = Fleet::new("abc", Script::new());
    // Keeps the first run from its second state.
    let held = fleet.hold("b");
    let mut first = fleet.start("apply -y -v --lock-timeout 60 a.yaml b.yaml c.yaml");
    first.says("b.state.json");
    let mut second = fleet.start("apply -y -v --lock-timeout 60 c.yaml b.yaml a.yaml");
    second.says(".state.json");
    assert!(second.heard.contains("a.state.json"), "{}", second.heard);
    // Nor does it matter where a run was started, or how it calls its files.
    let inner = fleet.path("inner");
    fs::create_dir(&inner).unwrap();
    let mut third = fleet.command("apply -y -v --lock-timeout 60 ../c.yaml ../b.yaml ./../a.yaml");
    third.current_dir(inner).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = third.spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let mut third = Running { child, stderr, heard: String::new() };
    third.says(".state.json");
    assert!(third.heard.contains("a.state.json"), "{}", third.heard);
    drop(held);
    for running in [first, second, third] {
        let ran = running.ended();
        assert_eq!(ran.exit, 0, "{ran:?}");
    }
    assert_eq!(fleet.calls().len(), 6);
}

#[test]
fn a_run_without_patience_is_refused_and_keeps_no_other_from_its_states() {
    let fleet = Fleet::new("abc", Script::new());
    let held = fleet.hold("b");
    let mut first = fleet.start("apply -y -v --lock-timeout 60 a.yaml b.yaml c.yaml");
    first.says("b.state.json");
    let second = fleet.run("apply -y c.yaml b.yaml a.yaml");
    assert_eq!(second.exit, 75, "{second:?}");
    assert!(second.stderr.contains("a.state.json"), "{}", second.stderr);
    // On Windows nobody can read a lock that is held, and there is no intent yet that would tell.
    let is_told = second.stderr.contains(&first.child.id().to_string());
    assert!(is_told || cfg!(windows), "{}", second.stderr);
    drop(held);
    let ran = first.ended();
    assert_eq!(ran.exit, 0, "{ran:?}");
}

#[test]
fn with_keep_going_what_another_run_holds_is_left_to_it() {
    let fleet = Fleet::new("abc", Script::new());
    let held = fleet.hold("b");
    let ran = fleet.run("apply -y --keep-going a.yaml b.yaml c.yaml --output-format json");
    assert_eq!(ran.exit, 3, "{ran:?}");
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["targets"][1]["error"]["code"], "locked");
    assert_eq!(told["targets"][1]["calls"][0]["outcome"], "skipped");
    assert_eq!(told["targets"][1]["calls"][0]["error"]["code"], "locked");
    assert_eq!(told["summary"], json!({"applied": 4, "failed": 0, "unknown": 0, "skipped": 2}));
    // Where nothing else is to be done, being kept out is all that happened.
    let ran = fleet.run("apply -y --keep-going a.yaml b.yaml c.yaml");
    assert_eq!(ran.exit, 75, "{ran:?}");
    drop(held);
    let ran = fleet.run("apply -y --keep-going a.yaml b.yaml c.yaml");
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(fleet.calls().len(), 6);
}

#[test]
#[cfg(unix)]
fn a_fleet_that_was_interrupted_goes_on_where_it_stopped() {
    let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
    let second = format!("{} {CALL}", key('b'));
    let fleet = Fleet::new("abcd", Script::from([(second, vec![hang, Answer::default()])]));
    let words = "apply -y -v --parallelism 1 a.yaml b.yaml c.yaml d.yaml";
    let mut running = fleet.start(words);
    running.says(&format!("b.yaml: {CALL}"));
    fleet.fake.wait_for(CALL);
    fleet.fake.wait_for(CALL);
    running.signal("-INT");
    fleet.fake.let_go();
    let ran = running.ended();
    assert_eq!(ran.exit, 130, "{ran:?}");
    let made = fleet.calls();
    assert!(made.iter().all(|call| call.starts_with('a') || call.starts_with('b')), "{made:?}");
    assert!(made.contains(&format!("b {CALL}")), "{made:?}");
    for (name, is_there) in [('a', true), ('b', true), ('c', false), ('d', false)] {
        let state = fleet.state(name);
        assert_eq!(state.is_some(), is_there, "{name}: {state:?}");
        assert!(state.is_none_or(|state| state["in_flight"].is_null()), "{name}");
    }
    let left = "To finish: run `clerkform apply ";
    assert!(ran.stdout.contains(left) && ran.stdout.contains("d.yaml`"), "{}", ran.stdout);
    let again = fleet.run(words);
    assert_eq!(again.exit, 0, "{again:?}");
    let mut all = fleet.calls();
    assert_eq!(all.len(), 8, "{all:?}");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 8, "each call is made once");
}
