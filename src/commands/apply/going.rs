//! How an apply goes: its targets are checked, those that can be changed are changed, and where any
//! cannot be, `--fail-fast` and `--keep-going` say what that is to the others.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::confirm::{confirm, is_confirmed};
use super::progress::ConsoleProgress;
use super::work::{Problems, Work, elsewhere};
use crate::api::Stop;
use crate::apply::{
    ApplyOptions, FailurePolicy, Preflight, PriorRefusals, TargetRun, carry_out, check,
};
use crate::commands::args::{ApplyArgs, PlanFormat};
use crate::commands::console::Console;
use crate::commands::failure::{Exit, Failure};
use crate::commands::refused::{RefusedTarget, refusal};
use crate::commands::targets::access::{self, Network};
use crate::failure::FailureCode;
use crate::plan::outcome::{Outcome, RunEnd, TargetOutcome};
use crate::plan::{Plan, TargetPlan};
use crate::render::text::words;

/// What came of a run.
pub(super) struct Ran {
    pub outcome: Outcome,
    /// The targets that were told of as they ended, by their numbers in the plan.
    pub told: BTreeSet<usize>,
    pub ended: RunEnd,
}

/// Carries out the plan of all targets that have something to do.
///
/// # Errors
///
/// The one failure that all `problems` come to, those that were known and those that the checks
/// find, unless the run keeps going with other targets. Nothing was changed then.
pub(super) async fn reconcile(
    args: &ApplyArgs,
    work: &Work,
    mut problems: Problems,
    network: &Network<'_>,
    console: &Console,
    stop: Stop,
) -> Result<Ran, Failure> {
    let policy = args.policy.policy();
    let (numbers, runs) = runs(work, policy, &mut problems, network, console)?;
    let prior = if problems.is_empty() { PriorRefusals::None } else { PriorRefusals::Some };
    let may_go_on = prior == PriorRefusals::None || policy == FailurePolicy::KeepGoing;
    if may_go_on && !work.plan.is_empty() && !runs.is_empty() {
        if !is_confirmed(args) {
            tell(&problems, work, console);
        }
        confirm(args, console, &stop).await?;
    }
    let options = options(args, network.at_once(runs.len(), console));
    let progress = ConsoleProgress { console, plan: &work.plan, format: args.output_format };
    let running = async {
        let is_over = policy == FailurePolicy::FailFast && !problems.is_empty();
        let Preflight { ready, refused } = if is_over {
            Preflight::default()
        } else {
            check(&runs, prior, options, &stop, &progress).await?
        };
        let refused = refused.into_iter().map(|(run, error)| (numbers[run], error.into()));
        problems.extend(refused.map(|(number, it)| (number, elsewhere(&work.plan, it))));
        let has_others = !ready.is_empty() || has_idle(work, &problems);
        let goes_on = policy == FailurePolicy::KeepGoing && has_others;
        if let Some(failure) = whole(&problems, work, policy).filter(|_| !goes_on) {
            return Err(failure);
        }
        // A run that was interrupted is gone on with: what it has done is no trouble.
        problems.retain(|_, failure| failure.code != FailureCode::PlanApplied);
        if args.output_format != PlanFormat::Text {
            tell(&problems, work, console);
        }
        let told: BTreeSet<usize> = ready.keys().map(|run| numbers[*run]).collect();
        Ok((told, carry_out(ready.into_values(), options, &stop, &progress).await))
    };
    let (told, done) = console.working(runs.len(), CHECKING, running).await?;
    let mut outcome = untouched(&work.plan);
    for (number, target) in told.iter().zip(done) {
        outcome.targets[*number] = target;
    }
    for (number, target) in refused(&problems, work) {
        let (plan, problem) = (&work.plan.targets[number], target.into_problem());
        outcome.targets[number] = TargetOutcome::left_alone(plan, problem);
    }
    let ended = if stop.is_tripped() { RunEnd::Interrupted } else { RunEnd::ByItself };
    Ok(Ran { outcome, told, ended })
}

