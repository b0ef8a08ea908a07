//! States in the refs of a git remote: real repositories on disk, the real binary, the `git` on the
//! path. Nothing here waits for a lease: what is over is written into the remote as being over.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use support::fake::{Answer, Fake, Fault, Script};
use support::git_http::GitHttp;
use support::program::{KEY, Ran, clerkform, run};
use tempfile::TempDir;

const REF: &str = "refs/clerkform/clerk.state.json";
const PATCH: &str = "PATCH /v1/instance/restrictions";
const FILE: &str = "restrictions: {blocklist: true}\n";

/// A bare repository, and clones of it.
struct Repositories {
    folder: TempDir,
}

/// The program in one clone, against one service.
struct Run<'a> {
    at: PathBuf,
    fake: &'a Fake,
}

fn git(folder: &Path, words: &[&str]) -> String {
    git_with(folder, words, b"")
}

fn git_with(folder: &Path, words: &[&str], input: &[u8]) -> String {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=me", "-c", "user.email=me@localhost"]);
    git.args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = git.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "git {words:?}");
    String::from_utf8(ended.stdout).unwrap().trim().to_owned()
}

impl Repositories {
    fn new(file: &str) -> Self {
        let it = Self { folder: tempfile::tempdir().unwrap() };
        git(
            it.folder.path(),
            &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"],
        );
        git(it.folder.path(), &["init", "--quiet", "--initial-branch=main", "first"]);
        let first = it.path("first");
        git(&first, &["remote", "add", "origin", "../remote.git"]);
        fs::write(first.join("clerk.yaml"), file).unwrap();
        git(&first, &["add", "."]);
        git(&first, &["commit", "--quiet", "--message", "start"]);
        git(&first, &["push", "--quiet", "origin", "main"]);
        it
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn remote(&self) -> PathBuf {
        self.path("remote.git")
    }

    /// A clone as runners make it: the last commit and nothing else.
    fn clone(&self, name: &str) -> PathBuf {
        let url = format!("file://{}", self.remote().display());
        git(self.folder.path(), &["clone", "--quiet", "--depth=1", &url, name]);
        self.path(name)
    }

    fn run<'a>(&self, clone: &str, fake: &'a Fake) -> Run<'a> {
        Run { at: self.path(clone), fake }
    }

    fn state(&self) -> Value {
        let state = git(&self.remote(), &["cat-file", "blob", &format!("{REF}:state.json")]);
        serde_json::from_str(&state).unwrap()
    }

    /// Puts a state in the place of the one that is there, as another run would.
    fn set_state(&self, state: &Value) {
        let remote = self.remote();
        let bytes = format!("{state:#}\n");
        let blob = git_with(&remote, &["hash-object", "-w", "--stdin"], bytes.as_bytes());
        let entry = format!("100644 blob {blob}\tstate.json\n");
        let tree = git_with(&remote, &["mktree"], entry.as_bytes());
        let commit = git(&remote, &["commit-tree", &tree, "-p", REF, "-m", "another run"]);
        git(&remote, &["update-ref", REF, &commit]);
    }

    fn hook(&self, name: &str, text: &str) {
        let hook = self.remote().join("hooks").join(name);
        fs::write(&hook, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

impl Run<'_> {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = clerkform(&self.at);
        command.args(words).env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &self.fake.url);
        command.env("CLERKFORM_STATE", "git:origin").env_remove("GIT_DIR");
        command
    }

    fn run(&self, words: &[&str]) -> Ran {
        run(&mut self.command(words))
    }

    fn succeeds(&self, words: &[&str]) -> String {
        let ran = self.run(words);
        assert_eq!(ran.exit, 0, "{words:?} {ran:?}");
        ran.stdout
    }

    fn start(&self, words: &[&str]) -> Child {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The names of the calls that the service was sent.
    fn calls(&self) -> Vec<String> {
        let asked = self.fake.asked().into_iter().map(|asked| asked.what);
        asked.filter(|what| what.starts_with("PATCH ")).collect()
    }
}

fn script(of: &[(&str, Answer)]) -> Script {
    of.iter().map(|(what, answer)| ((*what).to_owned(), vec![answer.clone()])).collect()
}

