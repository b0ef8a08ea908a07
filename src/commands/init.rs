//! `init`: a starter configuration with every setting in comments.

use std::path::Path;

use super::args::InitArgs;
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::{ignored, write};
use crate::failure::FailureCode;
use crate::render::text::escape::name;
use crate::render::text::shell::quoted;
use crate::render::written::starter;
use crate::{catalog, render};

/// Where the first line of a file that is written tells editors to find the schema.
pub(super) const SCHEMA_FILE: &str = "clerkform.schema.json";

/// Runs the command.
pub fn run(args: &InitArgs, console: &Console) -> Result<Exit, Failure> {
    let text =
        if args.no_schema { starter::without_schema() } else { starter::starter(SCHEMA_FILE) };
    if args.file.as_os_str() == "-" {
        console.result(&text);
        return Ok(Exit::Done);
    }
    write::fresh(&args.file, &text)?;
    console.did(Effect::Written);
    let file = args.file.display().to_string();
    let shown = name(&file);
    console.result(&format!("Wrote {shown}: every setting is in it, commented out.\n"));
    if !args.no_schema {
        add_schema(&args.file, console)?;
    }
    if let Some(path) = ignored::add(&args.file)? {
        let path = path.display().to_string();
        console.result(&format!("Added what runs leave behind to {}.\n", name(&path)));
    }
    let separator = if file.starts_with('-') { "-- " } else { "" };
    let word = quoted(&file);
    console.note(&format!(
        "Next: take the `# ` from what you want to set, then `clerkform validate {separator}{word}` \
         and `clerkform apply --sandbox {separator}{word}`."
    ));
    Ok(Exit::Done)
}

/// Writes the schema that the first line names; one that is there already is left alone.
fn add_schema(file: &Path, console: &Console) -> Result<(), Failure> {
    let path = file.with_file_name(SCHEMA_FILE);
    let shown = path.display().to_string();
    match write::fresh(&path, &render::document(&catalog::schema::configuration())) {
        Ok(()) => {
            console.result(&format!("Wrote {}: your editor reads it.\n", name(&shown)));
            Ok(())
        }
        Err(failure) if failure.code == FailureCode::FileExists => {
            console.note(&format!("{} exists already and was left alone.", name(&shown)));
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}
