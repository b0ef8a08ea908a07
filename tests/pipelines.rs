//! The workflows for GitHub and the template for GitLab: their shell does what it should.
//! `tests/workflows.rs` has the linters, `tests/record.rs` the script that pushes states.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::action::{Ended, Job, members, root, yaml};
use support::forge::{CONFIG, before_pushes, cloned, commits, file, files, meanwhile, succeeds};
use support::program::{KEY, Ran, run};
use support::tools;

const WORKFLOWS: [&str; 3] =
    ["examples/github/apply.yml", "examples/github/drift.yml", "examples/github/pull-request.yml"];
const ACTIONS: [&str; 2] = ["action.yml", "action/record/action.yml"];
const STATE: &str = "clerk.state.json";
const GITLAB: &str = "examples/gitlab/.gitlab-ci.yml";

fn main() {
    let no_bash = cfg!(not(unix));
    tools::run([
        ("the_workflow_pushes_the_state_whatever_the_outcome", record as fn(), no_bash),
        ("a_state_may_also_stand_beside_the_file", beside, no_bash),
        ("the_workflow_keeps_a_state_that_nobody_may_push", protected, no_bash),
        ("a_required_check_ends_for_every_change", required, no_bash),
        ("the_template_applies_the_plan_and_pushes_the_state", gitlab, no_bash),
        ("the_template_keeps_a_state_that_nobody_may_push", gitlab_protected, no_bash),
    ])
}

/// The step of a workflow's job that uses an action of this repository.
fn step<'a>(workflow: &'a serde_yaml::Value, job: &str, action: &str) -> &'a serde_yaml::Value {
    let mut steps = workflow["jobs"][job]["steps"].as_sequence().unwrap().iter();
    steps.find(|step| step["uses"].as_str().is_some_and(|it| it.starts_with(action))).unwrap()
}

const RECORD: &str = "OWNER/clerkform/action/record@";

/// A job with the branch of the states checked out as the workflows do it. The branch is made as
/// `docs/pull-requests.md` says.
fn with_states() -> Job {
    let job = cloned();
    let page = fs::read_to_string(root().join("docs/pull-requests.md")).unwrap();
    let mut lines = page.lines().filter_map(|line| line.strip_prefix("$ "));
    succeeds(&job, lines.find(|line| line.contains("commit-tree")).unwrap());
    let workflow = yaml(WORKFLOWS[0]);
    let steps = workflow["jobs"]["apply"]["steps"].as_sequence().unwrap();
    let checkout = steps.iter().find(|step| step["with"]["path"].is_string()).unwrap();
    let [branch, path] = ["ref", "path"].map(|name| checkout["with"][name].as_str().unwrap());
    let clone = "git clone --quiet --depth 1 --branch";
    succeeds(&job, &format!("{clone} {branch} \"file://$HOME/origin.git\" {path}"));
    job
}

/// Applies and records as the workflow does it; gives back how the two steps ended.
fn applied(job: &Job) -> (Ended, Ended) {
    let workflow = yaml(WORKFLOWS[0]);
    let given = |action: &str| -> Vec<(String, String)> {
        let inputs = members(&step(&workflow, "apply", action)["with"]).into_iter();
        let inputs =
            inputs.map(|(name, value)| (name.to_owned(), value.as_str().unwrap().to_owned()));
        inputs.filter(|(name, _)| name != "checksum").collect()
    };
    let apply = given("OWNER/clerkform@");
    let apply: Vec<_> = apply.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let record = given(RECORD);
    let record: Vec<_> =
        record.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(step(&workflow, "apply", RECORD)["if"], "${{ always() }}");
    (job.pushed(&apply), job.records(&record))
}

fn record() {
    let job = with_states();
    let (_, recorded) = applied(&job);
    assert_eq!(recorded.exit, 0, "{recorded:?}");
    assert_eq!(files(&job, "clerk-state"), "clerk.state.json\n");
    assert_eq!((commits(&job, "clerk-state"), commits(&job, "main")), (2, 2));

    // A run of which a part fails, and somebody else's push meanwhile.
    let text = "instance:\n  hibp: false\ncommunication:\n  blocked_country_codes: [ZZ]\n";
    job.write("clerk.yaml", text);
    meanwhile(&job, "clerk-state", "another.state.json", "theirs");
    let (ended, recorded) = applied(&job);
    assert_eq!((ended.exit, recorded.exit), (3, 0), "{ended:?} {recorded:?}");
    assert_eq!(files(&job, "clerk-state"), "another.state.json clerk.state.json\n");
    let state: Value = serde_json::from_str(&file(&job, "clerk-state", STATE)).unwrap();
    assert_eq!(state["applied"]["instance"]["hibp"], false, "{state}");

    // One that is refused has nothing to record, and neither has one that came to nothing.
    job.write("clerk.yaml", "instance:\n  hbip: false\n");
    let (ended, recorded) = applied(&job);
    assert_eq!((ended.exit, recorded.exit), (1, 0), "{ended:?} {recorded:?}");
    assert_eq!(commits(&job, "clerk-state"), 4);
}

