//! `init`: a starter configuration with every setting in comments.

use super::args::InitArgs;
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::write;
use crate::render::text::escape::name;
use crate::render::text::shell::quoted;
use crate::render::written::starter;

/// Where the first line of a file that is written tells editors to find the schema.
pub(super) const SCHEMA_FILE: &str = "clerkform.schema.json";

/// Runs the command.
pub fn run(args: &InitArgs, console: &Console) -> Result<Exit, Failure> {
    let text = starter::starter(SCHEMA_FILE);
    if args.file.as_os_str() == "-" {
        console.result(&text);
        return Ok(Exit::Done);
    }
    write::fresh(&args.file, &text)?;
    console.did(Effect::Written);
    let file = args.file.display().to_string();
    let shown = name(&file);
    console.result(&format!("Wrote {shown}: every setting stands in it as a comment.\n"));
    let separator = if file.starts_with('-') { "-- " } else { "" };
    let word = quoted(&file);
    console.note(&format!(
        "Next: take the `#` from what you want to set, then `clerkform validate {separator}{word}` \
         and `clerkform apply --sandbox {separator}{word}`.\nFor help in your editor: `clerkform schema > \
         {SCHEMA_FILE}` beside it."
    ));
    Ok(Exit::Done)
}
