//! Where the secret keys are.

use std::path::PathBuf;

use clap::Args;

use super::headings::KEYS;
use super::path::{path, path_or_nothing};

/// Where the secret keys are.
#[derive(Clone, Debug, Default, Args)]
pub struct KeyArgs {
    /// A file of `NAME=VALUE` lines, such as `.env.local` (may repeat); a variable that is set wins
    #[arg(long = "env-file", help_heading = KEYS, value_name = "FILE", value_parser = path())]
    pub env_files: Vec<PathBuf>,
    /// A file that holds the secret key
    #[arg(long, help_heading = KEYS, value_name = "PATH", value_parser = path())]
    pub secret_key_file: Option<PathBuf>,
    /// A folder with one file for each variable, as container platforms mount secrets
    #[arg(
        long,
        help_heading = KEYS,
        env = "CLERKFORM_SECRETS_DIR",
        value_name = "DIR",
        hide_env_values = true,
        value_parser = path_or_nothing()
    )]
    pub secrets_dir: Option<PathBuf>,
}
