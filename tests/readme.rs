//! Everything that the README says is run: each `console` block is a dialog, in a folder that a
//! remark above it starts, against the served sandbox; what a `meanwhile` remark says is done unseen. `BLESS=1 cargo test --test readme` writes
//! the outputs anew.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use clerkform::catalog::{API_VERSION, Field, Read, SECTIONS, Section};
use support::program::{KEY, binary};
use support::served::Served;

/// Held by whoever reads the README to write it anew.
static WRITER: Mutex<()> = Mutex::new(());

/// What a line of the README means to this test.
enum Step {
    Start(String),
    Write(String, String),
    Meanwhile(String),
    Dialog(Vec<(String, String)>),
}

/// The steps of a text, each with the range of lines that a dialog takes.
fn steps(text: &str) -> Vec<(Step, std::ops::Range<usize>)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut file = None;
    let mut at = 0;
    while at < lines.len() {
        let remark = |word: &str| {
            let rest = lines[at].strip_prefix("<!-- ")?.strip_prefix(word)?;
            Some(rest.strip_prefix(": ")?.strip_suffix(" -->")?.to_owned())
        };
        if let Some(folder) = remark("start") {
            found.push((Step::Start(folder), at..at));
        } else if let Some(name) = remark("write") {
            file = Some(name);
        } else if let Some(command) = remark("meanwhile") {
            found.push((Step::Meanwhile(command), at..at));
        } else if let Some(language) = lines[at].strip_prefix("```").filter(|word| !word.is_empty())
        {
            let end = at + 1 + lines[at + 1..].iter().position(|line| *line == "```").unwrap();
            let body = &lines[at + 1..end];
            if language == "console" {
                found.push((Step::Dialog(dialog(body)), at + 1..end));
            } else if let Some(name) = file.take() {
                found.push((Step::Write(name, body.join("\n") + "\n"), at..at));
            }
            at = end;
        }
        at += 1;
    }
    found
}

fn dialog(body: &[&str]) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in body {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command.to_owned(), String::new()));
        } else {
            let output = &mut commands.last_mut().expect("a command comes first").1;
            writeln!(output, "{line}").unwrap();
        }
    }
    commands
}

/// Runs a command as a shell would, and gives back standard output.
fn play(command: &str, folder: &Path, served: &Served) -> String {
    let path = format!("{}:/usr/bin:/bin", binary().parent().unwrap().display());
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env_clear()
        .envs([("PATH", path.as_str()), ("CLERK_API_URL", &served.url), ("CLERK_SECRET_KEY", KEY)])
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_the_readme_shows_is_what_happens() {
    let _writer = WRITER.lock().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("README.md")).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let served = Served::start(&[]);
    let mut folder = tempfile::tempdir().unwrap();
    let mut dialogs = 0;
    for (step, range) in steps(&text) {
        match step {
            Step::Start(from) => {
                folder = tempfile::tempdir().unwrap();
                if from != "empty" {
                    fs::copy(root.join(from).join("clerk.yaml"), folder.path().join("clerk.yaml"))
                        .unwrap();
                }
            }
            Step::Write(name, contents) => fs::write(folder.path().join(name), contents).unwrap(),
            Step::Meanwhile(command) => {
                play(&command, folder.path(), &served);
            }
            Step::Dialog(commands) => {
                dialogs += 1;
                let mut got = String::new();
                for (command, _) in &commands {
                    let output = play(command, folder.path(), &served);
                    write!(got, "$ {command}\n{output}").unwrap();
                }
                let expected = text.lines().collect::<Vec<_>>()[range.clone()].join("\n") + "\n";
                if std::env::var_os("BLESS").is_some() {
                    lines[range.start] = got.trim_end().to_owned();
                    lines[range.start + 1..range.end].fill("\0".to_owned());
                } else {
                    assert_eq!(got, expected);
                }
            }
        }
    }
    assert!(dialogs > 3);
    if std::env::var_os("BLESS").is_some() {
        lines.retain(|line| line != "\0");
        fs::write(root.join("README.md"), lines.join("\n") + "\n").unwrap();
    }
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
