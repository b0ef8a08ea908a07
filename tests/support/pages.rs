//! Pages of Markdown as scripts: a `console` block is a dialog, and remarks say what happens around
//! it. Plays them in a folder of their own against the served sandbox.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::fake::{Answer, Fake, Fault, Script};
use super::program::{KEY, binary};
use super::served::Served;

/// The call that gets no answer in a run that is to hang or be killed.
const UNANSWERED: &str = "PATCH /v1/instance/restrictions";

/// What a line of a page means.
pub enum Step {
    /// `<!-- start: FOLDER -->`: a new folder with the files of that one, or `empty`; a new sandbox.
    Start(String),
    /// `<!-- write: NAME -->`: the next block is that file.
    Write(String, String),
    /// `<!-- meanwhile: COMMAND -->`: done unseen.
    Meanwhile(String),
    /// `<!-- answers: SCRIPT -->`: until the next start, a service that answers so.
    Answers(String),
    /// `<!-- hangs: COMMAND -->`: a run that waits for an answer until the next start.
    Hangs(String),
    /// `<!-- killed: COMMAND -->`: a run that is killed while it waits for an answer.
    Killed(String),
    /// The commands of a `console` block, which takes these lines.
    Dialog(Vec<String>, Range<usize>),
}

/// The steps of a page, in order.
pub fn steps(text: &str) -> Vec<Step> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut file = None;
    let mut at = 0;
    while at < lines.len() {
        match remark(lines[at]) {
            Some(("start", folder)) => found.push(Step::Start(folder.to_owned())),
            Some(("meanwhile", command)) => found.push(Step::Meanwhile(command.to_owned())),
            Some(("answers", script)) => found.push(Step::Answers(script.to_owned())),
            Some(("hangs", command)) => found.push(Step::Hangs(command.to_owned())),
            Some(("killed", command)) => found.push(Step::Killed(command.to_owned())),
            Some(("write", name)) => file = Some(name.to_owned()),
            Some((word, _)) => panic!("no remark is called {word}"),
            None => {}
        }
        if let Some(language) = lines[at].strip_prefix("```") {
            let length = lines[at + 1..].iter().position(|line| *line == "```");
            let end = at + 1 + length.expect("a block ends");
            let body = &lines[at + 1..end];
            if language == "console" {
                let commands = body.iter().filter_map(|line| line.strip_prefix("$ "));
                let commands = commands.map(str::to_owned).collect();
                found.push(Step::Dialog(commands, at + 1..end));
            } else if let Some(name) = file.take() {
                found.push(Step::Write(name, body.join("\n") + "\n"));
            }
            at = end;
        }
        at += 1;
    }
    found
}

fn remark(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("<!-- ")?.strip_suffix(" -->")?.split_once(": ")
}

/// Where the steps of a page happen.
pub struct Stage {
    folder: TempDir,
    served: Served,
    scripted: Option<Fake>,
    hanging: Option<Hanging>,
    /// How the last command ended, for `echo $?`.
    status: i32,
}

/// A run that waits for an answer; killed when it is dropped.
struct Hanging {
    child: Child,
    _service: Fake,
}

