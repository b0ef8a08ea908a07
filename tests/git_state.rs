//! States in the refs of a git remote: real repositories on disk, the real binary, the `git` on the
//! path. Nothing here waits for a lease: what is over is written into the remote as being over.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "git_state/kill.rs"]
mod kill;
#[path = "git_state/refusals.rs"]
mod refusals;
#[path = "git_state/repositories.rs"]
mod repositories;
#[path = "git_state/runs.rs"]
mod runs;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use repositories::{FILE, PATCH, REF, Repositories, git};
use serde_json::{Value, json};
use support::fake::{Fake, Script};
use support::program::run;

/// What a repository holds besides objects that nothing leads to.
fn traces(clone: &Path) -> Vec<String> {
    let files = ["FETCH_HEAD", "shallow", "HEAD", "config", "packed-refs"];
    let files = files.map(|name| format!("{:?}", fs::read(clone.join(".git").join(name)).ok()));
    let seen = [["status", "--porcelain", "--ignored"].as_slice(), &["for-each-ref"]];
    files.into_iter().chain(seen.map(|words| git(clone, words))).collect()
}

#[test]
fn a_state_is_a_ref_of_its_own_and_a_shallow_clone_is_left_as_it_is() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    for name in ["a", "b"] {
        let clone = repositories.clone(name);
        let before = traces(&clone);
        let run = repositories.run(name, &fake);
        run.succeeds(&["apply", "--yes"]);
        run.succeeds(&["plan", "--detailed-exitcode"]);
        assert_eq!(traces(&clone), before);
    }
    // The second one had nothing to do.
    assert_eq!(repositories.run("a", &fake).calls(), [PATCH]);
    let state = repositories.state();
    assert_eq!(state["applied"], json!({"restrictions": {"blocklist": true}}));
    assert_eq!((&state["in_flight"], &state["serial"]), (&Value::Null, &json!(2)));
    let history = git(&repositories.remote(), &["rev-list", "--count", REF]);
    assert_eq!(history, "2");
    assert_eq!(git(&repositories.remote(), &["rev-list", "--count", "main"]), "1");
}

#[test]
fn what_people_set_for_their_own_pushes_and_fetches_does_not_matter() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let hooks = repositories.path("hooks");
    fs::create_dir(&hooks).unwrap();
    fs::write(hooks.join("pre-push"), "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(hooks.join("pre-push"), fs::Permissions::from_mode(0o755)).unwrap();
    git(&first.at, &["tag", "--annotate", "--message", "x", "v1"]);
    for (name, value) in [
        ("push.gpgSign", "true"),
        ("push.pushOption", "ci.skip"),
        ("push.negotiate", "true"),
        ("push.followTags", "true"),
        ("push.recurseSubmodules", "only"),
        ("push.useForceIfIncludes", "true"),
        ("push.default", "nothing"),
        ("commit.gpgSign", "true"),
        ("core.hooksPath", hooks.to_str().unwrap()),
        ("fetch.prune", "true"),
        ("fetch.writeCommitGraph", "true"),
        ("fetch.recurseSubmodules", "true"),
        ("submodule.recurse", "true"),
    ] {
        git(&first.at, &["config", name, value]);
    }
    let before = traces(&first.at);
    first.succeeds(&["apply", "--yes"]);
    repositories.clone("other");
    repositories.run("other", &fake).succeeds(&["state", "forget", "restrictions"]);
    first.succeeds(&["apply", "--yes"]);
    assert_eq!(traces(&first.at), before);
    assert!(!first.at.join(".git/objects/info/commit-graphs").exists());
    assert_eq!(git(&repositories.remote(), &["tag"]), "");
}

#[test]
fn it_does_not_matter_where_a_run_was_started() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.path("first");
    fs::create_dir_all(first.join("apps/web")).unwrap();
    fs::write(first.join("apps/web/clerk.yaml"), FILE).unwrap();
    repositories.run("first", &fake).succeeds(&["apply", "--yes", "apps/web/clerk.yaml"]);
    for (folder, file) in [("first/apps", "web/clerk.yaml"), ("first/apps/web", "clerk.yaml")] {
        let run = repositories.run(folder, &fake);
        run.succeeds(&["plan", "--detailed-exitcode", file]);
        let shown = run.succeeds(&["state", "show", file]);
        assert!(
            shown.starts_with("git:origin refs/clerkform/apps/web/clerk.state.json\n"),
            "{shown}"
        );
    }
}

