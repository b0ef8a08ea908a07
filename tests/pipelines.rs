//! The workflows for GitHub and the template for GitLab: their shell does what it should.
//! `tests/workflows.rs` has the linters, `tests/record.rs` the script that pushes states.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;

use serde_json::{Value, json};
use support::action::{Ended, Job, members, root, yaml};
use support::forge::{CONFIG, before_pushes, cloned, commits, file, files, meanwhile, succeeds};
use support::git_http::GitHttp;
use support::program::{KEY, Ran, run};
use support::tools;

const WORKFLOWS: [&str; 3] =
    ["examples/github/apply.yml", "examples/github/drift.yml", "examples/github/pull-request.yml"];
const ACTIONS: [&str; 2] = ["action.yml", "action/record/action.yml"];
const STATE: &str = "clerk.state.json";
const REF: &str = "refs/clerkform/clerk.state.json";
const GITLAB: &str = "examples/gitlab/.gitlab-ci.yml";

fn main() {
    let no_bash = cfg!(not(unix));
    tools::run([
        ("the_workflow_keeps_the_state_on_no_branch", kept as fn(), no_bash),
        ("the_action_brings_its_token_to_the_repository_and_nowhere_else", signed_in, no_bash),
        ("a_state_on_a_branch_is_pushed_whatever_the_outcome", record, no_bash),
        ("a_state_may_also_stand_beside_the_file", beside, no_bash),
        ("a_state_that_nobody_may_push_is_kept", protected, no_bash),
        ("a_required_check_ends_for_every_change", required, no_bash),
        ("the_template_applies_the_plan_and_keeps_the_state_on_no_branch", gitlab, no_bash),
        ("the_template_makes_no_call_that_it_may_not_record", gitlab_protected, no_bash),
        ("the_template_may_keep_the_state_on_a_branch", gitlab_branch, no_bash),
    ])
}

/// What a step of a workflow's job gives to the action of this repository.
fn inputs(workflow: &str, job: &str) -> Vec<(String, String)> {
    let workflow = yaml(workflow);
    let mut steps = workflow["jobs"][job]["steps"].as_sequence().unwrap().iter();
    let is_action = |step: &&serde_yaml::Value| {
        step["uses"].as_str().is_some_and(|it| it.starts_with("OWNER/clerkform@"))
    };
    let step = steps.find(is_action).unwrap();
    let given = members(&step["with"]).into_iter();
    let given = given.map(|(name, value)| (name.to_owned(), value.as_str().unwrap().to_owned()));
    given.filter(|(name, _)| name != "checksum").collect()
}

/// Runs the action as a job of a workflow does.
fn runs(job: &Job, workflow: &str, name: &str) -> Ended {
    let given = inputs(workflow, name);
    let given: Vec<_> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    job.pushed(&given)
}

fn kept() {
    let job = cloned();
    let [apply, drift, plan] = WORKFLOWS;
    assert_eq!(runs(&job, plan, "plan").outputs["changes"], "true");
    let ended = runs(&job, apply, "apply");
    assert_eq!(ended.exit, 0, "{ended:?}");
    for (workflow, name) in [(apply, "plan"), (plan, "plan"), (drift, "drift")] {
        let ended = runs(&job, workflow, name);
        assert_eq!((ended.exit, &*ended.outputs["changes"]), (0, "false"), "{ended:?}");
    }
    let refs = "git -C ../origin.git for-each-ref --format='%(refname)' && git status --porcelain";
    assert_eq!(succeeds(&job, refs), "refs/clerkform/clerk.state.json\nrefs/heads/main\n");
    assert_eq!(commits(&job, "main"), 2);

    // What a run of which a part fails has done is known to the next one.
    let text = "instance:\n  hibp: false\ncommunication:\n  blocked_country_codes: [ZZ]\n";
    job.write("clerk.yaml", text);
    assert_eq!(runs(&job, apply, "apply").exit, 3);
    let state: Value = serde_json::from_str(&file(&job, REF, "state.json")).unwrap();
    assert_eq!(state["applied"]["instance"]["hibp"], false, "{state}");
    before_pushes(&job, "echo 'GH013: repository rule violations'; exit 1");
    job.write("clerk.yaml", CONFIG);
    let ended = runs(&job, apply, "apply");
    assert_eq!(ended.exit, 1, "{ended:?}");
    assert!(ended.log.contains("no call was made; allow refs below"), "{ended:?}");
}

