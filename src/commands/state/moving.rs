//! `state move`: states from one place to another. Whatever ends it, the same command finishes what it
//! has begun: a state is taken away only where it was read back in its new place.

use std::path::Path;

use anyhow::anyhow;

use super::carry::{follows, settled};
use super::holding::{Holding, run_on};
use super::{half_done, homes, of_target, stores};
use crate::commands::args::{FileArgs, StateMoveArgs, TargetArgs};
use crate::commands::console::{Console, Effect};
use crate::commands::failure::{Exit, Failure};
use crate::commands::targets::{Home, by_name};
use crate::failure::FailureCode;
use crate::state::State;
use crate::store::{ByFile, Lock, Store, StoreError, place_of, resolve};

/// The word for the place that states have without `--state`.
const BESIDE: &str = "beside";

/// The remedy where a signal ended it.
const INTERRUPTED: &str = "run the same command again: it finishes what was begun";

/// One state on its way.
struct Way<'a> {
    from: &'a dyn Store,
    to: &'a dyn Store,
    stage: MoveStage<'a>,
}

/// How far a state has come.
enum MoveStage<'a> {
    /// It is in its old place.
    Ready {
        /// Keeps other runs away from there.
        source: Box<dyn Lock + 'a>,
        lock: Box<dyn Lock + 'a>,
        /// What is to be written.
        state: State,
    },
    /// An earlier command has written it, and did not take the old one away.
    Written { source: Box<dyn Lock + 'a>, lock: Box<dyn Lock + 'a>, state: State },
    /// An earlier command has done all of it.
    Done,
}

/// Runs `state move`.
pub fn run(args: &StateMoveArgs, console: &Console) -> Result<Exit, Failure> {
    let files = FileArgs::of(args.file.iter().cloned());
    let from = homes(&files, &placed(args, &args.from), console)?;
    let to = by_name::homes(&files, &placed(args, &args.to))?.homes;
    are_two_places(&from, &to)?;
    let work = async |holding: Holding<'_>| {
        let ways = prepared(&from, &to, &holding).await?;
        let mut written: Vec<&str> = Vec::new();
        for way in ways {
            let changes = (!matches!(way.stage, MoveStage::Done)).then(|| way.to.location());
            let told = way.gone(console).await.map_err(|failure| half_done(failure, &written))?;
            console.result(&told);
            written.extend(changes);
        }
        Ok(Exit::Done)
    };
    let all = stores(&from).chain(stores(&to)).collect();
    run_on(all, &args.lock, INTERRUPTED, console, work)
}

fn placed(args: &StateMoveArgs, place: &str) -> TargetArgs {
    TargetArgs {
        environments: args.environments.clone(),
        all_envs: args.all_envs,
        state: (place != BESIDE).then(|| place.to_owned()),
        sandbox: args.sandbox,
        ..TargetArgs::default()
    }
}

/// Makes sure that no state is moved onto one of those that are to be moved.
fn are_two_places(from: &[Home], to: &[Home]) -> Result<(), Failure> {
    let mut files = ByFile::default();
    for from in stores(from).filter(|store| store.is_file()) {
        files.insert(place_of(from), from.location());
    }
    for to in stores(to) {
        let same = if to.is_file() {
            files.get(&place_of(to)).copied()
        } else {
            stores(from).map(Store::location).find(|from| *from == to.location())
        };
        let Some(from) = same else { continue };
        let problem = if from == to.location() {
            anyhow!("{from}: both places are the same")
        } else {
            anyhow!("{from} and {} are one file", to.location())
        };
        return Err(Failure::new(FailureCode::Usage, problem, "name another place"));
    }
    Ok(())
}

