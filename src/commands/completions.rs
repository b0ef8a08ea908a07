//! `completions`: the script that lets a shell complete the words of a line.

use super::args::CompletionsArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::shell;

/// Runs the command.
#[expect(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub fn run(args: &CompletionsArgs, console: &Console) -> Result<Exit, Failure> {
    console.result(&String::from_utf8_lossy(&shell::script(args.shell)));
    Ok(Exit::Done)
}
