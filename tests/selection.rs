//! Which files a run is about: folders, globs, lists of names, what changed since a revision, and the
//! files that these extend.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

#[path = "selection/left_out.rs"]
mod left_out;
mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::program::{Ran, clerkform, run};
use tempfile::TempDir;

/// A fleet of two applications with a base, and what lies about beside them.
fn fleet() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("apps/clerk.base.yaml", "instance: {hibp: true}\n"),
        ("apps/acme/clerk.yaml", "extends: ../clerk.base.yaml\n"),
        ("apps/shop/eu/clerk.yml", "restrictions: {blocklist: true}\n"),
        ("apps/shop/clerk.test.yaml", "extends: ../clerk.base.yaml\n"),
        ("apps/shop/values.yaml", "replicas: 3\n"),
        ("apps/shop/clerk.state.json", "{}\n"),
        ("apps/shop/clerk.sandbox.instance.json", "{}\n"),
        ("apps/old/clerk.yaml", "nonsense: 1\n"),
        ("apps/.hidden/clerk.yaml", "nonsense: 1\n"),
        (".gitignore", "old/\n"),
    ] {
        write(&folder, name, text);
    }
    folder
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn git(folder: &TempDir, words: &[&str]) {
    let git = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(words)
        .current_dir(folder.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(git.success(), "{words:?}");
}

fn at(folder: &Path, words: &[&str]) -> Ran {
    run(clerkform(folder).args(words))
}

fn piped(folder: &TempDir, words: &[&str], input: &str) -> Ran {
    let file = folder.path().join(".input");
    fs::write(&file, input).unwrap();
    run(clerkform(folder.path()).args(words).stdin(fs::File::open(file).unwrap()))
}

/// The configurations of the targets that are planned.
fn planned(ran: &Ran) -> Vec<String> {
    assert_eq!(ran.exit, 0, "{ran:?}");
    configs(&serde_json::from_str(&ran.stdout).unwrap())
}

fn configs(document: &Value) -> Vec<String> {
    let targets = document["targets"].as_array().unwrap().iter();
    targets.map(|target| target["config"].as_str().unwrap().to_owned()).collect()
}

const JSON: [&str; 3] = ["plan", "--output-format", "json"];
const ALL: [&str; 3] =
    ["apps/acme/clerk.yaml", "apps/shop/clerk.test.yaml", "apps/shop/eu/clerk.yml"];

#[test]
fn a_folder_or_a_glob_stands_for_the_configurations_below_it() {
    let fleet = fleet();
    let plan = |words: &[&str]| planned(&at(fleet.path(), &[&JSON[..], words].concat()));
    assert_eq!(plan(&["apps"]), ALL);
    assert_eq!(plan(&["./apps/"]), ALL);
    assert_eq!(plan(&["."]), ALL);
    assert_eq!(plan(&["apps/**"]), ALL);
    assert_eq!(plan(&["apps/*"]), ALL);
    assert_eq!(plan(&["{apps,libs}/**/clerk.*"]), ALL);
    assert_eq!(plan(&["apps/{acme,shop/eu}/clerk.y{,a}ml"]), [ALL[0], ALL[2]]);
    assert_eq!(plan(&["apps/**/clerk.yaml"]), ["apps/acme/clerk.yaml"]);
    assert_eq!(plan(&["apps/sh?p"]), ALL[1..]);
    assert_eq!(plan(&["apps", "--exclude", "shop"]), ALL[..1]);
    assert_eq!(plan(&["apps", "--exclude", "apps/*/eu", "--exclude", "acme/"]), ALL[1..2]);
    // What is named twice is one target, by its name first.
    assert_eq!(plan(&["apps/shop/eu/clerk.yml", "apps"]), [ALL[2], ALL[0], ALL[1]]);
    let whole = dunce::canonicalize(fleet.path()).unwrap().join("apps/sh*");
    let shown = plan(&[whole.to_str().unwrap()]);
    assert!(
        shown.len() == 2 && shown.iter().all(|path| Path::new(path).is_absolute()),
        "{shown:?}"
    );
}

#[test]
fn a_base_that_is_found_is_no_target_and_one_that_is_named_is() {
    let fleet = fleet();
    let ran = at(fleet.path(), &["plan", "apps"]);
    assert!(ran.stderr.contains("Skipped 1 file that others extend."), "{ran:?}");
    let named = ["apps/clerk.base.yaml", "apps/acme"];
    let shown = planned(&at(fleet.path(), &[&JSON[..], &named].concat()));
    assert_eq!(shown, ["apps/clerk.base.yaml", "apps/acme/clerk.yaml"]);
    write(&fleet, "apps/clerk.base.yaml", "instance: {hibp: 1}\n");
    let ran = at(fleet.path(), &["validate", "apps", "--output-format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["files"], 3);
    assert_eq!(document["diagnostics"].as_array().unwrap().len(), 1);
    assert_eq!(document["diagnostics"][0]["file"], "apps/clerk.base.yaml");
}

#[test]
fn what_matches_nothing_is_an_error_that_says_so() {
    let fleet = fleet();
    fs::create_dir(fleet.path().join("empty")).unwrap();
    for (word, told) in [
        ("apps/*/none.yaml", "nothing matches `apps/*/none.yaml`"),
        ("gone/**", "nothing matches `gone/**`"),
        ("apps/shop/values.*", "nothing matches"),
        ("empty", "there is no configuration in the folder `empty`"),
    ] {
        for command in ["plan", "validate", "fmt", "fix"] {
            let ran = at(fleet.path(), &[command, word]);
            assert_eq!(ran.exit, 1, "{ran:?}");
            assert!(format!("{}{}", ran.stdout, ran.stderr).contains(told), "{ran:?}");
        }
        let ran = at(fleet.path(), &["state", "show", word]);
        assert!(ran.exit == 1 && ran.stderr.contains(told), "{ran:?}");
    }
    let ran = at(fleet.path(), &["plan", "apps", "--exclude", "apps"]);
    assert_eq!(ran.exit, 64, "{ran:?}");
    let ran = at(fleet.path(), &["plan", "apps/{a"]);
    assert_eq!(ran.exit, 64, "{ran:?}");
}

#[test]
fn names_come_from_a_list() {
    let fleet = fleet();
    let from = |words: &[&str], input: &str| {
        planned(&piped(&fleet, &[&JSON[..], &["--files-from", "-"], words].concat(), input))
    };
    assert_eq!(from(&[], "apps/acme/clerk.yaml\r\n\napps/shop\n"), ALL);
    assert_eq!(from(&["-0"], "apps/acme/clerk.yaml\0apps/shop/eu/clerk.yml\0"), [ALL[0], ALL[2]]);
    assert_eq!(from(&["apps/acme"], "apps/shop/eu/clerk.yml"), [ALL[0], ALL[2]]);
    // None is what nothing changed means, and not the default file.
    assert!(from(&[], "").is_empty());
    write(&fleet, "list", "apps/acme/clerk.yaml");
    assert_eq!(
        at(fleet.path(), &["validate", "--files-from", "list"]).stdout,
        "2 files are valid.\n"
    );
    for (words, exit) in [
        (&["plan", "--files-from", "gone"][..], 1),
        (&["plan", "--files-from", "-", "-"], 64),
        (&["plan", "-0"], 64),
        (&["apply", "--plan", "x", "--files-from", "list"], 64),
    ] {
        assert_eq!(at(fleet.path(), words).exit, exit, "{words:?}");
    }
    assert_eq!(piped(&fleet, &["plan", "--files-from", "-"], "a\0b\0").exit, 1);
}

#[test]
fn what_differs_from_a_revision_is_kept_with_what_it_extends() {
    let fleet = fleet();
    git(&fleet, &["init", "-q"]);
    git(&fleet, &["add", "-A"]);
    git(&fleet, &["commit", "-qm", "All"]);
    let since = |words: &[&str]| {
        let words = [&JSON[..], &["apps", "--changed-since", "HEAD"], words].concat();
        planned(&at(fleet.path(), &words))
    };
    assert!(since(&[]).is_empty());
    write(&fleet, "apps/shop/eu/clerk.yml", "restrictions: {blocklist: false}\n");
    assert_eq!(since(&[]), ALL[2..]);
    // A broken file that did not change is none of this run's business.
    write(&fleet, "apps/clerk.base.yaml", "instance: {hibp: false}\n");
    assert_eq!(since(&[]), ALL);
    git(&fleet, &["commit", "-qam", "Changed"]);
    let first =
        planned(&at(fleet.path(), &[&JSON[..], &["apps", "--changed-since", "HEAD~1"]].concat()));
    assert_eq!(first, ALL);
    write(&fleet, "apps/new/clerk.yaml", "instance: {hibp: true}\n");
    assert_eq!(since(&[]), ["apps/new/clerk.yaml"]);
    let ran = at(&fleet.path().join("apps"), &["plan", "shop", "new", "--changed-since", "HEAD"]);
    assert!(ran.stdout.contains("new/clerk.yaml") && !ran.stdout.contains("shop"), "{ran:?}");
    assert!(ran.stderr.contains("Skipped 2 files unchanged since HEAD."), "{ran:?}");
    for revision in ["gone", "--help", ""] {
        let ran = at(fleet.path(), &["plan", "apps", &format!("--changed-since={revision}")]);
        assert!(ran.exit == 1 && ran.stderr.contains("unknown-revision"), "{ran:?}");
    }
}

#[test]
fn shards_share_the_targets_wherever_they_are_run() {
    let fleet = fleet();
    git(&fleet, &["init", "-q"]);
    let mut all: Vec<String> = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let words = [&JSON[..], &["apps", "--shard", shard]].concat();
        let part = planned(&at(fleet.path(), &words));
        let inside = planned(&at(
            &fleet.path().join("apps"),
            &[&JSON[..], &["acme", "shop", "--shard", shard]].concat(),
        ));
        let inside: Vec<String> = inside.iter().map(|path| format!("apps/{path}")).collect();
        assert_eq!(part, inside);
        all.extend(part);
    }
    all.sort();
    assert_eq!(all, ALL);
    assert_eq!(at(fleet.path(), &["plan", "apps", "--shard", "4/3"]).exit, 64);
    // Where a part has none, that is said, and is no failure.
    let empty = (1..=50).map(|part| format!("{part}/50")).find(|shard| {
        planned(&at(fleet.path(), &[&JSON[..], &["apps", "--shard", shard]].concat())).is_empty()
    });
    let shard = empty.unwrap();
    let left = "No target is left to look at: `--shard` leaves out all of them.";
    for (command, start) in [("plan", "No changes."), ("drift", "Nothing to compare.")] {
        let ran = at(fleet.path(), &[command, "apps", "--shard", &shard]);
        assert_eq!((ran.exit, ran.stdout), (0, format!("{start} {left}\n")), "{command}");
        assert!(ran.stderr.contains("of other shards."), "{}", ran.stderr);
    }
    let ran = at(fleet.path(), &["apply", "-y", "apps", "--shard", &shard]);
    assert_eq!((ran.exit, ran.stdout), (0, format!("No changes. {left}\n")));
}

#[test]
fn validate_fmt_and_fix_look_only_at_what_differs_from_a_revision() {
    let fleet = fleet();
    let (old, new) = ("apps/one/clerk.yaml", "apps/two/clerk.yaml");
    let untidy = "restrictions: {blocklist: true}\ninstance: {hibp: true, cookieless_dev: true}\n";
    write(&fleet, old, &untidy.replace("true", "1"));
    git(&fleet, &["init", "-q"]);
    git(&fleet, &["add", "-A"]);
    git(&fleet, &["commit", "-qm", "All"]);
    let since = |words: &[&str]| {
        let ran = at(fleet.path(), &[words, &["apps", "--changed-since", "HEAD"]].concat());
        assert!(!ran.stdout.contains(old) && !ran.stderr.contains(old), "{ran:?}");
        ran
    };
    let ran = since(&["validate"]);
    assert_eq!((ran.exit, &*ran.stdout), (0, "0 files are valid.\n"));
    assert!(ran.stderr.contains("Skipped 4 files unchanged since HEAD."), "{ran:?}");
    assert_eq!(since(&["fmt", "--check"]).exit, 0);
    assert_eq!(since(&["fix", "--diff"]).exit, 0);

    // What extends a file that differs is validated with it; each is formatted for itself.
    write(&fleet, "apps/clerk.base.yaml", "instance: {hibp: 1}\n");
    let ran = since(&["validate", "--output-format", "json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.exit, &found["files"]), (1, &Value::from(2)));
    assert_eq!(found["diagnostics"][0]["file"], "apps/clerk.base.yaml");
    write(&fleet, "apps/clerk.base.yaml", untidy);
    write(&fleet, new, untidy);
    let ran = since(&["fmt"]);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.stdout.contains("clerk.base.yaml") && ran.stdout.contains(new), "{ran:?}");
    assert!(!ran.stdout.contains("acme"), "{ran:?}");
    let left = fs::read_to_string(fleet.path().join(old)).unwrap();
    assert_eq!(left, untidy.replace("true", "1"));
}

#[test]
fn shards_of_validate_share_the_files_and_each_tells_of_its_own() {
    let fleet = fleet();
    git(&fleet, &["init", "-q"]);
    for app in ["a", "b", "c", "d", "e", "f"] {
        write(&fleet, &format!("apps/{app}/clerk.yaml"), "instance: {hibp: 1}\n");
    }
    let part = |folder: &Path, shard: &str| {
        let words = ["validate", ".", "--output-format", "json", "--shard", shard];
        let ran = at(folder, &words);
        let found: Value = serde_json::from_str(&ran.stdout).unwrap();
        let diagnostics = found["diagnostics"].as_array().unwrap().iter();
        let files = diagnostics.map(|it| it["file"].as_str().unwrap().to_owned());
        (found["files"].as_u64().unwrap(), files.collect::<Vec<_>>(), ran.stderr)
    };
    let (mut number, mut broken) = (0, Vec::new());
    for shard in ["1/3", "2/3", "3/3"] {
        let (files, found, notes) = part(fleet.path(), shard);
        let (others, inside, _) = part(&fleet.path().join("apps"), shard);
        let inside: Vec<String> = inside.iter().map(|path| format!("apps/{path}")).collect();
        assert_eq!((files, &found), (others, &inside), "it matters where it is run");
        assert!(notes.contains("of other shards."), "{notes}");
        number += files;
        broken.extend(found);
    }
    broken.sort();
    assert_eq!(number, 9, "each file is in one part");
    assert_eq!(broken, ["a", "b", "c", "d", "e", "f"].map(|app| format!("apps/{app}/clerk.yaml")));
    assert_eq!(at(fleet.path(), &["validate", "apps", "--shard", "4/3"]).exit, 64);
}

#[test]
fn only_what_is_in_the_repository_is_extended_and_a_link_does_not_lead_out() {
    let around = tempfile::tempdir().unwrap();
    write(&around, "secret.yaml", "instance: {hibp: true}\n");
    write(&around, "repo/.git/HEAD", "");
    write(&around, "repo/a/clerk.yaml", "extends: ../../secret.yaml\n");
    write(&around, "repo/b/clerk.yaml", "extends: base.yaml\n");
    write(&around, "repo/c/clerk.yaml", "extends: ../-\n");
    write(&around, "repo/-", "instance: {hibp: true}\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../../secret.yaml", around.path().join("repo/b/base.yaml"))
        .unwrap();
    let repo = around.path().join("repo");
    let told = "outside the repository";
    for file in if cfg!(unix) { &["a", "b"][..] } else { &["a"] } {
        // From wherever it is run: the repository is the one around the file.
        for (folder, file) in [
            (&repo, format!("{file}/clerk.yaml")),
            (&around.path().to_owned(), format!("repo/{file}/clerk.yaml")),
        ] {
            let ran = at(folder, &["validate", &file]);
            assert!(ran.exit == 1 && ran.stdout.contains(told), "{ran:?}");
        }
    }
    let ran = at(&repo, &["validate", "c/clerk.yaml"]);
    assert_eq!(ran.stdout, "2 files are valid.\n", "{ran:?}");
    fs::remove_dir_all(repo.join(".git")).unwrap();
    let ran = at(&repo, &["validate", "a/clerk.yaml"]);
    assert!(ran.stdout.contains("outside the working directory"), "{ran:?}");
    assert_eq!(at(around.path(), &["validate", "repo/a/clerk.yaml"]).exit, 0);
}

#[test]
fn a_base_with_environments_asks_for_one_and_completes_it() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "base.yaml", "environments: {eu: {}, us: {instance: {hibp: true}}}\n");
    write(&folder, "clerk.yaml", "extends: base.yaml\n");
    let ran = at(folder.path(), &["plan"]);
    assert!(ran.stderr.contains("`-e eu` or `-e us`"), "{ran:?}");
    let ran = at(folder.path(), &["state", "show"]);
    assert!(ran.stderr.contains("`-e eu` or `-e us`"), "{ran:?}");
    assert_eq!(at(folder.path(), &["apply", "-e", "us", "--sandbox", "--yes"]).exit, 0);
    // Which file sets a value is no part of what is done.
    let sum = |words: &[&str]| {
        let ran = at(folder.path(), &[&JSON[..], words].concat());
        serde_json::from_str::<Value>(&ran.stdout).unwrap()["checksum"].clone()
    };
    let before = sum(&["-e", "us"]);
    write(&folder, "clerk.yaml", "environments: {eu: {}, us: {instance: {hibp: true}}}\n");
    assert_eq!(before, sum(&["-e", "us"]));
}
