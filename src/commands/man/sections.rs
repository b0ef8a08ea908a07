//! What holds for every command: exit codes, variables, files.

use std::collections::BTreeMap;

use clap::{Arg, Command};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use crate::commands::args::examples::{HEADING, REMARK};
use crate::commands::failure::Exit;
use crate::commands::files::DEFAULT_FILES;
use crate::config::Target;

/// The sections that only the main page has.
pub fn common(main: &Command) -> Roff {
    let mut roff = Roff::new();
    exit_codes(&mut roff);
    variables(&mut roff, main);
    files(&mut roff);
    roff
}

/// The examples that end the help of a command.
pub fn examples(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let help = after_help(command);
    let mut lines = help.lines().skip_while(|line| *line != HEADING).skip(1).map(str::trim);
    roff.control("SH", ["EXAMPLES"]);
    let mut is_first = true;
    while let Some((meaning, line)) = lines.next().zip(lines.next()) {
        let meaning = meaning.strip_prefix(REMARK).unwrap_or(meaning);
        if !is_first {
            roff.control("PP", []);
        }
        is_first = false;
        roff.text([roman(format!("{meaning}:"))]);
        roff.control("PP", []);
        roff.control("RS", ["4"]);
        roff.control("nf", []);
        roff.text([roman(line)]);
        roff.control("fi", []);
        roff.control("RE", []);
    }
    roff
}

/// The exit codes that mean something of their own here, where the help of a command tells them.
pub fn exits(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let help = after_help(command);
    if let Some(told) = help.lines().find_map(|line| line.strip_prefix("Exit codes: ")) {
        roff.control("SH", ["EXIT STATUS"]);
        roff.text([roman(told)]);
    }
    roff
}

fn after_help(command: &Command) -> String {
    command.get_after_help().map(ToString::to_string).unwrap_or_default()
}

fn exit_codes(roff: &mut Roff) {
    roff.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        entry(roff, vec![bold(exit.code().to_string())], exit.meaning());
    }
}

fn variables(roff: &mut Roff, main: &Command) {
    roff.control("SH", ["ENVIRONMENT"]);
    let key = "The secret key of the instance, unless the configuration names another variable or \
        an option says where to find it.";
    entry(roff, vec![bold(Target::DEFAULT_KEY_VARIABLE)], key);
    let mut of_options = BTreeMap::new();
    gather(main, &mut of_options);
    for (variable, option) in &of_options {
        entry(
            roff,
            vec![bold(variable)],
            &format!("The value of --{option}, if that is not given."),
        );
    }
    entry(
        roff,
        vec![bold("NO_COLOR")],
        "If not empty, no colors are used, unless --color is given.",
    );
    let forced =
        "If neither empty nor 0, colors are used without a terminal too, unless --color is given.";
    entry(roff, vec![bold("CLICOLOR_FORCE")], forced);
}

/// The variables that stand in for an option, with its name.
fn gather(command: &Command, found: &mut BTreeMap<String, String>) {
    for argument in command.get_arguments() {
        let variable = argument.get_env().map(|name| name.display().to_string());
        if let (Some(variable), Some(option)) = (variable, Arg::get_long(argument)) {
            found.insert(variable, option.to_owned());
        }
    }
    for inner in command.get_subcommands() {
        gather(inner, found);
    }
}

fn files(roff: &mut Roff) {
    roff.control("SH", ["FILES"]);
    let [first, second] = DEFAULT_FILES;
    let configuration = "The configuration used when none is named: the first that exists.";
    entry(roff, vec![bold(first), roman(", "), bold(second)], configuration);
    let state = vec![
        bold("clerk.state.json"),
        roman(", "),
        bold("clerk."),
        italic("ENVIRONMENT"),
        bold(".state.json"),
    ];
    entry(roff, state, "The state: what was last applied.");
    entry(
        roff,
        vec![bold("clerk.state.json.lock")],
        "Keeps two runs apart. It may stay behind, and does not belong in a repository.",
    );
    entry(
        roff,
        vec![bold("clerk.sandbox.instance.json"), roman(", "), bold("clerk.sandbox.state.json")],
        "The instance that --sandbox emulates, and the state for it.",
    );
}

/// A name, and what it is.
fn entry(roff: &mut Roff, name: Vec<Inline>, meaning: &str) {
    roff.control("TP", []);
    roff.text(name);
    roff.text([roman(meaning)]);
}
