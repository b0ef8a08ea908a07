//! The scripts of `completions` in the real shells: which words each offers at a TAB. Shells that
//! are not installed are skipped; `tests/setup.sh` installs what Debian has.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]
#![allow(clippy::print_stderr, reason = "what is skipped is said loudly")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Trial};
use support::program::{Ran, binary, clerkform, run};
use tempfile::TempDir;

/// A shell: its name, the program, and the code that completes `$words` with a script.
struct Shell {
    name: &'static str,
    program: &'static str,
    options: &'static [&'static str],
    ask: fn(script: &Path, words: &[&str]) -> String,
}

const SHELLS: [Shell; 5] = [
    Shell { name: "bash", program: "bash", options: &["--norc", "-c"], ask: in_bash },
    Shell { name: "zsh", program: "zsh", options: &["-f", "-c"], ask: in_zsh },
    Shell { name: "fish", program: "fish", options: &["--no-config", "-c"], ask: in_fish },
    Shell { name: "elvish", program: "elvish", options: &["-norc", "-c"], ask: in_elvish },
    Shell {
        name: "powershell",
        program: "pwsh",
        options: &["-NoProfile", "-Command"],
        ask: in_powershell,
    },
];

/// The words typed after `clerkform`, the last one up to the cursor, and what is offered.
type Row = (&'static [&'static str], Offer);

enum Offer {
    Exactly(&'static [&'static str]),
    Among(&'static [&'static str]),
}
use Offer::{Among, Exactly};

const ROWS: [Row; 16] = [
    (&["pl"], Exactly(&["plan"])),
    (&["plan", "-e", ""], Exactly(&["production", "staging"])),
    (&["plan", "--env", "prod"], Exactly(&["production"])),
    (&["plan", "-e", "staging", "-e", "prod"], Exactly(&["production"])),
    (&["plan", "other.yaml", "-e", ""], Exactly(&["preview"])),
    (&["plan", "broken.yaml", "-e", ""], Exactly(&["preview"])),
    (&["plan", "hostile.yaml", "-e", ""], Exactly(&["harmless"])),
    (&["plan", "missing.yaml", "-e", ""], Exactly(&[])),
    (&["state", "forget", "-f", "other.yaml", "--env", "pre"], Exactly(&["preview"])),
    (&["plan", "--output-format", ""], Among(&["text", "json", "markdown"])),
    (&["explain", "restr"], Among(&["restrictions", "restrictions.allowlist"])),
    (&["explain", "may-"], Exactly(&["may-lock-out"])),
    (&["state", "forget", "protect.r"], Exactly(&["protect.rules_enabled"])),
    (&["state", "forget", "protect", "oth"], Exactly(&["other.yaml"])),
    (&["state", "forget", "protect", "other.yaml", "-e", ""], Exactly(&["preview"])),
    (&["completions", ""], Among(&["bash", "elvish", "fish", "powershell", "zsh"])),
];

