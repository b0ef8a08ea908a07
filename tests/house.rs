//! The rules of the house that no compiler knows: the pure stages have no effects, a stage uses
//! only those above it, and the committed schema is the one that the program prints.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::program::{clerkform, run};

/// The stages from top to bottom, as `lib.rs` lists them. The first ones are pure.
const STAGES: [&str; 12] = [
    "catalog", "finding", "config", "state", "plan", "render", "store", "api", "sandbox", "live",
    "apply", "commands",
];
const PURE: usize = 6;

/// What has no business in a pure stage.
const EFFECTS: [&str; 19] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::io",
    "std::thread",
    "std::time",
    "Instant::now",
    "SystemTime",
    "RandomState",
    "tokio",
    "reqwest",
    "uuid::",
    "rand::",
    "tempfile",
    "async ",
    ".await",
    "print!(",
    "println!(",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sources of a stage without their tests.
fn sources(stage: &str) -> Vec<(PathBuf, String)> {
    let (file, folder) = (root().join(format!("src/{stage}.rs")), root().join("src").join(stage));
    let mut found = Vec::new();
    if file.exists() {
        found.push(file);
    }
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    let is_test = |path: &PathBuf| {
        path.components().any(|part| {
            ["tests.rs", "tests", "samples.rs", "fake.rs", "memory.rs"]
                .iter()
                .any(|name| part.as_os_str() == *name)
        })
    };
    found
        .into_iter()
        .filter(|path| !is_test(&path.strip_prefix(root().join("src")).unwrap().to_owned()))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            (path, code.to_owned())
        })
        .collect()
}

/// The lines of code, without those that are only a comment.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn the_pure_stages_have_no_effects() {
    let mut seen = 0;
    for stage in &STAGES[..PURE] {
        for (path, text) in sources(stage) {
            seen += 1;
            for (line, code) in code(&text) {
                for effect in EFFECTS {
                    assert!(!code.contains(effect), "{}:{line}: {effect}", path.display());
                }
            }
        }
    }
    assert!(seen > PURE);
}

#[test]
fn a_stage_uses_only_those_above_it() {
    for (index, stage) in STAGES.iter().enumerate() {
        let files = sources(stage);
        assert!(!files.is_empty(), "{stage} is empty");
        for (path, text) in files {
            for (line, code) in code(&text) {
                for below in &STAGES[index + 1..] {
                    let used = code.contains(&format!("crate::{below}::"))
                        || code.contains(&format!("crate::{below};"));
                    assert!(!used, "{}:{line} uses {below}", path.display());
                }
            }
        }
    }
}

#[test]
fn the_committed_schema_is_the_one_that_the_program_prints() {
    let printed = run(clerkform(root()).arg("schema"));
    let committed = fs::read_to_string(root().join("schema/clerkform.schema.json")).unwrap();
    assert!(
        printed.stdout == committed,
        "schema/clerkform.schema.json is stale. Renew it with\n  \
         cargo run -- schema > schema/clerkform.schema.json"
    );
}

#[test]
fn no_field_is_named_outside_the_catalogue() {
    let names: Vec<&str> = clerkform::catalog::SECTIONS
        .iter()
        .flat_map(|section| section.fields.iter().map(|field| field.name))
        // Words that mean something else as well.
        .filter(|name| !["enabled", "allowed_origins"].contains(name))
        .collect();
    for stage in STAGES.iter().filter(|stage| **stage != "catalog") {
        for (path, text) in sources(stage) {
            for (line, code) in code(&text) {
                for name in &names {
                    assert!(
                        !code.contains(&format!("\"{name}\"")),
                        "{}:{line} knows of `{name}`",
                        path.display()
                    );
                }
            }
        }
    }
}