fn signed_in() {
    let job = cloned();
    // As GitHub wants it of a job: `x-access-token:a-token`.
    let server = GitHttp::start(job.workspace.parent().unwrap(), Some("x-access-token:a-token"));
    let url = format!("git remote set-url origin {}/origin.git", server.url);
    succeeds(&job, &format!("{url} && git -C ../origin.git config http.receivepack true"));
    let given = |mode, token| [("mode", mode), ("state", "git:origin"), ("github-token", token)];
    let job = job.at(&server.url);
    let ended = job.pushed(&given("apply", "a-token"));
    assert_eq!(ended.exit, 0, "{ended:?}");
    // Before anything else is printed, the runner is told to mask it.
    let encoded = "eC1hY2Nlc3MtdG9rZW46YS10b2tlbg==";
    assert_eq!(ended.log.matches(encoded).count(), 1, "{ended:?}");
    assert!(ended.log.contains(&format!("::add-mask::{encoded}\n")), "{ended:?}");
    assert_eq!(succeeds(&job, "git config --get-regexp extraheader || true"), "");
    for token in ["another", ""] {
        let ended = job.pushed(&given("plan", token));
        assert!(ended.log.contains("cannot be read with these credentials"), "{ended:?}");
    }
    let job = job.at("https://github.example");
    assert_eq!(job.pushed(&given("plan", "a-token")).exit, 1);
}

/// The YAML blocks of a section of the page on pull requests.
fn blocks(section: &str) -> Vec<serde_yaml::Value> {
    let page = fs::read_to_string(root().join("docs/pull-requests.md")).unwrap();
    let (_, section) = page.split_once(&format!("\n### {section}\n")).unwrap();
    let section = section.split("\n### ").next().unwrap();
    let blocks = section.split("\n```yaml\n").skip(1);
    blocks.map(|it| serde_yaml::from_str(it.split("```").next().unwrap()).unwrap()).collect()
}

const BRANCH: &str = "On a branch of its own";

/// A job with the branch of the states checked out as the page says.
fn with_states() -> Job {
    let job = cloned();
    let page = fs::read_to_string(root().join("docs/pull-requests.md")).unwrap();
    let mut lines = page.lines().filter_map(|line| line.strip_prefix("$ "));
    succeeds(&job, lines.find(|line| line.contains("commit-tree")).unwrap());
    let checkout = &blocks(BRANCH)[0][0]["with"];
    let [branch, path] = ["ref", "path"].map(|name| checkout[name].as_str().unwrap());
    let clone = "git clone --quiet --depth 1 --branch";
    succeeds(&job, &format!("{clone} {branch} \"file://$HOME/origin.git\" {path}"));
    job
}

