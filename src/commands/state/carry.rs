//! `state pull|push`: states as a whole, to and from a file.

use std::path::Path;

use anyhow::anyhow;

use super::holding::{INTERRUPTED, run_on};
use super::{homes, read, told_apart};
use crate::commands::args::{FileArgs, StatePullArgs, StatePushArgs};
use crate::commands::console::{Console, Effect};
use crate::commands::failure::{Exit, Failure};
use crate::commands::files::input;
use crate::commands::signals::{Runner, unless_stopped};
use crate::commands::targets::Home;
use crate::failure::FailureCode;
use crate::plan::environment_mismatch;
use crate::render::text::escape::printable;
use crate::state::State;
use crate::store::{LARGEST_STATE, Store, StoreError, Stored};

/// Runs `state pull`.
pub fn pull(args: &StatePullArgs, console: &Console) -> Result<Exit, Failure> {
    let files = FileArgs::of(args.file.clone());
    let home = only(homes(&files, &args.targets, console)?)?;
    let store = home.store.as_ref();
    let state = Runner::default().run_on([store], INTERRUPTED, console, |stop| async {
        unless_stopped(stop, INTERRUPTED, read(store)).await?
    })?;
    told_apart(&home, &state, console);
    console.result(&String::from_utf8_lossy(&state.to_bytes()));
    Ok(Exit::Done)
}

/// Runs `state push`.
pub fn push(args: &StatePushArgs, console: &Console) -> Result<Exit, Failure> {
    let files = FileArgs::of(args.file.clone());
    let home = only(homes(&files, &args.targets, console)?)?;
    let pushed = from_file(&args.from)?;
    if let Some(problem) = environment_mismatch(home.environment.as_deref(), &pushed) {
        return Err(Failure::new(
            FailureCode::StateMismatch,
            anyhow!("{}: {problem}", args.from.display()),
            "nothing was written; name the environment with `-e`",
        ));
    }
    // A run that wrote an intent elsewhere is not at work here.
    let pushed = settled(&pushed);
    let store = home.store.as_ref();
    let said = run_on(vec![store], &args.lock, INTERRUPTED, console, async |holding| {
        let lock = holding.one(store).await?;
        let found = lock.found().map(|found| &found.state);
        if found.is_some_and(|found| *found == pushed) {
            return Ok("already recorded".to_owned());
        }
        follows(store, found, &pushed)?;
        lock.write(&pushed).await?;
        console.did(Effect::Some);
        Ok(format!("serial {} written", pushed.serial))
    })?;
    console.result(&format!("{}: {said}.\n", store.location()));
    Ok(Exit::Done)
}

/// Makes sure that a state may take the place of the one that is there.
pub(super) fn follows(
    store: &dyn Store,
    found: Option<&State>,
    next: &State,
) -> Result<(), Failure> {
    let Some(found) = found else { return Ok(()) };
    let what = if found.lineage != next.lineage {
        "has another lineage"
    } else if found.serial >= next.serial {
        "is not older"
    } else {
        return Ok(());
    };
    Err(Failure::new(
        FailureCode::StateConflict,
        anyhow!(
            "{}: the state there {what}: it is serial {} of lineage {}, and the other one is \
             serial {} of lineage {}",
            store.location(),
            found.serial,
            printable(&found.lineage),
            next.serial,
            printable(&next.lineage)
        ),
        "nothing was written; `clerkform state pull` prints what is there, and its history holds \
         what was there before",
    ))
}

/// A state without the intent of a run; its fields are uncertain.
pub(super) fn settled(state: &State) -> State {
    if state.in_flight.is_some() { state.clone().abandon() } else { state.clone() }
}

/// The state that a file holds.
fn from_file(path: &Path) -> Result<State, Failure> {
    let name = path.display().to_string();
    let most = usize::try_from(LARGEST_STATE).unwrap_or(usize::MAX);
    let bytes = input::bytes(path, most).map_err(|error| {
        Failure::new(
            FailureCode::StateIo,
            anyhow::Error::new(error).context(format!("cannot read `{}`", printable(&name))),
            "check the path; `clerkform state pull` prints a state",
        )
    })?;
    if bytes.len() > most {
        return Err(StoreError::TooLarge { location: name }.into());
    }
    let stored = Stored::parse(&bytes);
    let stored = stored.map_err(|source| StoreError::Unreadable { location: name, source })?;
    Ok(stored.state)
}

fn only(homes: Vec<Home>) -> Result<Home, Failure> {
    let targets = homes.len();
    let mut homes = homes;
    match homes.pop() {
        Some(home) if targets == 1 => Ok(home),
        _ => Err(Failure::new(
            FailureCode::Usage,
            anyhow!("this is about one state, and there are {targets} targets"),
            "name one environment with `-e`",
        )),
    }
}
