//! Everything that the README and the pages in `docs/` show is run: `support/pages.rs` says which
//! remarks tell what happens around a dialog. Their links lead somewhere. `BLESS=1 cargo test
//! --test readme` writes the outputs anew. What they do unseen is written for GNU's sed.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use clerkform::catalog::{API_VERSION, Field, Read, SECTIONS, Section};
use support::pages::{Stage, steps};
use support::program::{clerkform, run};

/// Held by whoever reads a page to write it anew.
static WRITER: Mutex<()> = Mutex::new(());

/// The page whose examples are run by a test of their own.
const CODES: &str = "docs/codes.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The pages of `docs/`, as they are called from the root.
fn docs() -> Vec<String> {
    let entries = fs::read_dir(root().join("docs")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| format!("docs/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    names.sort();
    names
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

#[test]
fn what_the_pages_show_is_what_happens() {
    let _writer = WRITER.lock().unwrap();
    let pages: Vec<_> = docs().into_iter().filter(|page| page != CODES).collect();
    // Some dialogs wait for the program, which asks the service twice, so the pages go side by side.
    let dialogs: usize = std::thread::scope(|scope| {
        let plays: Vec<_> = pages.iter().map(|page| scope.spawn(|| play(page))).collect();
        plays.into_iter().map(|it| it.join().expect("the page above is as it is played")).sum()
    });
    assert!(dialogs > pages.len());
}

/// Every page that has links, as it is called from the root.
fn pages() -> Vec<String> {
    let at_the_root = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    at_the_root.into_iter().map(str::to_owned).chain(docs()).collect()
}

/// The lines of a page outside of its blocks, as one text.
fn prose(text: &str) -> String {
    let mut is_block = false;
    let outside = text.lines().filter(|line| {
        let is_fence = line.starts_with("```");
        is_block ^= is_fence;
        !is_block && !is_fence
    });
    outside.collect::<Vec<_>>().join("\n")
}

/// What stands between backticks.
fn code(prose: &str) -> impl Iterator<Item = String> {
    prose.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " "))
}

/// Where the links of a page lead, without those to other sites.
fn links(text: &str) -> Vec<String> {
    let text: String = prose(text).split('`').step_by(2).collect();
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    ends.filter(|end| !end.contains("://")).map(str::to_owned).collect()
}

/// What the headings of a page are called in a link, by GitHub's rule.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    let called = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let kept = called.map(|heading| {
        let kept = heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
        kept.map(|it| if it == ' ' { '-' } else { it }).collect()
    });
    kept.collect()
}

#[test]
fn every_link_leads_somewhere() {
    for page in pages() {
        for link in links(&read(&page)) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(&page).parent().unwrap();
            let target = if file.is_empty() { page.clone().into() } else { folder.join(file) };
            let path = root().join(&target);
            assert!(path.exists(), "{page}: {link}");
            let known = || anchors(&fs::read_to_string(&path).unwrap()).contains(anchor);
            assert!(anchor.is_empty() || known(), "{page}: {link}");
        }
    }
}

#[test]
fn every_page_stands_in_the_index_and_every_task_in_the_readme() {
    let index = links(&read("docs/README.md"));
    let readme = links(&read("README.md"));
    for page in docs().iter().filter(|page| *page != "docs/README.md") {
        assert!(index.contains(&page.replace("docs/", "")), "{page}");
        assert!(readme.iter().any(|link| link.starts_with(page.as_str())), "{page}");
    }
}

/// The sections of a page: the heading, and what is below it.
fn sections(text: &str) -> Vec<(&str, &str)> {
    text.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect()
}

#[test]
fn each_failure_is_told_by_what_one_sees_what_it_means_and_what_to_do() {
    let page = read("docs/recover.md");
    let sections = sections(&page);
    assert!(sections.len() > 10, "{}", sections.len());
    for (heading, text) in sections {
        let parts = ["**What you see.**", "**What it means.**", "**What to do.**"];
        let at: Vec<Option<usize>> = parts.iter().map(|part| text.find(part)).collect();
        assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{heading}: {at:?}");
        let table = page.split("\n## ").next().unwrap();
        assert!(table.contains(&format!("[{heading}](#")), "{heading} is not in the table");
    }
}

#[test]
fn the_readme_says_what_it_is_before_how_it_is_used() {
    let page = read("README.md");
    let found: Vec<&str> = sections(&page).into_iter().map(|(heading, _)| heading).collect();
    let first = ["Install", "Try it", "What it manages", "How it compares", "Your first instance"];
    assert_eq!(found[..first.len()], first);
    let beginning = page.split("\n## ").next().unwrap();
    let (file, plan) = (beginning.find("```yaml"), beginning.find("$ clerkform plan"));
    assert!(file.is_some() && file < plan, "the file comes before its plan");
}

/// What a command says of itself; nothing where there is no such command.
fn help(command: &[&str]) -> String {
    let ran = run(clerkform(root()).args(command).arg("--help"));
    if ran.exit == 0 { ran.stdout } else { String::new() }
}

#[test]
fn every_command_and_option_that_is_named_exists() {
    let every: Vec<String> = help(&[])
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|it| !it.is_empty()))
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .map(|word| help(&[word]))
        .collect();
    for page in pages() {
        let text = read(&page);
        let in_blocks = text.lines().filter(|line| line.starts_with("clerkform "));
        for span in code(&prose(&text)).chain(in_blocks.map(str::to_owned)) {
            let words: Vec<&str> = span.split([' ', '=']).collect();
            let known = match words.as_slice() {
                ["clerkform", "state", command, ..] => vec![help(&["state", command])],
                ["clerkform", command, ..] => vec![help(&[command])],
                [option, ..] if option.starts_with("--") => every.clone(),
                _ => continue,
            };
            assert!(known.iter().any(|help| !help.is_empty()), "{page}: `{span}`");
            for option in words.iter().filter(|word| word.starts_with('-') && word.len() > 1) {
                assert!(known.iter().any(|help| help.contains(option)), "{page}: `{span}`");
            }
        }
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
            few if few.len() * 2 < fields.len() => {
                let names: Vec<String> = few.iter().map(|it| format!("`{}`", it.name)).collect();
                format!("{how}: {} alone", names.join(", "))
            }
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
