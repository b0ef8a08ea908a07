//! Runs of the real binary in a folder of their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A made-up key that opens no instance.
pub const KEY: &str = "sk_test_madeUpForTheseTests";

/// The binary under test.
pub fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_clerkform"))
}

/// The binary, to be run in a folder, with nothing of the tester's environment that matters.
pub fn clerkform(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    command.current_dir(folder).stdin(Stdio::null());
    for variable in [
        "CLERK_SECRET_KEY",
        "CLERK_API_URL",
        "CLERK_API_VERSION",
        "CLERKFORM_STATE",
        "CLERKFORM_SECRETS_DIR",
        "CLICOLOR_FORCE",
        "FORCE_HYPERLINK",
        "NO_COLOR",
        "GITHUB_REPOSITORY",
        "CI_PROJECT_URL",
    ] {
        command.env_remove(variable);
    }
    command
}

/// A run that has ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub exit: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ran {
    let output = command.output().expect("the binary starts");
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
