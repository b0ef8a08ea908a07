//! The arguments of `fmt`.

use clap::Args;

use super::FileArgs;

/// `fmt`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    clerkform fmt                     Lay out clerk.yaml\n  \
    clerkform fmt --check a.yaml      Exit with 1 if a.yaml is not laid out\n  \
    clerkform fmt - < in.yaml         Print the result")]
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
