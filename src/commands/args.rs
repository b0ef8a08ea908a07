//! The command line: its words, and what each is for.

mod again;
mod diff;
mod drift;
pub mod examples;
mod fmt;
mod format;
mod headings;
mod import;
mod keys;
mod narrow;
mod path;
mod policy;
mod report;
mod select;
mod shared;
mod shells;
mod state;
mod status;

use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use diff::{DiffArgs, DiffFormat};
pub use drift::DriftArgs;
use examples::{below, examples};
pub use fmt::FmtArgs;
pub use format::{FindingFormat, PlanFormat, ResultFormat};
use headings::{GLOBAL, SELECTION};
pub use import::ImportArgs;
pub use keys::KeyArgs;
pub use narrow::NarrowArgs;
use path::path;
use policy::{PlanPolicyArgs, PolicyArgs};
pub use report::Report;
use report::{plan_file, report};
pub use shared::{DEFAULT_URL, FileArgs, LockArgs, ServiceArgs, TargetArgs};
pub use shells::{CompletionsArgs, ManArgs, Shell};
pub use state::{
    StateAdoptArgs, StateCommand, StateForgetArgs, StateMoveArgs, StatePullArgs, StatePushArgs,
    StateShowArgs, StateUnlockArgs, is_file,
};
pub use status::StatusArgs;

use crate::plan::Shard;

/// Declarative settings for a Clerk instance: validate, plan and apply a YAML file.
#[derive(Debug, Parser)]
#[command(
    name = "clerkform",
    bin_name = "clerkform",
    version,
    max_term_width = 100,
    infer_subcommands = false
)]
#[command(after_help = below(
    "Exit codes: 0 done, 1 failed, 2 changes (--detailed-exitcode) or drift, 3 partly applied, 64 \
     usage error, 75 another run holds the state, 130 interrupted.",
    &[
        ("Write a file to start from, with every setting in a comment", "clerkform init"),
        ("Check it, and see what would change", "clerkform plan"),
        ("Try it: the sandbox needs no account, key or network", "clerkform apply --sandbox"),
        ("Make the changes to an instance", "clerkform apply --env-file .env.local"),
    ],
))]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to speak.
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// The commands, in the order in which people meet them. The options of those that are not run are
/// never made.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Write a starter configuration with every setting commented out
    Init(InitArgs),
    /// Check configuration files
    Validate(ValidateArgs),
    /// Show what `apply` would do; needs no network or key
    Plan(PlanArgs),
    /// Show where each target stands: state, pending changes, key; needs no network
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
    /// Show or correct what is recorded as applied
    #[command(subcommand)]
    #[command(after_help = examples(&[
        ("What is recorded", "clerkform state show -e production"),
        ("Send one setting again at the next apply", "clerkform state forget instance.hibp"),
        ("Clear what a killed run left", "clerkform state unlock"),
    ]))]
    State(StateCommand),
    /// Serve an emulation of the API on loopback
    Sandbox(SandboxArgs),
    /// Print a shell completion script
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command
    Man(ManArgs),
}

/// How to speak.
#[derive(Clone, Debug, Args)]
pub struct GlobalArgs {
    /// Use colors: `auto`, `always` or `never`
    #[arg(long, global = true, help_heading = GLOBAL, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", hide_possible_values = true)]
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
#[command(after_help = examples(&[
    ("Write clerk.yaml, with every setting in a comment", "clerkform init"),
    ("Write another file", "clerkform init shop.yaml"),
    ("Print it instead", "clerkform init -"),
]))]
pub struct InitArgs {
    /// The file to write, never overwritten; `-` for standard output
    #[arg(default_value = "clerk.yaml", value_name = "FILE", value_parser = path())]
    pub file: PathBuf,
    /// Do not write the JSON Schema that editors read beside it
    #[arg(long)]
    pub no_schema: bool,
}

