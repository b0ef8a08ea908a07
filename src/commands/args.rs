//! The command line: its words, and what each is for.

mod diff;
mod drift;
mod fmt;
mod format;
mod import;
mod keys;
mod narrow;
mod report;
mod shared;
mod shells;
mod state;
mod status;

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use diff::{DiffArgs, DiffFormat};
pub use drift::DriftArgs;
pub use fmt::FmtArgs;
pub use format::{FindingFormat, PlanFormat, ResultFormat};
pub use import::ImportArgs;
pub use keys::KeyArgs;
pub use narrow::NarrowArgs;
pub use report::Report;
use report::{plan_file, report};
pub use shared::{DEFAULT_URL, FileArgs, LockArgs, ServiceArgs, TargetArgs};
pub use shells::{CompletionsArgs, ManArgs, Shell};
pub use state::{StateAdoptArgs, StateCommand, StateForgetArgs, StateShowArgs};
pub use status::StatusArgs;

/// Declarative settings for a Clerk instance: validate, plan and apply a YAML file.
#[derive(Debug, Parser)]
#[command(name = "clerkform", version, max_term_width = 100, infer_subcommands = false)]
#[command(
    after_help = "Start with `clerkform init`, uncomment what you want to set, and try it with \
        `clerkform apply --sandbox`. Exit codes: 0 done, 1 failed, 2 changes \
        (--detailed-exitcode) or drift, 3 partly applied, 64 usage error, 75 another run holds \
        the state, 130 interrupted."
)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to speak.
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// The commands, in the order in which people meet them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a starter configuration with every setting commented out
    Init(InitArgs),
    /// Check configuration files
    Validate(ValidateArgs),
    /// Show the calls that `apply` would make (no network or key needed without `--refresh`)
    Plan(PlanArgs),
    /// Show how each target stands: state, pending changes, key; needs no network
    Status(StatusArgs),
    /// Compare two environments, two files, or a file and a saved plan
    Diff(DiffArgs),
    /// Show a saved plan
    Show(ShowArgs),
    /// Show the plan, ask for confirmation, and make the calls
    Apply(ApplyArgs),
    /// Compare the live instance with the file
    Drift(DriftArgs),
    /// Write a configuration and its state from a live instance
    Import(ImportArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Explain a setting, or the code of a finding or failure
    Explain(ExplainArgs),
    /// Replace deprecated settings in place
    Fix(FixArgs),
    /// Format files: order, indentation and blank lines; no value changes
    Fmt(FmtArgs),
    /// Inspect or repair the state
    #[command(subcommand)]
    State(StateCommand),
    /// Serve an emulation of the API on loopback
    Sandbox(SandboxArgs),
    /// Print a shell completion script
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(ManArgs),
}

/// The heading under which `--help` lists what every command has.
const GLOBAL: &str = "Global options";

/// How to speak.
#[derive(Clone, Debug, Args)]
pub struct GlobalArgs {
    /// When to use colors
    #[arg(long, global = true, help_heading = GLOBAL, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Print only results and errors
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub quiet: bool,
    /// Print more: each request and its answer
    #[arg(short, long, global = true, help_heading = GLOBAL, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
}

/// When to use colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set; everywhere if `CLICOLOR_FORCE` is.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// `init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The file to write, never overwritten; `-` for standard output
    #[arg(default_value = "clerk.yaml", value_name = "FILE")]
    pub file: PathBuf,
    /// Do not write the JSON Schema that editors read beside it
    #[arg(long)]
    pub no_schema: bool,
}

/// `validate`
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = FindingFormat::Text, value_name = "FORMAT")]
    pub output_format: FindingFormat,
    /// Also write the output to a file in this format (may repeat)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report::<FindingFormat>)]
    pub report: Vec<Report<FindingFormat>>,
}

/// `plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Which part of them.
    #[command(flatten)]
    pub narrow: NarrowArgs,
    /// Read the live instance first and plan against it
    #[arg(long)]
    pub refresh: bool,
    /// How to reach the service; not looked at without `--refresh`.
    #[command(flatten)]
    pub service: ServiceArgs,
    /// Save the plan for `apply --plan`
    #[arg(long, value_name = "PLAN", value_parser = PathBufValueParser::new().try_map(plan_file))]
    pub out: Option<PathBuf>,
    /// Exit with 2 if there are changes
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, value_name = "FORMAT")]
    pub output_format: PlanFormat,
    /// Also write the output to a file in this format (may repeat)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report::<PlanFormat>)]
    pub report: Vec<Report<PlanFormat>>,
}

/// `show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The saved plan; `-` is standard input
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, value_name = "FORMAT")]
    pub output_format: PlanFormat,
    /// Also write the output to a file in this format (may repeat)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report::<PlanFormat>)]
    pub report: Vec<Report<PlanFormat>>,
}

/// `apply`
#[derive(Debug, Args)]
pub struct ApplyArgs {
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
    /// How to hold the state.
    #[command(flatten)]
    pub lock: LockArgs,
    /// Read the live instance first and plan against it
    #[arg(long, conflicts_with = "plan")]
    pub refresh: bool,
    /// Apply a saved plan, without asking
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["files", "environments", "all_envs", "only"])]
    pub plan: Option<PathBuf>,
    /// Refuse any plan but the one with this checksum
    #[arg(long, value_name = "SUM")]
    pub checksum: Option<String>,
    /// Do not ask for confirmation
    #[arg(short, long, visible_alias = "auto-approve")]
    pub yes: bool,
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
    /// Also write the output to a file in this format (may repeat)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report::<ResultFormat>)]
    pub report: Vec<Report<ResultFormat>>,
}

/// `schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// What to print the schema of
    #[arg(value_enum, default_value_t = SchemaOf::Config)]
    pub of: SchemaOf,
}

/// What there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// The configuration.
    Config,
    /// The document of a plan.
    Plan,
    /// The state.
    State,
}

/// `explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A section, a field, or a code; without one: everything that there is
    #[arg(value_name = "SECTION[.FIELD] | CODE")]
    pub what: Option<String>,
}

/// `fix`
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Write nothing: show a diff, and exit with 1 where there is something to replace
    #[arg(long)]
    pub diff: bool,
}

/// `sandbox`
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// The port; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// A file that keeps the instances
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// How long each answer takes
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub latency_ms: u32,
    /// How many requests an instance may make in how many seconds; over it: 429
    #[arg(long, value_name = "R/SECONDS")]
    pub rate_limit: Option<crate::sandbox::RateLimit>,
}
