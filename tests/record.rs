//! `action/record.sh` brings a run's states into git: whoever pushes meanwhile, and where nobody may
//! push, nothing is lost. The repositories are real ones.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::action::Job;
use support::fake::{Answer, Fake};
use support::forge::{before_pushes, cloned, commits, file, files, meanwhile, record, succeeds};
use support::program::{Ran, clerkform, run};

const STATE: &str = "clerk.state.json";

fn recorded(job: &Job, variables: &[(&str, &str)]) -> Ran {
    let ran = record(job, variables);
    assert_eq!(ran.exit, 0, "{ran:?}");
    ran
}

/// What the script says where the server takes nothing.
fn refused(job: &Job, variables: &[(&str, &str)]) -> String {
    job.impatient();
    let ran = record(job, variables);
    assert_eq!(ran.exit, 1, "{ran:?}");
    ran.stdout
}

/// The folder where the states are kept, by what the script told the runner.
fn told(job: &Job, name: &str) -> String {
    let output = fs::read_to_string(job.workspace.join("../output")).unwrap();
    let line = output.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
    line.unwrap_or_else(|| panic!("{name} in {output}")).to_owned()
}

#[test]
fn a_state_is_pushed_once_and_alone() {
    let job = cloned();
    assert!(recorded(&job, &[]).stdout.contains("nothing to record"));
    job.write(STATE, "1\n");
    job.write("clerk.production.state.json", "2\n");
    for own in ["clerk.sandbox.state.json", "clerk.state.json.lock", "plan.json", "clerk.yaml"] {
        job.write(own, "not to be pushed\n");
    }
    let ran = recorded(&job, &[]);
    assert_eq!(ran.stdout, "Recorded on main: clerk.production.state.json clerk.state.json\n");
    assert_eq!(files(&job, "main"), "clerk.production.state.json clerk.state.json clerk.yaml\n");
    assert!(file(&job, "main", "clerk.yaml").contains("hibp"));
    assert!(recorded(&job, &[]).stdout.contains("nothing to record"));
    assert_eq!(commits(&job, "main"), 3);

    job.write(STATE, "3\n");
    recorded(&job, &[]);
    assert_eq!((file(&job, "main", STATE).as_str(), commits(&job, "main")), ("3\n", 4));
    // The checkout follows, as long as nothing else is new on the branch.
    let clean = "git diff --quiet HEAD -- '*.state.json' && git rev-parse HEAD";
    let tip = succeeds(&job, "git -C ../origin.git rev-parse main");
    assert_eq!(succeeds(&job, clean), tip);
    // What was staged is recorded as well.
    job.write(STATE, "4\n");
    succeeds(&job, "git add clerk.state.json");
    recorded(&job, &[]);
    assert_eq!(file(&job, "main", STATE), "4\n");
}

#[test]
fn a_state_is_found_where_the_program_put_it() {
    let job = cloned();
    fs::create_dir_all(job.workspace.join("in fra/kept")).unwrap();
    job.write("in fra/kept/a b.state.json", "1\n");
    job.write("in fra/kept/own", "2\n");
    job.write("other.state.json", "3\n");
    recorded(&job, &[("STATE", "in fra/kept/own")]);
    assert_eq!(file(&job, "main", "in fra/kept/own"), "2\n");
    recorded(&job, &[("STATE", "in fra/kept/")]);
    assert_eq!(file(&job, "main", "in fra/kept/a b.state.json"), "1\n");
    assert!(!files(&job, "main").contains("other"));
    recorded(&job, &[]);
    assert!(files(&job, "main").contains("other.state.json"));
    // A link stays a link, and what it leads to is recorded.
    succeeds(&job, "ln -s 'in fra/kept/own' linked && echo 4 >linked");
    recorded(&job, &[("STATE", "linked")]);
    assert_eq!(file(&job, "main", "in fra/kept/own"), "4\n");
    succeeds(&job, "ln -s 'in fra/kept/own' x.state.json && echo 5 >x.state.json");
    recorded(&job, &[]);
    assert_eq!(file(&job, "main", "in fra/kept/own"), "5\n");
    assert!(!files(&job, "main").contains("x.state.json"));
    assert!(recorded(&job, &[("STATE", "none/")]).stdout.contains("no state at none/"));
}

#[test]
fn a_state_is_recorded_on_a_branch_that_moved() {
    let job = cloned();
    meanwhile(&job, "main", "new", "theirs");
    job.write(STATE, "1\n");
    recorded(&job, &[]);
    assert_eq!(files(&job, "main"), "clerk.state.json clerk.yaml new\n");
    assert_eq!(commits(&job, "main"), 4);

    // It also moves while the push is on its way, again and again.
    let moves = "n=$(cat moves 2>/dev/null || echo 0); [ \"$n\" = 5 ] && exit 0\n\
                 echo $((n + 1)) >moves; unset GIT_QUARANTINE_PATH\n\
                 new=$(git -c user.name=b -c user.email=b@example.com commit-tree main^{tree} -p main -m b)\n\
                 git update-ref refs/heads/main \"$new\"";
    before_pushes(&job, moves);
    job.write(STATE, "2\n");
    let ran = recorded(&job, &[]);
    assert_eq!(ran.stdout.matches("trying again").count(), 5, "{ran:?}");
    assert_eq!((file(&job, "main", STATE).as_str(), commits(&job, "main")), ("2\n", 10));
}

