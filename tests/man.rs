//! The manual: a page for each command, and nothing that `mandoc` minds.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use support::program::{clerkform, run};
use support::tools;

fn main() {
    let is_missing =
        Command::new("mandoc").arg("-T").arg("lint").arg("/dev/null").output().is_err();
    if is_missing {
        tools::skipped("mandoc");
    }
    tools::run([
        ("every_command_has_a_page", commands as fn(), false),
        ("the_main_page_lists_every_exit_code_of_the_readme", exit_codes, false),
        ("a_folder_that_cannot_be_made_is_told", unwritable, false),
        ("mandoc_minds_nothing", lint, is_missing),
    ])
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page by the name of its file, and the folder that they are in.
fn pages() -> (BTreeMap<String, String>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(clerkform(folder.path()).args(["man", "--out", "share/man1"]));
    assert_eq!(ran.exit, 0, "{ran:?}");
    let pages: BTreeMap<String, String> = fs::read_dir(folder.path().join("share/man1"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    assert_eq!(ran.stdout, format!("Wrote {} pages into share/man1.\n", pages.len()));
    (pages, folder)
}

/// The commands that a help lists.
fn listed(words: &[&str]) -> Vec<String> {
    let help = run(clerkform(root()).args(words).arg("--help")).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    commands
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect()
}

fn commands() {
    let (pages, folder) = pages();
    let main = run(clerkform(folder.path()).arg("man"));
    assert_eq!(pages["clerkform.1"], main.stdout);
    let mut expected = vec!["clerkform.1".to_owned()];
    expected.extend(listed(&[]).iter().map(|name| format!("clerkform-{name}.1")));
    expected.extend(listed(&["state"]).iter().map(|name| format!("clerkform-state-{name}.1")));
    expected.sort();
    assert!(expected.len() > 15, "{expected:?}");
    let mut names: Vec<&String> = pages.keys().collect();
    names.sort();
    assert_eq!(names, expected.iter().collect::<Vec<_>>());
    for (name, text) in &pages {
        let title = name.trim_end_matches(".1").to_uppercase();
        assert!(text.contains(&format!("\n.TH {title} 1 ")), "{text}");
    }
}

fn exit_codes() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let rows: Vec<(&str, &str)> = readme
        .lines()
        .skip_while(|line| *line != "### Exit codes")
        .skip(4)
        .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
        .collect();
    assert_eq!(rows.len(), 7, "{rows:?}");
    let page = run(clerkform(root()).arg("man")).stdout;
    let section = page.split(".SH ").find(|part| part.starts_with("\"EXIT STATUS\"")).unwrap();
    let words = section.replace("\\-", "-").replace("\\*(Aq", "'");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for (code, meaning) in rows {
        assert!(words.contains(&format!(".TP \\fB{code}\\fR {meaning}")), "{meaning}: {words}");
    }
}

fn unwritable() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("taken"), "").unwrap();
    let ran = run(clerkform(folder.path()).args(["man", "--out", "taken"]));
    assert_eq!(ran.exit, 1, "{ran:?}");
    assert!(ran.stderr.contains("unwritable-file") && ran.stderr.contains("taken"), "{ran:?}");
}

fn lint() {
    let (pages, folder) = pages();
    for name in pages.keys() {
        let page = folder.path().join("share/man1").join(name);
        let ran = run(Command::new("mandoc").args(["-T", "lint"]).arg(page));
        assert_eq!((ran.stdout.as_str(), ran.exit), ("", 0), "{name}");
    }
}