fn beside() {
    let job = cloned();
    assert_eq!(job.pushed(&[("mode", "apply")]).exit, 0);
    meanwhile(&job, "main", "new", "theirs");
    let recorded = job.records(&[]);
    assert_eq!(recorded.exit, 0, "{recorded:?}");
    assert_eq!(files(&job, "main"), "clerk.state.json clerk.yaml new\n");

    // As the page has it for GitLab, whose jobs have no branch checked out.
    let page = fs::read_to_string(root().join("docs/pull-requests.md")).unwrap();
    let block = page.split("```yaml\n- git fetch").nth(1).unwrap().split("```").next().unwrap();
    let lines = format!("- git fetch{block}");
    let lines: Vec<String> = serde_yaml::from_str(&lines).unwrap();
    let script =
        format!("git clean -dffqx && git checkout --quiet --force --detach\n{}", lines.join("\n"));
    assert_eq!(run(job.bash(&script).env("CI_DEFAULT_BRANCH", "main")).exit, 0);
    job.write("clerk.yaml", "instance:\n  hibp: false\n");
    assert_eq!(job.pushed(&[("mode", "apply")]).exit, 0);
    assert_eq!(job.records(&[]).exit, 0);
    let state: Value = serde_json::from_str(&file(&job, "main", STATE)).unwrap();
    assert_eq!(state["applied"]["instance"]["hibp"], false, "{state}");
}

fn protected() {
    let job = with_states();
    before_pushes(&job, "echo 'GH013: repository rule violations'; exit 1");
    let (ended, recorded) = applied(&job);
    assert_eq!((ended.exit, recorded.exit), (0, 1), "{ended:?} {recorded:?}");
    // What the step after it uploads.
    let action = yaml(ACTIONS[1]);
    let upload = action["runs"]["steps"].as_sequence().unwrap().last().unwrap();
    assert!(upload["uses"].as_str().unwrap().starts_with("actions/upload-artifact@"));
    assert!(recorded.due.contains(&"Keep the state".to_owned()), "{recorded:?}");
    let log = &recorded.log;
    assert!(log.contains("--repo acme/settings --name clerk-state-"), "{log}");
    assert!(recorded.summary.contains("could not be pushed to `clerk-state`"), "{recorded:?}");

    // Nothing is kept of what was pushed.
    before_pushes(&job, "");
    let (_, recorded) = applied(&job);
    assert_eq!((recorded.exit, recorded.due.len()), (0, 1), "{recorded:?}");
}

fn required() {
    let workflow = yaml(WORKFLOWS[2]);
    let on = &workflow["on"];
    assert!(on.get("merge_group").is_some() && on["pull_request"].get("paths").is_none());
    let steps = workflow["jobs"]["plan"]["steps"].as_sequence().unwrap();
    let look = steps.iter().find(|step| step["id"] == "look").unwrap()["run"].as_str().unwrap();
    let job = cloned();
    let output = job.workspace.join("../output");
    let looked = |change: &str| {
        // As GitHub does it: the merge of the change into the branch.
        let merge = "git reset --quiet --hard main && git checkout --quiet -B change";
        let back = "git commit --quiet --all -m change && git checkout --quiet -B merged main &&\n\
                    git merge --quiet --no-ff -m merge change";
        succeeds(&job, &format!("git checkout --quiet main\n{merge}\n{change}\n{back}"));
        fs::write(&output, "").unwrap();
        let ran = run(job.bash(look).env("GITHUB_OUTPUT", &output));
        assert_eq!(ran.exit, 0, "{ran:?}");
        fs::read_to_string(&output).unwrap()
    };
    assert_eq!(looked("echo x >other && git add other"), "unchanged=true\n");
    assert_eq!(looked("echo '# x' >>clerk.yaml"), "");
    assert_eq!(looked("git rm --quiet clerk.yaml"), "");
}

/// The script of a job of GitLab's, with what it extends.
fn script(template: &serde_yaml::Value, name: &str) -> String {
    let lines = template[".clerkform"]["before_script"].as_sequence().unwrap().iter();
    let lines = lines.chain(template[name]["script"].as_sequence().unwrap());
    lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect()
}

/// What a job of GitLab's does after its script, whatever came of that, in a shell of its own.
fn after(template: &serde_yaml::Value, name: &str) -> String {
    let lines = template[name]["after_script"].as_sequence().into_iter().flatten();
    lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect()
}

/// A project of GitLab's, whose jobs find this repository's scripts and the branch of the states.
fn project() -> (Job, serde_yaml::Value) {
    let (job, template) = (with_states(), yaml(GITLAB));
    let source = template["variables"]["CLERKFORM_SOURCE"].as_str().unwrap();
    let names = format!(
        "git init --quiet ../source && cp -R \"$GITHUB_ACTION_PATH/action\" ../source &&\n\
         cd ../source && git add . && git commit --quiet -m source\n\
         git config --global url.\"file://$HOME/source\".insteadOf {source}\n\
         git config --global url.\"file://$HOME/origin.git\".insteadOf {PUSH}\n\
         git config --global --add url.\"file://$HOME/origin.git\".insteadOf {OWN_PUSH}"
    );
    succeeds(&job, &names);
    (job, template)
}

