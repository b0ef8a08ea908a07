//! The arguments of `drift`.

use clap::Args;

use super::NarrowArgs;
use super::examples::below;
use super::format::PlanFormat;
use super::policy::DriftPolicyArgs;
use super::report::{Report, report};
use super::shared::{FileArgs, ServiceArgs, TargetArgs};

/// `drift`
#[derive(Debug, Args)]
#[command(after_help = below("Exit codes: 0 no drift, 2 drift.", &[
    ("Compare clerk.yaml with its instance", "clerkform drift --env-file .env.local"),
    ("Compare every environment, and write a page", "clerkform drift --all-envs --report html=drift.html"),
    ("Compare with the sandbox", "clerkform drift --sandbox"),
]))]
pub struct DriftArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Ask the public front end for what the key cannot read; what it shows is a hint
    #[arg(long)]
    pub frontend: bool,
    /// Which part of them.
    #[command(flatten)]
    pub narrow: NarrowArgs,
    /// How it goes on after trouble.
    #[command(flatten)]
    pub policy: DriftPolicyArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, value_name = "FORMAT")]
    pub output_format: PlanFormat,
    /// Also write the output to a file in this format (may repeat)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report::<PlanFormat>)]
    pub report: Vec<Report<PlanFormat>>,
    /// How to reach the service.
    #[command(flatten)]
    pub service: ServiceArgs,
}
