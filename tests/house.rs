//! The rules of the house that no compiler knows: the pure stages have no effects, a stage uses
//! only those above it, and the committed schema is the one that the program prints.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;

use support::paths::{Used, used};
use support::program::{clerkform, run};
use support::sources::{module, root, sources};

/// The stages from top to bottom, as `lib.rs` lists them. The first ones are pure.
const STAGES: [&str; 16] = [
    "catalog",
    "finding",
    "failure",
    "text",
    "config",
    "state",
    "plan",
    "render",
    "interrupt",
    "network",
    "store",
    "api",
    "sandbox",
    "live",
    "apply",
    "commands",
];
const PURE: usize = 8;

/// What of the standard library has no business in a pure stage.
const EFFECTS: [&str; 8] = ["env", "fs", "io", "net", "os", "process", "thread", "time"];

/// Nor have these, wherever they are from: a clock, randomness, waiting, printing.
const WORDS: [&str; 10] = [
    "Instant",
    "SystemTime",
    "RandomState",
    "async",
    "await",
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "dbg!",
];

/// The dependencies that may be used there. Any other is an effect until it is known to be none.
const PURE_CRATES: [&str; 17] = [
    "annotate_snippets",
    "anstyle",
    "base64",
    "granit_parser",
    "jsonschema",
    "maud",
    "percent_encoding",
    "rust_iso3166",
    "schemars",
    "serde",
    "serde_json",
    "serde_yaml",
    "sha2",
    "similar",
    "strsim",
    "thiserror",
    "url",
];

/// The lines of code, without those that are only a comment.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The names of the crates that `Cargo.toml` lists for the program.
fn dependencies() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, listed) = manifest.split_once("\n[dependencies]\n").unwrap();
    let listed = listed.split("\n[").next().unwrap();
    let names = listed.lines().filter(|line| !line.starts_with('#'));
    names.filter_map(|line| Some(line.split_once(" =")?.0.replace('-', "_"))).collect()
}

/// What a source at a place in the crate uses that a pure stage may not, each with its line.
fn effects(text: &str, module: &[String], dependencies: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for used in used(text, module) {
        let path = &used.path;
        let is_effect = EFFECTS.iter().any(|effect| used.is_in(&["std", effect]))
            || used.is_in(&["std", "*"])
            || path.iter().any(|segment| WORDS.contains(&segment.as_str()))
            || (path.len() > 1 || used.is_import)
                && dependencies.contains(&path[0])
                && !PURE_CRATES.contains(&path[0].as_str());
        if is_effect {
            found.push(format!("{}: {}", used.line, path.join("::")));
        }
    }
    found
}

/// What a source uses of the stages below its own, each with its line; a glob of the whole crate
/// too, since nobody sees what it uses.
fn below(text: &str, module: &[String], stage: &str) -> Vec<String> {
    let own = STAGES.iter().position(|known| *known == stage).unwrap();
    let mut found = Vec::new();
    for used in used(text, module) {
        let is_below = STAGES[own + 1..].iter().any(|below| used.is_in(&["crate", below]));
        if is_below || used.path == ["crate", "*"] {
            found.push(format!("{}: {}", used.line, used.path.join("::")));
        }
    }
    found
}

#[test]
fn the_pure_stages_have_no_effects() {
    let (mut seen, dependencies) = (0, dependencies());
    assert!(dependencies.len() > PURE_CRATES.len());
    for name in PURE_CRATES {
        assert!(dependencies.iter().any(|known| known == name), "{name} is no dependency");
    }
    for stage in &STAGES[..PURE] {
        for (path, text) in sources(stage) {
            seen += 1;
            let found = effects(&text, &module(&path), &dependencies);
            assert!(found.is_empty(), "{}: {found:?}", path.display());
        }
    }
    assert!(seen > PURE);
}

#[test]
fn a_stage_uses_only_those_above_it() {
    for stage in STAGES {
        let files = sources(stage);
        assert!(!files.is_empty(), "{stage} is empty");
        for (path, text) in files {
            let found = below(&text, &module(&path), stage);
            assert!(found.is_empty(), "{}: {found:?}", path.display());
        }
    }
}

