//! `status`: what the state of each target knows, and what is left to do. Needs no network.

use super::args::{ResultFormat, StatusArgs, TargetArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::files::broken::BrokenFiles;
use super::files::history;
use super::files::input::Strictness;
use super::refused::untitled;
use super::signals::Runner;
use super::targets::refresh::{self, Refreshed, STATES_AT_ONCE};
use super::targets::{self, Chosen, keys};
use crate::failure::FailureCode;
use crate::live::{self, Meant, Recorded, Recorder};
use crate::plan::status::{KeyStatus, Status};
use crate::render::status::{json, text};

/// Runs the command.
pub fn run(args: &StatusArgs, console: &Console) -> Result<Exit, Failure> {
    // Nothing is done to any of them, so all are looked at where none is named.
    let all_envs = args.targets.environments.is_empty();
    let wanted = TargetArgs { all_envs, ..args.targets.clone() };
    let (strictness, broken) = (Strictness::ErrorsFail, BrokenFiles::LeftOut);
    let Chosen { targets, notes, left_out, .. } =
        targets::of_run(&args.files, &wanted, strictness, broken)?;
    for note in &notes {
        console.note(note);
    }
    let refreshed = refresh::at_each_state(targets, STATES_AT_ONCE, &Runner::default(), console)?;
    let found: Vec<Status> = refreshed.iter().map(|it| status(it, args, console)).collect();
    console.result(&match args.output_format {
        ResultFormat::Text => text::text(&found, &left_out, &console.palette),
        ResultFormat::Json => json::json(&found, &left_out),
    });
    let is_whole = left_out.is_empty() && found.iter().all(|it| it.problem.is_none());
    Ok(match (is_whole, found.iter().all(Status::is_in_order)) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::Changes,
        (true, true) => Exit::Done,
    })
}

fn status(refreshed: &Refreshed, args: &StatusArgs, console: &Console) -> Status {
    let Refreshed { target, state, problem, .. } = refreshed;
    let location = target.home.store.location();
    let plan = refreshed.plan();
    let file = state.as_ref().filter(|_| target.home.store.is_file());
    let committed = file.and_then(|_| history::committed(location));
    let problem = problem.as_ref().map(Failure::problem);
    let intent = state.as_ref().and_then(|state| state.in_flight.as_ref());
    let takeover = intent.and_then(|intent| target.home.store.takeover(intent));
    let key = key(refreshed, args, console);
    Status::of(plan, problem, state.as_ref(), takeover, committed, key)
}

/// Whether there is a key that can be the target's.
fn key(refreshed: &Refreshed, args: &StatusArgs, console: &Console) -> KeyStatus {
    let Refreshed { target, state, .. } = refreshed;
    if target.home.sandbox.is_some() {
        return KeyStatus::NotNeeded;
    }
    let (title, meant) = (target.desired.title(), &target.desired.target);
    let key = match keys::of(&title, meant, &args.keys) {
        Ok(key) => key,
        Err(failure) => {
            let (problem, help) = (untitled(&failure, &title), failure.help);
            return match failure.code {
                FailureCode::KeyMissing => KeyStatus::Missing { problem, help },
                _ => KeyStatus::Unfit { problem, help },
            };
        }
    };
    console.keys.add(&key);
    let recorded: Vec<_> =
        state.iter().map(|it| Recorded { instance: &it.instance, by: Recorder::State }).collect();
    let wanted = Meant { title: &title, target: meant, recorded: &recorded };
    match live::key_fits(wanted, key.environment_type()) {
        Ok(()) => KeyStatus::Fits { title: key.title(), environment_type: key.environment_type() },
        Err(refusal) => {
            let failure = Failure::from(refusal);
            KeyStatus::Unfit { problem: untitled(&failure, &title), help: failure.help }
        }
    }
}
