//! The arguments of `status`.

use clap::Args;

use super::examples::below;
use super::{FileArgs, KeyArgs, ResultFormat, TargetArgs};

/// `status`
#[derive(Debug, Args)]
#[command(after_help = below("Exit codes: 0 nothing to do, 2 something to do.", &[
    ("Every environment of clerk.yaml", "clerkform status"),
    ("One environment", "clerkform status -e production"),
    ("The sandbox", "clerkform status --sandbox"),
]))]
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
