//! The knowledge of each target before anything is planned: its state, and for `drift` and with
//! `--refresh` its live instance, which is read and never changed.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::anyhow;
use futures_util::{StreamExt, stream};

use super::ChosenTarget;
use super::access::{self, Network};
use crate::api::{Access, RetryBudget, Slot, Stop, side_by_side};
use crate::apply::FailurePolicy;
use crate::commands::console::Console;
use crate::commands::failure::{Exit, Failure};
use crate::commands::files::repository::Repository;
use crate::commands::refused::{self, RefusedTarget};
use crate::commands::signals::{Runner, unless_stopped};
use crate::commands::spread::spread;
use crate::config::Desired;
use crate::failure::FailureCode;
use crate::live::{self, ExpectedField, FrontendUse, Meant, Recorded, Recorder, Wanted};
use crate::plan::{self, Drift, Plan, TargetDrift, TargetPlan, TargetProblem, between, blank};
use crate::state::{Live, ServiceKind, State};
use crate::store::Stored;

/// A target with what is known of it.
pub(crate) struct Refreshed {
    /// Its settings, and where its state lives.
    pub target: ChosenTarget,
    /// Its state, where there is one.
    pub state: Option<State>,
    /// SHA-256 of the state's bytes.
    pub digest: Option<String>,
    /// The values read of its instance, where that was asked for.
    pub live: Option<Live>,
    /// Why it cannot be read, where the others of its run can.
    pub problem: Option<Failure>,
}

/// What is known of a target, apart from the means to know more.
struct KnownTarget<'a> {
    desired: &'a Desired,
    location: &'a str,
    state: Option<&'a State>,
    digest: Option<&'a str>,
    live: Option<&'a Live>,
    has_problem: bool,
}

impl<'a> KnownTarget<'a> {
    fn of(refreshed: &'a Refreshed) -> Self {
        let Refreshed { target: ChosenTarget { desired, home }, state, digest, live, problem } =
            refreshed;
        let (state, digest, live) = (state.as_ref(), digest.as_deref(), live.as_ref());
        let (location, has_problem) = (home.store.location(), problem.is_some());
        Self { desired, location, state, digest, live, has_problem }
    }

    /// What is to happen to it; nothing where it has a problem.
    fn plan(&self) -> TargetPlan {
        let Self { desired, location, state, digest, live, has_problem } = *self;
        if has_problem {
            return blank(desired, state, location);
        }
        between(desired, state, live, location).read_from(digest.map(str::to_owned))
    }
}

impl Refreshed {
    /// What is to happen to it; nothing where it has a problem.
    pub(crate) fn plan(&self) -> TargetPlan {
        KnownTarget::of(self).plan()
    }

    /// The same target with its problem, where it has one.
    fn refused(&self) -> Option<RefusedTarget> {
        let Desired { file, environment, .. } = &self.target.desired;
        let problem = self.problem.as_ref()?;
        Some(RefusedTarget::new(file, environment.as_deref(), problem))
    }

    /// How its instance differs; `None` as long as it was neither read nor refused.
    fn drift(&self) -> Option<TargetDrift> {
        match (&self.live, &self.problem) {
            (_, Some(failure)) => Some(self.drift_by(Err(failure))),
            (Some(live), None) => Some(self.drift_by(Ok(live))),
            (None, None) => None,
        }
    }

    /// How its instance differs, by what a read came to.
    fn drift_by(&self, read: Result<&Live, &Failure>) -> TargetDrift {
        let Self { target: ChosenTarget { desired, home }, state, digest, .. } = self;
        let (state, location) = (state.as_ref(), home.store.location());
        let found = match read {
            Err(failure) => plan::uncompared(desired, state, location, failure.problem()),
            Ok(live) => plan::drift(desired, state, live, location),
        };
        found.read_from(digest.clone())
    }

    /// The way to its instance, with a key that can be its.
    fn way<'a>(&self, means: &Means<'a>) -> Result<Access<'a>, Failure> {
        let ChosenTarget { desired, home } = &self.target;
        let title = self.target.desired.title();
        let access = access::to(&title, &desired.target, home, means.network, means.console)?;
        let recorded: Vec<_> = self
            .state
            .iter()
            .map(|state| Recorded { instance: &state.instance, by: Recorder::State })
            .collect();
        let wanted = Meant { title: &title, target: &desired.target, recorded: &recorded };
        live::key_fits(wanted, access.environment_type)?;
        Ok(access)
    }

    async fn read(
        &self,
        access: &Access<'_>,
        means: &Means<'_>,
        slot: &Slot<'_>,
        stop: &Stop,
    ) -> Result<Live, live::LiveError> {
        let desired = &self.target.desired;
        let expected = plan::expected(desired, self.state.as_ref()).into_iter();
        let wanted = Wanted {
            title: self.target.desired.title(),
            target: &desired.target,
            recorded: self.state.as_ref().map(|state| &state.instance),
            fields: expected
                .map(|(setting, value)| ExpectedField {
                    section: setting.section,
                    field: setting.field,
                    value,
                })
                .collect(),
            frontend: means.frontend,
        };
        means.console.progress(&wanted.title, "reading the instance");
        let seconds = means.network.args.retry_timeout;
        let patience =
            RetryBudget { budget: Duration::from_secs(seconds.into()), slot: Some(slot) };
        let live = live::read(access, &wanted, &patience, stop).await;
        means.console.finished_one();
        live
    }
}

