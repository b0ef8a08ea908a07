//! The arguments of `fmt`.

use clap::Args;

use super::FileArgs;
use super::examples::examples;

/// `fmt`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Format clerk.yaml", "clerkform fmt"),
    ("Exit with 1 if a.yaml is not formatted", "clerkform fmt --check a.yaml"),
    ("Format standard input and print the result, as editors do", "clerkform fmt - < a.yaml"),
]))]
pub struct FmtArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Write nothing: name the files that would change, and exit with 1 if there are any
    #[arg(long, conflicts_with = "diff")]
    pub check: bool,
    /// Write nothing: show a diff, and exit with 1 if there is one
    #[arg(long)]
    pub diff: bool,
}
