//! What `--help` says of each command: examples that work, and the options that people use first.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::Path;

use support::program::{KEY, Ran, binary, clerkform, run};
use support::served::Served;
use tempfile::TempDir;

/// Two environments, each with a key of its own.
const OVERLAYS: &str =
    "environments: {staging: {target: {secret_key_env: OTHER_KEY}}, production: {}}\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn help(words: &[String]) -> String {
    let ran = run(clerkform(root()).args(words).arg("--help"));
    assert_eq!(ran.exit, 0, "{ran:?}");
    ran.stdout
}

/// Every command by its words, the program itself first, with its help.
fn commands() -> Vec<(Vec<String>, String)> {
    let mut found = vec![(Vec::new(), help(&[]))];
    let mut at = 0;
    while let Some((words, text)) = found.get(at).cloned() {
        let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1);
        let names = listed.take_while(|line| !line.is_empty());
        for name in names.filter_map(|line| line.split_whitespace().next()) {
            if name != "help" {
                let words = [words.as_slice(), &[name.to_owned()]].concat();
                let text = help(&words);
                found.push((words, text));
            }
        }
        at += 1;
    }
    assert!(found.len() > 20, "{}", found.len());
    found
}

/// The lines of a help that can be copied.
fn examples(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    lines.map(str::trim).filter(|line| !line.starts_with("# ")).collect()
}

/// The words of an example from the program's name on, without what a shell does around them.
fn words(example: &str) -> Vec<&str> {
    let (_, call) = example.split_once("clerkform").unwrap();
    let call = call.split(['|', '<', '>', ')']).next().unwrap();
    call.split_whitespace().collect()
}

/// A folder with the files that the examples name, and with environments or without.
fn folder(environments: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "instance: {{hibp: true}}\nrestrictions: {{allowlist: false, blocklist: true}}\n{environments}"
    );
    fs::write(folder.path().join("base.yaml"), "restrictions: {allowlist: false}\n").unwrap();
    for name in ["clerk.yaml", "a.yaml", "b.yaml"] {
        fs::write(folder.path().join(name), &text).unwrap();
    }
    fs::write(folder.path().join(".env.local"), format!("CLERK_SECRET_KEY={KEY}\n")).unwrap();
    folder
}

fn attempt(folder: &Path, words: &[&str], served: &Served) -> Ran {
    let mut command = clerkform(folder);
    command.args(words).env("CLERK_API_URL", &served.url).env("CLERK_SECRET_KEY", KEY);
    command.env("OTHER_KEY", "sk_test_another");
    run(&mut command)
}

/// Whether an example does what it is for: all that may be in its way is that nobody is asked.
fn works(ran: &Ran) -> bool {
    matches!(ran.exit, 0 | 2) || ran.stderr.contains("confirmation-needed")
}

#[test]
fn every_command_has_examples_and_each_of_them_works() {
    // `import` waits between two reads, so the commands go side by side.
    let commands = commands();
    std::thread::scope(|scope| {
        let tries: Vec<_> = commands
            .iter()
            .map(|(command, help)| scope.spawn(move || try_examples(command, help)))
            .collect();
        for it in tries {
            it.join().expect("the example above works");
        }
    });
}

fn try_examples(command: &[String], help: &str) {
    let examples = examples(help);
    assert!((2..=4).contains(&examples.len()), "{command:?}: {help}");
    for example in examples {
        let mut words = words(example);
        assert!(words.len() >= command.len(), "{example}");
        if words.first() == Some(&"sandbox") {
            // It serves until it is stopped.
            words.push("--help");
        }
        let runs = [OVERLAYS, ""].map(|environments| {
            let (folder, served) = (folder(environments), Served::start(&[]));
            if matches!(words.first(), Some(&"init" | &"import")) {
                fs::remove_file(folder.path().join("clerk.yaml")).unwrap();
            } else {
                prepare(folder.path(), environments, &served);
            }
            attempt(folder.path(), &words, &served)
        });
        assert!(runs.iter().any(works), "{example}: {runs:?}");
    }
}