#[test]
fn no_format_uses_another() {
    let formats =
        ["text", "drift_text", "markdown", "drift_markdown", "github", "gitlab", "html", "sarif"];
    let mut seen = 0;
    for (path, text) in sources("render") {
        let own = module(&path);
        let Some(format) = own.get(3).filter(|name| formats.contains(&name.as_str())) else {
            continue;
        };
        if own[2] == "text" {
            continue;
        }
        seen += 1;
        for used in used(&text, &own) {
            let document = ["crate", "render"];
            let is_other = used.is_in(&document)
                && used.path.get(2).is_some_and(|room| room != "text")
                && used.path.get(3).is_some_and(|other| {
                    let same =
                        other.trim_start_matches("drift_") == format.trim_start_matches("drift_");
                    formats.contains(&other.as_str()) && !same
                });
            assert!(!is_other, "{}:{}: {}", path.display(), used.line, used.path.join("::"));
        }
    }
    assert!(seen > 8, "{seen}");
}

#[test]
fn every_place_that_the_maps_name_exists() {
    for map in ["src/lib.rs", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root().join(map)).unwrap();
        let places: Vec<&str> =
            text.split('`').skip(1).step_by(2).filter(|it| it.starts_with("src/")).collect();
        assert!(places.len() > 8, "{map}: {places:?}");
        for place in places {
            assert!(root().join(place).exists(), "{map} names {place}");
        }
    }
}

#[test]
fn the_map_lists_every_stage_and_which_ones_are_pure() {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | [`")?.split_once("`]"));
    let listed: Vec<(&str, bool)> =
        rows.map(|(stage, rest)| (stage, rest.ends_with("| pure |"))).collect();
    let stages = STAGES.iter().enumerate();
    assert_eq!(listed, stages.map(|(at, stage)| (*stage, at < PURE)).collect::<Vec<_>>());
    let mut declared: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut known = STAGES.to_vec();
    known.sort_unstable();
    declared.sort_unstable();
    assert_eq!(declared, known);
}

#[test]
fn the_top_of_the_crate_gives_nothing_another_name() {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let imports: Vec<Used> =
        used(&text, &["crate".to_owned()]).into_iter().filter(|used| used.is_import).collect();
    assert!(imports.is_empty(), "{imports:?}");
}

#[test]
fn an_effect_is_seen_however_it_is_spelled() {
    let (module, dependencies) = (["crate".to_owned(), "plan".to_owned()], dependencies());
    for (text, expected) in [
        ("use std::fs;", "1: std::fs"),
        ("use ::std::fs::read;", "1: std::fs::read"),
        ("use std::{fmt, fs::{self, File}};", "1: std::fs"),
        (
            "use std::{\n    fmt,\n    collections::{BTreeMap},\n    net::IpAddr,\n};",
            "4: std::net::IpAddr",
        ),
        ("pub use std::fs as files;", "1: std::fs"),
        ("pub(crate) use core::net::IpAddr;", "1: std::net::IpAddr"),
        ("use core::time::Duration;", "1: std::time::Duration"),
        ("fn f(a: core::net::Ipv4Addr) {}", "1: std::net::Ipv4Addr"),
        ("fn f() {\n    std::env::var(\"a\");\n}", "2: std::env::var"),
        ("fn f() {\n    std\n        ::env::var(\"a\");\n}", "2: std::env::var"),
        ("use std as s;\nfn f() { s::process::exit(1) }", "2: std::process::exit"),
        ("extern crate std as s;\nfn f() { s::fs::read(\"a\"); }", "2: std::fs::read"),
        ("extern crate tokio;", "1: tokio"),
        ("use std::*;", "1: std::*"),
        ("use tokio;", "1: tokio"),
        ("use tokio::time as t;", "1: tokio::time"),
        ("use {serde_json::Value, uuid::Uuid};", "1: uuid::Uuid"),
        ("fn f() { tempfile::tempdir(); }", "1: tempfile::tempdir"),
        (
            "use std::collections::hash_map::RandomState;",
            "1: std::collections::hash_map::RandomState",
        ),
        ("async fn f() {}", "1: async"),
        ("fn f() { g().await }", "1: await"),
        ("fn f() { print!(\"a\"); }", "1: print!"),
        ("fn f() { std::eprintln!(\"a\"); }", "1: std::eprintln!"),
        ("macro_rules! m { () => { std::fs::read(\"a\") } }", "1: std::fs::read"),
        ("fn f() { println!(\"{}\", 'a', std::env::args()); }", "1: std::env::args"),
        ("// a comment\n/* std::fs /* std::fs */ */ use r#std::r#fs;", "2: std::fs"),
        ("const A: char = '\"'; use std::fs;", "1: std::fs"),
        ("const A: &str = r#\"\"\"#; use std::fs;", "1: std::fs"),
        ("fn f<'a>(b: &'a str) { std::fs::read(b); }", "1: std::fs::read"),
    ] {
        let found = effects(text, &module, &dependencies);
        assert!(found.iter().any(|it| it == expected), "{text}: {found:?}");
    }
}

