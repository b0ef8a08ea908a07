//! What keeps a state from being read or written: told with the place and a way out, and no call made.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerkform::state::time_of;
use serde_json::json;

use crate::repositories::{FILE, REF, Repositories, Run, git};
use crate::support::fake::{Fake, Script};
use crate::support::git_http::GitHttp;
use crate::support::program::run;

/// Where it runs, with which `--state` and environment, and the code and words of the refusal.
type Refused<'a> = (&'a Run<'a>, &'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn a_remote_that_refuses_or_is_not_there_is_told_and_no_call_is_made() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    repositories.hook("remote.git", "pre-receive", "echo 'no such refs here' >&2; exit 1");
    let ran = first.run(&["apply", "--yes"]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(
        ran.stdout.contains(
            "the remote refuses to store the state: pre-receive hook declined; no such refs here"
        ),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("no call was made; allow refs below `refs/clerkform/`"), "{ran:?}");
    repositories.hook("remote.git", "pre-receive", "exit 0");

    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("clerk.yaml"), FILE).unwrap();
    let out = Run { at: outside.path().to_owned(), fake: &fake };
    let above = dunce::canonicalize(outside.path().parent().unwrap()).unwrap();
    let ceiling = [("GIT_CEILING_DIRECTORIES", above.to_str().unwrap())];
    let others = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "true")];
    let cases: [Refused<'_>; 6] = [
        (&first, "git:nowhere", &[], "state-no-store", "'nowhere' does not appear to be a git"),
        (&first, "git:../gone.git", &[], "state-no-store", "there is no repository at this remote"),
        (&first, "git:http://127.0.0.1:1/a.git", &[], "state-unreachable", "127.0.0.1"),
        (&first, "git:origin", &[("PATH", "/nowhere")], "state-no-store", "there is no `git`"),
        (&out, "git:origin", &ceiling, "state-no-store", "not in a git"),
        (&first, "git:origin", &others, "state-no-store", "dubious ownership in repository at '/"),
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
fn a_remote_that_pushes_elsewhere_than_it_reads_from_is_refused_before_any_call() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let fork = repositories.path("fork.git");
    git(repositories.folder.path(), &["init", "--quiet", "--bare", "fork.git"]);
    let refs = |at: &Path| git(at, &["for-each-ref", "--format=%(objectname)", "refs/clerkform/"]);
    let refused = |words: &[&str]| {
        let ran = first.run(words);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.exit, 1, "{ran:?}");
        let cause = "could both proceed: it pushes to ../fork.git and reads from ../remote.git";
        assert!(told.contains(cause), "{ran:?}");
        assert!(told.contains("remove its `pushurl`"), "{ran:?}");
    };
    for (words, name, value) in [
        (&["state", "adopt"][..], "url.../fork.git.pushInsteadOf", "../remote.git"),
        (&["apply", "--yes"], "remote.origin.pushurl", "../fork.git"),
    ] {
        git(&first.at, &["config", name, value]);
        refused(words);
        assert_eq!(refs(&fork), "");
    }
    // What cannot be taken away again holds no intent, and the next run is told the same.
    let keeps = "while read -r old new ref; do case $new in *[!0]*) ;; *) exit 1 ;; esac; done";
    repositories.hook("fork.git", "pre-receive", keeps);
    refused(&["apply", "--yes"]);
    let left = git(&fork, &["cat-file", "blob", &format!("{REF}:state.json")]);
    assert!(left.contains("\"in_flight\": null"), "{left}");
    refused(&["apply", "--yes"]);
    assert_eq!(refs(&repositories.remote()), "");

    // A fork that has the same state: what is written there is not what others read.
    repositories.clone("other");
    repositories.run("other", &fake).succeeds(&["state", "adopt"]);
    repositories.run("other", &fake).succeeds(&["state", "forget", "restrictions"]);
    let known = refs(&repositories.remote());
    git(&repositories.remote(), &["push", "--quiet", "--force", "../fork.git", REF]);
    refused(&["apply", "--yes"]);
    refused(&["apply", "--yes"]);
    assert_eq!(refs(&repositories.remote()), known);
    let ran = first.run(&["apply", "--yes", "--output-format", "json"]);
    assert!(ran.stdout.contains("\"code\": \"state-unsafe\""), "{ran:?}");
    assert_eq!(first.calls(), [""; 0]);

    for name in ["url.../fork.git.pushInsteadOf", "remote.origin.pushurl"] {
        git(&first.at, &["config", "--unset", name]);
    }
    first.succeeds(&["apply", "--yes"]);
}

