//! A repository on a forge, in so far as a job sees it: a bare one beside the job's workspace.

use std::fs;

use super::action::Job;
use super::program::{Ran, run};

/// The configuration of a job's workspace.
pub const CONFIG: &str = "instance:\n  hibp: true\nrestrictions:\n  blocklist: true\n";

/// A job whose workspace is a shallow clone of `../origin.git`, with the branch `main` checked out.
pub fn cloned() -> Job {
    let job = Job::new();
    let folder = job.workspace.parent().expect("the job's folder");
    let config = "[user]\nname = a\nemail = a@example.com\n[init]\ndefaultBranch = main\n\
                  [receive]\nadvertisePushOptions = true\n[uploadpack]\nallowAnySHA1InWant = true\n";
    fs::write(folder.join(".gitconfig"), config).expect("a new file");
    fs::remove_file(job.workspace.join(".git")).expect("a job has one");
    job.write("clerk.yaml", CONFIG);
    let set_up = "git init --quiet --bare ../origin.git\n\
                  cd .. && git init --quiet first && cd first && cp ../workspace/clerk.yaml .\n\
                  git add . && git commit --quiet -m start && git commit --quiet --allow-empty -m more\n\
                  git push --quiet ../origin.git main\n\
                  rm ../workspace/clerk.yaml\n\
                  git clone --quiet --depth 1 \"file://$HOME/origin.git\" ../workspace";
    succeeds(&job, set_up);
    job
}

/// What a script of the job's prints.
pub fn succeeds(job: &Job, script: &str) -> String {
    let ran = run(&mut job.bash(script));
    assert_eq!(ran.exit, 0, "{script}: {ran:?}");
    ran.stdout
}

/// Runs the script that records states, with variables of its own, in the workspace.
pub fn record(job: &Job, variables: &[(&str, &str)]) -> Ran {
    run(job.bash("exec \"$GITHUB_ACTION_PATH/action/record.sh\"").envs(variables.iter().copied()))
}

/// Somebody else's push of a file to a branch.
pub fn meanwhile(job: &Job, branch: &str, file: &str, text: &str) {
    let script = format!(
        "rm -rf ../other && git clone --quiet --branch {branch} ../origin.git ../other\n\
         cd ../other && printf '%s' '{text}' >'{file}' && git add . && git commit --quiet -m other\n\
         git push --quiet"
    );
    succeeds(job, &script);
}

/// Has the server run a script before it takes a push; without one, it takes any.
pub fn before_pushes(job: &Job, script: &str) {
    let hook = job.workspace.with_file_name("origin.git").join("hooks/pre-receive");
    if script.is_empty() {
        return fs::remove_file(hook).expect("there is one");
    }
    fs::write(&hook, format!("#!/bin/sh\n{script}\n")).expect("a new file");
    succeeds(job, "chmod +x ../origin.git/hooks/pre-receive");
}

/// The files of a branch.
pub fn files(job: &Job, branch: &str) -> String {
    succeeds(job, &format!("git -C ../origin.git ls-tree -r --name-only {branch} | xargs"))
}

/// A file of a branch.
pub fn file(job: &Job, branch: &str, name: &str) -> String {
    succeeds(job, &format!("git -C ../origin.git show '{branch}:{name}'"))
}

/// How many commits a branch has.
pub fn commits(job: &Job, branch: &str) -> usize {
    let count = succeeds(job, &format!("git -C ../origin.git rev-list --count {branch}"));
    count.trim().parse().expect("a number")
}
