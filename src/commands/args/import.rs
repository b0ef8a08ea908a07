//! The words of `import`: one file, at most one environment.

use std::path::PathBuf;

use clap::Args;

use super::examples::examples;
use super::format::ResultFormat;
use super::headings::STATE;
use super::path::path;
use super::shared::{LockArgs, ServiceArgs};
use crate::catalog::schema::environment_name;

/// `import`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Write clerk.yaml; the key is in CLERK_SECRET_KEY", "clerkform import"),
    ("Write production.yaml, with the settings under `environments.production`", "clerkform import -e production -o production.yaml"),
    ("Write what differs from base.yaml", "clerkform import --extends base.yaml"),
    ("See what such a file looks like", "clerkform import --sandbox -o try.yaml"),
]))]
pub struct ImportArgs {
    /// The file to write; one that exists is left alone [default: clerk.yaml]
    #[arg(short, long, value_name = "FILE", value_parser = path())]
    pub out: Option<PathBuf>,
    /// Write the settings as the overlay of this environment
    #[arg(short, long = "env", value_name = "NAME", value_parser = environment_name)]
    pub environment: Option<String>,
    /// Write only what differs from this file, which the new one extends
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub extends: Option<PathBuf>,
    /// Do not write the JSON Schema that editors read beside it
    #[arg(long)]
    pub no_schema: bool,
    /// The state: a file, a folder (ends in `/`), `git:REMOTE`, or a prefix of an object store
    /// (`s3://BUCKET/PREFIX/`, `gs://…`, `az://…`) [default: beside the configuration]
    #[arg(long, help_heading = STATE, env = "CLERKFORM_STATE", value_name = "FILE|FOLDER/|URL", hide_env_values = true)]
    pub state: Option<String>,
    /// Use the built-in sandbox instead of Clerk; needs no key
    #[arg(long)]
    pub sandbox: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = ResultFormat::Text, value_name = "FORMAT")]
    pub output_format: ResultFormat,
    /// How to hold the state.
    #[command(flatten)]
    pub lock: LockArgs,
    /// How to reach the service.
    #[command(flatten)]
    pub service: ServiceArgs,
}