#[test]
fn a_remote_that_hides_the_ref_is_refused_before_any_call() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let remote = repositories.remote();
    let refused = || {
        let ran = first.run(&["apply", "--yes"]);
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(ran.stdout.contains("the remote hides the ref that was pushed to it"), "{ran:?}");
        assert!(ran.stdout.contains("`uploadpack.hideRefs`"), "{ran:?}");
    };
    git(&remote, &["config", "uploadpack.hideRefs", "refs/clerkform"]);
    refused();
    assert_eq!(git(&remote, &["for-each-ref", "refs/clerkform/"]), "");
    assert_eq!(first.calls(), [""; 0]);
    git(&remote, &["config", "--unset", "uploadpack.hideRefs"]);
    first.succeeds(&["apply", "--yes"]);
    let known = git(&remote, &["rev-parse", REF]);
    git(&remote, &["config", "uploadpack.hideRefs", "refs/clerkform"]);
    refused();
    assert_eq!(git(&remote, &["rev-parse", REF]), known);
    assert_eq!(first.calls().len(), 1);
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
fn an_unknown_place_or_one_with_a_secret_is_refused_before_anything_is_asked() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    let refused: BTreeMap<&str, &str> = BTreeMap::from([
        ("ftp://bucket/prefix/", "this version cannot keep a state at such a URL"),
        ("s3://bucket/prefix", "the prefix of states has to end with `/`"),
        ("gs://bucket/prefix/?region=x", "there is no option `region`"),
        ("az://container/?sig=hunter2", "a URL with credentials in it"),
        ("git:", "this names no remote"),
        ("git:origin?region=hunter2", "`--state git:origin`: a git remote takes no options"),
        ("git:https://example.com/a?token=hunter2", "a git remote takes no options"),
        ("git:https://example.com/a#hunter2", "a git remote takes no options"),
        ("git:me@example.com:a?token=hunter2", "a git remote takes no options"),
        ("git:https://hunter2@example.com/a b", "`--state git:***@example.com/a b`: this is not"),
        ("git:me:hunter2@example.com:a.git", "a URL with credentials in it"),
        ("https://example.com/a/#hunter2", "this version cannot keep a state at such a URL"),
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

#[test]
fn a_clock_that_is_an_hour_behind_is_told_and_no_call_is_made() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    first.succeeds(&["apply", "--yes"]);
    first.succeeds(&["state", "forget", "restrictions"]);
    let state = repositories.state();
    let now = SystemTime::now();
    let refused = |told: &str| {
        let before = fake.asked().len();
        for words in [&["apply", "--yes", "--lock-timeout", "600"][..], &["state", "unlock"]] {
            let ran = first.run(words);
            assert_eq!(ran.exit, 1, "{ran:?}");
            assert!(ran.stderr.starts_with("error[clocks-apart]: git:origin refs/"), "{ran:?}");
            assert!(ran.stderr.contains(told), "{ran:?}");
            assert!(ran.stderr.contains("set both clocks by a time server"), "{ran:?}");
        }
        assert_eq!(fake.asked().len(), before);
        // What only looks needs no clock.
        assert_eq!(first.run(&["plan", "--detailed-exitcode"]).exit, 2);
    };
    let bytes = format!("{state:#}\n");
    repositories.set(bytes.as_bytes(), now + Duration::from_secs(3630));
    refused("clock is 60 minutes behind the one that the state was last written by");
    let mut held = state.clone();
    let until = time_of(now.duration_since(UNIX_EPOCH).unwrap().as_secs() + 3780);
    held["in_flight"] = json!({
        "run": "r", "by": "7 on another.host", "lease_until": until,
        "calls": [{"section": "restrictions", "body": {"blocklist": true}}],
    });
    repositories.set_state(&held);
    refused("minutes behind that of the run that holds the state: process 7 on another.host until");
    first.succeeds(&["state", "unlock", "--yes"]);
    assert_eq!(repositories.state()["in_flight"], json!(null));

    // Half a minute is less than runs allow for.
    repositories.set(bytes.as_bytes(), now + Duration::from_secs(30));
    first.succeeds(&["apply", "--yes"]);
}

#[test]
fn a_clock_that_differs_from_the_remote_s_is_told_and_no_call_is_made() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    git(&repositories.remote(), &["config", "http.receivepack", "true"]);
    let hour = Duration::from_secs(3630);
    let now = SystemTime::now();
    for (time, told) in [
        (now - hour, "this machine's clock is 60 minutes ahead of the remote's"),
        (now + hour, "this machine's clock is 60 minutes behind the remote's"),
    ] {
        let url = GitHttp::dated(repositories.folder.path(), time).url;
        let state = format!("git:{url}/remote.git");
        let ran = first.run(&["apply", "--yes", "--state", &state]);
        assert_eq!(ran.exit, 1, "{ran:?}");
        assert!(ran.stderr.starts_with("error[clocks-apart]: git:http://127.0.0.1:"), "{ran:?}");
        assert!(ran.stderr.contains(told), "{ran:?}");
        assert_eq!(first.run(&["plan", "--state", &state]).exit, 0);
    }
    assert_eq!(fake.asked(), []);
    let url = GitHttp::dated(repositories.folder.path(), now).url;
    first.succeeds(&["apply", "--yes", "--state", &format!("git:{url}/remote.git")]);
}

#[test]
fn a_state_that_cannot_be_this_target_s_is_left_alone_and_no_call_is_made() {
    let (repositories, fake) = (Repositories::new(FILE), Fake::start(Script::new()));
    let first = repositories.run("first", &fake);
    first.succeeds(&["apply", "--yes"]);
    first.succeeds(&["state", "forget", "restrictions"]);
    let mut other = repositories.state();
    other["environment"] = json!("staging");
    let before = fake.asked().len();
    let large = vec![b' '; 17 * 1024 * 1024];
    for (bytes, code, way_out) in [
        (&large[..], "state-too-large", "restore the state"),
        (b"a diary\n", "state-damaged", "an earlier commit of it"),
        (other.to_string().as_bytes(), "state-mismatch", "`--state`"),
    ] {
        repositories.set(bytes, SystemTime::now());
        let at = git(&repositories.remote(), &["rev-parse", REF]);
        for words in [&["plan"][..], &["apply", "--yes"], &["state", "adopt"]] {
            let ran = first.run(words);
            assert_eq!(ran.exit, 1, "{ran:?}");
            assert!(ran.stderr.starts_with(&format!("error[{code}]: ")), "{ran:?}");
            assert!(ran.stderr.contains("git:origin refs/clerkform/clerk.state.json"), "{ran:?}");
            assert!(ran.stderr.contains(way_out), "{ran:?}");
        }
        assert_eq!(git(&repositories.remote(), &["rev-parse", REF]), at, "{code}");
    }
    assert_eq!(fake.asked().len(), before);
}
