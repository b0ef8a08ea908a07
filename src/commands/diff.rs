//! `diff`: two environments, two files, or a file and a saved plan, side by side. Needs no network
//! and no state.

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::args::{DiffArgs, DiffFormat, FileArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::files::input;
use super::{show, targets};
use crate::failure::FailureCode;
use crate::plan::compare::{Side, compare};
use crate::plan::{self, TargetPlan};
use crate::render::comparison::{json, markdown, text};
use crate::render::text::escape::printable;

/// Runs the command.
pub fn run(args: &DiffArgs, console: &Console) -> Result<Exit, Failure> {
    let [left, right] = sides(args)?;
    let found = compare(left, right);
    console.result(&match args.output_format {
        DiffFormat::Text => text::text(&found, &console.palette),
        DiffFormat::Json => json::json(&found),
        DiffFormat::Markdown => markdown::markdown(&found),
    });
    Ok(if found.differences.is_empty() { Exit::Done } else { Exit::Changes })
}

fn sides(args: &DiffArgs) -> Result<[Side; 2], Failure> {
    let files = FileArgs::of(args.files.iter().cloned());
    let paths: Vec<PathBuf> = input::named(&files)?.into_iter().map(|file| file.path).collect();
    let environments: Vec<&str> = args.environments.iter().map(String::as_str).collect();
    let environments = match environments.as_slice() {
        [] => [None; 2],
        [both] => [Some(*both); 2],
        [one, other] => [Some(*one), Some(*other)],
        _ => return Err(usage("more than two environments are named")),
    };
    let paths: [&PathBuf; 2] = match paths.as_slice() {
        [one, other] => [one, other],
        [only] if environments[0] != environments[1] => [only; 2],
        _ => return Err(usage("there is only one side to compare")),
    };
    Ok([side(paths[0], environments[0])?, side(paths[1], environments[1])?])
}

fn usage(problem: &'static str) -> Failure {
    let help = "name two environments of a file (`-e A -e B`), two files, or a file and a saved \
                plan";
    Failure::new(FailureCode::Usage, anyhow!(problem), help)
}

fn side(path: &Path, environment: Option<&str>) -> Result<Side, Failure> {
    let is_plan = !input::is_stdin(path)
        && input::bytes(path, show::MAX_BYTES).is_ok_and(|bytes| plan::is_one(&bytes));
    if is_plan {
        return planned(path, environment);
    }
    let files = FileArgs::of([path.to_owned()]);
    Ok(Side::of_file(&targets::desired(&files, environment)?))
}

/// The target of a saved plan: the only one, or the one of that environment.
fn planned(path: &Path, environment: Option<&str>) -> Result<Side, Failure> {
    let saved = show::read(path)?;
    let is_meant = |target: &&TargetPlan| {
        environment.is_none_or(|name| target.environment.as_deref() == Some(name))
    };
    let meant: Vec<&TargetPlan> = saved.targets.iter().filter(is_meant).collect();
    match meant.as_slice() {
        [only] => Ok(Side::of_plan(only)),
        [] => {
            let name = path.display().to_string();
            let wanted = environment.map_or_else(String::new, |it| format!(" for `{it}`"));
            let problem = anyhow!("{}: this plan has no target{wanted}", printable(&name));
            let help = "`clerkform show` lists its targets";
            Err(Failure::new(FailureCode::UnknownEnvironment, problem, help))
        }
        targets => {
            let name = path.display().to_string();
            let count = crate::render::text::words::count(targets.len(), "target");
            let problem = anyhow!("{}: the plan has {count}, and one is needed", printable(&name));
            let help = "choose one with `-e NAME`, or compare a plan of one target";
            Err(Failure::new(FailureCode::EnvironmentNeeded, problem, help))
        }
    }
}
