//! How each shell asks and wants to be answered. Those of `clap_complete` are used save two: in
//! bash, which takes words apart at `=`, and in PowerShell, where it would evaluate what stands on
//! the line.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::{CompletionCandidate, complete};
use clap_complete::env::{Elvish, EnvCompleter, Fish, Zsh};

use crate::commands::args::Shell;

/// The word at which the cursor stands, for the shells that count.
const INDEX: &str = "_CLAP_COMPLETE_INDEX";
/// The word at the cursor, which PowerShell cannot pass as an argument where it is empty.
const WORD: &str = "_CLERKFORM_WORD";

const BASH: &str = include_str!("bash.sh");
const POWERSHELL: &str = include_str!("powershell.ps1");

/// The adapter of a shell.
pub fn of(shell: Shell) -> &'static dyn EnvCompleter {
    match shell {
        Shell::Bash => &Bash,
        Shell::Elvish => &Elvish,
        Shell::Fish => &Fish,
        Shell::Powershell => &PowerShell,
        Shell::Zsh => &Zsh,
    }
}

struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        _: &str,
        _: &str,
        _: &str,
        _: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        out.write_all(BASH.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        here: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let index = std::env::var(INDEX).ok().and_then(|index| index.parse().ok());
        let Some(Asked { words, index, kept }) = joined(words, index.unwrap_or_default()) else {
            return Ok(());
        };
        for candidate in complete(command, words, index, here)? {
            let value = candidate.get_value().to_string_lossy();
            writeln!(out, "{}", value.strip_prefix(&kept).unwrap_or(&value))?;
        }
        Ok(())
    }
}

/// The words as they were typed.
#[derive(Debug, PartialEq)]
struct Asked {
    words: Vec<OsString>,
    /// Which of them is completed.
    index: usize,
    /// How much of it bash leaves alone.
    kept: String,
}

/// Puts together what bash took apart at each `=`. `None` where there is nothing to complete.
fn joined(words: Vec<OsString>, index: usize) -> Option<Asked> {
    let mut asked = Asked { words: Vec::new(), index: 0, kept: String::new() };
    let mut is_open = false;
    for (at, word) in words.into_iter().enumerate() {
        let is_sign = word == "=";
        match asked.words.last_mut().filter(|_| is_sign || is_open) {
            Some(last) => {
                let before = last.display().to_string();
                last.push(&word);
                if at == index {
                    asked.kept = if is_sign { before + "=" } else { before };
                }
            }
            None => asked.words.push(word),
        }
        is_open = is_sign;
        if at == index {
            asked.index = asked.words.len() - 1;
            // What stands behind the cursor is another word.
            is_open = false;
        }
    }
    (!asked.words.is_empty()).then_some(asked)
}

struct PowerShell;

impl EnvCompleter for PowerShell {
    fn name(&self) -> &'static str {
        "powershell"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        _: &str,
        _: &str,
        _: &str,
        _: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        out.write_all(POWERSHELL.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        mut words: Vec<OsString>,
        here: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let index = words.len();
        words.push(std::env::var_os(WORD).unwrap_or_default());
        for candidate in complete(command, words, index, here)? {
            let value = candidate.get_value().to_string_lossy();
            writeln!(out, "{value}\t{}", help(&candidate))?;
        }
        Ok(())
    }
}

/// The first line of what a candidate is; its value where nothing is known.
fn help(candidate: &CompletionCandidate) -> String {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    match help.lines().next() {
        Some(line) => line.to_owned(),
        None => candidate.get_value().to_string_lossy().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn what_bash_took_apart_is_one_word_again() {
        for (words, index, expected, at, kept) in [
            ("plan -e prod", 2, "plan -e prod", 2, ""),
            ("plan --output-format = js", 3, "plan --output-format=js", 1, "--output-format="),
            ("plan --output-format =", 2, "plan --output-format=", 1, "--output-format="),
            ("plan --report json = a -e b", 6, "plan --report json=a -e b", 4, ""),
            ("plan --report json = a = b", 6, "plan --report json=a=b", 2, "json=a="),
            ("plan = x", 0, "plan=x", 0, ""),
        ] {
            let words = words.split(' ').map(OsString::from).collect();
            let Asked { words, index, kept: got } = joined(words, index).unwrap();
            assert_eq!(words.join(OsStr::new(" ")), expected);
            assert_eq!((index, got.as_str()), (at, kept), "{expected}");
        }
        assert_eq!(joined(Vec::new(), 0), None);
    }
}
