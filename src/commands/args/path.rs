//! Paths on the command line.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, PathBufValueParser, TypedValueParser};

use crate::text::slashed_path;

/// A path, spelled as on every system.
pub fn path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().map(slashed_path)
}

/// The same, or nothing: a variable that is set to nothing is how pipelines say that it is not set.
pub fn path_or_nothing() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(|value| slashed_path(PathBuf::from(value)))
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;

    use clap::builder::ValueParser;
    use clap::{Arg, Command, CommandFactory};

    use super::*;
    use crate::commands::args::CommandLine;

    /// Every argument of a command and those below it that is a path, with what reads it.
    fn paths(command: &Command, found: &mut Vec<(String, ValueParser)>) {
        for argument in command.get_arguments() {
            let parser = argument.get_value_parser();
            if parser.type_id() == TypeId::of::<PathBuf>() {
                let title = format!("{} {}", command.get_name(), argument.get_id());
                found.push((title, parser.clone()));
            }
        }
        command.get_subcommands().for_each(|command| paths(command, found));
    }

    #[test]
    fn every_path_on_the_command_line_is_spelled_with_slashes() {
        let (mut line, mut found) = (CommandLine::command(), Vec::new());
        // Each command makes its options only now.
        line.build();
        paths(&line, &mut found);
        assert!(found.len() > 20, "{}", found.len());
        // Elsewhere that is a name.
        let expected = if cfg!(windows) { "a/b" } else { r"a\b" };
        for (title, parser) in found {
            let command = Command::new("test").arg(Arg::new("path").value_parser(parser));
            let matches = command.try_get_matches_from(["test", r"a\b"]).unwrap();
            let path = matches.get_one::<PathBuf>("path").unwrap();
            assert_eq!(path.to_str(), Some(expected), "{title}");
        }
    }
}
