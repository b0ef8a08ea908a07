//! One file a command, each of which reads like its own summary; and the way from the arguments
//! to the exit code.

mod activity;
mod apply;
mod args;
mod completions;
mod console;
mod date;
mod diff;
mod drift;
mod explain;
mod failed;
mod failure;
mod files;
mod fix;
mod fmt;
mod hints;
mod import;
mod init;
mod man;
mod plan;
mod refused;
mod sandbox;
mod schema;
mod shell;
mod show;
mod signals;
mod spread;
mod state;
mod status;
mod targets;
mod terminal;
mod validate;
mod view;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use args::{
    Command, CommandLine, DiffFormat, FindingFormat, PlanFormat, ResultFormat, StateCommand,
};
use console::Console;
use files::input;

use crate::failure::FailureCode;
use crate::finding::Severity;
use crate::interrupt;
use crate::render::failure::FailedRun;

pub use failure::{Exit, Failure};

/// Runs the command line and tells the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    interrupt::install();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if shell::answered(&arguments) {
        return Exit::Done;
    }
    match parse(&arguments) {
        Ok(line) => {
            let console = Console::new(&line.global);
            if let Some(path) = unnamed(&line.command).and_then(|()| input::found_above()) {
                console.note(&format!("Using {}.", path.display()));
            }
            let exit = dispatch(&line.command, &console).unwrap_or_else(|failure| {
                report(&failure, &line.command, &console);
                tell(&failure, reader_of(&line.command), &console);
                failure.exit
            });
            match console.lost() {
                Some(failure) if matches!(exit, Exit::Done | Exit::Changes) => {
                    console.complain(&failure.text(&console.error_palette));
                    failure.exit
                }
                _ => exit,
            }
        }
        Err(error) => {
            // Help and version are asked for and go to standard output with 0.
            let asked_for = !error.use_stderr();
            console::refuse(&hints::told(error), &arguments);
            if asked_for { Exit::Done } else { Exit::Usage }
        }
    }
}

/// Whether a command reads a file of which the line does not say which.
fn unnamed(command: &Command) -> Option<()> {
    let files = match command {
        Command::Validate(args) => &args.files,
        Command::Plan(args) => &args.files,
        Command::Apply(args) if args.plan.is_none() => &args.files,
        Command::Drift(args) => &args.files,
        Command::Status(args) => &args.files,
        Command::Diff(args) => return args.files.is_empty().then_some(()),
        Command::Fix(args) => &args.files,
        Command::Fmt(args) => &args.files,
        Command::State(StateCommand::Show(args)) => &args.files,
        Command::State(StateCommand::Unlock(args)) => &args.files,
        Command::State(StateCommand::Adopt(args)) => &args.files,
        Command::State(StateCommand::Forget(args)) => return args.files().is_empty().then_some(()),
        Command::State(StateCommand::Pull(args)) if args.file.is_none() => return Some(()),
        Command::State(StateCommand::Push(args)) if args.file.is_none() => return Some(()),
        Command::State(StateCommand::Move(args)) => return args.file.is_empty().then_some(()),
        _ => return None,
    };
    files.is_default().then_some(())
}

/// Reads the arguments. What is said about them, help included, heeds `--color` as well.
fn parse(arguments: &[OsString]) -> Result<CommandLine, clap::Error> {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let apart = words.windows(2).find(|pair| pair[0] == "--color").map(|pair| pair[1]);
    let joined = || words.iter().find_map(|word| word.strip_prefix("--color="));
    let color = match apart.or_else(joined) {
        Some("always") => clap::ColorChoice::Always,
        Some("never") => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    };
    let matches = CommandLine::command().color(color).try_get_matches_from(arguments)?;
    CommandLine::from_arg_matches(&matches)
}

