//! `init`: a starter configuration with every setting in comments.

use super::args::InitArgs;
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::beside::{self, SCHEMA_FILE};
use super::files::write;
use crate::render::text::escape::name;
use crate::render::text::shell::quoted;
use crate::render::written::starter;

/// Runs the command.
pub fn run(args: &InitArgs, console: &Console) -> Result<Exit, Failure> {
    let schema = (!args.no_schema).then_some(SCHEMA_FILE);
    let text = schema.map_or_else(starter::without_schema, starter::starter);
    if args.file.as_os_str() == "-" {
        console.result(&text);
        return Ok(Exit::Done);
    }
    write::fresh(&args.file, &text)?;
    console.did(Effect::Written);
    let file = args.file.display().to_string();
    let shown = name(&file);
    console.result(&format!("Wrote {shown}: every setting is in it, commented out.\n"));
    for told in beside::add(&args.file, schema)? {
        console.result(&format!("{told}\n"));
    }
    let separator = if file.starts_with('-') { "-- " } else { "" };
    let word = quoted(&file);
    console.note(&format!(
        "Next: remove the `# ` in front of what you want to set, then `clerkform validate {separator}{word}` \
         and `clerkform apply --sandbox {separator}{word}`."
    ));
    Ok(Exit::Done)
}
