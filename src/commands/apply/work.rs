//! What `apply` is to do: the plan of files that are read, or a saved one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use futures_util::{StreamExt, stream};

use crate::apply::{FailurePolicy, PlanOrigin, unmoved};
use crate::commands::args::ApplyArgs;
use crate::commands::console::Console;
use crate::commands::failure::Failure;
use crate::commands::files::broken::BrokenFiles;
use crate::commands::files::input::Strictness;
use crate::commands::files::repository::Repository;
use crate::commands::show;
use crate::commands::signals::{Runner, unless_stopped};
use crate::commands::targets::access::Network;
use crate::commands::targets::outputs::{self, Files};
use crate::commands::targets::refresh::{self, Refreshed};
use crate::commands::targets::{self, Chosen, Home};
use crate::config::SourceFile;
use crate::failure::FailureCode;
use crate::plan::{Plan, TargetPlan, TargetProblem, of_broken_file};
use crate::render::text::escape::printable;
use crate::store::Store;

/// Targets of a plan that nothing can be done with, by their numbers in it.
pub(super) type Problems = BTreeMap<usize, Failure>;

/// A plan, and its origins.
pub(super) struct Work {
    /// Its last targets stand for the files that are left out.
    pub plan: Plan,
    /// Of the targets before those.
    origins: Vec<ApplyOrigin>,
    /// The files that were read, to show a line of; none for a saved plan.
    pub sources: Vec<SourceFile>,
}

/// The origin of one target's plan.
pub(super) enum ApplyOrigin {
    File(Box<Refreshed>),
    Saved(Home),
}

impl ApplyOrigin {
    pub(super) fn home(&self) -> &Home {
        match self {
            Self::File(refreshed) => &refreshed.target.home,
            Self::Saved(home) => home,
        }
    }

    pub(super) fn plan_origin(&self) -> PlanOrigin<'_> {
        match self {
            Self::File(refreshed) => PlanOrigin::File {
                desired: &refreshed.target.desired,
                state: refreshed.state.as_ref(),
                live: refreshed.live.as_ref(),
            },
            Self::Saved(_) => PlanOrigin::Saved,
        }
    }
}

impl Work {
    /// What the arguments name, and the targets of it that nothing can be done with already.
    pub(super) fn load(
        args: &ApplyArgs,
        network: &Network<'_>,
        console: &Console,
        runner: &Runner,
    ) -> Result<(Self, Problems), Failure> {
        if let Some(path) = &args.plan {
            let plan = Plan { options: args.again(), ..show::read(path)? };
            let homes = targets::homes_of_saved(&plan, &args.targets)?;
            let keys = &args.service.keys;
            let read = [Some(path), keys.secret_key_file.as_ref()].into_iter().flatten();
            Files::read(read.chain(&keys.env_files).map(PathBuf::as_path))
                .kept(&homes)
                .written(outputs::paths(&args.report))?;
            let problems = check_saved(&plan, &homes, args.service.at_once(), runner, console)?;
            let origins = homes.into_iter().map(ApplyOrigin::Saved).collect();
            return Ok((Self { plan, origins, sources: Vec::new() }, problems));
        }
        let strictness = Strictness::from(args.strict);
        let broken = BrokenFiles::by(args.policy.policy());
        let Chosen { targets, sources, notes, read, left_out } =
            targets::of_run(&args.files, &args.targets, strictness, broken)?
                .narrowed(&args.narrow.scope());
        for note in &notes {
            console.note(note);
        }
        outputs::of(&read, &args.service, &targets).written(outputs::paths(&args.report))?;
        let mut refreshed =
            refresh::at_each_state(targets, args.service.at_once(), runner, console)?;
        let is_over = args.policy.policy() == FailurePolicy::FailFast
            && refreshed.iter().any(|target| target.problem.is_some());
        if args.refresh && !is_over {
            refresh::refresh(&mut refreshed, network, args.policy.policy(), console, runner)?;
        }
        let selected_by = targets::selected_by(&args.files, &args.targets);
        let options = args.again();
        let mut plan =
            Plan { selected_by, shard: args.targets.shard, options, ..refresh::plan(&refreshed) };
        let problems = refreshed.iter_mut().map(|target| {
            // The problem is another target's, and that ends the run.
            target.problem.take().filter(|it| it.code != FailureCode::NotStarted)
        });
        let files = left_out.into_iter().map(|TargetProblem { config, problem, .. }| {
            plan.targets.push(of_broken_file(config));
            Some(Failure::from(problem))
        });
        let problems = problems.chain(files).enumerate();
        let problems = problems.filter_map(|(number, problem)| Some((number, problem?))).collect();
        let origins = refreshed.into_iter().map(Box::new).map(ApplyOrigin::File).collect();
        Ok((Self { plan, origins, sources }, problems))
    }

    /// The plan of the targets that have no problem yet.
    pub(super) fn without(&self, problems: &Problems) -> Cow<'_, Plan> {
        if problems.is_empty() {
            return Cow::Borrowed(&self.plan);
        }
        let targets = self.plan.targets.iter().enumerate();
        let targets = targets.filter(|(number, _)| !problems.contains_key(number));
        let targets: Vec<_> = targets.map(|(_, target)| target.clone()).collect();
        Cow::Owned(Plan { targets, ..self.plan.clone() })
    }

    /// The targets that have something to do, by their place in the plan.
    pub(super) fn busy(&self) -> impl Iterator<Item = (usize, &TargetPlan, &ApplyOrigin)> {
        let pairs = self.plan.targets.iter().zip(&self.origins).enumerate();
        pairs
            .map(|(index, (plan, origin))| (index, plan, origin))
            .filter(|(_, plan, _)| plan.has_news())
    }
}

/// Looks at the states of a saved plan once, before it is shown. What has nothing to do is never
/// looked at again, and where the state is not, no lock of it is left behind.
fn check_saved(
    plan: &Plan,
    homes: &[Home],
    at_once: usize,
    runner: &Runner,
    console: &Console,
) -> Result<Problems, Failure> {
    let stores = || homes.iter().map(|home| home.store.as_ref());
    let help = "nothing was changed; run it again";
    runner.run_on(stores(), help, console, |stop| async move {
        let found = stream::iter(stores()).map(Store::read).buffered(at_once);
        let found = unless_stopped(stop, help, found.collect::<Vec<_>>()).await?;
        let mut problems = Problems::new();
        for (number, (target, found)) in plan.targets.iter().zip(found).enumerate() {
            let checked = match found {
                Ok(found) if !target.has_news() || found.is_none() => {
                    unmoved(target, found.as_ref()).map_err(|it| elsewhere(plan, it.into()))
                }
                Ok(_) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if let Err(failure) = checked {
                problems.insert(number, failure);
            }
        }
        Ok(problems)
    })
}

/// The same failure, with the folder that a saved plan was made in where that is another one: its
/// paths mean other files here.
pub(super) fn elsewhere(plan: &Plan, failure: Failure) -> Failure {
    let here = Repository::around().folder();
    if plan.folder == here || failure.code != FailureCode::PlanStale {
        return failure;
    }
    let (made, here) = (printable(&plan.folder), printable(&here));
    let help =
        format!("the plan was made in the folder `{made}`, and this is `{here}`: apply it there");
    Failure { help, ..failure }
}
