//! The arguments of `completions` and `man`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::examples::examples;
use super::path::path;

/// `completions`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("In ~/.bashrc", "eval \"$(clerkform completions bash)\""),
    ("In ~/.zshrc, after compinit", "source <(clerkform completions zsh)"),
    ("In ~/.config/fish/config.fish", "clerkform completions fish | source"),
]))]
pub struct CompletionsArgs {
    /// Whose script to print
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// The shells that can be helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Elvish.
    Elvish,
    /// Fish.
    Fish,
    /// PowerShell.
    #[value(alias = "pwsh")]
    Powershell,
    /// Zsh.
    Zsh,
}

/// `man`
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Read the manual page", "clerkform man | man -l -"),
    ("Install a page for each command", "clerkform man --out share/man/man1"),
]))]
pub struct ManArgs {
    /// Write a page for each command into this folder, which is made if it is not there
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, value_parser = path())]
    pub out: Option<PathBuf>,
}
