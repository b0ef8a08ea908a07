//! The first hour in a repository: what is found, what is written, and what is told of git.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::program::{Ran, clerkform, run};

fn ran(folder: &Path, arguments: &[&str]) -> Ran {
    run(clerkform(folder).args(arguments))
}

#[test]
fn a_file_is_looked_for_up_to_the_root_of_the_repository_and_the_one_that_is_taken_is_told() {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("shop");
    let inner = root.join("a/b");
    fs::create_dir_all(&inner).unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    let file = "instance: {hibp: true}\n";
    fs::write(outer.path().join("clerk.yaml"), file).unwrap();
    let missing = ran(&inner, &["plan"]);
    assert_eq!(missing.exit, 1, "{missing:?}");
    fs::write(root.join("clerk.yml"), file).unwrap();
    for (folder, found) in [("a/b", "../../clerk.yml"), ("a", "../clerk.yml")] {
        let plan = ran(&root.join(folder), &["plan"]);
        assert_eq!(plan.exit, 0, "{plan:?}");
        assert!(plan.stderr.contains(&format!("Using {found}.\n")), "{plan:?}");
        assert!(plan.stdout.contains(&format!("{found}:1:12")), "{plan:?}");
    }
    let named = ran(&root.join("a"), &["plan", "../clerk.yml"]);
    let beside = ran(&root, &["plan"]);
    assert!(!named.stderr.contains("Using") && !beside.stderr.contains("Using"));
    let written = ran(&inner, &["init"]);
    assert!(written.exit == 0 && inner.join("clerk.yaml").exists(), "{written:?}");
}

#[test]
fn init_adds_to_a_gitignore_what_is_missing_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let ignored = || fs::read_to_string(folder.path().join(".gitignore")).ok();
    assert_eq!(ran(folder.path(), &["init", "a.yaml"]).exit, 0);
    assert_eq!(ignored(), None);
    fs::create_dir(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join(".gitignore"), "/target\n*.state.json.lock").unwrap();
    assert_eq!(ran(folder.path(), &["init", "b.yaml"]).exit, 0);
    let all = "/target\n*.state.json.lock\n.*.json.tmp\n*.sandbox.*.json\n";
    assert_eq!(ignored().as_deref(), Some(all));
    assert_eq!(ran(folder.path(), &["init", "c.yaml"]).exit, 0);
    assert_eq!(ignored().as_deref(), Some(all));
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, told) = readme.split_once("```gitignore\n").unwrap();
    assert!(told.starts_with(all.strip_prefix("/target\n").unwrap()));
}

#[test]
fn init_writes_the_schema_that_its_first_line_names_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let first = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let schema = folder.path().join("clerkform.schema.json");
    assert_eq!(ran(folder.path(), &["init", "a.yaml", "--no-schema"]).exit, 0);
    assert!(!first("a.yaml").contains("$schema") && !schema.exists());
    assert_eq!(ran(folder.path(), &["init", "b.yaml"]).exit, 0);
    let told = "# yaml-language-server: $schema=clerkform.schema.json\n";
    assert!(first("b.yaml").starts_with(told));
    assert_eq!(fs::read_to_string(&schema).unwrap(), ran(folder.path(), &["schema"]).stdout);
    fs::write(&schema, "mine").unwrap();
    assert_eq!(ran(folder.path(), &["init", "c.yaml"]).exit, 0);
    assert_eq!(fs::read_to_string(&schema).unwrap(), "mine");
}

