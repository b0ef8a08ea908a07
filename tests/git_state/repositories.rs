//! A bare repository, clones of it, and the program in them.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::fake::{Answer, Fake, Fault, Script};
use crate::support::program::{KEY, Ran, clerkform, run};

/// The ref of the state.
pub const REF: &str = "refs/clerkform/clerk.state.json";

/// The call that the configuration asks for.
pub const PATCH: &str = "PATCH /v1/instance/restrictions";

/// A configuration.
pub const FILE: &str = "restrictions: {blocklist: true}\n";

/// A bare repository, and clones of it.
pub struct Repositories {
    /// Where they are.
    pub folder: TempDir,
}

/// The program in one clone, against one service.
pub struct Run<'a> {
    /// The clone.
    pub at: PathBuf,
    /// The service.
    pub fake: &'a Fake,
}

/// What a command of git's prints, in a folder.
pub fn git(folder: &Path, words: &[&str]) -> String {
    git_with(folder, words, b"")
}

/// The same for one that reads something.
pub fn git_with(folder: &Path, words: &[&str], input: &[u8]) -> String {
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
    /// One with a clone `first`, in which a configuration is committed.
    pub fn new(file: &str) -> Self {
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

    /// What is beside the repository.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The repository.
    pub fn remote(&self) -> PathBuf {
        self.path("remote.git")
    }

    /// A clone as runners make it: the last commit and nothing else.
    pub fn clone(&self, name: &str) -> PathBuf {
        let url = format!("file://{}", self.remote().display());
        git(self.folder.path(), &["clone", "--quiet", "--depth=1", &url, name]);
        self.path(name)
    }

    /// The program in a clone.
    pub fn run<'a>(&self, clone: &str, fake: &'a Fake) -> Run<'a> {
        Run { at: self.path(clone), fake }
    }

    /// The state that the ref is at.
    pub fn state(&self) -> Value {
        let state = git(&self.remote(), &["cat-file", "blob", &format!("{REF}:state.json")]);
        serde_json::from_str(&state).unwrap()
    }

    /// Puts a state in the place of the one that is there, as another run would.
    pub fn set_state(&self, state: &Value) {
        self.set(format!("{state:#}\n").as_bytes(), SystemTime::now());
    }

    /// Puts bytes in the place of the state, on a machine whose clock shows that time.
    pub fn set(&self, bytes: &[u8], time: SystemTime) {
        let remote = self.remote();
        let blob = git_with(&remote, &["hash-object", "-w", "--stdin"], bytes);
        let entry = format!("100644 blob {blob}\tstate.json\n");
        let tree = git_with(&remote, &["mktree"], entry.as_bytes());
        let time = time.duration_since(UNIX_EPOCH).unwrap().as_secs();
        let author = "me <me@localhost>";
        let commit =
            format!("tree {tree}\nauthor {author} 0 +0000\ncommitter {author} {time} +0000\n\nx\n");
        let words = ["hash-object", "-w", "-t", "commit", "--stdin"];
        let commit = git_with(&remote, &words, commit.as_bytes());
        git(&remote, &["update-ref", REF, &commit]);
    }

    /// Puts a hook into a bare repository.
    pub fn hook(&self, repository: &str, name: &str, text: &str) {
        let hook = self.path(repository).join("hooks").join(name);
        fs::write(&hook, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

impl Run<'_> {
    /// The program, to be run with `git:origin`.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = clerkform(&self.at);
        command.args(words).env("CLERK_SECRET_KEY", KEY).env("CLERK_API_URL", &self.fake.url);
        command.env("CLERKFORM_STATE", "git:origin").env_remove("GIT_DIR");
        command
    }

    /// Runs it to its end.
    pub fn run(&self, words: &[&str]) -> Ran {
        run(&mut self.command(words))
    }

    /// What it prints where it succeeds.
    pub fn succeeds(&self, words: &[&str]) -> String {
        let ran = self.run(words);
        assert_eq!(ran.exit, 0, "{words:?} {ran:?}");
        ran.stdout
    }

    /// Starts it.
    pub fn start(&self, words: &[&str]) -> Child {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The names of the calls that the service was sent.
    pub fn calls(&self) -> Vec<String> {
        let asked = self.fake.asked().into_iter().map(|asked| asked.what);
        asked.filter(|what| what.starts_with("PATCH ")).collect()
    }
}

/// The answers to some kinds of requests.
pub fn script(of: &[(&str, Answer)]) -> Script {
    of.iter().map(|(what, answer)| ((*what).to_owned(), vec![answer.clone()])).collect()
}

/// A service that does not answer before it is let go.
pub fn hanging() -> Script {
    script(&[(PATCH, Answer { fault: Some(Fault::Hang), ..Answer::default() })])
}

/// How a program ends that was started.
pub fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
