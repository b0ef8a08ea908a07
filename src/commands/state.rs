//! `state show|adopt|forget|unlock`: the recorded values, and the ways to mend it.

pub mod carry;
mod holding;
pub mod moving;

use anyhow::anyhow;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use self::holding::{Certainty, Holding, INTERRUPTED, run_on};
use super::args::{
    FileArgs, LockArgs, ResultFormat, StateAdoptArgs, StateForgetArgs, StateShowArgs,
    StateUnlockArgs, TargetArgs,
};
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::input::Strictness;
use super::signals::{Runner, unless_stopped};
use super::targets::by_name::NamedHomes;
use super::targets::refresh::STATES_AT_ONCE;
use super::targets::{self, Chosen, ChosenTarget, Home};
use crate::catalog;
use crate::failure::FailureCode;
use crate::plan::environment_mismatch;
use crate::render;
use crate::state::{InstanceRef, State, Values};
use crate::store::{Lock, Store};

/// The change that a command makes to one state.
struct Step<'a> {
    store: &'a dyn Store,
    /// Held where there may be something to write.
    lock: Option<Box<dyn Lock + 'a>>,
    /// The state to write; `None` where nothing is.
    next: Option<State>,
    said: String,
}

/// A change of the state of each named configuration under its lock.
struct StateChange<'a> {
    homes: Vec<Home>,
    certainty: Certainty,
    lock: &'a LockArgs,
    format: ResultFormat,
}

/// Runs `state show`.
pub fn show(args: &StateShowArgs, console: &Console) -> Result<Exit, Failure> {
    let homes = homes(&args.files, &args.targets, console)?;
    let mut text = String::new();
    let mut states: Vec<Value> = Vec::new();
    let found = Runner::default().run_on(stores(&homes), INTERRUPTED, console, |stop| {
        let found = stream::iter(stores(&homes)).map(read).buffered(STATES_AT_ONCE);
        unless_stopped(stop, INTERRUPTED, found.collect::<Vec<_>>())
    })?;
    for (home, state) in homes.iter().zip(found) {
        let (store, state) = (&home.store, state?);
        told_apart(home, &state, console);
        let takeover = state.in_flight.as_ref().and_then(|intent| store.takeover(intent));
        let (location, palette) = (store.location(), &console.palette);
        text += &render::state::text(&state, location, takeover.as_ref(), palette);
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

fn stores(homes: &[Home]) -> impl Iterator<Item = &dyn Store> {
    homes.iter().map(|home| home.store.as_ref())
}

/// The homes of the states that are meant; says which files are left out.
fn homes(files: &FileArgs, targets: &TargetArgs, console: &Console) -> Result<Vec<Home>, Failure> {
    let NamedHomes { homes, notes } = targets::by_name::homes(files, targets)?;
    for note in &notes {
        console.note(note);
    }
    Ok(homes)
}

/// Runs `state adopt`.
pub fn adopt(args: &StateAdoptArgs, console: &Console) -> Result<Exit, Failure> {
    let strictness = Strictness::from(args.strict);
    let Chosen { targets, notes, .. } = targets::of(&args.files, &args.targets, strictness)?;
    for note in &notes {
        console.note(note);
    }
    let stores: Vec<_> = targets.iter().map(|target| target.home.store.as_ref()).collect();
    run_on(stores, &args.lock, INTERRUPTED, console, async |holding| {
        let steps = adopting(&targets, &holding).await?;
        take(&steps).await?;
        Ok(finish(&steps, args.output_format, console))
    })
}

async fn adopting<'a>(
    targets: &'a [ChosenTarget],
    holding: &Holding<'_>,
) -> Result<Vec<Step<'a>>, Failure> {
    // Looked at without the lock first: where there is nothing to do, no lock is left behind.
    let mut wanting = Vec::new();
    for target in targets {
        let found = targets::state_of(target).await?.map(|it| it.state);
        wanting.push(adopted(target, found).is_some());
    }
    let wanted = targets.iter().zip(&wanting).filter(|(_, wants)| **wants);
    let wanted: Vec<_> = wanted.map(|(target, _)| target.home.store.as_ref()).collect();
    let mut locks = holding.all(&wanted).await?.into_iter();
    let mut steps = Vec::new();
    for (target, wants) in targets.iter().zip(wanting) {
        let store = target.home.store.as_ref();
        let lock = if wants { locks.next() } else { None };
        let next = lock
            .as_ref()
            .and_then(|lock| adopted(target, lock.found().map(|found| found.state.clone())));
        let said = if next.is_some() {
            let count = target.desired.settings.len();
            let recorded = render::text::words::count(count, "setting");
            format!(
                "{recorded} {} recorded as applied",
                render::text::words::verb(count, "is", "are")
            )
        } else {
            "already recorded".to_owned()
        };
        steps.push(Step { store, lock, next, said });
    }
    Ok(steps)
}

