//! The words of `state` and what follows it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::examples::examples;
use super::format::ResultFormat;
use super::path::path;
use super::shared::{FileArgs, LockArgs, TargetArgs};
use crate::catalog::schema::environment_name;
use crate::text::slashed_path;

/// What the name of a configuration ends with, and no setting does.
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];

/// `state …`
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum StateCommand {
    /// Show what is recorded
    #[command(after_help = examples(&[
        ("What is recorded as applied to production", "clerkform state show -e production"),
        ("What the sandbox has", "clerkform state show --sandbox"),
    ]))]
    Show(StateShowArgs),
    /// Record the file as already applied, without any request
    Adopt(StateAdoptArgs),
    /// Forget settings, so that the next apply sends them again
    Forget(StateForgetArgs),
    /// Clear what a killed run left; its settings become uncertain and are sent again
    #[command(after_help = examples(&[
        ("After a killed run on production", "clerkform state unlock -e production"),
        ("What is sent again", "clerkform plan -e production"),
    ]))]
    Unlock(StateUnlockArgs),
    /// Print a state as JSON
    Pull(StatePullArgs),
    /// Write a state from a file, over none or an older one of the same lineage
    Push(StatePushArgs),
    /// Move states from one place to another
    Move(StateMoveArgs),
}

/// `state pull`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Print the state of clerk.yaml", "clerkform state pull"),
    ("Save production's", "clerkform state pull -e production > saved.json"),
]))]
pub struct StatePullArgs {
    /// The configuration whose state it is [default: clerk.yaml, else clerk.yml]
    #[arg(value_name = "FILE", value_parser = path())]
    pub file: Option<PathBuf>,
    /// Which target.
    #[command(flatten)]
    pub targets: TargetArgs,
}

/// `state push`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Restore a state that was saved", "clerkform state push saved.json"),
    ("The same for production", "clerkform state push saved.json -e production"),
]))]
pub struct StatePushArgs {
    /// The file that holds the state; `-` is standard input
    #[arg(value_name = "FILE", value_parser = path())]
    pub from: PathBuf,
    /// The configuration whose state it is [default: clerk.yaml, else clerk.yml]
    #[arg(short, long, value_name = "FILE", value_parser = path())]
    pub file: Option<PathBuf>,
    /// Which target.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// How long to wait for it.
    #[command(flatten)]
    pub lock: LockArgs,
}

/// `state move`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("From beside clerk.yaml into a folder", "clerkform state move beside states/"),
    ("Into a git remote, for everyone", "clerkform state move beside git:origin --all-envs"),
]))]
pub struct StateMoveArgs {
    /// Where the states are: a value of `--state`, or `beside` (beside the configuration)
    #[arg(value_name = "FROM")]
    pub from: String,
    /// Where to move them: a value of `--state`, or `beside`
    #[arg(value_name = "TO")]
    pub to: String,
    /// The configurations whose states they are (may repeat) [default: clerk.yaml, else clerk.yml]
    #[arg(short, long, value_name = "FILE", value_parser = path())]
    pub file: Vec<PathBuf>,
    /// An environment of the file (may repeat)
    #[arg(short, long = "env", value_name = "NAME", value_parser = environment_name)]
    pub environments: Vec<String>,
    /// Every environment of the file
    #[arg(long, conflicts_with = "environments")]
    pub all_envs: bool,
    /// The states of the built-in sandbox
    #[arg(long)]
    pub sandbox: bool,
    /// How long to wait for them.
    #[command(flatten)]
    pub lock: LockArgs,
}

/// `state unlock`
#[derive(Debug, Args)]
pub struct StateUnlockArgs {
    /// Which configurations' states.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// How long to wait for it.
    #[command(flatten)]
    pub lock: LockArgs,
    /// Clear it although clocks cannot tell whether its run has ended: you made sure
    #[arg(short, long, visible_alias = "auto-approve")]
    pub yes: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
}

/// `state show`
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
#[command(after_help = examples(&[
    ("The instance already is as clerk.yaml says", "clerkform state adopt"),
    ("The same for production alone", "clerkform state adopt -e production"),
]))]
pub struct StateAdoptArgs {
    /// Which configurations.
    #[command(flatten)]
    pub files: FileArgs,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// How long to wait for it.
    #[command(flatten)]
    pub lock: LockArgs,
    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
}

/// `state forget`
#[derive(Debug, Args)]
#[command(override_usage = "clerkform state forget [OPTIONS] <SECTION[.FIELD]>... [FILE]...")]
#[command(after_help = examples(&[
    ("Send one setting again at the next apply", "clerkform state forget restrictions.allowlist"),
    ("A whole section, for production", "clerkform state forget restrictions -e production"),
    ("Of another file than clerk.yaml", "clerkform state forget instance.hibp a.yaml"),
]))]
pub struct StateForgetArgs {
    /// What to forget, such as `restrictions.allowlist` or a whole section; and configuration files,
    /// known by a `/` or by ending in `.yaml`, `.yml` or `.json` [default: clerk.yaml, else clerk.yml]
    #[arg(required = true, value_name = "SECTION[.FIELD]|FILE")]
    words: Vec<String>,
    /// A configuration file whatever its name is
    #[arg(short, long, value_name = "FILE", value_parser = path())]
    file: Option<PathBuf>,
    /// Which targets.
    #[command(flatten)]
    pub targets: TargetArgs,
    /// How long to wait for it.
    #[command(flatten)]
    pub lock: LockArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
}

impl StateForgetArgs {
    /// The configurations whose states are meant, as far as the line says it.
    pub fn files(&self) -> Vec<PathBuf> {
        let named = self.words.iter().filter(|word| is_file(word));
        let named = named.map(|word| slashed_path(PathBuf::from(word)));
        named.chain(self.file.clone()).collect()
    }

    /// What to forget.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| !is_file(word))
    }
}

/// Whether a word is a file and not a setting: no setting looks like a path.
pub fn is_file(word: &str) -> bool {
    word == "-" || word.contains(['/', '\\']) || ENDINGS.iter().any(|it| word.ends_with(it))
}
