//! `man`: the manual pages, from the same words as `--help`.

mod pages;
mod sections;

use std::path::Path;

use super::args::ManArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::files::write;
use crate::render::text::words::count;

/// Runs the command.
pub fn run(args: &ManArgs, console: &Console) -> Result<Exit, Failure> {
    let pages = pages::all();
    let Some(folder) = &args.out else {
        console.result(pages.first().map_or("", |page| &page.text));
        return Ok(Exit::Done);
    };
    write::folder(folder)?;
    for page in &pages {
        write::over(&folder.join(&page.file), &page.text)?;
    }
    console.result(&format!("Wrote {} into {}.\n", count(pages.len(), "page"), shown(folder)));
    Ok(Exit::Done)
}

fn shown(folder: &Path) -> String {
    crate::render::text::escape::printable(&folder.display().to_string()).into_owned()
}