/// Makes sure that the states can be moved: both places are held, and there is nothing newer.
async fn prepared<'a>(
    from: &'a [Home],
    to: &'a [Home],
    holding: &Holding<'_>,
) -> Result<Vec<Way<'a>>, Failure> {
    let pairs = || from.iter().zip(stores(to));
    let (mut wanted, mut are_ahead) = (Vec::new(), Vec::new());
    for (home, to) in pairs() {
        let from = home.store.as_ref();
        let before = from.read().await?;
        are_ahead.push(before.is_some());
        if before.is_some() {
            wanted.extend([from, to]);
        }
        let there = if before.is_some() { before } else { to.read().await? };
        of_target(home, there.ok_or_else(|| nothing(from))?.state)?;
    }
    let mut locks = holding.all(&wanted).await?.into_iter();
    let mut ways = Vec::new();
    for ((home, to), is_ahead) in pairs().zip(are_ahead) {
        let locks = if is_ahead { locks.next().zip(locks.next()) } else { None };
        let stage = match locks {
            Some((source, lock)) => held(home, source, to, lock)?,
            None => MoveStage::Done,
        };
        ways.push(Way { from: home.store.as_ref(), to, stage });
    }
    Ok(ways)
}

/// How far a state has come that is in its old place.
fn held<'a>(
    home: &'a Home,
    source: Box<dyn Lock + 'a>,
    to: &'a dyn Store,
    lock: Box<dyn Lock + 'a>,
) -> Result<MoveStage<'a>, Failure> {
    let found = source.found().map(|found| found.state.clone());
    let found = found.ok_or_else(|| nothing(home.store.as_ref()))?;
    let state = settled(&of_target(home, found)?);
    // A copy that stays behind is older than this one.
    let state = State { serial: state.serial.saturating_add(1), ..state };
    let there = lock.found().map(|found| &found.state);
    if there == Some(&state) {
        return Ok(MoveStage::Written { source, lock, state });
    }
    follows(to, there, &state)?;
    Ok(MoveStage::Ready { source, lock, state })
}

impl Way<'_> {
    /// Goes the rest of it, and tells what was done.
    async fn gone(self, console: &Console) -> Result<String, Failure> {
        let Self { from, to, stage } = self;
        let between = format!("{} → {}", from.location(), to.location());
        // The old place is held until its state is taken away.
        let (_source, serial, done) = match stage {
            MoveStage::Done => return Ok(format!("{between}: moved already.\n")),
            MoveStage::Ready { source, lock, state } => {
                lock.write(&state).await?;
                console.did(Effect::Some);
                has_arrived(to, &state).await?;
                (source, state.serial, "written")
            }
            MoveStage::Written { source, lock, state } => {
                // That command may have ended because the place turned out to be of no use.
                lock.prove().await?;
                has_arrived(to, &state).await?;
                (source, state.serial, "was there already")
            }
        };
        let left = retired(from, console);
        Ok(format!("{between}: serial {serial} {done}{left}.\n"))
    }
}

/// Makes sure that a state is in its new place before the old one is taken away.
async fn has_arrived(to: &dyn Store, state: &State) -> Result<(), Failure> {
    let there = to.read().await?;
    if there.as_ref().is_some_and(|there| there.state == *state) {
        return Ok(());
    }
    let describe = |serial: u64| format!("serial {serial}");
    let now = there.map_or_else(|| "missing".to_owned(), |there| describe(there.state.serial));
    let (location, before) = (to.location().to_owned(), describe(state.serial));
    let error = StoreError::Replaced { location, before, now };
    let help = "the old state was left where it is; see what is in the new place with `clerkform \
                state pull`, and run the same command again";
    Err(Failure::new(error.code(), error, help))
}

fn nothing(from: &dyn Store) -> Failure {
    Failure::new(
        FailureCode::StateMissing,
        anyhow!("there is no state at `{}`", from.location()),
        "nothing has been applied yet, or the state is elsewhere: name where it is as FROM, its \
         environment with `-e NAME`, or use `--sandbox`",
    )
}

/// Takes a file away whose state is elsewhere now, and tells what is left behind.
fn retired(from: &dyn Store, console: &Console) -> String {
    if !from.is_file() {
        return "; the old one stays where it is, and is used no more".to_owned();
    }
    let removed = resolve(Path::new(from.location())).and_then(std::fs::remove_file);
    match removed {
        Ok(()) => {
            console.did(Effect::Some);
            "; the file was removed".to_owned()
        }
        Err(error) => format!("; the file cannot be removed: {error}"),
    }
}
