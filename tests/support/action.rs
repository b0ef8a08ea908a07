//! Runs the composite action of `action.yml` as a runner of GitHub does: the steps' own shell, with
//! the variables, files and conditions that the action says. GitHub's client is one of the tests'.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;
use tempfile::TempDir;

use super::program::{KEY, binary, run};
use super::served::Served;

/// The root of this repository, which is the action's checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A YAML file of this repository.
pub fn yaml(name: &str) -> Value {
    let text = fs::read_to_string(root().join(name)).expect("the file is there");
    serde_yaml::from_str(&text).expect("it is YAML")
}

/// The members of a mapping, as text.
pub fn members(value: &Value) -> Vec<(&str, &Value)> {
    let members = value.as_mapping().into_iter().flatten();
    members.map(|(name, value)| (name.as_str().expect("a name is a string"), value)).collect()
}

/// A job that uses the action, with a service to talk to.
pub struct Job {
    /// Where the repository is checked out.
    pub workspace: PathBuf,
    /// The service.
    pub served: Served,
    /// The URL of the forge.
    forge: String,
    folder: TempDir,
}

/// What the action came to.
#[derive(Debug)]
pub struct Ended {
    /// The exit code of the first step that failed, or 0.
    pub exit: i32,
    /// What the action tells, by name.
    pub outputs: BTreeMap<String, String>,
    /// What the steps printed.
    pub log: String,
    /// The summary of the job.
    pub summary: String,
    /// The steps whose turn came, by name; those of GitHub's own actions too.
    pub due: Vec<String>,
}