fn dispatch(command: &Command, console: &Console) -> Result<Exit, Failure> {
    match command {
        Command::Init(args) => init::run(args, console),
        Command::Validate(args) => validate::run(args, console),
        Command::Plan(args) => plan::run(args, console),
        Command::Status(args) => status::run(args, console),
        Command::Diff(args) => diff::run(args, console),
        Command::Show(args) => show::run(args, console),
        Command::Apply(args) => apply::run(args, console),
        Command::Drift(args) => drift::run(args, console),
        Command::Import(args) => import::run(args, console),
        Command::Schema(args) => schema::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Fix(args) => fix::run(args, console),
        Command::Fmt(args) => fmt::run(args, console),
        Command::State(StateCommand::Show(args)) => state::show(args, console),
        Command::State(StateCommand::Adopt(args)) => state::adopt(args, console),
        Command::State(StateCommand::Forget(args)) => state::forget(args, console),
        Command::State(StateCommand::Unlock(args)) => state::unlock(args, console),
        Command::State(StateCommand::Pull(args)) => state::carry::pull(args, console),
        Command::State(StateCommand::Push(args)) => state::carry::push(args, console),
        Command::State(StateCommand::Move(args)) => state::moving::run(args, console),
        Command::Sandbox(args) => sandbox::run(args, console),
        Command::Completions(args) => completions::run(args, console),
        Command::Man(args) => man::run(args, console),
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
        Command::Status(args) => args.output_format == ResultFormat::Json,
        Command::Diff(args) => args.output_format == DiffFormat::Json,
        Command::Show(args) => args.output_format == PlanFormat::Json,
        Command::Apply(args) => args.output_format == PlanFormat::Json,
        Command::Drift(args) => args.output_format == PlanFormat::Json,
        Command::Import(args) => args.output_format == ResultFormat::Json,
        Command::State(command) => {
            ResultFormat::Json
                == match command {
                    StateCommand::Show(args) => args.output_format,
                    StateCommand::Unlock(args) => args.output_format,
                    StateCommand::Adopt(args) => args.output_format,
                    StateCommand::Forget(args) => args.output_format,
                    StateCommand::Pull(_) | StateCommand::Push(_) | StateCommand::Move(_) => {
                        return Reader::Person;
                    }
                }
        }
        Command::Init(_)
        | Command::Schema(_)
        | Command::Explain(_)
        | Command::Fix(_)
        | Command::Fmt(_)
        | Command::Sandbox(_)
        | Command::Completions(_)
        | Command::Man(_) => false,
    };
    if json { Reader::Program } else { Reader::Person }
}

/// Tells of a failure in the formats that were asked for.
fn report(failure: &Failure, command: &Command, console: &Console) {
    let (run, reports, format) = match command {
        Command::Plan(args) => (FailedRun::Plan, &args.report, args.output_format),
        Command::Apply(args) => (FailedRun::Apply, &args.report, args.output_format),
        Command::Drift(args) => (FailedRun::Drift, &args.report, args.output_format),
        _ => return,
    };
    failed::told(failure, run, reports, format, console);
}

fn tell(failure: &Failure, reader: Reader, console: &Console) {
    let message = failure.message();
    let findings = (!failure.findings.is_empty()).then_some(failure.findings.as_slice());
    if reader == Reader::Program {
        let (help, each) = (Some(failure.help.as_str()), failure.each());
        let document = crate::render::failure::json(failure.code, &message, help, findings, each);
        console.result(&document);
    }
    if failure.code == FailureCode::Declined {
        // Whoever said no knows why nothing was done.
        console.complain("Nothing was changed.\n");
        return;
    }
    match findings {
        Some(findings) if reader == Reader::Person && failure.is_configuration() => {
            let palette = &console.error_palette;
            let mask = crate::config::masked;
            let text =
                crate::render::findings::text::text(findings, &failure.sources, palette, mask);
            console.complain(&text);
            if findings.iter().all(|finding| finding.severity == Severity::Warning) {
                console.complain("`--strict` treats warnings as errors.\n");
            }
            if let Some(way_on) = failure.targets.as_ref().and_then(|it| it.way_on.as_ref()) {
                console.complain(&format!("{way_on}.\n"));
            }
        }
        _ => console.complain(&failure.text(&console.error_palette)),
    }
}
