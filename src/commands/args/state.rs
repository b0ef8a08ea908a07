//! The words of `state` and what follows it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::format::ResultFormat;
use super::shared::{FileArgs, TargetArgs};

/// `state …`
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// Show what is recorded
    Show(StateShowArgs),
    /// Record that the instance already is as the file says, without any request
    Adopt(StateAdoptArgs),
    /// Forget fields, so that the next apply sends them again
    Forget(StateForgetArgs),
    /// Clear the intent of a run that was killed; its fields become uncertain
    Unlock(StateShowArgs),
}

/// `state show` and `state unlock`
#[derive(Debug, Args)]
pub struct StateShowArgs {
    /// Which configurations' states.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
}

/// `state adopt`
#[derive(Debug, Args)]
pub struct StateAdoptArgs {
    /// Which configurations.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
}

/// `state forget`
#[derive(Debug, Args)]
pub struct StateForgetArgs {
    /// What to forget: `restrictions.allowlist`, or a whole section
    #[arg(required = true, value_name = "SECTION[.FIELD]")]
    pub addresses: Vec<String>,
    /// The configuration whose state it is [default: clerk.yaml, else clerk.yml]
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
}
