//! The arguments of `status`.

use clap::Args;

use super::{FileArgs, KeyArgs, ResultFormat, TargetArgs};

/// `status`
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 nothing to do, 2 something to do.\n\nExamples:\n  \
    clerkform status             Every environment of clerk.yaml\n  \
    clerkform status -e prod     One environment")]
pub struct StatusArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Where the secret keys are.
    #[command(flatten)]
    pub keys: KeyArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
}