#[test]
fn the_run_that_applied_last_wins_its_state_and_tells_of_the_other() {
    let job = cloned();
    job.write(STATE, "1\n");
    recorded(&job, &[]);
    succeeds(
        &job,
        "git pull --quiet --force origin main 2>&1 || git reset --quiet --hard FETCH_HEAD",
    );
    job.write(STATE, "this run's\n");
    meanwhile(&job, "main", STATE, "theirs");
    let ran = recorded(&job, &[]);
    assert_eq!(file(&job, "main", STATE), "this run's\n");
    let tip = succeeds(&job, "git -C ../origin.git rev-parse main~1");
    assert!(ran.stdout.contains("warning: another run recorded clerk.state.json"), "{ran:?}");
    assert!(ran.stdout.contains(tip.trim()) && ran.stdout.contains("plan --refresh"), "{ran:?}");
    assert_eq!(file(&job, "main~1", STATE), "theirs");
}

#[test]
fn jobs_that_race_lose_no_state() {
    let job = cloned();
    let race = "for n in 1 2 3 4 5 6; do\n\
                git clone --quiet --depth 1 \"file://$HOME/origin.git\" ../job$n\n\
                echo $n >../job$n/$n.state.json\ndone\n\
                jobs=\nfor n in 1 2 3 4 5 6; do\n\
                (cd ../job$n && exec \"$GITHUB_ACTION_PATH/action/record.sh\") & jobs=\"$jobs $!\"\n\
                done\nfor job in $jobs; do wait $job; done";
    succeeds(&job, race);
    for n in 1..=6 {
        assert_eq!(file(&job, "main", &format!("{n}.state.json")), format!("{n}\n"));
    }
    assert_eq!(commits(&job, "main"), 8);
}

#[test]
fn a_protected_branch_refuses_and_the_state_is_kept() {
    let job = cloned();
    before_pushes(&job, "echo 'GH006: protected branch'; exit 1");
    job.write(STATE, "{\"a\": \"::error::x\"}\n");
    let output = job.workspace.join("../output");
    let variables =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_OUTPUT", output.to_str().unwrap()), ("TOKEN", "")];
    let log = refused(&job, &variables);
    assert_eq!(commits(&job, "main"), 2);
    for part in [
        "::error title=clerkform::the state could not be pushed to main of origin",
        "  | remote: GH006: protected branch\n",
        &format!(
            "gh run download 42 --repo acme/settings --name {} --dir kept",
            told(&job, "artifact")
        ),
        "    git add clerk.state.json\n",
        "clerkform plan --refresh",
    ] {
        assert!(log.contains(part), "{part} in {log}");
    }
    let (before, printed) = log.split_once("::stop-commands::").unwrap();
    assert!(printed.contains("{\"a\": \"::error::x\"}") && !before.contains("::error::x"), "{log}");
    let kept = fs::read_to_string(format!("{}/{STATE}", told(&job, "kept"))).unwrap();
    assert_eq!(kept, "{\"a\": \"::error::x\"}\n");
    assert!(!fs::read_to_string(&output).unwrap().contains("pushed"));
    assert_eq!(fs::read_to_string(job.workspace.join("../slept")).unwrap(), "2\n4\n8\n");

    // The server thought better of it: what was tried is tried again.
    before_pushes(&job, "[ -e asked ] || { touch asked; exit 1; }");
    recorded(&job, &[]);
    assert_eq!(file(&job, "main", STATE), "{\"a\": \"::error::x\"}\n");
}

#[test]
fn what_the_log_says_to_do_brings_the_state_into_git() {
    let job = cloned();
    fs::create_dir(job.workspace.join("in fra")).unwrap();
    job.write("in fra/$x.state.json", "1\n");
    before_pushes(&job, "exit 1");
    let log = refused(&job, &[]);
    let commands: Vec<_> = log.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    before_pushes(&job, "");
    meanwhile(&job, "main", "new", "");
    succeeds(
        &job,
        &format!("git clone --quiet ../origin.git ../mine && cd ../mine\n{}", commands.join("\n")),
    );
    assert_eq!(file(&job, "main", "in fra/$x.state.json"), "1\n");
    assert_eq!(files(&job, "main"), "clerk.yaml in fra/$x.state.json new\n");
}