impl Stage {
    /// An empty folder and a fresh sandbox.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, served: Served::start(&[]), scripted: None, hanging: None, status: 0 }
    }

    fn url(&self) -> &str {
        self.scripted.as_ref().map_or(&self.served.url, |service| &service.url)
    }

    /// Does a step. Of a dialog, gives back the lines that it takes and what they should be.
    pub fn play(&mut self, step: Step) -> Option<(Range<usize>, String)> {
        match step {
            Step::Start(from) => {
                *self = Self::new();
                if from != "empty" {
                    self.copy(&from);
                }
            }
            Step::Write(name, contents) => {
                fs::write(self.folder.path().join(name), contents).expect("the file is written");
            }
            Step::Meanwhile(command) => {
                let said = self.run(&command);
                assert_eq!(self.status, 0, "{command}: {said}");
            }
            Step::Answers(script) => {
                let script = serde_json::from_str(&script).expect("a script");
                self.scripted = Some(Fake::start(script));
            }
            Step::Hangs(command) => self.hanging = Some(self.hang(&command)),
            Step::Killed(command) => drop(self.hang(&command)),
            Step::Dialog(commands, lines) => return Some((lines, self.dialog(&commands))),
        }
        None
    }

    fn copy(&self, from: &str) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
        copy(&from, self.folder.path());
    }

    fn dialog(&mut self, commands: &[String]) -> String {
        let mut got = String::new();
        for (index, command) in commands.iter().enumerate() {
            let output = self.run(command);
            write!(got, "$ {command}\n{output}").expect("a string takes all");
            let asked = commands.get(index + 1).is_some_and(|next| next == "echo $?");
            assert!(self.status == 0 || asked, "fails, and no `echo $?` says so: {got}");
        }
        got
    }

    /// Runs a command as a shell would, and gives back what a terminal would show.
    fn run(&mut self, command: &str) -> String {
        let status = self.status;
        let output = self
            .shell(&format!("exec 2>&1; (exit {status}); {command}"), self.url())
            .output()
            .expect("a shell starts");
        self.status = output.status.code().expect("no command is killed");
        steady(&String::from_utf8(output.stdout).expect("UTF-8"))
    }

    fn shell(&self, command: &str, url: &str) -> Command {
        // A page may put programs of its own into `.bin`.
        let own = self.folder.path().join(".bin");
        let program = binary();
        let program = program.parent().expect("a folder");
        let path = format!("{}:{}:/usr/bin:/bin", own.display(), program.display());
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(self.folder.path()).stdin(Stdio::null());
        shell.env_clear().envs([
            ("PATH", path.as_str()),
            ("CLERK_API_URL", url),
            ("CLERK_SECRET_KEY", KEY),
            ("CLERK_DEVELOPMENT_KEY", "sk_test_madeUpForDevelopment"),
            ("CLERK_PRODUCTION_KEY", "sk_live_madeUpForProduction"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ]);
        shell.env("TMPDIR", self.folder.path());
        for who in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{who}_NAME"), "a");
            shell.env(format!("GIT_{who}_EMAIL"), "a@example.com");
        }
        shell
    }

    /// Starts a run against a service that does not answer the call in question, and waits until
    /// it has been asked. The service is the state's instance.
    fn hang(&self, command: &str) -> Hanging {
        let state = fs::read_to_string(self.folder.path().join("clerk.state.json"))
            .expect("an earlier run left a state");
        let state: Value = serde_json::from_str(&state).expect("JSON");
        let instance = json!({
            "object": "instance", "id": state["instance"]["id"],
            "environment_type": "development", "allowed_origins": [],
        });
        let service = Fake::start(Script::from([
            (
                "GET /v1/instance".to_owned(),
                vec![Answer { body: Some(instance), ..Answer::default() }],
            ),
            (UNANSWERED.to_owned(), vec![Answer { fault: Some(Fault::Hang), ..Answer::default() }]),
        ]));
        let child = self
            .shell(&format!("exec {command}"), &service.url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell starts");
        service.wait_for(UNANSWERED);
        Hanging { child, _service: service }
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was said, with a made-up process and host where a run is named.
fn steady(said: &str) -> String {
    let words: Vec<&str> = said.split_inclusive([' ', '\n']).collect();
    let is_run = |at: usize| {
        let id = words[at].trim_end();
        id.len() > 1
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && words.get(at + 1) == Some(&"on ")
    };
    let mut steady = String::new();
    for (at, word) in words.iter().enumerate() {
        if is_run(at) {
            steady += "4711 ";
        } else if at > 1 && is_run(at - 2) {
            steady += "laptop";
            steady += &word[word.trim_end().len()..];
        } else {
            steady += word;
        }
    }
    steady
}

/// Copies what is in a folder, and in those inside of it, without what somebody left there who tried
/// the example on the sandbox.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder exists") {
        let entry = entry.expect("an entry");
        if entry.file_name().to_string_lossy().contains(".sandbox.") {
            continue;
        }
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).expect("a new folder");
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
