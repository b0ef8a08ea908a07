//! The words that an argument can have, where more is known than the command line says.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};

use super::files;
use crate::catalog::SECTIONS;
use crate::commands::explain::{self, Explained};

/// The command line with the candidates of its arguments. `words` are those typed so far.
pub fn offered(command: Command, words: &[OsString]) -> Command {
    extended(command, &Arc::from(words))
}

fn extended(command: Command, words: &Arc<[OsString]>) -> Command {
    let formats: Vec<String> = command
        .get_arguments()
        .filter(|argument| argument.get_id() == "output_format")
        .flat_map(Arg::get_possible_values)
        .map(|value| value.get_name().to_owned())
        .collect();
    command
        .mut_args(|argument| with_candidates(argument, words, &formats))
        .mut_subcommands(|inner| extended(inner, words))
}

fn with_candidates(argument: Arg, words: &Arc<[OsString]>, formats: &[String]) -> Arg {
    match argument.get_id().as_str() {
        "environments" => {
            let words = Arc::clone(words);
            argument.add(ArgValueCandidates::new(move || environments(&words)))
        }
        "what" => argument.add(ArgValueCandidates::new(explained)),
        "words" => argument.add(ArgValueCompleter::new(forgettable)),
        "report" => {
            let formats = formats.to_vec();
            argument.add(ArgValueCompleter::new(move |word: &OsStr| report(word, &formats)))
        }
        "state" => argument.add(ArgValueCompleter::new(PathCompleter::any())),
        "secrets_dir" => argument.add(ArgValueCompleter::new(PathCompleter::dir())),
        _ => argument,
    }
}

fn environments(words: &[OsString]) -> Vec<CompletionCandidate> {
    files::environments(words).into_iter().map(CompletionCandidate::new).collect()
}

fn explained() -> Vec<CompletionCandidate> {
    explain::names().map(candidate).collect()
}

/// Sections and settings, and files.
fn forgettable(word: &OsStr) -> Vec<CompletionCandidate> {
    let names = SECTIONS.into_iter().flat_map(explain::names_in);
    let names = names.filter(|it| word.to_str().is_some_and(|word| it.name.starts_with(word)));
    names.map(candidate).chain(PathCompleter::any().complete(word)).collect()
}

fn candidate(explained: Explained) -> CompletionCandidate {
    let Explained { name, meaning } = explained;
    let help = (!meaning.is_empty()).then(|| meaning.into());
    CompletionCandidate::new(name).help(help)
}

/// `FORMAT=`, and behind it a path.
fn report(word: &OsStr, formats: &[String]) -> Vec<CompletionCandidate> {
    let Some(word) = word.to_str() else { return Vec::new() };
    if let Some((format, path)) = word.split_once('=') {
        let paths = PathCompleter::any().complete(OsStr::new(path));
        return paths.into_iter().map(|path| path.add_prefix(format!("{format}="))).collect();
    }
    let starts = formats.iter().map(|format| format!("{format}="));
    starts.filter(|start| start.starts_with(word)).map(CompletionCandidate::new).collect()
}