/// The state of a target once it is adopted; `None` where it already recorded.
fn adopted(target: &ChosenTarget, state: Option<State>) -> Option<State> {
    let ChosenTarget { desired, .. } = target;
    let mut values = Values::new();
    for setting in &desired.settings {
        values
            .entry(setting.section.name.to_owned())
            .or_default()
            .insert(setting.field.name.to_owned(), Value::clone(&setting.value));
    }
    let fresh = || {
        let lineage = uuid::Uuid::new_v4().to_string();
        let instance = InstanceRef {
            id: desired.target.instance_id.clone(),
            environment_type: desired.target.environment_type,
        };
        State::fresh(lineage, desired.environment.clone(), instance)
    };
    state.unwrap_or_else(fresh).adopt(values)
}

/// Runs `state forget`.
pub fn forget(args: &StateForgetArgs, console: &Console) -> Result<Exit, Failure> {
    let files = FileArgs::of(args.files());
    if args.addresses().next().is_none() {
        return Err(Failure::new(
            FailureCode::Usage,
            anyhow!("the command line does not say what to forget"),
            "name a section or a setting, such as `restrictions.allowlist`; `clerkform state show` \
             shows what is recorded",
        ));
    }
    let homes = homes(&files, &args.targets, console)?;
    let (certainty, format) = (Certainty::ByClocks, args.output_format);
    let change = StateChange { homes, certainty, lock: &args.lock, format };
    change.make(console, |state| {
        let mut state = state;
        let mut forgotten = Vec::new();
        for address in args.addresses() {
            let (section, field) = match address.split_once('.') {
                Some((section, field)) => (section, Some(field)),
                None => (address, None),
            };
            let Some(next) = state.forget(section, field) else {
                return Err(unknown(address, section, field));
            };
            state = next;
            forgotten.push(address);
        }
        Ok((
            Some(state),
            format!(
                "forgot {}; the next apply sends what the file asks for",
                render::text::words::list(&forgotten)
            ),
        ))
    })
}

/// Runs `state unlock`.
pub fn unlock(args: &StateUnlockArgs, console: &Console) -> Result<Exit, Failure> {
    let certainty = if args.yes { Certainty::BySomebody } else { Certainty::ByClocks };
    let homes = homes(&args.files, &args.targets, console)?;
    let change = StateChange { homes, certainty, lock: &args.lock, format: args.output_format };
    change.make(console, |state| {
        Ok(match state.unlock() {
            Some(state) => (
                Some(state),
                "cleared what a killed run left; its settings are uncertain and will be sent again"
                    .to_owned(),
            ),
            None => (None, "there is nothing to clear: no run was killed".to_owned()),
        })
    })
}

