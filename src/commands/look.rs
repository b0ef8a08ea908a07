//! What is known of each target before anything is planned: its state, and for `drift` and with
//! `--refresh` its live instance, which is read and never changed.

use std::time::Duration;

use anyhow::anyhow;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::access::{self, Network};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::repository::Repository;
use super::signals::Runner;
use super::targets::{self, Target};
use crate::api::{Access, Patience, Stop};
use crate::apply;
use crate::live::{self, Expected, FrontendUse, Meant, Recorded, Recorder, Wanted};
use crate::plan::{self, Plan, TargetPlan, between};
use crate::state::{Live, Service, State};
use crate::store::{Store, Stored};

/// A target with what is known of it.
pub(super) struct Looked {
    /// What it is to be, and where its state lives.
    pub target: Target,
    /// Its state, where there is one.
    pub state: Option<State>,
    /// SHA-256 of the state's bytes.
    pub digest: Option<String>,
    /// What was read of its instance, where that was asked for.
    pub live: Option<Live>,
}

impl Looked {
    fn plan(&self) -> TargetPlan {
        let location = self.target.home.store.location();
        let (state, live) = (self.state.as_ref(), self.live.as_ref());
        let plan = between(&self.target.desired, state, live, location);
        plan.read_from(self.digest.clone())
    }

    async fn read(
        &self,
        access: &Access<'_>,
        means: &Means<'_>,
        stop: &Stop,
    ) -> Result<Live, live::Refusal> {
        let desired = &self.target.desired;
        let expected = plan::expected(desired, self.state.as_ref()).into_iter();
        let wanted = Wanted {
            title: self.plan().title(),
            target: &desired.target,
            recorded: self.state.as_ref().map(|state| &state.instance),
            fields: expected
                .map(|(setting, value)| Expected {
                    section: setting.section,
                    field: setting.field,
                    value,
                })
                .collect(),
            frontend: means.frontend,
        };
        means.console.progress(&wanted.title, "reading the instance …");
        let seconds = means.network.args.retry_timeout;
        let patience = Patience { budget: Duration::from_secs(seconds.into()) };
        live::read(access, &wanted, &patience, stop).await
    }
}

/// With what a live instance is looked at.
pub(super) struct Means<'a> {
    pub network: &'a Network<'a>,
    pub frontend: FrontendUse,
    pub console: &'a Console,
}

/// The targets with their states as they are now.
pub(super) fn at_states(targets: Vec<Target>) -> Result<Vec<Looked>, Failure> {
    let looked = targets.into_iter().map(|target| {
        let (state, digest) = match targets::state_of(&target)? {
            Some(Stored { state, digest }) => (Some(state), Some(digest)),
            None => (None, None),
        };
        Ok(Looked { target, state, digest, live: None })
    });
    looked.collect()
}

/// Reads the instances of all targets, side by side.
pub(super) fn at_instances(
    looked: &[Looked],
    means: &Means<'_>,
    runner: &Runner,
) -> Result<Vec<Live>, Failure> {
    runner.run("nothing was changed; run it again", |stop| read(looked, means, stop))
}

/// The same, to plan with what was read.
pub(super) fn refresh(
    looked: &mut [Looked],
    network: &Network<'_>,
    console: &Console,
    runner: &Runner,
) -> Result<(), Failure> {
    let means = Means { network, frontend: FrontendUse::Leave, console };
    let lives = at_instances(looked, &means, runner)?;
    for (looked, live) in looked.iter_mut().zip(lives) {
        looked.live = Some(live);
    }
    Ok(())
}

/// The plan of all targets by what is known of them.
pub(super) fn plan(looked: &[Looked]) -> Plan {
    let service =
        looked.first().map_or_else(Service::default, |looked| looked.target.home.service());
    let targets = looked.iter().map(Looked::plan).collect();
    Plan { targets, service, folder: Repository::around().folder() }
}

async fn read(looked: &[Looked], means: &Means<'_>, stop: Stop) -> Result<Vec<Live>, Failure> {
    // Every key before the first request: one that is missing wastes no other target's time.
    let ways = looked.iter().map(|looked| {
        let Target { desired, home } = &looked.target;
        let title = looked.plan().title();
        let access = access::to(&title, &desired.target, home, means.network, means.console)?;
        Ok((looked, access))
    });
    let ways = ways.collect::<Result<Vec<_>, Failure>>()?;
    keys_fit(&ways)?;
    let stop = &stop;
    let lives: Vec<Live> = stream::iter(&ways)
        .map(|(looked, access)| looked.read(access, means, stop))
        .buffered(usize::from(means.network.args.parallelism))
        .try_collect()
        .await
        .map_err(|refusal| refused(&refusal))?;
    distinct(looked, &lives)?;
    Ok(lives)
}

/// Makes sure of every key, before any request, that it can be its target's alone.
fn keys_fit(ways: &[(&Looked, Access<'_>)]) -> Result<(), Failure> {
    for (index, (looked, access)) in ways.iter().enumerate() {
        let title = looked.plan().title();
        let mut earlier = ways[..index].iter().filter(|(_, other)| other.key.is_some());
        if let Some((first, _)) = earlier.find(|(_, other)| other.key == access.key) {
            let first = first.plan().title();
            return Err(one_instance(&apply::Refusal::SameKey { first, second: title }));
        }
        let state = looked.state.as_ref();
        let recorded: Vec<_> = state
            .iter()
            .map(|state| Recorded { instance: &state.instance, by: Recorder::State })
            .collect();
        let target = &looked.target.desired.target;
        let meant = Meant { title: &title, target, recorded: &recorded };
        live::key_fits(meant, access.environment_type).map_err(|refusal| refused(&refusal))?;
    }
    Ok(())
}

/// Refuses two targets that are one instance: they would undo each other's changes.
fn distinct(looked: &[Looked], lives: &[Live]) -> Result<(), Failure> {
    let known: Vec<_> = looked
        .iter()
        .zip(lives)
        .filter_map(|(looked, live)| Some((looked, live.instance.id.as_ref()?)))
        .collect();
    for (index, (looked, id)) in known.iter().enumerate() {
        if let Some((first, _)) = known[..index].iter().find(|(_, other)| other == id) {
            let (first, second) = (first.plan().title(), looked.plan().title());
            let id = (*id).clone();
            return Err(one_instance(&apply::Refusal::SameInstance { first, second, id }));
        }
    }
    Ok(())
}

fn one_instance(refusal: &apply::Refusal) -> Failure {
    Failure::new(refusal.code(), anyhow!("{refusal}"), refusal.help())
}

fn refused(refusal: &live::Refusal) -> Failure {
    let exit = match refusal {
        live::Refusal::Interrupted => Exit::Interrupted,
        _ => Exit::Failed,
    };
    Failure::new(refusal.code(), anyhow!("{refusal}"), refusal.help()).exit(exit)
}
