//! Which of the files that are there a run is about.

use std::path::PathBuf;

use clap::Args;

use super::headings::SELECTION;
use super::path::path;

/// Which files, besides those that are named one by one.
#[derive(Clone, Debug, Default, Args)]
pub struct SelectArgs {
    /// Leave out the files and folders that match (may repeat)
    #[arg(long, help_heading = SELECTION, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Read names of files from this file, one a line; `-` is standard input
    #[arg(long, help_heading = SELECTION, value_name = "FILE", value_parser = path())]
    pub files_from: Option<PathBuf>,
    /// The names in `--files-from` end with a NUL character, not with the line
    #[arg(short = '0', long = "null", help_heading = SELECTION, requires = "files_from")]
    pub null: bool,
    /// Keep only files that differ from this git revision, or extend one that does
    #[arg(long, help_heading = SELECTION, value_name = "REV")]
    pub changed_since: Option<String>,
}
