//! Everything that the README says is run: each `console` block is a dialog, in a folder that a
//! remark above it starts, against the served sandbox. `BLESS=1 cargo test --test readme` writes
//! the outputs anew.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::program::{KEY, binary};
use support::served::Served;

/// What a line of the README means to this test.
enum Step {
    Start(String),
    Write(String, String),
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
