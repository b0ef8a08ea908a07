//! How a command would change a file, as a diff.

use std::borrow::Cow;
use std::path::Path;

use crate::commands::console::Console;
use crate::config;
use crate::render::text::unified_diff::{self, Diff};

/// Shows how a file would change from the first text to the second.
pub fn show(name: &str, texts: [&str; 2], console: &Console) {
    let name = &from_here(name);
    let Diff { text, is_masked } =
        unified_diff::unified(name, texts, config::masked, console.reader(), &console.palette);
    console.result(&text);
    if is_masked {
        console.complain(&unified_diff::masked_note(name));
    }
}

/// A path as seen from the working directory: no tool applies a diff to an absolute one.
fn from_here(name: &str) -> Cow<'_, str> {
    let here = std::env::current_dir().ok();
    let relative = here.and_then(|here| Path::new(name).strip_prefix(here).ok());
    relative.map_or(Cow::Borrowed(name), |path| path.to_string_lossy())
}
