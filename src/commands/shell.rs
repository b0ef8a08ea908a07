//! Completion at a TAB: which words may stand there. The scripts that `completions`
//! prints run the program with [`VARIABLE`] set and the words typed so far behind a `--`. Whatever
//! goes wrong here is kept quiet: a person is in the middle of a line.

mod adapters;
mod candidates;
mod files;

use std::ffi::OsString;
use std::io::Write;

use clap::{CommandFactory, ValueEnum};

use super::args::{CommandLine, Shell};

/// Holds the name of the shell that asks.
const VARIABLE: &str = "_CLERKFORM_COMPLETE";
/// What is typed to run the program.
const PROGRAM: &str = "clerkform";

/// The script that makes a shell ask.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    // Nothing can fail here: a `Vec` takes whatever it is given.
    let _ =
        adapters::of(shell).write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script);
    script
}

/// Whether it was a shell that asked; then it has its answer.
pub fn answered(arguments: &[OsString]) -> bool {
    let Some(name) = std::env::var_os(VARIABLE) else { return false };
    let Some(shell) = name.to_str().and_then(|name| Shell::from_str(name, false).ok()) else {
        return false;
    };
    let words: Vec<OsString> =
        arguments.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
    if words.is_empty() {
        return true;
    }
    let mut command = CommandLine::command();
    // Each command makes its options only now.
    command.build();
    let mut command = candidates::offered(command, &words);
    let mut answer = Vec::new();
    let here = std::env::current_dir().ok();
    let adapter = adapters::of(shell);
    if adapter.write_complete(&mut command, words, here.as_deref(), &mut answer).is_ok() {
        let _ = std::io::stdout().lock().write_all(&answer);
    }
    true
}
