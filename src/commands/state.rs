//! `state show|adopt|forget|unlock`: a look at what is recorded, and the ways to mend it.

use anyhow::anyhow;
use serde_json::{Value, json};

use super::args::{
    FileArgs, ResultFormat, StateAdoptArgs, StateForgetArgs, StateShowArgs, TargetArgs,
};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::input::Strictness;
use super::targets::{self, Chosen, Home, Target};
use crate::catalog;
use crate::render;
use crate::state::{InstanceRef, State, Values};
use crate::store::{FileStore, Store};

/// What a command did to one state.
struct Report {
    location: String,
    changed: bool,
    said: String,
}

/// Runs `state show`.
pub fn show(args: &StateShowArgs, console: &Console) -> Result<Exit, Failure> {
    let homes = targets::homes_by_name(&args.files, &args.targets)?;
    let mut text = String::new();
    let mut states: Vec<Value> = Vec::new();
    for Home { store, .. } in &homes {
        let state = read(store)?;
        text += &render::state::text(&state, store.location(), &console.palette);
        states.push(json!({"location": store.location(), "state": state.document()}));
    }
    match args.output_format {
        ResultFormat::Text => console.result(&text),
        ResultFormat::Json => {
            console.result(&render::document(&json!({
                "format_version": 1,
                "states": states,
            })));
        }
    }
    Ok(Exit::Done)
}

/// Runs `state adopt`.
pub fn adopt(args: &StateAdoptArgs, console: &Console) -> Result<Exit, Failure> {
    let strictness = Strictness::from(args.strict);
    let Chosen { targets, sources: _ } = targets::of(&args.files, &args.targets, strictness)?;
    let mut reports = Vec::new();
    for target in &targets {
        let changed = adopt_one(target)?;
        reports.push(Report {
            location: target.home.store.location().to_owned(),
            changed,
            said: if changed {
                let count = target.desired.settings.len();
                {
                    let recorded = render::words::count(count, "setting");
                    let are = render::words::verb(count, "is", "are");
                    format!("{recorded} {are} recorded as applied")
                }
            } else {
                "says so already".to_owned()
            },
        });
    }
    Ok(finish(&reports, args.output_format, console))
}

/// Adopts one target, and tells whether its state had to be written.
fn adopt_one(target: &Target) -> Result<bool, Failure> {
    // Looked at without the lock first: where there is nothing to do, no lock is left behind.
    if adopted(target)?.is_none() {
        return Ok(false);
    }
    let lock = target.home.store.lock().map_err(|error| targets::store_failure(&error))?;
    let Some(state) = adopted(target)? else { return Ok(false) };
    lock.write(&state).map_err(|error| targets::store_failure(&error))?;
    Ok(true)
}

/// The state of a target once it is adopted; `None` where it says so already.
fn adopted(target: &Target) -> Result<Option<State>, Failure> {
    let Target { desired, .. } = target;
    let mut values = Values::new();
    for setting in &desired.settings {
        values
            .entry(setting.section.name.to_owned())
            .or_default()
            .insert(setting.field.name.to_owned(), setting.value.clone());
    }
    let state = targets::state_of(target)?.unwrap_or_else(|| {
        State::fresh(
            uuid::Uuid::new_v4().to_string(),
            desired.environment.clone(),
            InstanceRef {
                id: desired.target.instance_id.clone(),
                environment_type: desired.target.environment_type,
            },
        )
    });
    Ok(state.adopt(values))
}

/// Runs `state forget`.
pub fn forget(args: &StateForgetArgs, console: &Console) -> Result<Exit, Failure> {
    let files = FileArgs { files: args.file.iter().cloned().collect(), stdin_filename: None };
    change(&files, &args.targets, args.output_format, console, |state| {
        let mut state = state;
        let mut forgotten = 0;
        for address in &args.addresses {
            let (section, field) = match address.split_once('.') {
                Some((section, field)) => (section, Some(field)),
                None => (address.as_str(), None),
            };
            let Some(next) = state.forget(section, field) else {
                return Err(unknown(address, section, field));
            };
            state = next;
            forgotten += 1;
        }
        Ok((
            Some(state),
            format!("{forgotten} forgotten; the next apply sends what the file asks for"),
        ))
    })
}

/// Runs `state unlock`.
pub fn unlock(args: &StateShowArgs, console: &Console) -> Result<Exit, Failure> {
    change(&args.files, &args.targets, args.output_format, console, |state| {
        Ok(match state.unlock() {
            Some(state) => (
                Some(state),
                "the intent is cleared; its fields are uncertain and will be sent again".to_owned(),
            ),
            None => (None, "holds no intent of a run that was killed".to_owned()),
        })
    })
}

/// Changes the state of each named configuration under its lock.
fn change(
    files: &FileArgs,
    targets: &TargetArgs,
    format: ResultFormat,
    console: &Console,
    step: impl Fn(State) -> Result<(Option<State>, String), Failure>,
) -> Result<Exit, Failure> {
    let mut reports = Vec::new();
    for Home { store, .. } in targets::homes_by_name(files, targets)? {
        read(&store)?;
        let lock = store.lock().map_err(|error| targets::store_failure(&error))?;
        let (next, said) = step(read(&store)?)?;
        if let Some(state) = &next {
            lock.write(state).map_err(|error| targets::store_failure(&error))?;
        }
        reports.push(Report {
            location: store.location().to_owned(),
            changed: next.is_some(),
            said,
        });
    }
    Ok(finish(&reports, format, console))
}

fn read(store: &FileStore) -> Result<State, Failure> {
    store.read().map_err(|error| targets::store_failure(&error))?.ok_or_else(|| {
        Failure::new(
            "state-missing",
            anyhow!("there is no state at `{}`", store.location()),
            "nothing was applied yet, or it lives elsewhere: name an environment with `-e`, the \
             place with `--state`, or `--sandbox`",
        )
    })
}

fn unknown(address: &str, section: &str, field: Option<&str>) -> Failure {
    let shown = render::escape::printable(address).into_owned();
    let known = catalog::section(section)
        .is_some_and(|section| field.is_none_or(|field| section.field(field).is_some()));
    let help = if known {
        "`clerkform state show` tells what is recorded; nothing was changed"
    } else {
        "write SECTION or SECTION.FIELD; `clerkform explain` lists both; nothing was changed"
    };
    Failure::new("unknown-name", anyhow!("the state knows nothing of `{shown}`"), help)
}

fn finish(reports: &[Report], format: ResultFormat, console: &Console) -> Exit {
    match format {
        ResultFormat::Text => {
            for report in reports {
                console.result(&format!("{}: {}.\n", report.location, report.said));
            }
        }
        ResultFormat::Json => {
            let states: Vec<Value> = reports
                .iter()
                .map(|report| json!({"location": report.location, "changed": report.changed}))
                .collect();
            console.result(&render::document(&json!({
                "format_version": 1,
                "states": states,
            })));
        }
    }
    Exit::Done
}