fn hanging() -> Script {
    script(&[(PATCH, Answer { fault: Some(Fault::Hang), ..Answer::default() })])
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

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
        let names = commands.map(|(_, words)| words.split(' ').next().unwrap().to_owned());
        names.filter(|name| ["ls-remote", "fetch", "push"].contains(&name.as_str())).collect()
    };
    assert_eq!(asked(&["apply", "--yes"]), ["ls-remote", "push", "push"]);
    assert_eq!(asked(&["apply", "--yes"]), ["ls-remote"]);
    repositories.clone("other");
    let other = repositories.run("other", &fake);
    other.succeeds(&["state", "forget", "restrictions.blocklist"]);
    assert_eq!(asked(&["plan"]), ["ls-remote", "fetch"]);
}

#[test]
fn of_sixteen_runs_one_goes_on_and_the_others_end_with_75() {
    const ROUNDS: usize = 6;
    let repositories = Repositories::new(FILE);
    for name in ["a", "b", "c"] {
        repositories.clone(name);
    }
    for round in 0..ROUNDS {
        let fake = Fake::start(hanging());
        let clones = ["first", "a", "b", "c"].into_iter().cycle().take(16);
        let mut runs: Vec<Child> = clones
            .map(|name| repositories.run(name, &fake).start(&["apply", "--yes", "--quiet"]))
            .collect();
        fake.wait_for(PATCH);
        // Whoever made the call waits for its answer, so that the others end before it.
        let mut losers = Vec::new();
        while losers.len() < 15 {
            let at = runs.iter_mut().position(|it| it.try_wait().unwrap().is_some());
            match at {
                Some(at) => losers.push(ended(runs.remove(at))),
                None => std::thread::yield_now(),
            }
        }
        fake.let_go();
        let winner = ended(runs.pop().unwrap());
        assert_eq!(winner.exit, 0, "{round}: {winner:?}");
        for loser in &losers {
            assert_eq!(loser.exit, 75, "{round}: {loser:?}");
        }
        assert_eq!(repositories.run("a", &fake).calls().len(), 1, "{round}");
        let state = repositories.state();
        assert_eq!(state["in_flight"], Value::Null);
        assert_eq!(state["serial"], json!(3 * round + 2));
        repositories.run("b", &fake).succeeds(&["state", "forget", "restrictions"]);
    }
}

#[test]
fn a_killed_run_keeps_others_out_until_its_lease_is_over_and_leaves_doubt() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(hanging()));
    let first = repositories.run("first", &fake);
    let mut killed = first.start(&["apply", "--yes"]);
    fake.wait_for(PATCH);
    killed.kill().unwrap();
    killed.wait().unwrap();

    repositories.clone("other");
    let fake = Fake::start(Script::new());
    let other = repositories.run("other", &fake);
    let ran = other.run(&["apply", "--yes", "--quiet"]);
    assert_eq!(ran.exit, 75, "{ran:?}");
    let state = repositories.state();
    let until = state["in_flight"]["lease_until"].as_str().unwrap();
    assert!(ran.stderr.contains(&format!("process {} on ", killed.id())), "{ran:?}");
    assert!(ran.stderr.contains(&format!("until {until}")), "{ran:?}");
    assert_eq!(other.run(&["state", "unlock"]).exit, 75);
    assert_eq!(other.run(&["status"]).exit, 2);
    assert_eq!(other.calls(), [""; 0]);

    let mut over = state;
    over["in_flight"]["lease_until"] = json!("2026-01-02T03:04:05Z");
    repositories.set_state(&over);
    let plan = other.run(&["plan", "--detailed-exitcode"]);
    assert!(plan.exit == 2 && plan.stdout.contains("uncertain"), "{plan:?}");
    other.succeeds(&["apply", "--yes"]);
    assert_eq!(other.calls(), [PATCH]);
    let state = repositories.state();
    assert_eq!((&state["uncertain"], &state["in_flight"]), (&json!({}), &Value::Null));
}

#[test]
fn patience_waits_for_the_run_that_holds_the_state() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(hanging()));
    let first = repositories.run("first", &fake).start(&["apply", "--yes"]);
    fake.wait_for(PATCH);
    repositories.clone("other");
    let other = Fake::start(Script::new());
    let waiting =
        repositories.run("other", &other).start(&["apply", "--yes", "--lock-timeout", "600"]);
    fake.let_go();
    assert_eq!(ended(first).exit, 0);
    let waited = ended(waiting);
    assert_eq!(waited.exit, 0, "{waited:?}");
    assert_eq!(repositories.run("other", &other).calls(), [""; 0]);
}

