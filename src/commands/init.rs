//! `init`: a starter configuration with every setting in comments.

use super::args::InitArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::write;
use crate::render::starter;

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
    let name = args.file.display();
    console.result(&format!("Wrote {name}: every setting stands in it as a comment.\n"));
    console.note(&format!(
        "Next: take the `#` from what you want to set, then `clerkform validate {name}` and \
         `clerkform apply --sandbox {name}`.\nFor help in your editor: `clerkform schema > \
         {SCHEMA_FILE}` beside it."
    ));
    Ok(Exit::Done)
}
