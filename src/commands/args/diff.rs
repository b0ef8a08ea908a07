//! The arguments of `diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::examples::below;
use super::path::path;
use crate::catalog::schema::environment_name;

/// `diff`
#[derive(Debug, Args)]
#[command(after_help = below("Exit codes: 0 the same, 2 different.", &[
    ("What production does not have yet", "clerkform diff -e staging -e production"),
    ("Two files", "clerkform diff a.yaml b.yaml"),
    ("A file and a saved plan", "clerkform diff clerk.yaml plan.json"),
]))]
pub struct DiffArgs {
    /// A file and its two environments, two files, or a file and a saved plan [default:
    /// clerk.yaml, else clerk.yml]
    #[arg(value_name = "FILE", num_args = 0..=2, value_parser = path())]
    pub files: Vec<PathBuf>,
    /// The environment to compare: one for both sides, or one for each
    #[arg(short, long = "env", value_name = "NAME", value_parser = environment_name)]
    pub environments: Vec<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = DiffFormat::Text, value_name = "FORMAT")]
    pub output_format: DiffFormat,
}

/// The formats of `diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For a terminal.
    Text,
    /// A JSON document.
    Json,
    /// For a pull request comment.
    Markdown,
}
