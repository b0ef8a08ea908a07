//! A folder in `tests/cases` is a case: files to start from, the commands of one sitting, what the
//! service answers; and what is expected: a transcript, the requests on the wire, the files after.
//!
//! | file | |
//! | --- | --- |
//! | `cmd` | a command a line, without the program's name; `$ NAME=value` sets a variable, `# …` is a remark |
//! | `answers.json` | the service's answers by kind of request; without it, a well-behaved service |
//! | `transcript` | expected: each command, its output, its exit code |
//! | `requests.json` | expected: what the service was asked, in order; missing where nothing |
//! | `after/` | expected: every file that the commands made or changed |
//!
//! Everything else is copied into the folder in which the commands run. `BLESS=1 cargo test --test
//! cases` writes what is expected anew: read the difference before you commit it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use support::fake::{Fake, Script};
use support::program::{KEY, clerkform, run};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    let trials = cases
        .into_iter()
        .map(|case| {
            let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Trial::test(name, move || check(&case))
        })
        .collect();
    let mut arguments = Arguments::from_args();
    // Most cases wait for a service that answers late, or for the next try.
    arguments.test_threads.get_or_insert(8);
    libtest_mimic::run(&arguments, trials).exit();
}

/// What a case yields, by the name of the file that holds it.
type Yield = BTreeMap<String, String>;

