//! What is prepared for the public catalogue of schemas, from which editors learn by a file's name
//! which schema it has: the entry is well formed, names our files and no others, and its two test
//! files are what they are for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clerkform::catalog::SECTIONS;
use clerkform::catalog::schema::{ENVIRONMENTS, TARGET};
use serde_json::Value;
use support::program::{clerkform, run};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemastore")
}

fn entry() -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("catalog-entry.json")).unwrap()).unwrap()
}

fn patterns() -> Vec<String> {
    let patterns = entry()["fileMatch"].clone();
    patterns.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// Whether a pattern, in which one `*` may stand for anything, is the name's.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((begin, end)) => {
            name.len() >= begin.len() + end.len() && name.starts_with(begin) && name.ends_with(end)
        }
    }
}

fn is_ours(name: &str) -> bool {
    patterns().iter().any(|pattern| matches(pattern, name))
}

/// A test file, and the places in it that do not fit the committed schema.
fn tested(name: &str) -> (Value, Vec<String>) {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    let document: Value = serde_yaml::from_str(&text).unwrap();
    let schema = folder().with_file_name("schema").join("clerkform.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::draft7::new(&schema).unwrap();
    let errors = validator.iter_errors(&document);
    let wrong = errors.map(|error| error.instance_path().to_string()).collect();
    (document, wrong)
}

fn validate(name: &str) -> Value {
    let file = folder().join(name);
    let told = run(clerkform(file.parent().unwrap()).args(["validate", "--output-format", "json"]));
    serde_json::from_str(&told.stdout).unwrap()
}

#[test]
fn the_entry_has_what_the_catalogue_asks_for() {
    let entry = entry();
    let members: BTreeSet<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["name", "description", "fileMatch", "url"]));
    // Until there is an address the words stand in its place that the folder's README explains.
    let url = entry["url"].as_str().unwrap();
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    assert!(url.starts_with("https://") || readme.contains(&format!("`{url}`")), "{url}");
    assert!(patterns().iter().all(|pattern| pattern.matches('*').count() <= 1));
}

#[test]
fn the_entry_names_what_the_program_reads_by_itself() {
    for name in ["clerk.yaml", "clerk.yml"] {
        assert!(is_ours(name), "{name}");
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), "instance: {hibp: true}\n").unwrap();
        let read = run(clerkform(folder.path()).arg("validate"));
        assert_eq!(read.exit, 0, "{read:?}");
    }
    assert!(is_ours("clerk.production.yaml"));
}

#[test]
fn the_entry_leaves_other_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clerk.yaml"), "instance: {hibp: true}\n").unwrap();
    for words in [
        vec!["apply", "--sandbox", "--yes"],
        vec!["state", "adopt"],
        vec!["plan", "--out", "clerk.plan.json"],
    ] {
        let ran = run(clerkform(folder.path()).args(&words));
        assert_eq!(ran.exit, 0, "{words:?}: {ran:?}");
    }
    let written: BTreeSet<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "clerk.yaml")
        .collect();
    assert!(written.contains("clerk.state.json") && written.len() > 3, "{written:?}");
    for name in written.iter().map(String::as_str).chain([
        "clerk.production.state.json",
        "clerkform.schema.json",
        "my-clerk.yaml",
        "clerks.yaml",
        "clerk.json",
    ]) {
        assert!(!is_ours(name), "{name}");
    }
}

#[test]
fn the_good_file_has_every_section_and_no_problem() {
    let (document, wrong) = tested("test/clerk.yaml");
    assert!(wrong.is_empty(), "{wrong:?}");
    for key in SECTIONS.map(|section| section.name).into_iter().chain([TARGET, ENVIRONMENTS]) {
        assert!(document.get(key).is_some(), "{key}");
    }
    assert_eq!(validate("test/clerk.yaml")["diagnostics"], serde_json::json!([]));
}

#[test]
fn the_bad_file_has_a_problem_in_every_section() {
    let (_, wrong) = tested("negative_test/clerk.yaml");
    let told = validate("negative_test/clerk.yaml");
    let told: Vec<&str> = told["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["path"].as_str().unwrap())
        .collect();
    for key in SECTIONS.map(|section| section.name).into_iter().chain([TARGET, ENVIRONMENTS]) {
        let place = format!("/{key}");
        assert!(wrong.iter().any(|path| path.starts_with(&place)), "{place}: {wrong:?}");
        assert!(told.iter().any(|path| path.starts_with(&place)), "{place}: {told:?}");
    }
}