/// Makes the states and the plans that examples go on from, with something left to do.
fn prepare(folder: &Path, environments: &str, served: &Served) {
    for line in ["init -q", "init -q --bare .git/origin.git", "remote add origin .git/origin.git"] {
        let mut git = std::process::Command::new("git");
        assert!(git.current_dir(folder).args(line.split(' ')).status().unwrap().success());
    }
    let (all, one): (&[&str], &[&str]) =
        if environments.is_empty() { (&[], &[]) } else { (&["--all-envs"], &["-e", "production"]) };
    for (words, which) in [
        (&["state", "adopt", "a.yaml", "clerk.yaml"][..], all),
        (&["state", "adopt", "--sandbox"], all),
        (&["state", "forget", "restrictions.blocklist"], one),
        (&["plan", "--out", "plan.json"], all),
        (&["plan", "a.yaml", "--out", "a.json"], one),
    ] {
        let ran = attempt(folder, &[words, which].concat(), served);
        assert_eq!(ran.exit, 0, "{words:?}: {ran:?}");
    }
    // One that was saved later than the one that is there.
    let saved = attempt(folder, &[&["state", "pull"][..], one].concat(), served).stdout;
    let saved = saved.replace("\"serial\": ", "\"serial\": 9");
    fs::write(folder.join("saved.json"), saved).unwrap();
}

#[test]
fn usage_names_the_program_as_people_type_it_whatever_its_file_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("another-name.exe");
    fs::hard_link(binary(), &file).or_else(|_| fs::copy(binary(), &file).map(drop)).unwrap();
    for words in [&["--help"][..], &["plan", "--help"], &["plan", "--no-such-option"]] {
        let ran = run(std::process::Command::new(&file).args(words));
        let told = ran.stdout + &ran.stderr;
        assert!(told.contains("Usage: clerkform "), "{told}");
        assert!(!told.contains("another-name"), "{told}");
    }
}

#[test]
fn what_people_use_first_comes_first_and_what_few_need_comes_last() {
    for (command, help) in commands() {
        let options = help.lines().skip_while(|line| *line != "Options:").skip(1);
        let options = options.take_while(|line| !line.ends_with(" options:"));
        let names: Vec<&str> = options.map(str::trim).filter(|it| it.starts_with('-')).collect();
        let at = |option: &str| names.iter().position(|name| name.contains(option));
        if let Some(environment) = at("--env <NAME>") {
            let before = at("--out <FILE>").or(at("--file")).map_or(0, |_| 1);
            assert_eq!(environment, before, "{command:?}: {names:?}");
        }
        if let Some(stdin) = at("--stdin-filename") {
            assert_eq!(stdin, names.len() - 2, "{command:?}: {names:?}");
        }
        assert_eq!(at("--state").or(at("--api-url")).or(at("--secrets-dir")), None, "{command:?}");
    }
}

#[test]
fn whoever_reaches_an_instance_is_told_of_the_sandbox() {
    for (command, help) in commands() {
        if command.is_empty() || help.contains("--api-url <URL>") {
            assert!(help.contains("--sandbox"), "{command:?}: {help}");
            let examples = examples(&help);
            assert!(examples.iter().any(|it| it.contains("--sandbox")), "{command:?}: {help}");
        }
    }
}

#[test]
fn the_manual_has_every_example() {
    for (command, help) in commands() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(run(clerkform(folder.path()).args(["man", "--out", "."])).exit, 0);
        let name = ["clerkform".to_owned()].into_iter().chain(command.clone());
        let page = format!("{}.1", name.collect::<Vec<_>>().join("-"));
        let page = fs::read_to_string(folder.path().join(page)).unwrap();
        let page = page.replace("\\-", "-").replace("\\*(Aq", "'").replace("\\(dq", "\"");
        for example in examples(&help) {
            assert!(page.lines().any(|line| line == example), "{example}: {page}");
        }
    }
}