/// The means to read a live instance.
pub(crate) struct Means<'a> {
    pub network: &'a Network<'a>,
    pub frontend: FrontendUse,
    /// What a target that cannot be read is to the others.
    pub policy: FailurePolicy,
    pub console: &'a Console,
    /// Who is told of each target as soon as it was compared.
    pub listener: Option<&'a dyn Fn(&TargetDrift)>,
}

impl Means<'_> {
    fn tell(&self, refreshed: &Refreshed, read: Result<&Live, &Failure>) {
        let is_about_all = read.is_err_and(is_about_all);
        if let Some(listener) = self.listener.filter(|_| !is_about_all) {
            listener(&refreshed.drift_by(read));
        }
    }
}

/// Whether a failure is none of a single target.
fn is_about_all(failure: &Failure) -> bool {
    matches!(failure.exit, Exit::Usage | Exit::Interrupted)
}

/// How many states in shared places are read side by side where nobody says how many.
pub(crate) const STATES_AT_ONCE: usize = 10;

/// The one failure that the problems of targets come to, and those of files that are left out, where
/// there are any. `way_on` says how the others go on. What was not begun since the run had ended is
/// no problem of its own.
pub(crate) fn refusal(
    refreshed: &[Refreshed],
    left_out: &[TargetProblem],
    way_on: Option<String>,
) -> Option<Failure> {
    let files = left_out.iter().cloned().map(RefusedTarget::file);
    let (refused, left): (Vec<_>, Vec<_>) =
        refreshed.iter().filter_map(Refreshed::refused).partition(RefusedTarget::was_begun);
    let ended = || "`--fail-fast` ended the run at the first problem".to_owned();
    let way_on = if left.is_empty() { way_on } else { Some(ended()) };
    let refused: Vec<_> = refused.into_iter().chain(files).collect();
    refused::refusal(&refused, refreshed.len() + left_out.len(), way_on)
}

/// Takes out the targets that have a problem.
pub(crate) fn leave_out(refreshed: &mut Vec<Refreshed>) -> Vec<TargetProblem> {
    let refused = refreshed.iter().filter_map(Refreshed::refused);
    let left_out = refused.map(RefusedTarget::into_target).collect();
    refreshed.retain(|it| it.problem.is_none());
    left_out
}

/// The targets with their states as they are now, so many of which are read side by side. A state
/// that cannot be read is a problem of its own.
pub(crate) fn at_each_state(
    targets: Vec<ChosenTarget>,
    at_once: usize,
    runner: &Runner,
    console: &Console,
) -> Result<Vec<Refreshed>, Failure> {
    let places: Vec<_> = targets.iter().map(|target| target.home.store.as_ref()).collect();
    let states = runner.run_on(places, AGAIN, console, |stop| {
        let states = stream::iter(&targets).map(super::state_of).buffered(at_once);
        unless_stopped(stop, AGAIN, states.collect::<Vec<_>>())
    })?;
    let refreshed = targets.into_iter().zip(states).map(|(target, state)| {
        let (stored, problem) = match state {
            Ok(stored) => (stored, None),
            Err(failure) => (None, Some(failure)),
        };
        let (state, digest) = stored.map(|Stored { state, digest }| (state, digest)).unzip();
        Refreshed { target, state, digest, live: None, problem }
    });
    Ok(refreshed.collect())
}

/// Reads the instance of each target that has no problem yet, side by side. One that cannot be
/// read, or is the instance of another target too, is a problem of its own.
///
/// # Errors
///
/// What concerns all of them: the command line, a signal, and that none could be compared.
pub(crate) fn at_each_instance(
    refreshed: &mut [Refreshed],
    left_out: &[TargetProblem],
    means: &Means<'_>,
    runner: &Runner,
) -> Result<(), Failure> {
    for it in refreshed.iter() {
        if let Some(failure) = &it.problem {
            means.tell(it, Err(failure));
        }
    }
    look(refreshed, means, runner)?;
    for (number, error) in of_one_instance(refreshed) {
        let failure = Failure::from(error);
        // Each was told of as soon as it was read; this is told in its place.
        means.tell(&refreshed[number], Err(&failure));
        refreshed[number].problem = Some(failure);
    }
    if refreshed.iter().any(|refreshed| refreshed.problem.is_none()) {
        return Ok(());
    }
    refusal(refreshed, left_out, None).map_or(Ok(()), Err)
}

