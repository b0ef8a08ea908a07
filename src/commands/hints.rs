//! What people type who know other programs, and what it is called here.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Commands that are called otherwise here.
const COMMANDS: [(&str, &str); 10] = [
    ("check", "`clerkform validate` checks files"),
    ("lint", "`clerkform validate` checks files"),
    ("format", "`clerkform fmt` formats files"),
    ("preview", "`clerkform plan` shows what would change"),
    ("refresh", "`clerkform plan --refresh` reads the live instance first"),
    ("pull", "`clerkform import` writes a file from a live instance"),
    ("deploy", "`clerkform apply` makes the changes"),
    ("rm", "`clerkform state forget SECTION.FIELD` forgets what is recorded"),
    ("list", "`clerkform state show` lists what is recorded"),
    ("ls", "`clerkform state show` lists what is recorded"),
];

/// The option that narrows a run, where a command has it.
const NARROW: (&str, &str) =
    ("--target", "`--target SECTION[.FIELD]` narrows `plan`, `apply` and `drift`");

/// The same error, with a hint where the name is one that another program has.
pub fn told(error: clap::Error) -> clap::Error {
    let kind = match error.kind() {
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        _ => return error,
    };
    let Some(ContextValue::String(name)) = error.get(kind) else { return error };
    let mut known = COMMANDS.into_iter().chain([NARROW]);
    let Some((_, hint)) = known.find(|(known, _)| name == known) else { return error };
    let mut error = error;
    // What looks alike is not what is meant.
    error.remove(ContextKind::SuggestedSubcommand);
    error.remove(ContextKind::SuggestedArg);
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    error
}