#[test]
fn what_is_only_said_or_has_a_like_name_is_no_effect() {
    let (module, dependencies) = (["crate".to_owned(), "plan".to_owned()], dependencies());
    for text in [
        "// use std::fs;",
        "/// [`std::fs`]\n/* use std::fs; /* inner */ std::fs */ fn f() {}",
        "const A: &str = \"use std::fs; \\\" std::fs\";",
        "const A: &str = r#\"std::fs \" async\"#;",
        "const A: &[u8] = b\"std::fs\"; const B: char = '\\''; const C: char = 'a';",
        "use std::{collections::{BTreeMap, BTreeSet}, fmt::{self, Write as _}};",
        "use serde_json::{Map, Value}; use url::Host;",
        "mod fs; use self::fs::read; fn f() { fs::write(); let tokio = 1; a.io.net }",
        "fn f(time: u8, print: u8) -> bool { print != time }",
    ] {
        assert_eq!(effects(text, &module, &dependencies), [""; 0], "{text}");
    }
}

#[test]
fn a_stage_below_is_seen_however_it_is_spelled() {
    let module = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let (file, stage) = (module(&["crate", "plan", "diff"]), "plan");
    for (text, expected) in [
        ("use crate::api::Request;", "1: crate::api::Request"),
        (
            "use crate::{\n    config::Desired,\n    store::{Lock, Store},\n};",
            "3: crate::store::Lock",
        ),
        ("use crate::{api};", "1: crate::api"),
        ("use crate::api::{self, Stop};", "1: crate::api"),
        ("pub use crate::apply::apply as run;", "1: crate::apply::apply"),
        ("use crate as house;\nfn f() { house::live::read() }", "2: crate::live::read"),
        ("use crate::*;", "1: crate::*"),
        ("use super::super::render;", "1: crate::render"),
        ("fn f() { super::super::store::read() }", "1: crate::store::read"),
        ("mod inner { use super::super::super::store; }", "1: crate::store"),
        ("mod inner {} use super::super::store;", "1: crate::store"),
        ("fn f() -> crate::api::Stop {}", "1: crate::api::Stop"),
        ("macro_rules! m { () => { $crate::api::call() } }", "1: crate::api::call"),
        ("use clerkform::api;", "1: crate::api"),
    ] {
        let found = below(text, &file, stage);
        assert!(found.iter().any(|it| it == expected), "{text}: {found:?}");
    }
    for text in [
        "use crate::{catalog::Field, config::Desired, state::{Live, State}};",
        "use super::{Call, Plan}; use super::super::state::State;",
        "mod inner { use super::super::store; }",
        "use self::store::read; mod render; fn f() { render::text() }",
        "// use crate::api;\nconst A: &str = \"crate::api\";",
    ] {
        assert_eq!(below(text, &file, stage), [""; 0], "{text}");
    }
    assert_eq!(below("use super::super::render;", &module(&["crate", "plan"]), stage), [""; 0]);
}

#[test]
fn the_committed_schema_is_the_one_that_the_program_prints() {
    let printed = run(clerkform(root()).arg("schema"));
    let path = root().join("schema/clerkform.schema.json");
    if std::env::var_os("BLESS").is_some() {
        // Not by a shell's `>`: the program is built from what stands there.
        fs::write(&path, &printed.stdout).unwrap();
    }
    assert!(
        printed.stdout == fs::read_to_string(&path).unwrap(),
        "schema/clerkform.schema.json is stale. Renew it with\n  \
         BLESS=1 cargo test --test house schema"
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
