//! Phrases that read as if translated, and shall not come back where a user reads them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// A phrase, and what to write in its place.
const PHRASES: &[(&str, &str)] = &[
    ("that the key opens", "instance: not known yet; the instance that the key belongs to"),
    ("has otherwise than", "differs from"),
    ("in the network's place", "instead of Clerk"),
    ("what became of the calls", "the results"),
    ("when it goes otherwise", "Troubleshooting"),
    ("apart by spaces", "separated by spaces"),
    ("to be used no longer", "deprecated"),
    ("the plan anew", "run `clerkform plan` again"),
    ("afresh", "over, again"),
    ("mend ", "fix, correct, repair"),
    ("save with `--strict`", "except with `--strict`"),
    ("without a word", "silently"),
    ("in silence", "silently"),
    ("are to have two values", "cannot have two values"),
    ("e-mail", "email"),
    ("who are on the blocklist", "people on the blocklist"),
    ("the service's business", "up to the service"),
    ("not verified: the answer does not show", "accepted"),
    ("disposablemailbox", "disposable mailbox"),
    ("says so already", "already recorded"),
    ("is meant\"", "name what is missing"),
    ("does the first without the second", "say what it does"),
    ("with something else\"", "with an unexpected body"),
    ("that it can have", "allowed"),
    ("for standard output there is", "use `--output-format` to write to standard output"),
];

#[test]
fn no_text_for_users_has_a_phrase_that_reads_as_if_translated() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> =
        ["README.md", "action.yml", "schema/clerkform.schema.json"].map(|it| root.join(it)).into();
    for folder in ["docs", "src", "examples", "action", "packaging"] {
        gather(&root.join(folder), &mut files);
    }
    assert!(files.len() > 200, "{}", files.len());
    let mut found = Vec::new();
    for file in &files {
        let Ok(text) = fs::read_to_string(file) else { continue };
        let is_code = file.extension().is_some_and(|it| it == "rs");
        let text = if is_code { told(&text) } else { text };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        for (phrase, better) in PHRASES {
            if begins_a_word(&text, &phrase.to_lowercase()) {
                found.push(format!("{}: {phrase:?}; better: {better}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether a phrase stands in a text, and not at the end of a longer word.
fn begins_a_word(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}

/// Every file below a folder, without the tests of a module.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = path.file_stem().is_some_and(|it| it == "tests");
        match path.is_dir() {
            _ if is_test => {}
            true => gather(&path, files),
            false => files.push(path),
        }
    }
}

/// The code that users may read: help texts and strings, but neither remarks nor tests. A string that
/// goes on in the next line is one text.
fn told(source: &str) -> String {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("//") || line.starts_with("/// ")
    });
    lines.map(|line| line.trim_end_matches('\\')).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_text_over_several_lines_is_one() {
    let source = "    // mend nothing\n    let told = \"make the plan \\\n        anew\";\n";
    let text = told(source).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("the plan anew") && !text.contains("mend"), "{text}");
}
