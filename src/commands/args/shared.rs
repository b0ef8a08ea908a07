//! What several commands take: files, targets, the way to the service, the hold of the state.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::OsStringValueParser;

use super::headings::{LAST, SELECTION, SERVICE, STATE};
use super::keys::KeyArgs;
use super::path::path;
use super::select::SelectArgs;
use crate::api::ApiVersion;
use crate::catalog::API_VERSION;
use crate::catalog::schema::environment_name;
use crate::plan::Shard;

/// Which files.
#[derive(Clone, Debug, Default, Args)]
pub struct FileArgs {
    /// Configuration files; `-` is standard input, and a folder or glob stands for the clerk.yaml,
    /// clerk.yml and clerk.*.yaml below it [default: clerk.yaml, else clerk.yml]
    #[arg(value_name = "FILE", value_parser = path())]
    pub files: Vec<PathBuf>,
    /// Which others.
    #[command(flatten)]
    pub select: SelectArgs,
    /// The name of standard input in findings
    #[arg(long, value_name = "NAME", display_order = LAST)]
    pub stdin_filename: Option<String>,
}

impl FileArgs {
    /// These files, each named.
    pub fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { files: files.into_iter().collect(), ..Self::default() }
    }

    /// Whether no file is named.
    pub fn is_default(&self) -> bool {
        self.files.is_empty() && self.select.files_from.is_none()
    }
}

/// Which environments of the files, and where their states live.
#[derive(Clone, Debug, Default, Args)]
pub struct TargetArgs {
    /// An environment of the file (may repeat)
    #[arg(short, long = "env", value_name = "NAME", value_parser = environment_name)]
    pub environments: Vec<String>,
    /// Every environment of the file
    #[arg(long, conflicts_with = "environments")]
    pub all_envs: bool,
    /// Keep only the I-th of N parts of the targets, so that several jobs can share them
    #[arg(long, help_heading = SELECTION, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// The state: a file, a folder (ends in `/`), `git:REMOTE`, or a prefix of an object store
    /// (`s3://BUCKET/PREFIX/`, `gs://…`, `az://…`) [default: beside the configuration]
    #[arg(long, help_heading = STATE, env = "CLERKFORM_STATE", value_name = "FILE|FOLDER/|URL", hide_env_values = true)]
    pub state: Option<String>,
    /// Use the built-in sandbox instead of Clerk; needs no key
    #[arg(long)]
    pub sandbox: bool,
}

/// Where the service is, if nobody says otherwise.
pub const DEFAULT_URL: &str = "https://api.clerk.com";

/// How to reach the service.
#[derive(Debug, Args)]
pub struct ServiceArgs {
    /// Where the secret keys are.
    #[command(flatten)]
    pub keys: KeyArgs,
    /// The URL of the API
    #[arg(
        long,
        help_heading = SERVICE,
        env = "CLERK_API_URL",
        value_name = "URL",
        default_value = DEFAULT_URL,
        hide_env_values = true,
        value_parser = OsStringValueParser::new()
    )]
    pub api_url: OsString,
    /// The API version to request
    #[arg(long, help_heading = SERVICE, value_name = "VERSION", default_value = API_VERSION, value_parser = ApiVersion::parse)]
    pub api_version: ApiVersion,
    /// How many instances to work on at once
    #[arg(long, help_heading = SERVICE, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub parallelism: u16,
    /// How long to retry a call
    #[arg(long, help_heading = SERVICE, value_name = "SECONDS", default_value_t = 60)]
    pub retry_timeout: u32,
}

impl ServiceArgs {
    /// How many instances, or their states, to work on at once.
    pub fn at_once(&self) -> usize {
        usize::from(self.parallelism)
    }
}

/// How to hold the state.
#[derive(Debug, Args)]
pub struct LockArgs {
    /// How long to wait for states that other runs hold, all together
    #[arg(long, help_heading = STATE, value_name = "SECONDS", default_value_t = 0)]
    pub lock_timeout: u32,
}

impl LockArgs {
    /// How long to wait.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.lock_timeout.into())
    }
}