#[test]
fn whatever_keeps_a_state_from_being_pushed_it_is_kept_and_told() {
    let cases = [
        ("git remote set-url origin https://me:a-secret@127.0.0.1:9/x.git", "127.0.0.1:9"),
        ("git remote rename origin other", "does not appear to be a git repository"),
        ("git checkout --quiet --detach", "no branch is checked out"),
        ("rm -rf .git", "not a git repository"),
        ("echo broken >.git/index", "index file"),
        ("rm -rf .git/objects/*", ""),
    ];
    for (before, part) in cases {
        let job = cloned();
        job.write(STATE, "1\n");
        succeeds(&job, before);
        let output = job.workspace.join("../output");
        let log = refused(&job, &[("GITHUB_OUTPUT", output.to_str().unwrap())]);
        assert!(log.contains(part) && !log.contains("a-secret"), "{before}: {log}");
        assert!(log.contains("This is clerk.state.json:\n1\n"), "{before}: {log}");
        let kept = fs::read_to_string(format!("{}/{STATE}", told(&job, "kept"))).unwrap();
        assert_eq!(kept, "1\n", "{before}");
    }
}

#[test]
fn a_branch_is_named_or_is_the_first_one() {
    let job = cloned();
    succeeds(&job, "git checkout --quiet --detach");
    job.write(STATE, "1\n");
    recorded(&job, &[("BRANCH", "main")]);
    assert_eq!(file(&job, "main", STATE), "1\n");

    // A repository without a commit, and a remote by its address.
    succeeds(
        &job,
        "git init --quiet --bare ../new.git && git init --quiet fresh && echo 1 >fresh/a.state.json",
    );
    let remote = format!("file://{}", job.workspace.with_file_name("new.git").display());
    recorded(&job, &[("STATE", "fresh/"), ("REMOTE", &remote), ("BRANCH", "clerk-state")]);
    assert_eq!(succeeds(&job, "git -C ../new.git show clerk-state:a.state.json"), "1\n");
}

#[test]
fn a_repository_without_a_remote_keeps_the_state_itself() {
    let job = cloned();
    succeeds(&job, "git remote remove origin && touch other && git add other");
    job.write(STATE, "1\n");
    recorded(&job, &[]);
    let files = "git show --format=%s --name-only HEAD";
    let expected = "Record what was applied to Clerk\n\nclerk.state.json\n";
    assert_eq!(succeeds(&job, files), expected);
    assert!(recorded(&job, &[]).stdout.contains("nothing to record"));
}

#[test]
fn a_job_that_is_cancelled_while_it_records_still_does() {
    let job = cloned();
    let pipe = job.workspace.join("../pipe");
    assert_eq!(run(Command::new("mkfifo").arg(&pipe)).exit, 0);
    before_pushes(&job, "cat ../pipe; cat ../pipe");
    job.write(STATE, "1\n");
    let mut script = job.bash("exec \"$GITHUB_ACTION_PATH/action/record.sh\"");
    let mut script = script.stdout(Stdio::null()).spawn().unwrap();
    // A pipe opens once both sides are there, so the push is on its way.
    fs::write(&pipe, "").unwrap();
    for signal in ["-INT", "-TERM"] {
        assert_eq!(run(Command::new("kill").args([signal, &script.id().to_string()])).exit, 0);
    }
    fs::write(&pipe, "").unwrap();
    assert_eq!(script.wait().unwrap().code(), Some(0));
    assert_eq!(file(&job, "main", STATE), "1\n");
}

#[test]
fn a_token_that_is_given_takes_the_place_of_what_the_checkout_left() {
    let job = cloned();
    let fake = Fake::start([].into());
    let set_up = format!(
        "git remote set-url origin {url}/acme/settings.git\n\
         git config http.{url}/.extraheader 'X-Left: by the checkout'",
        url = fake.url
    );
    succeeds(&job, &set_up);
    job.write(STATE, "1\n");
    let log = refused(&job, &[("TOKEN", "a-token"), ("GITHUB_SERVER_URL", &fake.url)]);
    let encoded = "eC1hY2Nlc3MtdG9rZW46YS10b2tlbg==";
    let asked = fake.asked();
    assert_eq!(asked[0].headers["authorization"], format!("basic {encoded}"));
    assert!(!asked[0].headers.contains_key("x-left"), "{asked:?}");
    assert!(!log.contains(encoded), "{log}");
    // The runner is told, and hides it from then on.
    let given =
        [("TOKEN", "a-token"), ("GITHUB_SERVER_URL", &fake.url), ("GITHUB_ACTIONS", "true")];
    let log = refused(&job, &given);
    assert!(log.starts_with(&format!("::add-mask::{encoded}\n")), "{log}");
    assert_eq!(log.matches(encoded).count(), 1, "{log}");
}

#[test]
fn a_partial_apply_is_recorded() {
    let job = cloned();
    let refusal = Answer { status: 422, body: Some(json!({"errors": []})), ..Answer::default() };
    let fake = Fake::start([("PATCH /v1/instance/restrictions".to_owned(), vec![refusal])].into());
    let ran = run(clerkform(&job.workspace)
        .args(["apply", "--yes"])
        .envs([("CLERK_SECRET_KEY", support::program::KEY), ("CLERK_API_URL", &fake.url)]));
    assert_eq!(ran.exit, 3, "{ran:?}");
    recorded(&job, &[]);
    let state: Value = serde_json::from_str(&file(&job, "main", STATE)).unwrap();
    assert_eq!(state["applied"], json!({"instance": {"hibp": true}}), "{state}");
}
