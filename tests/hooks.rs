//! The hooks of `.pre-commit-hooks.yaml` in the real `pre-commit`, from this repository: they pass
//! and fail as they should, and look at configurations alone. `tests/setup.sh` installs it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::ffi::OsString;
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

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments);
    let ran = support::program::run(git.current_dir(folder));
    assert_eq!(ran.exit, 0, "{arguments:?}: {ran:?}");
    ran.stdout.trim().to_owned()
}

/// This project as it lies on the disk, committed in a repository of its own.
fn project() -> TempDir {
    let root = env!("CARGO_MANIFEST_DIR");
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["clone", "-q", root, "."]);
    let repository = folder.path().join(".git");
    let of_root = ["--git-dir", repository.to_str().unwrap(), "--work-tree", root];
    git(folder.path(), &[&of_root[..], &["add", "--all"]].concat());
    git(folder.path(), &["commit", "-q", "--allow-empty", "-m", "As it lies on the disk"]);
    folder
}

impl Repository {
    fn new(project: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"]);
        let configuration = format!(
            "repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: clerkform-validate\n  - id: clerkform-fix\n",
            project.display(),
            git(project, &["rev-parse", "HEAD"]),
        );
        let repository = Self { folder };
        repository.write(".pre-commit-config.yaml", &configuration);
        repository
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
        git(self.folder.path(), &["add", name]);
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Runs both hooks on these files. The program is built as `pre-commit` does it, but without
    /// optimization, from what is on this machine already: the crates that are built for the tests
    /// are not built again.
    fn hooks(&self, home: &Path, files: &[&str]) -> Ran {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(tools::folder(PRE_COMMIT).join("bin/pre-commit"));
        command.args(["run", "--color", "never", "--files"]).args(files);
        command.current_dir(self.folder.path()).env("PRE_COMMIT_HOME", home);
        command.env("PATH", self.path()).env("CARGO", env!("CARGO"));
        command.env("CARGO_NET_OFFLINE", "true");
        // What `cargo test` says of this crate is another build to the scripts that look at it.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        // The program itself goes elsewhere: the tests run the one that lies beside the crates.
        command.env("CARGO_BUILD_BUILD_DIR", root.join("target"));
        command.env("CARGO_TARGET_DIR", root.join("target/hooks"));
        support::program::run(&mut command)
    }

    /// A path on which a `cargo` comes first that builds what it installs as the tests are built.
    fn path(&self) -> OsString {
        let bin = self.folder.path().join(".git/bin");
        if !bin.exists() {
            fs::create_dir(&bin).unwrap();
            let cargo = "#!/bin/sh\n[ \"$1\" != install ] || set -- \"$@\" --debug --locked\nexec \"$CARGO\" \"$@\"\n";
            fs::write(bin.join("cargo"), cargo).unwrap();
            let mut allow = Command::new("chmod");
            assert!(allow.arg("+x").arg(bin.join("cargo")).status().unwrap().success());
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&path))).unwrap()
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
    let project = project();
    let repository = Repository::new(project.path());
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