fn check(case: &Path) -> Result<(), Failed> {
    let got = play(case)?;
    if std::env::var_os("BLESS").is_some() {
        return bless(case, &got);
    }
    let expected = expectations(case);
    let names: std::collections::BTreeSet<&String> = got.keys().chain(expected.keys()).collect();
    let mut problems = String::new();
    for name in names {
        let text = |of: &Yield| of.get(name).map(|text| comparable(text));
        let (expected, got) = (text(&expected), text(&got));
        if expected != got {
            let (expected, got) = (expected.unwrap_or_default(), got.unwrap_or_default());
            let difference = similar::TextDiff::from_lines(&expected, &got)
                .unified_diff()
                .header(&format!("{name}, as expected"), &format!("{name}, as it came"))
                .to_string();
            problems += &difference;
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// A text as every system yields it. What is expected has the words of a Unix for what it refuses,
/// such as `: File exists (os error 17)`, for which Windows has others.
fn comparable(text: &str) -> String {
    if cfg!(unix) {
        return text.to_owned();
    }
    let lines = text.split_inclusive('\n').map(|line| {
        let words = line.split_once(" (os error ").and_then(|(before, number)| {
            Some((before.rsplit_once(": ")?.0, number.split_once(')')?.1))
        });
        words.map_or_else(
            || line.to_owned(),
            |(before, after)| format!("{before}: <words of the system>{after}"),
        )
    });
    lines.collect()
}

/// Runs the commands of a case and gathers what came of it.
fn play(case: &Path) -> Result<Yield, Failed> {
    let place = tempfile::tempdir()?;
    copy(case, place.path())?;
    let before = files(place.path(), place.path());
    let script: Script = match fs::read_to_string(case.join("answers.json")) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => Script::new(),
    };
    let fake = Fake::start(script);
    let mut variables = vec![
        ("CLERK_SECRET_KEY".to_owned(), KEY.to_owned()),
        ("CLERK_API_URL".to_owned(), fake.url.clone()),
    ];
    let mut transcript = String::new();
    for line in fs::read_to_string(case.join("cmd"))?.lines() {
        if let Some(assignment) = line.strip_prefix("$ ") {
            let (name, value) = assignment.split_once('=').ok_or("write `$ NAME=value`")?;
            variables.retain(|(known, _)| known != name);
            variables.push((name.to_owned(), value.to_owned()));
        } else if !line.is_empty() && !line.starts_with('#') {
            let mut command = clerkform(place.path());
            command.args(line.split_whitespace());
            command.envs(variables.iter().filter(|(_, value)| !value.is_empty()).cloned());
            let ran = run(&mut command);
            transcript += &format!("$ clerkform {line}\n{}", ran.stdout);
            if !ran.stderr.is_empty() {
                transcript += &format!("--- standard error\n{}", ran.stderr);
            }
            transcript += &format!("--- exit {}\n\n", ran.exit);
        }
    }
    let mut got = Yield::new();
    got.insert("transcript".to_owned(), steady(&transcript, &fake.url, place.path()));
    let requests = fake.transcript();
    if requests != serde_json::json!([]) {
        got.insert("requests.json".to_owned(), format!("{requests:#}\n"));
    }
    for (name, contents) in files(place.path(), place.path()) {
        let is_lock = Path::new(&name).extension().is_some_and(|ending| ending == "lock");
        if before.get(&name) != Some(&contents) && !is_lock {
            got.insert(format!("after/{name}"), steady(&contents, &fake.url, place.path()));
        }
    }
    Ok(got)
}

/// What is another on every run becomes a word.
fn steady(text: &str, url: &str, folder: &Path) -> String {
    let folder = dunce::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let text = text
        .replace(url, "<api>")
        .replace(url.trim_start_matches("http://"), "<api>")
        .replace(&*folder.to_string_lossy(), "<folder>")
        .replace(&folder.to_string_lossy().replace('\\', "/"), "<folder>");
    let mut steady = String::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        if let Some(word) = rest.get(..36).filter(|word| is_uuid(word)) {
            steady += "<uuid>";
            rest = &rest[word.len()..];
        } else if let Some(before) = DIGEST.into_iter().find(|it| begins_digest(rest, it)) {
            steady += before;
            steady += "<digest>";
            rest = &rest[before.len() + 64..];
        } else {
            steady.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    steady
}

/// What stands before a digest, which depends on UUIDs; a checksum does not.
const DIGEST: [&str; 2] = ["\"digest\": \"", "\"digest\":\""];

fn begins_digest(text: &str, before: &str) -> bool {
    let digest = text.strip_prefix(before).and_then(|after| after.get(..64));
    digest.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_uuid(word: &str) -> bool {
    word.char_indices().all(|(index, character)| match index {
        8 | 13 | 18 | 23 => character == '-',
        _ => character.is_ascii_hexdigit(),
    })
}

/// Whether a file of a case says what is expected or what the service answers.
fn is_expectation(name: &str) -> bool {
    ["cmd", "answers.json", "transcript", "requests.json"].contains(&name)
        || name.starts_with("after/")
}

fn expectations(case: &Path) -> Yield {
    files(case, case)
        .into_iter()
        .filter(|(name, _)| {
            is_expectation(name) && !["cmd", "answers.json"].contains(&name.as_str())
        })
        .collect()
}

fn bless(case: &Path, got: &Yield) -> Result<(), Failed> {
    for name in expectations(case).keys() {
        fs::remove_file(case.join(name))?;
    }
    for (name, contents) in got {
        let path = case.join(name);
        fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
        fs::write(path, contents)?;
    }
    Ok(())
}

fn copy(case: &Path, place: &Path) -> Result<(), Failed> {
    for (name, _) in files(case, case) {
        if !is_expectation(&name) {
            let to = place.join(&name);
            fs::create_dir_all(to.parent().ok_or("a file has a folder")?)?;
            fs::copy(case.join(&name), to)?;
        }
    }
    Ok(())
}

/// Every file below a folder, by its path with `/`.
fn files(root: &Path, folder: &Path) -> Yield {
    let mut found = Yield::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(root, &path));
        } else if let Ok(name) = path.strip_prefix(root) {
            let contents = fs::read(&path).unwrap_or_default();
            found.insert(
                name.to_string_lossy().replace('\\', "/"),
                String::from_utf8_lossy(&contents).into_owned(),
            );
        }
    }
    found
}
