//! One file a command, each of which reads like its own summary; and the way from the arguments
//! to the exit code.

mod access;
mod apply;
mod args;
mod console;
mod explain;
mod failure;
mod init;
mod input;
mod keys;
mod plan;
mod sandbox;
mod schema;
mod show;
mod signals;
mod state;
mod targets;
mod validate;
mod write;

use std::ffi::OsString;

use clap::Parser;

use args::{Command, CommandLine, FindingFormat, PlanFormat, ResultFormat, StateCommand};
use console::Console;
pub use failure::{Exit, Failure};

/// Runs the command line and tells the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    match CommandLine::try_parse_from(arguments) {
        Ok(line) => {
            let console = Console::new(&line.voice);
            dispatch(&line.command, &console).unwrap_or_else(|failure| {
                tell(&failure, reader_of(&line.command), &console);
                failure.exit
            })
        }
        Err(error) => {
            // Help and version are asked for and go to standard output with 0.
            let asked_for = !error.use_stderr();
            let _ = error.print();
            if asked_for { Exit::Done } else { Exit::Usage }
        }
    }
}

fn dispatch(command: &Command, console: &Console) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => init::run(args, console),
        Command::Validate(args) => validate::run(args, console),
        Command::Plan(args) => plan::run(args, console),
        Command::Show(args) => show::run(args, console),
        Command::Apply(args) => apply::run(args, console),
        Command::Schema(args) => schema::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::State(StateCommand::Show(args)) => state::show(args, console),
        Command::State(StateCommand::Adopt(args)) => state::adopt(args, console),
        Command::State(StateCommand::Forget(args)) => state::forget(args, console),
        Command::State(StateCommand::Unlock(args)) => state::unlock(args, console),
        Command::Sandbox(args) => sandbox::run(args, console),
    }
}

/// Who reads standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Person,
    Program,
}

fn reader_of(command: &Command) -> Reader {
    let json = match command {
        Command::Validate(args) => args.output_format == FindingFormat::Json,
        Command::Plan(args) => args.output_format == PlanFormat::Json,
        Command::Show(args) => args.output_format == PlanFormat::Json,
        Command::Apply(args) => args.output_format == ResultFormat::Json,
        Command::State(command) => {
            ResultFormat::Json
                == match command {
                    StateCommand::Show(args) | StateCommand::Unlock(args) => args.output_format,
                    StateCommand::Adopt(args) => args.output_format,
                    StateCommand::Forget(args) => args.output_format,
                }
        }
        Command::Init(_) | Command::Schema(_) | Command::Explain(_) | Command::Sandbox(_) => false,
    };
    if json { Reader::Program } else { Reader::Person }
}

fn tell(failure: &Failure, reader: Reader, console: &Console) {
    let message = failure.message();
    let findings = (!failure.findings.is_empty()).then_some(failure.findings.as_slice());
    if reader == Reader::Program {
        let document =
            crate::render::failure::json(failure.code, &message, Some(&failure.help), findings);
        console.result(&document);
    }
    match findings {
        Some(findings) if reader == Reader::Person && failure.is_configuration() => console
            .complain(&crate::render::findings::text(
                findings,
                &failure.sources,
                &console.error_palette,
                crate::config::masked,
            )),
        _ => console.complain(&failure.text(&console.error_palette)),
    }
}