/// `validate`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Check clerk.yaml", "clerkform validate"),
    ("Check several files, and fail on warnings too", "clerkform validate --strict a.yaml b.yaml"),
    ("Write a report for code scanning as well", "clerkform validate --report sarif=clerk.sarif"),
]))]
pub struct ValidateArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Keep only the I-th of N parts of the files, so that several jobs can share them
    #[arg(long, help_heading = SELECTION, value_name = "I/N")]
    pub shard: Option<Shard>,
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
#[command(after_help = examples(&[
    ("Show what production would get; needs no key", "clerkform plan -e production"),
    ("Save the plan for `apply`, and as a pull request comment", "clerkform plan --all-envs --out plan.json --report markdown=plan.md"),
    ("Read the live instance first", "clerkform plan --refresh --env-file .env.local"),
    ("Plan for the sandbox", "clerkform plan --sandbox"),
]))]
pub struct PlanArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Read the live instance first and plan against it
    #[arg(long)]
    pub refresh: bool,
    /// Save the plan for `apply --plan`
    #[arg(long, value_name = "PLAN", value_parser = path().try_map(plan_file))]
    pub out: Option<PathBuf>,
    /// Which part of them.
    #[command(flatten)]
    pub narrow: NarrowArgs,
    /// How it goes on after trouble.
    #[command(flatten)]
    pub policy: PlanPolicyArgs,
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
    /// How to reach the service; not looked at without `--refresh`.
    #[command(flatten)]
    pub service: ServiceArgs,
}

/// `show`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Show what `apply --plan plan.json` would do", "clerkform show plan.json"),
    ("Write it as a page with a filter", "clerkform show --output-format html plan.json > plan.html"),
]))]
pub struct ShowArgs {
    /// The saved plan; `-` is standard input
    #[arg(value_name = "PLAN", value_parser = path())]
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
#[command(after_help = examples(&[
    ("Try it: the sandbox needs no account, key or network", "clerkform apply --sandbox"),
    ("Show what would change in production, ask, and do it", "clerkform apply -e production"),
    ("The same, with the key from a file of variables", "clerkform apply -e production --env-file .env.local"),
    ("Make exactly the calls of a saved plan", "clerkform apply --plan plan.json"),
]))]
pub struct ApplyArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// Do not ask for confirmation
    #[arg(short, long, visible_alias = "auto-approve")]
    pub yes: bool,
    /// Apply a saved plan, without asking
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["files", "environments", "all_envs", "only", "exclude", "files_from", "changed_since", "shard"], value_parser = path())]
    pub plan: Option<PathBuf>,
    /// Read the live instance first and plan against it
    #[arg(long, conflicts_with = "plan")]
    pub refresh: bool,
    /// Which part of them.
    #[command(flatten)]
    pub narrow: NarrowArgs,
    /// Refuse any plan but the one with this checksum
    #[arg(long, value_name = "SUM")]
    pub checksum: Option<String>,
    /// How it goes on after trouble.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, value_name = "FORMAT")]
    pub output_format: PlanFormat,
    /// Also write the output to a file in this format (may repeat)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report::<PlanFormat>)]
    pub report: Vec<Report<PlanFormat>>,
    /// How to hold the state.
    #[command(flatten)]
    pub lock: LockArgs,
    /// How to reach the service.
    #[command(flatten)]
    pub service: ServiceArgs,
}

/// `schema`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Write the schema that editors read beside clerk.yaml", "clerkform schema > clerkform.schema.json"),
    ("Print the schema of `plan --output-format json`", "clerkform schema plan"),
]))]
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
#[command(after_help = examples(&[
    ("List every setting and code", "clerkform explain"),
    ("Say what a setting does and what to mind", "clerkform explain restrictions.allowlist"),
    ("Say what a warning or an error means", "clerkform explain may-lock-out"),
]))]
pub struct ExplainArgs {
    /// A section, a field, or a code; without one: everything that there is
    #[arg(value_name = "SECTION[.FIELD] | CODE")]
    pub what: Option<String>,
}

/// `fix`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Replace deprecated names in clerk.yaml", "clerkform fix"),
    ("Only show what would be replaced", "clerkform fix --diff"),
]))]
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
#[command(after_help = below(
    "To try a file, no server is needed: see `clerkform apply --sandbox`.",
    &[
        ("Serve it until Ctrl-C; the first line is its URL", "clerkform sandbox --port 4010"),
        ("Use it from another terminal, with any key that begins with `sk_test_`", "CLERK_API_URL=http://127.0.0.1:4010 clerkform apply"),
        ("Answer slowly, and with 429 after 5 requests in 10 seconds", "clerkform sandbox --latency-ms 200 --rate-limit 5/10"),
    ],
))]
pub struct SandboxArgs {
    /// The port; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// A file that keeps the instances
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub data: Option<PathBuf>,
    /// How long each answer takes
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub latency_ms: u32,
    /// How many requests an instance may make in how many seconds; over it: 429
    #[arg(long, value_name = "R/SECONDS")]
    pub rate_limit: Option<crate::sandbox::RateLimit>,
}
