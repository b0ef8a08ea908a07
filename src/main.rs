//! The process: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(clerkform::commands::run(std::env::args_os()).code())
}