/// Whether a target without a problem has nothing to do.
fn has_idle(work: &Work, problems: &Problems) -> bool {
    let targets = work.plan.targets.iter().enumerate();
    targets.into_iter().any(|(number, it)| !it.has_news() && !problems.contains_key(&number))
}

/// The first step of a run.
const CHECKING: &str = "checking which instance it is";

fn options(args: &ApplyArgs, parallelism: usize) -> ApplyOptions {
    ApplyOptions {
        parallelism,
        retry_budget: Duration::from_secs(args.service.retry_timeout.into()),
        lock_deadline: Instant::now() + args.lock.patience(),
        policy: args.policy.policy(),
    }
}

/// The targets that have something to do and a way to their instance, each with its number in the
/// plan. What is wrong with the command line is wrong for every target, so it is told alone.
fn runs<'a>(
    work: &'a Work,
    policy: FailurePolicy,
    problems: &mut Problems,
    network: &Network<'_>,
    console: &'a Console,
) -> Result<(Vec<usize>, Vec<TargetRun<'a>>), Failure> {
    let (mut numbers, mut runs) = (Vec::new(), Vec::new());
    for (number, plan, origin) in work.busy() {
        if policy == FailurePolicy::FailFast && !problems.is_empty() {
            break;
        }
        if problems.contains_key(&number) {
            continue;
        }
        let way = || access::to(&plan.title(), &plan.target, origin.home(), network, console);
        let access = match (!plan.calls.is_empty()).then(way).transpose() {
            Ok(access) => access,
            Err(failure) if failure.exit == Exit::Usage => return Err(failure),
            Err(failure) => {
                problems.insert(number, failure);
                continue;
            }
        };
        let (origin, store) = (origin.plan_origin(), origin.home().store.as_ref());
        runs.push(TargetRun { plan, origin, store, access });
        numbers.push(number);
    }
    Ok((numbers, runs))
}

/// Says which targets are left out.
fn tell(problems: &Problems, work: &Work, console: &Console) {
    let refused: Vec<_> = refused(problems, work).map(|(_, target)| target).collect();
    if let Some(failure) = refusal(&refused, work.plan.targets.len(), None) {
        console.complain(&failure.text(&console.error_palette));
    }
}

fn refused<'a>(
    problems: &'a Problems,
    work: &'a Work,
) -> impl Iterator<Item = (usize, RefusedTarget)> {
    problems.iter().map(|(number, failure)| {
        let TargetPlan { config, environment, .. } = &work.plan.targets[*number];
        (*number, RefusedTarget::new(config, environment.as_deref(), failure))
    })
}

/// The failure that the problems of targets come to, where nothing is changed because of them.
pub(super) fn whole(problems: &Problems, work: &Work, policy: FailurePolicy) -> Option<Failure> {
    let mut refused: Vec<_> = refused(problems, work).map(|(_, target)| target).collect();
    let all = work.plan.targets.len();
    if policy == FailurePolicy::FailFast {
        refused.truncate(1);
    }
    let others = work.busy().filter(|(number, ..)| !problems.contains_key(number)).count();
    let is_held = |failure: &Failure| failure.exit == Exit::Busy;
    let way_on = match policy {
        FailurePolicy::FailFast if all > 1 => {
            Some("nothing was changed; `--fail-fast` ended the run at the first problem".to_owned())
        }
        FailurePolicy::CheckAll if others > 0 && !problems.values().all(is_held) => Some(format!(
            "nothing was changed; `--keep-going` applies the other {}",
            if others == 1 { "target".to_owned() } else { words::count(others, "target") }
        )),
        _ => None,
    };
    refusal(&refused, all, way_on)
}

/// An outcome in which nothing was done to any target.
pub(super) fn untouched(plan: &Plan) -> Outcome {
    Outcome { targets: plan.targets.iter().map(TargetOutcome::idle).collect() }
}