impl StateChange<'_> {
    /// Makes it. Every step is known to be possible before the first is taken.
    fn make(
        &self,
        console: &Console,
        step: impl Fn(State) -> Result<(Option<State>, String), Failure>,
    ) -> Result<Exit, Failure> {
        let Self { homes, certainty, lock, format } = self;
        run_on(stores(homes).collect(), lock, INTERRUPTED, console, async |holding| {
            for home in homes {
                step(of_target(home, read(home.store.as_ref()).await?)?)?;
            }
            let all: Vec<_> = stores(homes).collect();
            let locks = holding.with(*certainty).all(&all).await?;
            let mut steps = Vec::new();
            for (home, lock) in homes.iter().zip(locks) {
                let store = home.store.as_ref();
                let found = lock.found().map(|found| found.state.clone());
                let found = of_target(home, found.ok_or_else(|| missing(store))?)?;
                let (next, said) = step(found)?;
                steps.push(Step { store, lock: Some(lock), next, said });
            }
            take(&steps).await?;
            Ok(finish(&steps, *format, console))
        })
    }
}

/// Writes what is to be written. Where one cannot be, those that were written before stay so, and
/// the failure names them.
async fn take(steps: &[Step<'_>]) -> Result<(), Failure> {
    let mut written: Vec<&str> = Vec::new();
    for Step { store, lock, next, .. } in steps {
        let Some((lock, next)) = lock.as_ref().zip(next.as_ref()) else { continue };
        lock.write(next).await.map_err(|error| half_done(error.into(), &written))?;
        written.push(store.location());
    }
    Ok(())
}

/// A failure after which some states are changed and others are not.
fn half_done(failure: Failure, written: &[&str]) -> Failure {
    if written.is_empty() {
        return failure;
    }
    let (told, done) = (&failure.error, written.join(", "));
    Failure { error: anyhow!("{told}; changed before that: {done}"), ..failure }
}

async fn read(store: &dyn Store) -> Result<State, Failure> {
    let stored = store.read().await?;
    stored.map(|stored| stored.state).ok_or_else(|| missing(store))
}

/// The state of a target; one of another environment is refused.
fn of_target(home: &Home, state: State) -> Result<State, Failure> {
    match environment_mismatch(home.environment.as_deref(), &state) {
        None => Ok(state),
        Some(problem) => Err(Failure::new(
            FailureCode::StateMismatch,
            anyhow!("{}: {problem}", home.store.location()),
            "nothing was changed; name the environment with `-e`, or the state with `--state`",
        )),
    }
}

/// Says of a state that is only shown that nothing else would take it for the target's.
fn told_apart(home: &Home, state: &State, console: &Console) {
    if let Some(problem) = environment_mismatch(home.environment.as_deref(), state) {
        console.note(&format!("{}: {problem}.", home.store.location()));
    }
}

fn missing(store: &dyn Store) -> Failure {
    Failure::new(
        FailureCode::StateMissing,
        anyhow!("there is no state at `{}`", store.location()),
        "nothing has been applied yet, or the state is elsewhere: use `-e NAME`, `--state PATH` or \
         `--sandbox`",
    )
}

fn unknown(address: &str, section: &str, field: Option<&str>) -> Failure {
    let shown = render::text::escape::printable(address).into_owned();
    let known = catalog::section(section)
        .is_some_and(|section| field.is_none_or(|field| section.field(field).is_some()));
    let help = if known {
        "nothing was changed; `clerkform state show` shows what is recorded"
    } else {
        "nothing was changed; write SECTION or SECTION.FIELD (`clerkform explain` lists them)"
    };
    Failure::new(FailureCode::UnknownName, anyhow!("the state does not record `{shown}`"), help)
}

fn finish(steps: &[Step<'_>], format: ResultFormat, console: &Console) -> Exit {
    if steps.iter().any(|step| step.next.is_some()) {
        console.did(Effect::Some);
    }
    match format {
        ResultFormat::Text => {
            for Step { store, said, .. } in steps {
                console.result(&format!("{}: {said}.\n", store.location()));
            }
        }
        ResultFormat::Json => {
            let states: Vec<Value> = steps
                .iter()
                .map(|Step { store, next, .. }| {
                    json!({"location": store.location(), "changed": next.is_some()})
                })
                .collect();
            console.result(&render::document(&json!({
                "format_version": 1,
                "states": states,
            })));
        }
    }
    Exit::Done
}
