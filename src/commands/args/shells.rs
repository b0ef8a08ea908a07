//! The arguments of `completions`.

use clap::{Args, ValueEnum};

/// `completions`
#[derive(Debug, Args)]
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
