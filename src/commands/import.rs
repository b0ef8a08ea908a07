//! `import`: a configuration and its state from a live instance, over nothing that exists.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::anyhow;

use super::args::{ImportArgs, ResultFormat, TargetArgs};
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::base::seen_from;
use super::files::beside::{self, SCHEMA_FILE};
use super::files::{input, write};
use super::signals::Runner;
use super::targets::access::{self, Network};
use super::targets::{self, Home};
use crate::api::{Access, RetryBudget, Stop};
use crate::catalog::{Field, Read, SECTIONS, Section};
use crate::config::{self, Desired, Target};
use crate::failure::FailureCode;
use crate::live::{self, ExpectedField, FrontendUse, Wanted};
use crate::render::text::escape::printable;
use crate::render::text::shell::quoted;
use crate::render::written::imported::{Frame, Imported, imported};
use crate::render::written::inherited::ImportBase;
use crate::state::{InstanceRef, Live, State};
use crate::store::{Lock, lock_within};

/// The remedy where a signal ended it.
const INTERRUPTED: &str = "nothing was written; run it again";

/// Runs the command.
pub fn run(args: &ImportArgs, console: &Console) -> Result<Exit, Failure> {
    let place = Place::of(args)?;
    place.is_free()?;
    let imported =
        Runner::default().run(INTERRUPTED, |stop| import(args, &place, console, stop))?;
    console.did(Effect::Written);
    tell(args, &place, &imported, console);
    // The configuration and its state are there, whatever comes of the rest.
    let added = beside::add(&place.path, schema(args)).map_err(|it| it.exit(Exit::Partly))?;
    for told in added {
        match args.output_format {
            ResultFormat::Text => console.result(&format!("{told}\n")),
            ResultFormat::Json => console.note(&told),
        }
    }
    tell_next(args, &place, console);
    Ok(Exit::Done)
}

/// The schema that the first line names.
fn schema(args: &ImportArgs) -> Option<&'static str> {
    (!args.no_schema).then_some(SCHEMA_FILE)
}

/// Where the configuration and its state are to be.
struct Place {
    path: PathBuf,
    home: Home,
}

impl Place {
    fn of(args: &ImportArgs) -> Result<Self, Failure> {
        let path = args.out.clone().unwrap_or_else(input::default_file);
        if input::is_stdin(&path) {
            let problem = anyhow!("`-o -`: an imported configuration has a state beside it");
            return Err(Failure::new(FailureCode::Usage, problem, "name a file"));
        }
        if path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) {
            let problem = anyhow!("`-o {}` names a folder", printable(&path.display().to_string()));
            return Err(Failure::new(FailureCode::Usage, problem, "name the file in it"));
        }
        let home = targets::by_name::home(&path, &as_targets(args))?;
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let is_file = home.store.is_file();
        if is_file && absolute(&path) == absolute(Path::new(home.store.location())) {
            return Err(Failure::new(
                FailureCode::StateLocation,
                anyhow!("the configuration and its state cannot be the same file"),
                "name another file with `--state`; nothing was written",
            ));
        }
        Ok(Self { path, home })
    }

    fn config(&self) -> String {
        self.path.display().to_string()
    }

    /// Makes sure that nothing is there yet that could be overwritten.
    fn is_free(&self) -> Result<(), Failure> {
        if fs::symlink_metadata(&self.path).is_ok() {
            return Err(Failure::new(
                FailureCode::FileExists,
                anyhow!("`{}` already exists", printable(&self.config())),
                "name another file with `-o`; if this one already manages the instance, \
                 `clerkform drift` and `clerkform plan --refresh` compare the two; nothing was \
                 written",
            ));
        }
        let store = self.home.store.as_ref();
        // Whatever it is: one that cannot be read is somebody's all the same.
        if store.is_file() && fs::symlink_metadata(store.location()).is_ok() {
            return Err(self.state_exists());
        }
        Ok(())
    }

    fn state_exists(&self) -> Failure {
        Failure::new(
            FailureCode::StateExists,
            anyhow!("there is already a state at `{}`", printable(self.home.store.location())),
            "name another file with `-o`, or another place for the state with `--state`; if its \
             configuration is elsewhere, `clerkform drift` and `clerkform plan --refresh` compare \
             it with the instance; nothing was written",
        )
    }
}

fn as_targets(args: &ImportArgs) -> TargetArgs {
    TargetArgs {
        environments: args.environment.iter().cloned().collect(),
        state: args.state.clone(),
        sandbox: args.sandbox,
        ..TargetArgs::default()
    }
}

/// What the file to extend asks for in the environment that is imported, and its path as seen from
/// the new file.
fn base(args: &ImportArgs, place: &Place) -> Result<Option<(String, Desired)>, Failure> {
    let Some(base) = &args.extends else { return Ok(None) };
    let path = seen_from(&place.path, base)?;
    Ok(Some((path, targets::base(base, args.environment.as_deref())?)))
}