#[test]
fn a_try_that_went_unanswered_keeps_the_next_run_waiting_though_nothing_is_in_doubt_by_it() {
    let repositories = Repositories::new(FILE);
    let gone = Answer { status: 504, ..Answer::default() };
    let fake = Fake::start(script(&[(PATCH, gone)]));
    let first = repositories.run("first", &fake);
    let ran = first.run(&["apply", "--yes", "--retry-timeout", "0"]);
    assert_eq!(ran.exit, 3, "{ran:?}");
    let state = repositories.state();
    assert_eq!(state["uncertain"], json!({"restrictions": ["blocklist"]}));
    assert_eq!(state["in_flight"]["calls"], json!([]));
    let ran = first.run(&["apply", "--yes"]);
    assert_eq!(ran.exit, 75, "{ran:?}");
    assert_eq!(first.calls().len(), 1);
}

#[test]
fn a_state_that_another_run_takes_meanwhile_skips_its_target_alone() {
    let file = "restrictions: {blocklist: true}\nenvironments:\n  \
                a: {target: {secret_key_env: KEY_A}}\n  b: {target: {secret_key_env: KEY_B}}\n";
    let repositories = Repositories::new(file);
    let mut script = hanging();
    script.insert("GET /v1/instance".to_owned(), vec![Answer { status: 404, ..Answer::default() }]);
    let fake = Fake::start(script.clone());
    let command = |fake: &Fake, words: &[&str]| {
        let mut command = repositories.run("first", fake).command(words);
        command.env("KEY_A", "sk_test_a").env("KEY_B", "sk_test_b");
        command
    };
    let words = ["apply", "--yes", "--all-envs", "--parallelism", "1", "--output-format", "json"];
    let mut fleet = command(&fake, &words);
    let fleet = fleet.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    fake.wait_for(PATCH);
    script.remove(PATCH);
    let other = Fake::start(script);
    let ran = run(&mut command(&other, &["apply", "--yes", "-e", "b"]));
    assert_eq!(ran.exit, 0, "{ran:?}");
    fake.let_go();
    let ran = ended(fleet);
    assert_eq!(ran.exit, 3, "{ran:?}");
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    let calls: Vec<_> = ["0", "1"]
        .iter()
        .map(|target| shown.pointer(&format!("/targets/{target}/calls/0")).unwrap())
        .map(|call| (call["outcome"].clone(), call["error"]["code"].clone()))
        .collect();
    let expected = [(json!("applied"), Value::Null), (json!("skipped"), json!("locked"))];
    assert_eq!(calls, expected, "{shown}");
}

#[test]
fn a_state_that_was_taken_over_during_the_calls_is_left_to_its_new_owner() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(hanging()));
    let running = repositories.run("first", &fake).start(&["apply", "--yes"]);
    fake.wait_for(PATCH);
    let mut taken = repositories.state();
    taken["serial"] = json!(9);
    taken["in_flight"]["by"] = json!("1 on another.host");
    taken["in_flight"]["run"] = json!("another");
    repositories.set_state(&taken);
    fake.let_go();
    let ran = ended(running);
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert!(ran.stdout.contains("the lease on this state was lost: process 1 on another.host"));
    assert_eq!(repositories.state(), taken);
}

/// Where it runs, with which `--state` and environment, and the code and words of the refusal.
type Refused<'a> = (&'a Run<'a>, &'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn a_remote_that_refuses_or_is_not_there_is_told_and_no_call_is_made() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    repositories.hook("pre-receive", "echo 'no such refs here' >&2; exit 1");
    let ran = first.run(&["apply", "--yes"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(
        ran.stdout.contains(
            "the remote refuses to store the state: pre-receive hook declined; no such refs here"
        ),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("no call was made; allow refs below `refs/clerkform/`"), "{ran:?}");
    repositories.hook("pre-receive", "exit 0");

    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("clerk.yaml"), FILE).unwrap();
    let out = Run { at: outside.path().to_owned(), fake: &fake };
    let above = outside.path().parent().unwrap().canonicalize().unwrap();
    let ceiling = [("GIT_CEILING_DIRECTORIES", above.to_str().unwrap())];
    let cases: [Refused<'_>; 5] = [
        (&first, "git:nowhere", &[], "state-no-store", "'nowhere' does not appear to be a git"),
        (&first, "git:../gone.git", &[], "state-no-store", "there is no repository at this remote"),
        (&first, "git:http://127.0.0.1:1/a.git", &[], "state-unreachable", "127.0.0.1"),
        (&first, "git:origin", &[("PATH", "/nowhere")], "state-no-store", "there is no `git`"),
        (&out, "git:origin", &ceiling, "state-no-store", "not in a git"),
    ];
    for (run_at, state, environment, code, told) in cases {
        for command in ["plan", "apply"] {
            let mut command = run_at.command(&[command, "--state", state]);
            let ran = run(command.envs(environment.iter().copied()));
            assert_eq!(ran.exit, 1, "{state}: {ran:?}");
            assert!(ran.stderr.starts_with(&format!("error[{code}]: {state} ")), "{ran:?}");
            assert!(ran.stderr.contains(told) && ran.stderr.contains("\n  help: "), "{ran:?}");
        }
    }
    assert_eq!(first.calls(), [""; 0]);
    assert_eq!(fake.asked().iter().filter(|it| it.what != "GET /v1/instance").count(), 0);
}