#[test]
fn where_there_is_nothing_to_do_the_remote_is_asked_once_and_sent_nothing() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let run_in_first = repositories.run("first", &fake);
    let asked = |words: &[&str]| -> Vec<String> {
        let trace = repositories.path("trace");
        let _ = fs::remove_file(&trace);
        let ran = run(run_in_first.command(words).env("GIT_TRACE", &trace));
        assert_eq!(ran.exit, 0, "{ran:?}");
        let text = fs::read_to_string(&trace).unwrap();
        let commands = text.lines().filter_map(|line| line.split_once("trace: built-in: git "));
        // That one asks nobody.
        let commands = commands.filter(|(_, words)| !words.starts_with("ls-remote --get-url"));
        let names = commands.map(|(_, words)| words.split(' ').next().unwrap().to_owned());
        names.filter(|name| ["ls-remote", "fetch", "push"].contains(&name.as_str())).collect()
    };
    // What makes a state is read back.
    assert_eq!(asked(&["apply", "--yes"]), ["ls-remote", "push", "ls-remote", "push"]);
    assert_eq!(asked(&["apply", "--yes"]), ["ls-remote"]);
    asked(&["state", "forget", "restrictions"]);
    assert_eq!(asked(&["apply", "--yes"]), ["ls-remote", "push", "push"]);
    // And so is, once a run, what goes by another URL than reads.
    git(&run_in_first.at, &["config", "remote.origin.pushurl", "./../remote.git"]);
    asked(&["state", "forget", "restrictions"]);
    assert_eq!(asked(&["apply", "--yes"]), ["ls-remote", "push", "ls-remote", "push"]);
    repositories.clone("other");
    let other = repositories.run("other", &fake);
    other.succeeds(&["state", "forget", "restrictions.blocklist"]);
    assert_eq!(asked(&["plan"]), ["ls-remote", "fetch"]);
}

#[test]
fn states_are_pulled_pushed_and_carried_whole() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let at = |name: &str| first.at.join(name);
    first.succeeds(&["apply", "--yes", "--state", "clerk.state.json"]);
    let lineage = |text: &str| {
        let state: Value = serde_json::from_str(text).unwrap();
        (state["lineage"].clone(), state["serial"].as_u64().unwrap())
    };
    let (of, _) = lineage(&fs::read_to_string(at("clerk.state.json")).unwrap());
    first.succeeds(&["state", "move", "clerk.state.json", "git:origin"]);
    assert!(!at("clerk.state.json").exists());
    let pulled = first.succeeds(&["state", "pull"]);
    assert_eq!(lineage(&pulled), (of.clone(), 3));
    first.succeeds(&["plan", "--detailed-exitcode"]);

    fs::write(at("pulled.json"), &pulled).unwrap();
    let said = first.succeeds(&["state", "push", "pulled.json"]);
    assert!(said.contains("already recorded"), "{said}");
    let edited = |members: &[(&str, Value)]| {
        let mut state: Value = serde_json::from_str(&pulled).unwrap();
        for (name, value) in members {
            state[*name] = value.clone();
        }
        fs::write(at("edited.json"), state.to_string()).unwrap();
        first.run(&["state", "push", "edited.json"])
    };
    for (members, code) in [
        (&[("serial", json!(2))][..], "state-conflict"),
        (&[("serial", json!(3)), ("uncertain", json!({"instance": ["x"]}))], "state-conflict"),
        (&[("serial", json!(9)), ("lineage", json!("another"))], "state-conflict"),
        (&[("serial", json!(9)), ("environment", json!("dev"))], "state-mismatch"),
        (&[("serial", json!("9"))], "state-damaged"),
    ] {
        let ran = edited(members);
        assert!(ran.exit == 1 && ran.stderr.contains(code), "{ran:?}");
    }
    assert_eq!(repositories.state()["serial"], 3);
    assert_eq!(edited(&[("serial", json!(7))]).exit, 0);
    assert_eq!(repositories.state()["serial"], 7);

    first.succeeds(&["state", "move", "git:origin", "beside"]);
    assert_eq!(lineage(&fs::read_to_string(at("clerk.state.json")).unwrap()), (of, 8));
    // What stayed behind was moved, and once the new one has gone on it is older.
    let said = first.succeeds(&["state", "move", "git:origin", "beside"]);
    assert!(said.contains(": serial 8 was there already; the old one stays where it is"), "{said}");
    first.succeeds(&["state", "forget", "restrictions", "--state", "clerk.state.json"]);
    let ran = first.run(&["state", "move", "git:origin", "beside"]);
    assert!(ran.exit == 1 && ran.stderr.contains("state-conflict"), "{ran:?}");
    assert_eq!(first.run(&["state", "move", "git:gone", "beside"]).exit, 1);
}

#[test]
fn a_saved_plan_is_applied_to_the_state_that_it_was_made_for() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    first.succeeds(&["plan", "--out", "plan.json"]);
    let ran = first.run(&["apply", "--plan", "plan.json", "--state", "clerk.state.json"]);
    assert!(ran.exit == 1 && ran.stderr.contains("plan-mismatch"), "{ran:?}");
    first.succeeds(&["apply", "--plan", "plan.json"]);
    let ran = first.run(&["apply", "--plan", "plan.json"]);
    assert!(ran.exit == 1 && ran.stderr.contains("plan-applied"), "{ran:?}");
    assert_eq!(first.calls(), [PATCH]);
}

#[test]
fn an_import_writes_its_state_there_and_over_none() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let words = ["import", "--sandbox", "-o", "new.yaml"];
    first.succeeds(&words);
    let shown = first.succeeds(&["state", "show", "--sandbox", "new.yaml"]);
    assert!(shown.starts_with("git:origin refs/clerkform/new.sandbox.state.json"), "{shown}");
    fs::remove_file(first.at.join("new.yaml")).unwrap();
    let ran = first.run(&words);
    assert!(ran.exit == 1 && ran.stderr.contains("state-exists"), "{ran:?}");
    assert!(!first.at.join("new.yaml").exists());
}
