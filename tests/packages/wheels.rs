//! What pip, uv and pre-commit install is the program.

use std::fs;
use std::path::{Path, PathBuf};

use super::desk::Desk;
use super::managers::MANAGERS;
use super::registry::{TARGET, VERSION, registry, root, script, scripted};
use super::support::installing::commands;
use super::support::program::{Ran, run};
use super::support::tools;

/// The folder of `pre-commit`.
pub const PRE_COMMIT: &str = "pre-commit";

/// The one wheel in a folder.
fn wheel(folder: &Path) -> PathBuf {
    let mut wheels = fs::read_dir(folder).unwrap();
    let wheel = wheels.next().unwrap().unwrap().path();
    assert!(wheels.next().is_none());
    wheel
}

/// Installs with pip, and takes away what was installed.
pub fn pip() {
    let desk = Desk::new();
    desk.succeed("python3", &["-m", "venv", "environment"]);
    let scripts = desk.path("environment/bin");
    let before = fs::read_dir(&scripts).unwrap().count();
    let pip = scripts.join("pip");
    desk.succeed(&pip, &["install", "--quiet", "--only-binary", ":all:", "clerkform"]);
    let program = scripts.join("clerkform");
    desk.assert_is_the_program(&[program.to_str().unwrap()]);
    assert!(fs::read(&program).unwrap() == fs::read(&registry().program).unwrap());

    let shown = desk.succeed(&pip, &["show", "clerkform"]).stdout;
    assert!(shown.contains(&format!("Version: {VERSION}\n")), "{shown}");
    desk.succeed(&pip, &["uninstall", "--quiet", "--yes", "clerkform"]);
    assert_eq!(fs::read_dir(&scripts).unwrap().count(), before);
}

/// Runs without an installation, and installs as a tool.
pub fn uv() {
    let desk = Desk::new();
    let programs = tools::folder(MANAGERS).join("bin");
    desk.assert_is_the_program(&[programs.join("uvx").to_str().unwrap(), "clerkform"]);
    desk.succeed(programs.join("uv"), &["tool", "install", "clerkform"]);
    let program = desk.path("../.local/bin/clerkform");
    desk.assert_is_the_program(&[program.to_str().unwrap()]);
}

/// What the README tells those who have Python.
pub fn of_the_readme() {
    let commands = commands("Python");
    let [once, installed] = commands.as_slice() else { panic!("{commands:?}") };
    let desk = Desk::new();
    desk.assert_plans(once);
    desk.shell(installed);
    desk.assert_is_the_program(&[desk.path("../.local/bin/clerkform").to_str().unwrap()]);
}

/// Whether a wheel keeps what its name promises of glibc.
fn floor(wheel: &Path) -> Ran {
    let auditwheel = tools::folder(MANAGERS).join("bin/auditwheel");
    run(script("packaging/pypi/floor.py").arg(wheel).env("AUDITWHEEL", auditwheel))
}

/// A program for an older system fits, one that is built for this machine does not.
pub fn floors() {
    let folder = tempfile::tempdir().unwrap();
    // Its makers promise the same of this one.
    let just = tools::folder("house").join("bin/just");
    let packed = format!("{TARGET}={}", just.display());
    scripted("packaging/pypi/pack.py", &[folder.path().to_str().unwrap(), &packed]);
    let ran = floor(&wheel(folder.path()));
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.stdout.contains(": fits manylinux_2_"), "{ran:?}");

    let ran = floor(&wheel(&registry().wheels));
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains(" needs manylinux_2_"), "{ran:?}");

    let elsewhere = Path::new("clerkform-1.0.0-py3-none-win_amd64.whl");
    let ran = floor(elsewhere);
    assert!(ran.exit == 0 && ran.stdout.contains("promises no glibc"), "{ran:?}");
}

/// A git command in a folder of a desk.
fn git(desk: &Desk, folder: &str, words: &[&str]) {
    let mut command = desk.command("git");
    command.args(["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]);
    let ran = run(command.args(words).current_dir(desk.path(folder)));
    assert_eq!(ran.exit, 0, "{ran:?}");
}

/// Runs the hooks as `.pre-commit-config.yaml` has them; gives back how each ended, too.
fn hooks(desk: &Desk) -> (Ran, Vec<String>) {
    let program = tools::folder(PRE_COMMIT).join("bin/pre-commit");
    let ran = run(desk.command(program).args(["run", "--all-files", "--color", "never"]));
    let ending = |line: &str| Some(line.rsplit_once("....")?.1.trim_start_matches('.').to_owned());
    let endings = ran.stdout.lines().filter_map(ending).collect();
    (ran, endings)
}

/// The real pre-commit installs the hooks with the wheel, from a tag of their repository.
pub fn pre_commit() {
    let desk = Desk::new();
    let hooked = desk.path("hooks");
    scripted("packaging/pre-commit/pack.py", &[hooked.to_str().unwrap()]);
    let tag = format!("v{VERSION}");
    for words in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "All"], &["tag", &tag]] {
        git(&desk, "hooks", words);
    }
    git(&desk, "", &["init", "-q"]);
    // What a user reads on the page of the hooks, but for where they are.
    let page = fs::read_to_string(hooked.join("README.md")).unwrap();
    let (_, block) = page.split_once("```yaml\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let place = block.lines().find_map(|line| line.trim().strip_prefix("- repo: ")).unwrap();
    let block = block.replace(place, hooked.to_str().unwrap());
    desk.write("project/.pre-commit-config.yaml", &block);
    git(&desk, "", &["add", "clerk.yaml"]);

    let (ran, endings) = hooks(&desk);
    assert_eq!((ran.exit, endings), (0, vec!["Passed".into(), "Passed".into()]), "{}", ran.stdout);

    desk.write("project/clerk.yaml", "instance:\n  hbip: true\n");
    let (ran, endings) = hooks(&desk);
    assert_eq!((ran.exit, endings), (1, vec!["Passed".into(), "Failed".into()]), "{}", ran.stdout);
    assert!(ran.stdout.contains("did you mean `hibp`?"), "{}", ran.stdout);

    desk.write("project/clerk.yaml", "instance:\n  cookieless_dev: true\n");
    let (ran, endings) = hooks(&desk);
    assert_eq!((ran.exit, endings), (1, vec!["Failed".into(), "Passed".into()]), "{}", ran.stdout);
    let fixed = fs::read_to_string(desk.path("clerk.yaml")).unwrap();
    assert_eq!(fixed, "instance:\n  url_based_session_syncing: true\n");
}

/// The packaged hooks are the project's own, but for the language.
pub fn same_hooks() {
    let folder = tempfile::tempdir().unwrap();
    scripted("packaging/pre-commit/pack.py", &[folder.path().to_str().unwrap()]);
    let name = ".pre-commit-hooks.yaml";
    let own = fs::read_to_string(root().join(name)).unwrap();
    let packed = fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(packed, own.replace("language: rust", "language: python"));
    assert_eq!(packed.matches("language: python").count(), own.matches("- id: ").count());
}
