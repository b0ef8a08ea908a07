//! `show`: a saved plan in any of `plan`'s formats.

use std::path::Path;

use super::args::ShowArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::files::input;
use super::targets::outputs::{self, Files};
use super::view::View;
use crate::failure::FailureCode;
use crate::plan::{Plan, parse};

/// Runs the command.
pub fn run(args: &ShowArgs, console: &Console) -> Result<Exit, Failure> {
    let saved = read(&args.plan)?;
    Files::read([args.plan.as_path()]).written(outputs::paths(&args.report))?;
    let view = View::Plan(&saved);
    view.report(&args.report)?;
    view.show(args.output_format, console);
    Ok(Exit::Done)
}

/// Reads a saved plan and makes sure that it is the one that was saved.
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    let name = path.display();
    let bytes = input::bytes(path, MAX_BYTES).map_err(|error| {
        Failure::new(
            FailureCode::PlanUnreadable,
            anyhow::Error::new(error).context(format!("cannot read the plan `{name}`")),
            "check the path; `clerkform plan --out FILE` saves a plan",
        )
    })?;
    parse(&bytes).map_err(|error| {
        let (code, help) = (error.code(), error.help());
        Failure::new(code, anyhow::Error::new(error).context(name.to_string()), help)
    })
}

/// A plan of a thousand targets has about 3 MB.
pub(super) const MAX_BYTES: usize = 256 * 1024 * 1024;