impl Job {
    /// A job in an empty repository.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workspace = folder.path().join("workspace");
        for made in ["workspace", "temp", "gh"] {
            fs::create_dir(folder.path().join(made)).expect("a new folder");
        }
        fs::write(workspace.join(".git"), "gitdir: elsewhere").expect("a new file");
        let forge = "https://github.example".to_owned();
        Self { workspace, served: Served::start(&[]), forge, folder }
    }

    /// The same job on the forge at that URL.
    pub fn at(self, url: &str) -> Self {
        Self { forge: url.to_owned(), ..self }
    }

    /// Writes a file of the repository.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.workspace.join(name), text).expect("the folder is there");
    }

    /// A file that the stand-in for GitHub's client keeps.
    pub fn gh(&self, name: &str) -> PathBuf {
        self.folder.path().join("gh").join(name)
    }

    /// Runs the action on a push.
    pub fn pushed(&self, inputs: &[(&str, &str)]) -> Ended {
        self.action("action.yml", inputs, BTreeMap::from([("token", "a-token")]))
    }

    /// Runs the action on the push that the merge of a pull request is.
    pub fn merged(&self, inputs: &[(&str, &str)]) -> Ended {
        let github = BTreeMap::from([("token", "a-token"), ("sha", "c0ffee")]);
        self.action("action.yml", inputs, github)
    }

    /// Runs the action on a pull request.
    pub fn proposed(&self, inputs: &[(&str, &str)]) -> Ended {
        let github = [
            ("token", "a-token"),
            ("event.pull_request", "{}"),
            ("event.pull_request.number", "7"),
            ("event.pull_request.head.sha", "c0ffee"),
        ];
        self.action("action.yml", inputs, BTreeMap::from(github))
    }

    /// Runs the action that records the state, with a `sleep` that does not wait.
    pub fn records(&self, inputs: &[(&str, &str)]) -> Ended {
        self.impatient();
        let github = BTreeMap::from([("token", "a-token")]);
        self.action("action/record/action.yml", inputs, github)
    }

    /// From now on `sleep` writes down what it was asked, in `slept` beside the workspace, and does
    /// not wait.
    pub fn impatient(&self) {
        let bin = self.folder.path().join("bin");
        fs::create_dir_all(&bin).expect("a new folder");
        fs::write(bin.join("sleep"), "#!/bin/sh\necho \"$1\" >>\"$HOME/slept\"\n")
            .expect("a new file");
        assert_eq!(run(&mut self.bash("chmod +x ../bin/sleep")).exit, 0);
    }

    fn action(&self, file: &str, inputs: &[(&str, &str)], github: BTreeMap<&str, &str>) -> Ended {
        let action = yaml(file);
        let checkout = root().join(file);
        let checkout = checkout.parent().expect("a folder");
        let mut known = Known::default();
        known.0.extend(
            github.into_iter().map(|(name, value)| (format!("github.{name}"), value.to_owned())),
        );
        for (name, input) in members(&action["inputs"]) {
            let default = known.expand(input["default"].as_str().expect("a default"));
            known.0.insert(format!("inputs.{name}"), default);
        }
        for (name, value) in inputs {
            let former = known.0.insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(former.is_some(), "there is no input {name}");
        }
        let (mut exit, mut log, mut due) = (0, String::new(), Vec::new());
        let summary = self.fresh("summary");
        for step in action["runs"]["steps"].as_sequence().expect("steps") {
            let is_due = match step["if"].as_str() {
                None => exit == 0,
                Some(condition) => known.holds(condition),
            };
            if !is_due {
                continue;
            }
            due.push(step["name"].as_str().expect("a name").to_owned());
            // GitHub's own cache has nothing for us, and its artifacts are nowhere.
            if step["uses"].is_string() {
                continue;
            }
            let output = self.fresh("output");
            let mut command = self.bash(step["run"].as_str().expect("a script"));
            let place = step["working-directory"].as_str().unwrap_or(".");
            command.current_dir(self.workspace.join(known.expand(place)));
            command.env("GITHUB_ACTION_PATH", checkout).env("GITHUB_ACTIONS", "true");
            command.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary);
            for (name, value) in members(&step["env"]) {
                command.env(name, known.expand(value.as_str().expect("a string")));
            }
            let ran = run(&mut command);
            log += &ran.stdout;
            log += &ran.stderr;
            exit = if exit == 0 { ran.exit } else { exit };
            let id = step["id"].as_str().unwrap_or("unnamed");
            for line in read(&output).lines() {
                let (name, value) = line.split_once('=').expect("an output has a value");
                known.0.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
        assert!(!log.contains(KEY), "{log}");
        let outputs = members(&action["outputs"]).into_iter();
        let told = |value: &Value| known.expand(value["value"].as_str().expect("an expression"));
        let outputs = outputs.map(|(name, value)| (name.to_owned(), told(value))).collect();
        Ended { exit, outputs, log, summary: read(&summary), due }
    }

    fn fresh(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, "").expect("the folder is there");
        path
    }

    /// A script as a runner starts it, with the program and the stand-in on the path.
    pub fn bash(&self, script: &str) -> Command {
        let file = self.folder.path().join("script.sh");
        fs::write(&file, script).expect("the folder is there");
        let own = [
            self.folder.path().join("bin"),
            root().join("tests/pipelines"),
            binary().parent().expect("a folder").into(),
        ];
        let given = std::env::var_os("PATH").expect("a path");
        let path = own.into_iter().chain(std::env::split_paths(&given));
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(file)
            .current_dir(&self.workspace)
            .env_clear()
            .env("PATH", std::env::join_paths(path).expect("no colon"))
            .env("HOME", self.folder.path())
            .env("RUNNER_TEMP", self.folder.path().join("temp"))
            .env("GH_FOLDER", self.folder.path().join("gh"))
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_PATH", self.fresh("path"))
            .envs([("GITHUB_REPOSITORY", "acme/settings"), ("GITHUB_RUN_ID", "42")])
            .env("GITHUB_SERVER_URL", &self.forge)
            .envs([("CLERK_SECRET_KEY", KEY), ("CLERK_API_URL", &self.served.url)]);
        command
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it was written")
}

/// What expressions may ask for, by its whole name.
#[derive(Default)]
struct Known(BTreeMap<String, String>);

impl Known {
    fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn expand(&self, text: &str) -> String {
        match text.strip_prefix("${{ ").and_then(|text| text.strip_suffix(" }}")) {
            Some(name) => self.value(name).to_owned(),
            None => text.to_owned(),
        }
    }

    /// A condition of terms of which each has to hold.
    fn holds(&self, condition: &str) -> bool {
        let terms = condition.trim_start_matches("${{").trim_end_matches("}}").split("&&");
        terms.map(str::trim).all(|term| match term.split_once(" == ") {
            Some((name, value)) => self.value(name) == value.trim_matches('\''),
            None if ["!cancelled()", "always()"].contains(&term) => true,
            None => match term.strip_prefix('!') {
                Some(name) => self.value(name).is_empty(),
                None => !self.value(term).is_empty(),
            },
        })
    }
}