const PUSH: &str = "https://gitlab-ci-token:a-token@gitlab.example/acme/settings.git";
const OWN_PUSH: &str = "https://robot:own-token@gitlab.example/acme/settings.git";

/// Plays a script as a runner of GitLab's does.
fn play(job: &Job, script: &str, variables: &[(&str, &str)]) -> Ran {
    let commit = succeeds(job, "git -C ../source rev-parse HEAD");
    let mut command = job.bash(script);
    command.envs([("CI_SERVER_HOST", "gitlab.example"), ("CI_PROJECT_PATH", "acme/settings")]);
    command.envs([
        ("CI_JOB_TOKEN", "a-token"),
        ("CI_REPOSITORY_URL", PUSH),
        ("CI_PROJECT_ID", "7"),
    ]);
    command.envs([("CLERKFORM_SOURCE", "https://git.example.com/OWNER/clerkform.git")]);
    command.env("CLERKFORM_COMMIT", commit.trim()).env("CLERKFORM_STATE", "clerk-state/");
    command.envs([("GITLAB_CI", "true"), ("CI_JOB_ID", "42")]).env_remove("RUNNER_TEMP");
    command.envs(variables.iter().copied());
    let ran = run(command.env("CI_PROJECT_DIR", &job.workspace));
    for secret in [KEY, "a-token", "own-token"] {
        assert!(!format!("{ran:?}").contains(secret), "{ran:?}");
    }
    ran
}

fn gitlab() {
    let (job, template) = project();
    let play = |name: &str| play(&job, &script(&template, name), &[]);
    let report = |job_name: &str, kind: &str| {
        let name = template[job_name]["artifacts"]["reports"][kind].as_str().unwrap();
        fs::read_to_string(job.workspace.join(name)).unwrap()
    };
    let ran = play("validate");
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(report("validate", "codequality").trim(), "[]");
    assert_eq!(play("plan").exit, 0);
    let counts: Value = serde_json::from_str(&report("plan", "terraform")).unwrap();
    assert_eq!(counts, json!({"create": 2, "update": 0, "delete": 0}));
    for artifact in template["plan"]["artifacts"]["paths"].as_sequence().unwrap() {
        assert!(job.workspace.join(artifact.as_str().unwrap()).exists(), "{artifact:?}");
    }

    let ran = play("apply");
    assert_eq!(ran.exit, 0, "{ran:?}");
    for artifact in ["apply.md", "apply.html"] {
        let told = fs::read_to_string(job.workspace.join(artifact)).unwrap();
        assert!(told.contains("2 calls done"), "{told}");
    }
    assert_eq!(files(&job, "clerk-state"), "clerk.state.json\n");
    assert_eq!((commits(&job, "clerk-state"), commits(&job, "main")), (2, 2));
    // What comes after the script finds it done.
    let ran = self::play(&job, &after(&template, "apply"), &[]);
    assert!(ran.exit == 0 && ran.stdout.contains("nothing to record"), "{ran:?}");
    assert_eq!(play("drift").exit, 0);

    // A job that is run once more comes too late for its plan.
    let ran = play("apply");
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("plan-applied"), "{ran:?}");
    assert_eq!(commits(&job, "clerk-state"), 2);

    job.write("clerk.yaml", "instance:\n  hbip: true\n");
    assert_eq!(play("validate").exit, 1);
    assert!(report("validate", "codequality").contains("unknown-field"));

    // A fork has no branch of states; the project itself is told that it lacks one.
    succeeds(&job, "git push --quiet origin :clerk-state");
    job.write("clerk.yaml", CONFIG);
    assert_ne!(play("plan").exit, 0);
    let ran = self::play(&job, &script(&template, "plan"), &[("CI_MERGE_REQUEST_PROJECT_ID", "1")]);
    assert!(ran.exit == 0 && ran.stdout.contains("everything is new"), "{ran:?}");
}

fn gitlab_protected() {
    let (job, template) = project();
    assert_eq!(play(&job, &script(&template, "plan"), &[]).exit, 0);
    before_pushes(&job, "echo 'GitLab: You are not allowed to push'; exit 1");
    job.impatient();
    let ran = play(&job, &script(&template, "apply"), &[]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stdout.contains("  | remote: GitLab: You are not allowed to push"), "{ran:?}");
    assert!(ran.stdout.contains("glab api projects/7/jobs/42/artifacts"), "{ran:?}");
    // It is where the artifact is taken from.
    let kept = template["apply"]["artifacts"]["paths"][2].as_str().unwrap();
    assert_eq!(succeeds(&job, &format!("ls {kept}")), "clerk.state.json\n");

    // A cancelled job comes to what is after its script, here with a token of the project's own.
    before_pushes(&job, "");
    let ran = play(&job, &after(&template, "apply"), &[("CLERK_STATE_LOGIN", "robot:own-token")]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(files(&job, "clerk-state"), "clerk.state.json\n");
}
