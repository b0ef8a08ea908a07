//! The hooks of `.pre-commit-hooks.yaml` in the real `pre-commit`, from this repository: they pass
//! and fail as they should, and look at configurations alone. `tests/setup.sh` installs it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::program::Ran;
use support::tools;
use tempfile::TempDir;

/// The folder of the program.
const PRE_COMMIT: &str = "pre-commit";

fn main() {
    let is_missing = tools::is_missing(PRE_COMMIT, "pre-commit");
    tools::run([("the_hooks_pass_and_fail_as_they_should", hooks as fn(), is_missing)])
}

/// A repository that uses the hooks.
struct Repository {
    folder: TempDir,
}

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("git").args(["init", "-q"]).current_dir(folder.path()).status();
        assert!(made.unwrap().success());
        Self { folder }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
        let mut git = Command::new("git");
        let added = git.args(["add", name]).current_dir(self.folder.path()).status();
        assert!(added.unwrap().success());
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Runs both hooks on these files. The program is built as `pre-commit` does it, but without
    /// optimization, from what is on this machine already, and in one place for all runs.
    fn hooks(&self, home: &Path, files: &[&str]) -> Ran {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(tools::folder(PRE_COMMIT).join("bin/pre-commit"));
        command.arg("try-repo").arg(root).args(["--color", "never", "--files"]).args(files);
        command.current_dir(self.folder.path()).env("PRE_COMMIT_HOME", home);
        command.env("CARGO_NET_OFFLINE", "true");
        command.env("CARGO_TARGET_DIR", root.join("target/hooks"));
        command.env("CARGO_PROFILE_RELEASE_LTO", "off");
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        support::program::run(&mut command)
    }
}

/// How a hook ended, by its name.
fn ending<'a>(ran: &'a Ran, hook: &str) -> &'a str {
    let line = ran.stdout.lines().find(|line| line.starts_with(hook));
    line.unwrap_or_else(|| panic!("{ran:?}")).rsplit(['.', ')']).next().unwrap()
}

fn hooks() {
    const VALIDATE: &str = "validate Clerk settings";
    const FIX: &str = "replace deprecated Clerk settings";
    let home = tempfile::tempdir().unwrap();
    let repository = Repository::new();
    repository.write("clerk.yaml", "instance:\n  hibp: true\n");
    repository.write("clerk.preview.yml", "restrictions:\n  blocklist: true\n");
    repository.write("clerk.state.json", "{}");
    repository.write("other.yaml", "[");
    fs::create_dir_all(repository.folder.path().join("a/.github/workflows")).unwrap();
    repository.write("a/.github/workflows/clerk.yml", "on: push\n");

    let ran = repository.hooks(home.path(), &["clerk.yaml", "clerk.preview.yml"]);
    assert_eq!((ran.exit, ending(&ran, VALIDATE), ending(&ran, FIX)), (0, "Passed", "Passed"));

    let ran = repository
        .hooks(home.path(), &["clerk.state.json", "other.yaml", "a/.github/workflows/clerk.yml"]);
    assert_eq!((ran.exit, ending(&ran, VALIDATE), ending(&ran, FIX)), (0, "Skipped", "Skipped"));

    repository.write("clerk.yaml", "instance:\n  hbip: true\n");
    let ran = repository.hooks(home.path(), &["clerk.yaml"]);
    assert_eq!((ran.exit, ending(&ran, VALIDATE), ending(&ran, FIX)), (1, "Failed", "Passed"));
    assert!(ran.stdout.contains("did you mean `hibp`?"), "{}", ran.stdout);

    repository.write("clerk.yaml", "instance:\n  cookieless_dev: true  # kept\n");
    let ran = repository.hooks(home.path(), &["clerk.yaml"]);
    assert_eq!((ran.exit, ending(&ran, FIX)), (1, "Failed"));
    assert!(ran.stdout.contains("files were modified by this hook"), "{}", ran.stdout);
    assert_eq!(
        repository.text("clerk.yaml"),
        "instance:\n  url_based_session_syncing: true  # kept\n"
    );
}
