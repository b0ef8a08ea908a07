//! The environments of the files that a line names, before it is finished.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, CommandFactory};

use crate::catalog::schema::environment_name;
use crate::commands::args::{CommandLine, is_file};
use crate::commands::files::input;

/// The names of the overlays of the named files, or of the default one; each once.
pub fn environments(words: &[OsString]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in
        named(words).iter().filter(|path| is_regular(path)).flat_map(|it| input::environments(it))
    {
        // What cannot be typed after `-e` is not offered, and cannot harm a terminal.
        if environment_name(&name).is_ok() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// The files that a line names that may be wrong or half typed.
fn named(words: &[OsString]) -> Vec<PathBuf> {
    let matches = CommandLine::command().ignore_errors(true).try_get_matches_from(words);
    let named = matches.map(|matches| files_of(&matches)).unwrap_or_default();
    if named.is_empty() {
        vec![input::found_above().unwrap_or_else(input::default_file)]
    } else {
        named
    }
}

fn files_of(matches: &ArgMatches) -> Vec<PathBuf> {
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    let named = ["files", "file"]
        .into_iter()
        .filter_map(|id| innermost.try_get_many::<PathBuf>(id).ok().flatten())
        .flatten()
        .cloned();
    let words = innermost.try_get_many::<String>("words").ok().flatten().into_iter().flatten();
    named.chain(words.filter(|word| is_file(word)).map(PathBuf::from)).collect()
}

/// Only a regular file is read: anything else may keep the shell waiting.
fn is_regular(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|about| about.is_file())
}