#[test]
fn what_is_at_the_ref_and_is_no_state_is_left_alone() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let remote = repositories.remote();
    git(&remote, &["update-ref", REF, "refs/heads/main"]);
    let ran = first.run(&["apply", "--yes"]);
    assert!(ran.exit == 1 && ran.stderr.contains("this ref does not hold a state"), "{ran:?}");
    assert_eq!(git(&remote, &["rev-parse", REF]), git(&remote, &["rev-parse", "main"]));
    git(&remote, &["update-ref", "-d", REF]);
    first.succeeds(&["apply", "--yes"]);
    repositories.set_state(&json!({"format_version": 9}));
    let ran = first.run(&["plan"]);
    assert!(ran.exit == 1 && ran.stderr.starts_with("error[state-newer]: git:origin "), "{ran:?}");
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
    // What stayed behind is older, and is not taken for newer.
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

#[test]
fn an_unknown_place_or_one_with_a_secret_is_refused_before_anything_is_asked() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let refused: BTreeMap<&str, &str> = BTreeMap::from([
        ("s3://bucket/prefix/", "this version cannot keep a state at such a URL"),
        ("gs://bucket/prefix/", "this version cannot keep a state at such a URL"),
        ("az://container/prefix/", "this version cannot keep a state at such a URL"),
        ("git:", "this names no remote"),
        ("git:origin?region=x", "a git remote takes no options"),
        ("git:https://me:hunter2@example.com/a.git", "a URL with credentials in it"),
        ("s3://me:hunter2@bucket/", "a URL with credentials in it"),
        ("git:http://example.com/a.git", "this is not encrypted"),
        ("git:--upload-pack=true", "this is not a git remote"),
    ]);
    for (state, told) in refused {
        let ran = first.run(&["apply", "--yes", "--state", state]);
        assert!(ran.exit == 1 && ran.stderr.starts_with("error[state-location]: "), "{ran:?}");
        assert!(ran.stderr.contains(told), "{state}: {ran:?}");
        assert!(!ran.stderr.contains("hunter2"), "{ran:?}");
    }
    assert_eq!(fake.asked(), []);
}

#[test]
fn over_http_a_remote_may_be_read_only_and_says_so_before_any_call() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let GitHttp { url } = GitHttp::start(repositories.folder.path(), None);
    let first = repositories.run("first", &fake);
    let state = format!("git:{url}/remote.git");
    first.succeeds(&["plan", "--state", &state]);
    git(&repositories.remote(), &["config", "http.receivepack", "false"]);
    let ran = first.run(&["apply", "--yes", "--state", &state]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stdout.contains("cannot be written to with these credentials"), "{ran:?}");
    assert!(ran.stdout.contains("give these credentials the right to push"), "{ran:?}");
    assert_eq!(first.calls(), [""; 0]);
    git(&repositories.remote(), &["config", "http.receivepack", "true"]);
    first.succeeds(&["apply", "--yes", "--state", &state]);
    first.succeeds(&["plan", "--detailed-exitcode", "--state", &state]);
    assert_eq!(repositories.state()["serial"], 2);
    let ran = first.run(&["plan", "--state", &format!("git:{url}/gone.git")]);
    assert!(ran.exit == 1 && ran.stderr.starts_with("error[state-no-store]: "), "{ran:?}");
}
