//! A run that is killed before its n-th process of git's, for every n; while a push goes on without it,
//! and after one; while a call is under way. Whatever the state is then, it claims nothing false, and one
//! `apply` after the lease converges.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use clerkform::state::State;
use serde_json::{Value, json};

use crate::repositories::{REF, Repositories, git, script};
use crate::support::claims::{Sent, after, assert_as_wanted, assert_truthful, sent};
use crate::support::fake::{Answer, Fake, Fault, Script};
use crate::support::program::run;

const EARLIER: &str =
    "instance: {hibp: false, test_mode: true}\nrestrictions: {blocklist: false}\n";
const FILE: &str = "instance: {hibp: true, test_mode: true}\nrestrictions: {blocklist: true}\n\
                    organization_settings: {enabled: true}\n";

/// Stands in for git on the path: counts its runs, and kills who has started the one that is meant.
const GIT: &str = r#"#!/bin/sh
case "$COUNTED $*" in "every "* | "push "*" push "*) ;; *) exec "$GIT" "$@" ;; esac
number=$(($(cat "$SCENE/number") + 1))
echo "$number" >"$SCENE/number"
[ "$number" = "$NTH" ] || exec "$GIT" "$@"
case $WHEN in
  before) kill -KILL "$PPID" ;;
  during) kill -KILL "$PPID" && "$GIT" "$@" ;;
  after) "$GIT" "$@" && kill -KILL "$PPID" ;;
esac
echo over >"$SCENE/over"
"#;

/// Repositories, a service, and a git that kills.
struct Scene {
    repositories: Repositories,
    fake: Fake,
    earlier: Vec<Sent>,
}

impl Scene {
    fn new(earlier: Option<&str>) -> Self {
        let repositories = Repositories::new(earlier.unwrap_or(FILE));
        let scene = Self { repositories, fake: Fake::start(Script::new()), earlier: Vec::new() };
        let Some(_) = earlier else { return scene };
        scene.repositories.run("first", &scene.fake).succeeds(&["apply", "--yes"]);
        fs::write(scene.repositories.path("first/clerk.yaml"), FILE).unwrap();
        Self { earlier: sent(&scene.fake), ..scene }
    }

    /// The same once more, for one run and what is done after it.
    fn again(&self) -> Self {
        let repositories = Repositories { folder: tempfile::tempdir().unwrap() };
        let mut copy = Command::new("cp");
        copy.arg("-R").args(["remote.git", "first"].map(|it| self.repositories.path(it)));
        assert!(copy.arg(repositories.folder.path()).status().unwrap().success());
        let fake = Fake::start(Script::new());
        Self { repositories, fake, earlier: self.earlier.clone() }
    }

    /// The git that kills, in a folder of its own.
    fn git(&self) -> PathBuf {
        let bin = self.repositories.path("bin");
        fs::create_dir(&bin).unwrap();
        fs::write(bin.join("git"), GIT).unwrap();
        fs::set_permissions(bin.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(bin.join("number"), "0").unwrap();
        assert!(Command::new("mkfifo").arg(bin.join("over")).status().unwrap().success());
        bin
    }

    /// Applies, and kills that run at its n-th process of git's of those that count. Whether it has come
    /// to that.
    fn is_killed(&self, nth: usize, counted: &str, when: &str) -> bool {
        let bin = self.git();
        let given = std::env::var_os("PATH").unwrap();
        let real = std::env::split_paths(&given).map(|it| it.join("git")).find(|it| it.exists());
        let path = [bin.clone()].into_iter().chain(std::env::split_paths(&given));
        let mut command = self.repositories.run("first", &self.fake).command(&["apply", "--yes"]);
        command.env("PATH", std::env::join_paths(path).unwrap()).env("GIT", real.unwrap());
        command.env("SCENE", &bin).env("NTH", nth.to_string());
        command.env("COUNTED", counted).env("WHEN", when);
        let ran = run(&mut command);
        let number: usize = fs::read_to_string(bin.join("number")).unwrap().trim().parse().unwrap();
        if number < nth {
            assert_eq!(ran.exit, 0, "{ran:?}");
            return false;
        }
        // What was started goes on without the run.
        assert_eq!(fs::read_to_string(bin.join("over")).unwrap(), "over\n");
        assert_eq!(ran.exit, -1, "{nth} {when}: {ran:?}");
        true
    }

    /// The state at the ref.
    fn state(&self) -> Option<State> {
        let refs = git(&self.repositories.remote(), &["for-each-ref", REF]);
        let state = (!refs.is_empty()).then(|| self.repositories.state());
        state.map(|state| State::parse(state.to_string().as_bytes()).unwrap())
    }

    fn is_truthful_and_converges(&self, open: &[Sent], told: &str) {
        let run = sent(&self.fake);
        let world = after(self.earlier.iter().chain(&run));
        match self.state() {
            Some(state) => assert_truthful(&state, &world, &run, open, told),
            None => assert!(run.is_empty(), "{told}: {run:?} was sent without an intent"),
        }
        let first = self.repositories.run("first", &self.fake);
        if self.state().is_some_and(|state| state.in_flight.is_some()) {
            assert_eq!(first.run(&["apply", "--yes"]).exit, 75, "{told}");
            let mut over = self.repositories.state();
            over["in_flight"]["lease_until"] = json!("2026-01-02T03:04:05Z");
            self.repositories.set_state(&over);
        }
        first.succeeds(&["apply", "--yes"]);
        let world = after(self.earlier.iter().chain(&sent(&self.fake)));
        assert_as_wanted(&world, FILE, told);
        first.succeeds(&["plan", "--detailed-exitcode"]);
        assert_eq!(self.repositories.state()["in_flight"], Value::Null, "{told}");
    }
}

fn killed_at_every(counted: &str, when: &str, at_least: usize) {
    for earlier in [None, Some(EARLIER)] {
        let scene = Scene::new(earlier);
        for nth in 1.. {
            let scene = scene.again();
            if !scene.is_killed(nth, counted, when) {
                assert!(nth > at_least, "only {} processes", nth - 1);
                break;
            }
            scene.is_truthful_and_converges(&[], &format!("{when} the {nth}th"));
        }
    }
}

#[test]
fn a_run_killed_before_any_process_of_git_loses_nothing() {
    killed_at_every("every", "before", 9);
}

#[test]
fn a_run_killed_during_any_push_loses_nothing_though_that_goes_on() {
    killed_at_every("push", "during", 2);
}

#[test]
fn a_run_killed_after_any_push_loses_nothing() {
    killed_at_every("push", "after", 2);
}

#[test]
fn a_run_killed_while_any_call_is_under_way_leaves_it_in_doubt() {
    let calls = [
        "PATCH /v1/instance",
        "PATCH /v1/instance/restrictions",
        "PATCH /v1/instance/organization_settings",
    ];
    let scene = Scene::new(Some(EARLIER));
    for call in calls {
        let scene = scene.again();
        let hang = Answer { fault: Some(Fault::Hang), ..Answer::default() };
        scene.fake.play(script(&[(call, hang)]));
        let mut killed = scene.repositories.run("first", &scene.fake).start(&["apply", "--yes"]);
        scene.fake.wait_for(call);
        killed.kill().unwrap();
        killed.wait().unwrap();
        scene.fake.let_go();
        let run = sent(&scene.fake);
        scene.is_truthful_and_converges(&run[run.len() - 1..], call);
    }
}