/// Applies and records as the page says; gives back how the two steps ended.
fn applied(job: &Job) -> (Ended, Ended) {
    let record = &blocks(BRANCH)[0][1];
    assert!(record["uses"].as_str().unwrap().starts_with("OWNER/clerkform/action/record@"));
    assert_eq!(record["if"], "${{ always() }}");
    let state = record["with"]["state"].as_str().unwrap();
    let apply = [("mode", "apply"), ("files", "clerk.yaml"), ("state", state)];
    (job.pushed(&apply), job.records(&[("state", state)]))
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
    let lines = lines(&blocks("Beside the file")[0]);
    let script = format!("git clean -dffqx && git checkout --quiet --force --detach\n{lines}");
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

/// The lines of a script, each ended.
fn lines(script: &serde_yaml::Value) -> String {
    let lines = script.as_sequence().into_iter().flatten();
    lines.map(|line| line.as_str().unwrap().to_owned() + "\n").collect()
}

/// The script of a job of GitLab's, with what it extends.
fn script(template: &serde_yaml::Value, name: &str) -> String {
    lines(&template[".clerkform"]["before_script"]) + &lines(&template[name]["script"])
}

/// A project of GitLab's, whose jobs find this repository's scripts.
fn project(job: Job) -> (Job, serde_yaml::Value) {
    let template = yaml(GITLAB);
    let source = template["variables"]["CLERKFORM_SOURCE"].as_str().unwrap();
    let names = format!(
        "git init --quiet ../source && cp -R \"$GITHUB_ACTION_PATH/action\" ../source &&\n\
         cd ../source && git add . && git commit --quiet -m source\n\
         git config --global url.\"file://$HOME/source\".insteadOf {source}\n\
         git config --global url.\"file://$HOME/origin.git\".insteadOf {PUSH}\n\
         git config --global --add url.\"file://$HOME/origin.git\".insteadOf {OWN_PUSH}\n\
         git -C ../workspace remote set-url origin {PUSH}"
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
    for (name, value) in members(&yaml(GITLAB)["variables"]) {
        command.env(name, value.as_str().unwrap());
    }
    command.env("CLERKFORM_COMMIT", commit.trim());
    command.envs([("GITLAB_CI", "true"), ("CI_JOB_ID", "42")]).env_remove("RUNNER_TEMP");
    command.envs(variables.iter().copied());
    let ran = run(command.env("CI_PROJECT_DIR", &job.workspace));
    for secret in [KEY, "a-token", "own-token"] {
        assert!(!format!("{ran:?}").contains(secret), "{ran:?}");
    }
    ran
}

fn gitlab() {
    let (job, template) = project(cloned());
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
    for artifact in template["apply"]["artifacts"]["paths"].as_sequence().unwrap() {
        let told = fs::read_to_string(job.workspace.join(artifact.as_str().unwrap())).unwrap();
        assert!(told.contains("2 calls done"), "{told}");
    }
    assert_eq!((files(&job, REF), commits(&job, "main")), ("state.json\n".to_owned(), 2));
    assert_eq!(play("drift").exit, 0);

    // A job that is run once more comes too late for its plan.
    let ran = play("apply");
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("plan-applied"), "{ran:?}");
    assert_eq!(commits(&job, REF), 2);

    job.write("clerk.yaml", "instance:\n  hbip: true\n");
    assert_eq!(play("validate").exit, 1);
    assert!(report("validate", "codequality").contains("unknown-field"));

    // The repository of a fork has no state.
    succeeds(&job, &format!("git push --quiet origin :{REF}"));
    job.write("clerk.yaml", CONFIG);
    let ran = play("plan");
    assert!(ran.exit == 0 && ran.stdout.contains("everything is new"), "{ran:?}");
}

fn gitlab_protected() {
    let (job, template) = project(cloned());
    assert_eq!(play(&job, &script(&template, "plan"), &[]).exit, 0);
    before_pushes(&job, "echo 'GitLab: You are not allowed to push'; exit 1");
    let ran = play(&job, &script(&template, "apply"), &[]);
    assert_eq!(ran.exit, 1, "{ran:?}");
    let told =
        "the remote refuses to store the state: pre-receive hook declined; GitLab: You are not";
    assert!(ran.stdout.contains(told) && ran.stdout.contains("no call was made"), "{ran:?}");

    // With a token of the project's own, which is kept nowhere.
    before_pushes(&job, "");
    let no_push = "git config --global --unset-all url.\"file://$HOME/origin.git\".insteadOf\n\
                   git config --global url.\"file://$HOME/origin.git\".insteadOf";
    succeeds(&job, &format!("{no_push} {OWN_PUSH} && git remote set-url origin ../origin.git"));
    let ran = play(&job, &script(&template, "apply"), &[("CLERK_STATE_LOGIN", "robot:own-token")]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(files(&job, REF), "state.json\n");
    assert!(!succeeds(&job, "cat .git/config").contains("own-token"));
}

fn gitlab_branch() {
    let (job, template) = project(with_states());
    let block = lines(&blocks(BRANCH)[1]);
    let (clone, apply) = block.split_once("status=0").unwrap();
    let before = lines(&template[".clerkform"]["before_script"]) + clone;
    let state = [("CLERKFORM_STATE", "clerk-state/")];
    let plan = before.clone() + &lines(&template["plan"]["script"]);
    let apply = format!("{before}status=0{apply}");
    assert_eq!(play(&job, &plan, &state).exit, 0);
    before_pushes(&job, "echo 'GitLab: You are not allowed to push'; exit 1");
    job.impatient();
    let ran = play(&job, &apply, &state);
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stdout.contains("  | remote: GitLab: You are not allowed to push"), "{ran:?}");
    assert!(ran.stdout.contains("glab api projects/7/jobs/42/artifacts"), "{ran:?}");
    assert_eq!(succeeds(&job, "ls clerkform-kept.*/"), "clerk.state.json\n");

    before_pushes(&job, "");
    let own = [("CLERK_STATE_LOGIN", "robot:own-token")];
    assert_eq!(play(&job, &plan, &state).exit, 0);
    let ran = play(&job, &apply, &[state[0], own[0]]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert_eq!(files(&job, "clerk-state"), "clerk.state.json\n");
}
