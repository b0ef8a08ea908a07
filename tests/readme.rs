//! Everything that the README shows is run: `support/pages.rs` says which
//! remarks tell what happens around a dialog.  `BLESS=1 cargo test
//! --test readme` writes the outputs anew. What they do unseen is written for GNU's sed.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use clerkform::catalog::{API_VERSION, Field, Read, SECTIONS, Section};
use support::pages::{Stage, steps};

/// Held by whoever reads a page to write it anew.
static WRITER: Mutex<()> = Mutex::new(());

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// Plays a page; gives back how many dialogs it has.
fn play(page: &str) -> usize {
    let text = read(page);
    let lines: Vec<&str> = text.lines().collect();
    let mut stage = Stage::new();
    let mut renewed = String::new();
    let mut copied = 0;
    let mut dialogs = 0;
    for step in steps(&text) {
        let Some((range, got)) = stage.play(step) else { continue };
        dialogs += 1;
        if std::env::var_os("BLESS").is_none() {
            assert_eq!(got, lines[range].join("\n") + "\n", "{page}");
            continue;
        }
        renewed += &(lines[copied..range.start].join("\n") + "\n" + &got);
        copied = range.end;
    }
    if std::env::var_os("BLESS").is_some() {
        renewed += &(lines[copied..].join("\n") + "\n");
        fs::write(root().join(page), renewed).unwrap();
    }
    dialogs
}

#[test]
fn what_the_readme_shows_is_what_happens() {
    let _writer = WRITER.lock().unwrap();
    assert!(play("README.md") > 3);
}

/// The settings as the README shows them: a row for each section.
fn settings() -> String {
    let mut table =
        "| section | settings | sent by | read by |\n| --- | --- | --- | --- |\n".to_owned();
    for Section { name, path, has_get, fields, .. } in SECTIONS {
        let called = |field: &Field| {
            if field.is_deprecated() {
                format!("(`{}`)", field.name)
            } else {
                format!("`{}`", field.name)
            }
        };
        let names: Vec<String> = fields.iter().map(called).collect();
        let shown: Vec<&Field> = fields.iter().filter(|it| it.read == Read::Shown).collect();
        let how = if *has_get { "`GET`" } else { "an empty `PATCH`" };
        let read = match shown.as_slice() {
            [only] if fields.len() > 1 => format!("{how}: `{}` alone", only.name),
            shown if shown.len() == fields.len() => how.to_owned(),
            _ => {
                let hidden = fields.iter().filter(|it| it.read != Read::Shown);
                let hidden: Vec<String> = hidden.map(|it| format!("`{}`", it.name)).collect();
                format!("{how}, without {}", hidden.join(", "))
            }
        };
        writeln!(table, "| `{name}` | {} | `PATCH {path}` | {read} |", names.join(", ")).unwrap();
    }
    table
}

#[test]
fn the_table_of_settings_is_the_catalogue() {
    let _writer = WRITER.lock().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(&format!("version {API_VERSION}")));
    let (before, after) = text.split_once("<!-- settings -->\n\n").unwrap();
    let end = if after.starts_with('|') { after.find("\n\n").unwrap() + 1 } else { 0 };
    if std::env::var_os("BLESS").is_some() {
        let gap = if end == 0 { "\n" } else { "" };
        let text = format!("{before}<!-- settings -->\n\n{}{gap}{}", settings(), &after[end..]);
        fs::write(path, text).unwrap();
    } else {
        assert_eq!(after[..end], settings());
    }
}