async fn import(
    args: &ImportArgs,
    place: &Place,
    console: &Console,
    stop: Stop,
) -> Result<Imported, Failure> {
    let target = Target::default();
    let network = Network::of(&args.service, console);
    let title = title(args, place);
    // Both places before the first request, so that a long read is not in vain.
    write::attempt(&place.path)?;
    let base = base(args, place)?;
    let access = access::to(&title, &target, &place.home, &network, console)?;
    let patience = args.lock.patience();
    let lock = tokio::select! {
        biased;
        _ = stop.tripped() => return Err(interrupted()),
        lock = lock_within(place.home.store.as_ref(), patience) => lock,
    };
    let lock = lock?;
    if lock.found().is_some() {
        return Err(place.state_exists());
    }
    let live = refresh(args, &title, &access, console, &stop).await?;
    let environment = args.environment.as_deref();
    let environment_type = access.environment_type;
    let base = base.as_ref().map(|(path, desired)| ImportBase { path, desired });
    let frame = Frame { schema: schema(args), environment, environment_type, base };
    let imported = imported(&live, &frame);
    // Time has passed, and others may have been here.
    place.is_free()?;
    write::fresh(&place.path, &imported.text)?;
    record(&state(environment, &live.instance, &imported), lock.as_ref(), &place.path).await?;
    Ok(imported)
}

fn title(args: &ImportArgs, place: &Place) -> String {
    config::title(&place.config(), args.environment.as_deref())
}

/// Reads every setting that the service shows.
async fn refresh(
    args: &ImportArgs,
    title: &str,
    access: &Access<'_>,
    console: &Console,
    stop: &Stop,
) -> Result<Live, Failure> {
    let target = Target::default();
    let wanted = Wanted {
        title: title.to_owned(),
        target: &target,
        recorded: None,
        fields: readable()
            .map(|(section, field)| ExpectedField { section, field, value: None })
            .collect(),
        frontend: FrontendUse::Leave,
    };
    let patience =
        RetryBudget { budget: Duration::from_secs(args.service.retry_timeout.into()), slot: None };
    let first = "reading twice, 3 seconds apart, since recent changes may show up late";
    let reading = async {
        console.progress(title, first);
        live::read(access, &wanted, &patience, stop).await
    };
    console.working(1, first, reading).await.map_err(|refusal| {
        if matches!(refusal, live::LiveError::Interrupted) {
            return interrupted();
        }
        Failure::from(refusal)
    })
}

fn readable() -> impl Iterator<Item = (&'static Section, &'static Field)> {
    let fields = SECTIONS.into_iter().flat_map(|of| of.fields.iter().map(move |field| (of, field)));
    fields.filter(|(_, field)| field.read == Read::Shown && !field.is_deprecated())
}

/// The state in which exactly what was imported is applied.
fn state(environment: Option<&str>, instance: &InstanceRef, imported: &Imported) -> State {
    let lineage = uuid::Uuid::new_v4().to_string();
    let fresh = State::fresh(lineage, environment.map(str::to_owned), instance.clone());
    fresh.adopt(imported.values.clone()).unwrap_or_else(|| fresh.end())
}

/// Writes the state of a file that was just written. Where that fails the file goes as well: what
/// is left without its state would be sent as if it were new.
async fn record(state: &State, lock: &dyn Lock, config: &Path) -> Result<(), Failure> {
    lock.write(state).await.map_err(|error| {
        let told = error.to_string();
        let config_name = config.display().to_string();
        let shown = printable(&config_name);
        let ending = match fs::remove_file(config) {
            Ok(()) => format!("`{shown}` was removed again"),
            Err(error) => format!("`{shown}` was written and cannot be removed again: {error}"),
        };
        Failure { error: anyhow!("{told}; {ending}"), ..Failure::from(error) }
    })
}

fn interrupted() -> Failure {
    Failure::new(FailureCode::Interrupted, anyhow!("interrupted"), INTERRUPTED)
}

fn tell(args: &ImportArgs, place: &Place, imported: &Imported, console: &Console) {
    let (config, state) = (place.config(), place.home.store.location());
    console.result(&match args.output_format {
        ResultFormat::Text => imported.summary(&config, state),
        ResultFormat::Json => imported.document(&config, state),
    });
}

fn tell_next(args: &ImportArgs, place: &Place, console: &Console) {
    let config = place.config();
    let environment = args.environment.as_ref().map(|name| format!(" -e {}", quoted(name)));
    let elsewhere = args.state.as_ref().filter(|state| !state.is_empty());
    let elsewhere = elsewhere.map(|state| format!(" --state {}", quoted(state)));
    let sandbox = if args.sandbox { " --sandbox" } else { "" };
    let separator = if config.starts_with('-') { " --" } else { "" };
    let ahead = match &args.extends {
        None => "as the file is now, there are no changes".to_owned(),
        Some(base) => format!(
            "any change that it shows now is a setting of {} that Clerk does not show, or shows as \
             null",
            base.display()
        ),
    };
    console.note(&format!(
        "Next: change a setting and run `clerkform plan{}{}{sandbox}{separator} {config}`; {ahead}.",
        environment.unwrap_or_default(),
        elsewhere.unwrap_or_default(),
        config = quoted(&config),
    ));
}