#[test]
fn import_writes_beside_its_file_what_init_does() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    let told = |ran: &Ran, name: &str| ran.stdout.lines().any(|line| line.contains(name));

    let bare = ran(folder.path(), &["import", "--sandbox", "-o", "a.yaml", "--no-schema"]);
    assert_eq!(bare.exit, 0, "{bare:?}");
    assert!(!read("a.yaml").contains("$schema") && read("clerkform.schema.json").is_empty());
    assert!(read(".gitignore").contains("*.state.json.lock") && told(&bare, ".gitignore"));

    let whole = ran(folder.path(), &["import", "--sandbox", "-o", "b.yaml"]);
    assert_eq!(whole.exit, 0, "{whole:?}");
    assert!(read("b.yaml").starts_with("# yaml-language-server: $schema=clerkform.schema.json\n"));
    assert_eq!(read("clerkform.schema.json"), ran(folder.path(), &["schema"]).stdout);
    assert!(told(&whole, "clerkform.schema.json") && !told(&whole, ".gitignore"), "{whole:?}");

    // Standard output is one document, and what is there is neither written over nor told again.
    fs::write(folder.path().join("clerkform.schema.json"), "mine").unwrap();
    let json = ["import", "--sandbox", "-e", "a", "-o", "c.yaml", "--output-format", "json"];
    let json = ran(folder.path(), &json);
    assert_eq!((json.exit, read("clerkform.schema.json").as_str()), (0, "mine"), "{json:?}");
    assert!(serde_json::from_str::<serde_json::Value>(&json.stdout).is_ok(), "{json:?}");
    assert!(json.stderr.contains("clerkform.schema.json already exists"), "{json:?}");
    // `fmt` leaves what is commented out where it can be uncommented.
    let formatted = ran(folder.path(), &["fmt", "--check", "a.yaml", "b.yaml", "c.yaml"]);
    assert_eq!(formatted.exit, 0, "{formatted:?}");
}

#[test]
fn every_environment_that_init_suggests_is_free_of_warnings() {
    let folder = tempfile::tempdir().unwrap();
    let starter = ran(folder.path(), &["init", "-"]).stdout;
    let (_, environments) = starter.split_once("\n# environments:").unwrap();
    let lines: Vec<&str> =
        environments.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    fs::write(folder.path().join("clerk.yaml"), format!("environments:{}\n", lines.join("\n")))
        .unwrap();
    let checked = ran(folder.path(), &["validate", "--strict"]);
    assert_eq!(checked.exit, 0, "{checked:?}");
}

#[test]
fn status_tells_when_git_last_recorded_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(folder.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .env("GIT_COMMITTER_DATE", "2020-02-03T04:05:06Z");
        assert!(git.args(arguments).status().unwrap().success());
    };
    git(&["init", "-q"]);
    fs::write(folder.path().join("clerk.yaml"), "instance: {hibp: true}\n").unwrap();
    assert_eq!(ran(folder.path(), &["state", "adopt"]).exit, 0);
    let status = || ran(folder.path(), &["status", "--output-format", "json"]).stdout;
    assert!(status().contains("\"committed\": null"));
    git(&["add", "clerk.state.json"]);
    git(&["commit", "-qm", "a"]);
    assert!(status().contains("\"committed\": \"2020-02-03T04:05:06"), "{}", status());
}

#[test]
fn state_forget_takes_files_as_its_siblings_do() {
    let folder = tempfile::tempdir().unwrap();
    let ran = |arguments: &[&str]| ran(folder.path(), arguments);
    for name in ["a.yaml", "clerk.yaml", "odd"] {
        let file = "instance: {hibp: true}\nrestrictions: {allowlist: true, blocklist: true}\n";
        fs::write(folder.path().join(name), file).unwrap();
        assert_eq!(ran(&["state", "adopt", name]).exit, 0);
    }
    let forgotten = |arguments: &[&str]| {
        let forgotten = ran(&[&["state", "forget"], arguments].concat());
        assert_eq!(forgotten.exit, 0, "{arguments:?}: {forgotten:?}");
        let lines = forgotten.stdout.lines();
        lines.map(|line| line.split(": ").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(forgotten(&["instance.hibp"]), ["clerk.state.json"]);
    assert_eq!(forgotten(&["instance.hibp", "a.yaml"]), ["a.state.json"]);
    let both = ["a.state.json", "clerk.state.json"];
    assert_eq!(forgotten(&["./a.yaml", "restrictions.allowlist", "clerk.yaml"])[1], both[1]);
    assert_eq!(forgotten(&["-f", "a.yaml", "restrictions.blocklist"]), ["a.state.json"]);
    assert_eq!(forgotten(&["--file", "odd", "restrictions"]), ["odd.state.json"]);

    let nothing = ran(&["state", "forget", "a.yaml"]);
    assert_eq!(nothing.exit, 64, "{nothing:?}");
    assert!(nothing.stderr.contains("does not say what to forget"), "{nothing:?}");
    let unknown = ran(&["state", "forget", "odd"]);
    assert!(unknown.stderr.contains("does not record `odd`"), "{unknown:?}");
}
