//! Every code has a page of its own, and the examples of a finding are what they say. `BLESS=1 cargo test
//! --test codes` writes `docs/codes.md` anew.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clerkform::config::{holds_secret, masked};
use clerkform::failure::FailureCode;
use clerkform::finding::{Code, Example};
use clerkform::render::reference::codes_markdown;
use serde_json::Value;
use support::program::{clerkform, run};

/// The one thing like a secret that a page may show.
const MADE_UP: &str = "sk_test_madeUp";

/// The codes that an example yields, checked by the program or, with a state, planned.
fn codes(example: Example, given: Option<&str>) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let words = match (example, given) {
        (Example::Command(words), _) => {
            fs::create_dir(folder.path().join("configs")).unwrap();
            fs::write(folder.path().join("configs/clerk.yaml"), "{}\n").unwrap();
            words
        }
        (Example::File(text), given) => {
            fs::write(folder.path().join("clerk.yaml"), text).unwrap();
            if given.is_some() { "plan" } else { "validate" }
        }
    };
    if let Some(members) = given {
        fs::write(folder.path().join("clerk.state.json"), state(members)).unwrap();
    }
    let words = words.split(' ').chain(["--output-format", "json"]);
    let ran = run(clerkform(folder.path()).args(words));
    let document: Value = serde_json::from_str(&ran.stdout).expect(&ran.stderr);
    let found = match given {
        Some(_) => &document["targets"][0]["advisories"],
        None => &document["diagnostics"],
    };
    let found = found.as_array().unwrap_or_else(|| panic!("{ran:?}"));
    found.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// A state with these members and the rest of them empty.
fn state(members: &str) -> String {
    let mut state = serde_json::json!({
        "format_version": 1, "lineage": "3c2f3a4e-8f0d-4c57-9a50-6f1f0d1c2b3a", "serial": 3,
        "environment": null, "instance": {"id": "ins_2abc", "environment_type": "development"},
        "applied": {}, "uncertain": {}, "unreflected": {}, "in_flight": null,
    });
    let members: Value = serde_json::from_str(&format!("{{{members}}}")).unwrap();
    for (name, value) in members.as_object().unwrap() {
        state[name] = value.clone();
    }
    state.to_string()
}

#[test]
fn the_wrong_example_yields_the_code_alone_and_the_right_one_nothing() {
    for code in Code::ALL {
        let page = code.page();
        let expected = BTreeSet::from([code.to_string()]);
        assert_eq!(codes(page.wrong, page.given), expected, "{code}");
        assert_eq!(codes(page.right, page.given), BTreeSet::new(), "{code}");
    }
}

#[test]
fn no_page_shows_a_secret_save_one_that_is_made_up() {
    let document = codes_markdown::document();
    assert!(document.contains(MADE_UP));
    assert_eq!(masked(MADE_UP), "*".repeat(MADE_UP.len()));
    assert!(!holds_secret(&document.replace(MADE_UP, "")));
}

#[test]
fn the_committed_pages_are_those_that_explain_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md");
    let document = codes_markdown::document();
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &document).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        document == committed,
        "docs/codes.md is stale. Renew it with\n  BLESS=1 cargo test --test codes"
    );
}

#[test]
fn explain_prints_the_page_of_every_code() {
    let folder = tempfile::tempdir().unwrap();
    for code in Code::ALL {
        let ran = run(clerkform(folder.path()).args(["explain", code.as_str()]));
        assert_eq!(ran.exit, 0, "{ran:?}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = words(&ran.stdout);
        let page = code.page();
        let given = page.given.unwrap_or_default();
        for part in [page.meaning, page.why, given, text(page.wrong), text(page.right)] {
            assert!(shown.contains(&words(part)), "{code}: {shown}");
        }
    }
}

fn text(example: Example) -> &'static str {
    let (Example::File(text) | Example::Command(text)) = example;
    text
}

#[test]
fn explain_prints_the_page_of_every_failure() {
    let folder = tempfile::tempdir().unwrap();
    for code in FailureCode::ALL {
        let ran = run(clerkform(folder.path()).args(["explain", code.as_str()]));
        assert_eq!(ran.exit, 0, "{ran:?}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = words(&ran.stdout);
        for part in [code.meaning(), code.remedy()] {
            assert!(shown.contains(&words(part)), "{code}: {shown}");
        }
    }
    let of_any_status = run(clerkform(folder.path()).args(["explain", "http-502"]));
    let of_all = run(clerkform(folder.path()).args(["explain", FailureCode::HttpStatus.as_str()]));
    assert_eq!(of_any_status.stdout, of_all.stdout);
}

#[test]
fn a_code_means_one_thing_among_findings_and_failures() {
    let findings = Code::ALL.iter().map(|code| code.as_str());
    let mut words: Vec<&str> =
        findings.chain(FailureCode::ALL.iter().map(|code| code.as_str())).collect();
    let all = words.len();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), all);
}

/// The sources of the program, save those that declare codes and those that only test.
fn sources(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            found.extend(sources(&path));
        } else if path.is_file() && !["code.rs", "tests.rs", "samples.rs"].contains(&name) {
            let text = fs::read_to_string(&path).unwrap();
            found.push(text.split("#[cfg(test)]").next().unwrap().to_owned());
        }
    }
    found
}

#[test]
fn a_failure_is_given_by_its_declared_code_and_every_one_is_given() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for code in FailureCode::ALL {
        let given = format!("FailureCode::{code:?}");
        // The prefix of one code may be another.
        let is_given = |text: &String| {
            text.split(&given).skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        // The status of an answer stands for itself.
        let is_status = *code == FailureCode::HttpStatus;
        assert!(is_status || sources.iter().any(is_given), "{given} is never given");
        // Also names of something else.
        if code.as_str().contains('-') {
            let literal = format!("\"{code}\"");
            assert!(!sources.iter().any(|text| text.contains(&literal)), "{literal}");
        }
    }
}
