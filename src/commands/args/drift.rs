//! The arguments of `drift`.

use clap::Args;

use super::NarrowArgs;
use super::format::PlanFormat;
use super::report::{Report, report};
use super::shared::{FileArgs, ServiceArgs, TargetArgs};

/// `drift`
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Which part of them.
    #[command(flatten)]
    pub narrow: NarrowArgs,
    /// How to reach the service.
    #[command(flatten)]
    pub service: ServiceArgs,
    /// Ask the public front end for what the key cannot read; what it shows is a hint
    #[arg(long)]
    pub frontend: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, value_name = "FORMAT")]
    pub output_format: PlanFormat,
    /// Also write the output to a file in this format (may repeat)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report::<PlanFormat>)]
    pub report: Vec<Report<PlanFormat>>,
}