fn main() {
    let mut trials = Vec::new();
    for shell in SHELLS {
        let is_missing = !is_installed(shell.program);
        if is_missing {
            eprintln!("SKIPPED: {} is not installed, so its completion is untested", shell.program);
        }
        let name = format!("{}_offers_what_is_known", shell.name);
        let trial = Trial::test(name, move || {
            offers(&shell);
            Ok(())
        });
        trials.push(trial.with_ignored_flag(is_missing));
    }
    for (name, test) in [
        ("bash_offers_what_follows_an_equals_sign", equals_signs as fn()),
        ("bash_quotes_a_path_with_a_space", paths_with_spaces),
        ("every_script_names_the_program_and_no_path", scripts),
        ("a_shell_is_never_told_of_an_error", errors),
    ] {
        trials.push(Trial::test(name, move || {
            test();
            Ok(())
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn is_installed(program: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join(program).is_file())
}

/// A folder with configurations, sound and otherwise, and each shell's script.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("clerk.yaml", "environments:\n  production: {}\n  staging: {}\n"),
        ("other.yaml", "environments: {preview: {}}\n"),
        ("broken.yaml", "instance: {hipb: 1}\nenvironments: {preview: {hibp: [}}\n"),
        (
            "hostile.yaml",
            "environments: {\"a\\e[31mb\": {}, \"c\\nd\": {}, \"$(ls)\": {}, harmless: {}}\n",
        ),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    for Shell { name, .. } in SHELLS {
        let ran = run(clerkform(folder.path()).args(["completions", name]));
        assert_eq!(ran.exit, 0, "{ran:?}");
        fs::write(folder.path().join("scripts").with_extension(name), ran.stdout).unwrap();
    }
    folder
}

/// The words that a shell offers, sorted.
fn offered(shell: &Shell, folder: &Path, words: &[&str]) -> Vec<String> {
    let script = folder.join("scripts").with_extension(shell.name);
    let words: Vec<&str> = std::iter::once("clerkform").chain(words.iter().copied()).collect();
    let path = format!(
        "{}:{}",
        binary().parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut command = Command::new(shell.program);
    command.args(shell.options).arg((shell.ask)(&script, &words)).current_dir(folder);
    command.env("PATH", path).env("HOME", folder).stdin(Stdio::null());
    let ran = run(&mut command);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""), "{words:?}: {}", ran.stdout);
    let mut offered: Vec<String> =
        ran.stdout.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    offered.sort();
    offered
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ")
}

fn in_bash(script: &Path, words: &[&str]) -> String {
    // Where the cursor stands behind a `=`, bash says that the word is empty.
    let current = words.last().filter(|word| **word != "=").unwrap_or(&"");
    format!(
        "source {script}; complete -p clerkform >/dev/null || exit; COMP_WORDS=({words}); \
         COMP_CWORD={cursor}; _clerkform clerkform '{current}'; \
         [ ${{#COMPREPLY[@]}} = 0 ] || printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script = script.display(),
        words = quoted(words),
        cursor = words.len() - 1,
    )
}

fn in_zsh(script: &Path, words: &[&str]) -> String {
    // The two functions of zsh's completion system that the script builds on.
    format!(
        "compdef() {{ completer=$1 }}; \
         _describe() {{ local -a offers=(\"${{(@P)3}}\"); print -rl -- \"${{(@)offers%%:*}}\" }}; \
         source {script}; words=({words}); CURRENT={current}; $completer; true",
        script = script.display(),
        words = quoted(words),
        current = words.len(),
    )
}

fn in_fish(script: &Path, words: &[&str]) -> String {
    format!(
        "source {}; complete --do-complete {} | string split --fields 1 \\t; true",
        script.display(),
        quoted(&[words.join(" ").as_str()]),
    )
}

fn in_elvish(script: &Path, words: &[&str]) -> String {
    // The editor's variable is there only in a terminal, so the function gets another name.
    let text = fs::read_to_string(script).unwrap();
    let text = text.replace("set edit:completion:arg-completer[clerkform] =", "var completer =");
    assert!(text.contains("var completer ="), "{text}");
    format!("{text}\n$completer {} | each {{ |line| echo $line }}", quoted(words))
}

fn in_powershell(script: &Path, words: &[&str]) -> String {
    let line = words.join(" ");
    format!(
        ". ([scriptblock]::Create((Get-Content -Raw '{}'))); \
         (TabExpansion2 '{line}' {}).CompletionMatches | ForEach-Object CompletionText",
        script.display(),
        line.len(),
    )
}

fn offers(shell: &Shell) {
    let folder = folder();
    for (words, offer) in &ROWS {
        let offered = offered(shell, folder.path(), words);
        match offer {
            Exactly(expected) => assert_eq!(&offered, expected, "{words:?}"),
            Among(expected) => {
                let prefix = words.last().unwrap();
                assert!(offered.iter().all(|word| word.starts_with(prefix)), "{offered:?}");
                for word in *expected {
                    assert!(offered.iter().any(|offer| offer == word), "{word}: {offered:?}");
                }
            }
        }
    }
}

fn bash(folder: &Path, words: &[&str]) -> Vec<String> {
    offered(&SHELLS[0], folder, words)
}

fn equals_signs() {
    let folder = folder();
    for (words, expected) in [
        // As bash takes them apart.
        (&["plan", "--output-format", "=", "js"][..], &["json", "jsonl"][..]),
        (&["plan", "--env", "="], &["production", "staging"]),
        (&["plan", "--report", "mark"], &["markdown="]),
        (&["plan", "--report", "json", "=", "oth"], &["other.yaml"]),
        (&["plan", "--report", "json", "=", "plan.json", "-e", "prod"], &["production"]),
    ] {
        assert_eq!(bash(folder.path(), words), expected, "{words:?}");
    }
}

fn paths_with_spaces() {
    let folder = folder();
    fs::write(folder.path().join("my own.yaml"), "").unwrap();
    assert_eq!(bash(folder.path(), &["validate", "my"]), ["my\\ own.yaml"]);
}

fn scripts() {
    let folder = folder();
    for Shell { name, .. } in SHELLS {
        let script = folder.path().join("scripts").with_extension(name);
        let script = fs::read_to_string(script).unwrap();
        assert!(script.contains("clerkform --"), "{script}");
        assert!(!script.contains(binary().parent().unwrap().to_str().unwrap()), "{script}");
    }
    let alias = run(clerkform(folder.path()).args(["completions", "pwsh"]));
    let script = fs::read_to_string(folder.path().join("scripts.powershell")).unwrap();
    assert_eq!(alias.stdout, script);
}

fn errors() {
    let folder = folder();
    for words in [&[][..], &["--"], &["--", "clerkform"], &["--", "clerkform", "nothing", "-x"]] {
        for index in ["", "0", "1", "77", "x"] {
            for Shell { name, .. } in SHELLS {
                let mut command = clerkform(folder.path());
                command.args(words).env("_CLERKFORM_COMPLETE", name);
                command.env("_CLAP_COMPLETE_INDEX", index);
                let Ran { exit, stderr, .. } = run(&mut command);
                assert_eq!((exit, stderr.as_str()), (0, ""), "{name} {words:?} {index}");
            }
        }
    }
    // A variable that means nothing changes nothing.
    let mut command = clerkform(folder.path());
    let ran = run(command.arg("--version").env("_CLERKFORM_COMPLETE", "cmd"));
    assert!(ran.stdout.starts_with("clerkform "), "{ran:?}");
}