/// The same to plan with what was read: that targets are one instance is a problem of each of
/// them, and nothing is said where none could be read.
pub(crate) fn refresh(
    refreshed: &mut [Refreshed],
    network: &Network<'_>,
    policy: FailurePolicy,
    console: &Console,
    runner: &Runner,
) -> Result<(), Failure> {
    let means = Means { network, frontend: FrontendUse::Leave, policy, console, listener: None };
    look(refreshed, &means, runner)?;
    for (number, error) in of_one_instance(refreshed) {
        refreshed[number].problem = Some(error.into());
    }
    Ok(())
}

fn look(refreshed: &mut [Refreshed], means: &Means<'_>, runner: &Runner) -> Result<(), Failure> {
    let lives = runner.run(AGAIN, |stop| read_each(refreshed, means, stop))?;
    for (refreshed, live) in refreshed.iter_mut().filter(|it| it.problem.is_none()).zip(lives) {
        match live {
            Ok(live) => refreshed.live = Some(live),
            Err(failure) => refreshed.problem = Some(failure),
        }
    }
    Ok(())
}

/// The targets that turned out to be one instance.
fn of_one_instance(refreshed: &[Refreshed]) -> BTreeMap<usize, live::LiveError> {
    live::sharing_an_instance(refreshed.iter().enumerate().filter_map(|(number, refreshed)| {
        let id = refreshed.live.as_ref()?.instance.id.as_deref()?;
        Some((number, refreshed.target.desired.title(), id))
    }))
}

/// The first step of a read.
const READING: &str = "reading the instances";

/// The remedy after a read that a signal ended.
const AGAIN: &str = "nothing was changed; run it again";

/// The plan of all targets by what is known of them.
pub(crate) fn plan(refreshed: &[Refreshed]) -> Plan {
    let known: Vec<_> = refreshed.iter().map(KnownTarget::of).collect();
    let targets = spread(&known, KnownTarget::plan);
    let (folder, only) = (Repository::around().folder(), only(refreshed));
    Plan { targets, service: service(refreshed), folder, only, ..Plan::default() }
}

/// How the instances differ that were read.
pub(crate) fn drift(refreshed: &[Refreshed]) -> Drift {
    let targets = refreshed.iter().filter_map(Refreshed::drift).collect();
    let (folder, only) = (Repository::around().folder(), only(refreshed));
    Drift { targets, service: service(refreshed), folder, only, ..Drift::default() }
}

/// The part of the files that a run is narrowed to, which is the same for each target.
fn only(refreshed: &[Refreshed]) -> Vec<String> {
    let first = refreshed.first();
    first.map(|refreshed| refreshed.target.desired.scope.names()).unwrap_or_default()
}

fn service(refreshed: &[Refreshed]) -> ServiceKind {
    let first = refreshed.first();
    first.map_or_else(ServiceKind::default, |refreshed| refreshed.target.home.service())
}

async fn read_each(
    refreshed: &[Refreshed],
    means: &Means<'_>,
    stop: Stop,
) -> Result<Vec<Result<Live, Failure>>, Failure> {
    let healthy: Vec<_> =
        refreshed.iter().filter(|refreshed| refreshed.problem.is_none()).collect();
    let mut ways: Vec<_> = healthy.iter().map(|refreshed| refreshed.way(means)).collect();
    let open = healthy.iter().zip(&ways).enumerate();
    let shared = live::sharing_a_key(open.filter_map(|(number, (refreshed, way))| {
        let key = way.as_ref().ok()?.key.as_ref()?;
        Some((number, refreshed.target.desired.title(), key))
    }));
    for (number, error) in shared {
        ways[number] = Err(error.into());
    }
    let at_once = means.network.at_once(healthy.len(), means.console);
    let has_failed = Cell::new(healthy.len() < refreshed.len() || ways.iter().any(Result::is_err));
    let pairs = healthy.iter().zip(ways);
    let lives = side_by_side(at_once, pairs, async |(refreshed, way), slot: &Slot<'_>| {
        let live = match way {
            Ok(_) if has_failed.get() && means.policy == FailurePolicy::FailFast => Err(unread()),
            Ok(access) => refreshed.read(&access, means, slot, &stop).await.map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        if live.is_err() {
            has_failed.set(true);
        }
        means.tell(refreshed, live.as_ref());
        live
    });
    told(means.console.working(healthy.len(), READING, lives).await)
}

/// What becomes of a target that is not read any more since another one could not be.
fn unread() -> Failure {
    Failure::new(
        FailureCode::NotStarted,
        anyhow!("not read, since another target had failed (`--fail-fast`)"),
        "correct what failed and run the same command again",
    )
}

/// What became of each target; where one failure is about all of them, that failure alone.
fn told(lives: Vec<Result<Live, Failure>>) -> Result<Vec<Result<Live, Failure>>, Failure> {
    let mut told = Vec::with_capacity(lives.len());
    for live in lives {
        match live {
            Err(failure) if is_about_all(&failure) => return Err(failure),
            live => told.push(live),
        }
    }
    Ok(told)
}
