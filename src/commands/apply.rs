//! `apply`: shows the plan, asks, and makes the calls.

use std::collections::HashSet;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use futures_util::{StreamExt, stream};

use super::activity::whole_seconds;
use super::args::{ApplyArgs, PlanFormat};
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::input::Strictness;
use super::files::repository::Repository;
use super::files::write;
use super::show;
use super::signals::{Runner, unless_stopped};
use super::targets::access::{self, Network};
use super::targets::outputs::{self, Files};
use super::targets::refresh::{self, Refreshed, STATES_AT_ONCE};
use super::targets::{self, Chosen, Home};
use super::view::{self, Applied};
use crate::api::Stop;
use crate::apply::{ApplyError, ApplyOptions, PlanOrigin, Progress, TargetRun, apply, unmoved};
use crate::catalog::Section;
use crate::config::SourceFile;
use crate::failure::FailureCode;
use crate::plan::outcome::{CallOutcome, Outcome, TargetOutcome, Verdict};
use crate::plan::{Plan, TargetPlan, checksum};
use crate::render;
use crate::render::progress;
use crate::render::text::escape::printable;
use crate::store::{Store, StoreError};

/// Runs the command.
pub fn run(args: &ApplyArgs, console: &Console) -> Result<Exit, Failure> {
    let (network, runner) = (Network::of(&args.service, console), Runner::default());
    let work = Work::load(args, &network, console, &runner)?;
    check_sum(args, &work.plan)?;
    write::prepare(&args.report)?;
    let too_many_warnings = args.strict && work.plan.has_advisories();
    if !console.is_quiet() || !is_confirmed(args) || too_many_warnings {
        show_plan(args, &work.plan, console);
    }
    if too_many_warnings {
        return Err(targets::too_many_warnings(&work.plan));
    }
    if work.busy().next().is_none() {
        return Ok(finish(args, &work, &untouched(&work.plan), console));
    }
    let help = "run `clerkform plan` to see whether anything is uncertain";
    let (outcome, ended) =
        runner.run(help, |stop| reconcile(args, &work, &network, console, stop))?;
    let exit = finish(args, &work, &outcome, console);
    let in_order = outcome.is_recorded() && ended == RunEnd::Interrupted;
    Ok(if in_order { Exit::Interrupted } else { exit })
}

/// A plan, and its origins.
struct Work {
    plan: Plan,
    origins: Vec<ApplyOrigin>,
    /// The files that were read, to show a line of; none for a saved plan.
    sources: Vec<SourceFile>,
}

/// The origin of one target's plan.
enum ApplyOrigin {
    File(Box<Refreshed>),
    Saved(Home),
}

impl ApplyOrigin {
    fn home(&self) -> &Home {
        match self {
            Self::File(refreshed) => &refreshed.target.home,
            Self::Saved(home) => home,
        }
    }

    fn plan_origin(&self) -> PlanOrigin<'_> {
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
    fn load(
        args: &ApplyArgs,
        network: &Network<'_>,
        console: &Console,
        runner: &Runner,
    ) -> Result<Self, Failure> {
        if let Some(path) = &args.plan {
            let plan = show::read(path)?;
            let homes = targets::homes_of_saved(&plan, &args.targets)?;
            let keys = &args.service.keys;
            let read = [Some(path), keys.secret_key_file.as_ref()].into_iter().flatten();
            Files::read(read.chain(&keys.env_files).map(PathBuf::as_path))
                .kept(&homes)
                .written(outputs::paths(&args.report))?;
            check_saved(&plan, &homes, runner)?;
            let origins = homes.into_iter().map(ApplyOrigin::Saved).collect();
            return Ok(Self { plan, origins, sources: Vec::new() });
        }
        let strictness = Strictness::from(args.strict);
        let Chosen { targets, sources, notes, read } =
            targets::of(&args.files, &args.targets, strictness)?.narrowed(&args.narrow.scope());
        for note in &notes {
            console.note(note);
        }
        outputs::of(&read, &args.service, &targets).written(outputs::paths(&args.report))?;
        let mut refreshed = refresh::at_states(targets, runner)?;
        if args.refresh {
            refresh::refresh(&mut refreshed, network, console, runner)?;
        }
        let plan = refresh::plan(&refreshed);
        let origins = refreshed.into_iter().map(Box::new).map(ApplyOrigin::File).collect();
        Ok(Self { plan, origins, sources })
    }

    /// The targets that have something to do, by their place in the plan.
    fn busy(&self) -> impl Iterator<Item = (usize, &TargetPlan, &ApplyOrigin)> {
        let pairs = self.plan.targets.iter().zip(&self.origins).enumerate();
        pairs
            .map(|(index, (plan, origin))| (index, plan, origin))
            .filter(|(_, plan, _)| plan.has_news())
    }
}

/// Looks at the states of a saved plan once, before it is shown. What has nothing to do is never
/// looked at again, and where the state is not, no lock of it is left behind.
fn check_saved(plan: &Plan, homes: &[Home], runner: &Runner) -> Result<(), Failure> {
    let stores = || homes.iter().map(|home| home.store.as_ref());
    let help = "nothing was changed; run it again";
    runner.run_on(stores(), help, |stop| async move {
        let found = stream::iter(stores()).map(Store::read).buffered(STATES_AT_ONCE);
        let found = unless_stopped(stop, help, found.collect::<Vec<_>>()).await?;
        for (target, found) in plan.targets.iter().zip(found) {
            let found = found?;
            if !target.has_news() || found.is_none() {
                unmoved(target, found.as_ref()).map_err(|it| elsewhere(plan, it.into()))?;
            }
        }
        Ok(())
    })
}

fn check_sum(args: &ApplyArgs, plan: &Plan) -> Result<(), Failure> {
    let Some(expected) = &args.checksum else { return Ok(()) };
    let found = checksum(plan);
    if expected.eq_ignore_ascii_case(&found) {
        return Ok(());
    }
    if plan.is_empty() {
        return Err(Failure::new(
            FailureCode::ChecksumMismatch,
            anyhow!(
                "nothing is left to do, so this is not the plan that was reviewed; it may have \
                 been applied already"
            ),
            "nothing was changed; `clerkform state show` shows what is applied",
        ));
    }
    Err(Failure::new(
        FailureCode::ChecksumMismatch,
        anyhow!("this is not the plan that was reviewed: its checksum is {found}"),
        "nothing was changed; review the current plan and use its checksum",
    ))
}

/// Where the result is not text, the plan that is to be confirmed stands beside it.
fn show_plan(args: &ApplyArgs, plan: &Plan, console: &Console) {
    // Apart from what becomes of it.
    let below = if plan.is_empty() { "" } else { "\n" };
    match args.output_format {
        PlanFormat::Text => {
            console.result(&(render::plan::text::text(plan, &console.palette) + below));
        }
        _ if plan.is_empty() || console.is_quiet() => {}
        _ => console.complain(&render::plan::text::text(plan, &console.error_palette)),
    }
}

/// How a run came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RunEnd {
    ByItself,
    Interrupted,
}

async fn reconcile(
    args: &ApplyArgs,
    work: &Work,
    network: &Network<'_>,
    console: &Console,
    stop: Stop,
) -> Result<(Outcome, RunEnd), Failure> {
    let ways = work.busy().map(|(_, plan, origin)| {
        let way = || access::to(&plan.title(), &plan.target, origin.home(), network, console);
        if plan.calls.is_empty() { Ok(None) } else { way().map(Some) }
    });
    let mut runs = Vec::new();
    for ((_, plan, origin), access) in work.busy().zip(access::all(ways)?) {
        let (origin, store) = (origin.plan_origin(), origin.home().store.as_ref());
        runs.push(TargetRun { plan, origin, store, access });
    }
    if !work.plan.is_empty() {
        confirm(args, console, &stop).await?;
    }
    let options = ApplyOptions {
        parallelism: network.at_once(runs.len(), console),
        retry_budget: Duration::from_secs(args.service.retry_timeout.into()),
        lock_patience: Duration::from_secs(args.lock.lock_timeout.into()),
    };
    let (plan, format) = (&work.plan, args.output_format);
    let progress = ConsoleProgress { console, patience: options.lock_patience, plan, format };
    let running = apply(&runs, options, &stop, &progress);
    let done = console
        .working(runs.len(), "checking which instance it is", running)
        .await
        .map_err(|refusal| elsewhere(&work.plan, refusal.into()))?;
    let mut outcome = untouched(&work.plan);
    for ((index, ..), target) in work.busy().zip(done.targets) {
        outcome.targets[index] = target;
    }
    Ok((outcome, if stop.is_tripped() { RunEnd::Interrupted } else { RunEnd::ByItself }))
}

/// An outcome in which nothing was done to any target.
fn untouched(plan: &Plan) -> Outcome {
    let targets = plan.targets.iter().map(|target| TargetOutcome {
        config: target.config.clone(),
        environment: target.environment.clone(),
        calls: Vec::new(),
        record_error: None,
        released: 0,
        noticed: 0,
        meanwhile: Vec::new(),
    });
    Outcome { targets: targets.collect() }
}

/// Whether nobody has to be asked.
fn is_confirmed(args: &ApplyArgs) -> bool {
    args.yes || args.plan.is_some()
}

async fn confirm(args: &ApplyArgs, console: &Console, stop: &Stop) -> Result<(), Failure> {
    if is_confirmed(args) {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(
            FailureCode::ConfirmationNeeded,
            anyhow!("cannot ask for confirmation: standard input is not a terminal"),
            "nothing was changed; review the plan and apply it with `--yes`, or save it with `plan \
             --out PLAN` and run `apply --plan PLAN`",
        ));
    }
    console.complain("Make these changes? Only `yes` is accepted: ");
    let (sender, answer) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = std::io::stdin().lock().read_line(&mut line);
        let _ = sender.send(line);
    });
    let answer = tokio::select! {
        _ = stop.tripped() => return Err(ApplyError::Interrupted.into()),
        answer = answer => answer.unwrap_or_default(),
    };
    if answer.trim().eq_ignore_ascii_case("yes") {
        Ok(())
    } else {
        Err(Failure::new(FailureCode::Declined, anyhow!("not confirmed"), "nothing was changed"))
    }
}

/// The same failure, with the folder that a saved plan was made in where that is another one: its
/// paths mean other files here.
fn elsewhere(plan: &Plan, failure: Failure) -> Failure {
    let here = Repository::around().folder();
    if plan.folder == here || failure.code != FailureCode::PlanStale {
        return failure;
    }
    let (made, here) = (printable(&plan.folder), printable(&here));
    let help =
        format!("the plan was made in the folder `{made}`, and this is `{here}`: apply it there");
    Failure { help, ..failure }
}

fn finish(args: &ApplyArgs, work: &Work, outcome: &Outcome, console: &Console) -> Exit {
    let applied = Applied { outcome, plan: &work.plan, sources: &work.sources };
    let is_recorded = |it: &TargetOutcome| it.released > 0 || it.noticed > 0;
    if outcome.calls().any(CallOutcome::may_have_taken_effect)
        || outcome.targets.iter().any(is_recorded)
    {
        console.did(Effect::Some);
    }
    tell_news(outcome, console);
    let is_worth_telling = !work.plan.is_empty() || !outcome.is_recorded();
    if args.output_format == PlanFormat::Jsonl {
        let busy: HashSet<usize> = work.busy().map(|(index, ..)| index).collect();
        for (index, target) in outcome.targets.iter().enumerate() {
            if !busy.contains(&index) {
                console.result(&view::applied_line(target, &work.plan));
            }
        }
        applied.show_end(console);
    } else if args.output_format != PlanFormat::Text || is_worth_telling {
        applied.show(args.output_format, console);
    }
    let exit = match outcome.verdict() {
        Verdict::Done => Exit::Done,
        Verdict::NothingTookEffect => Exit::Failed,
        Verdict::Busy => Exit::Busy,
        Verdict::Partly => Exit::Partly,
    };
    let written = applied.report(&args.report);
    // What was done stands on standard output already, so this is no failure of the run as a whole.
    match written {
        Ok(()) => exit,
        Err(failure) => {
            console.complain(&failure.text(&console.error_palette));
            if exit == Exit::Done { Exit::Partly } else { exit }
        }
    }
}

/// Says which states learnt something although no call was made for it.
fn tell_news(outcome: &Outcome, console: &Console) {
    for target in outcome.targets.iter().filter(|target| target.noticed > 0) {
        console.note(&render::outcome::noticed(target));
    }
}

/// Tells people who watch how the run goes.
struct ConsoleProgress<'a> {
    console: &'a Console,
    patience: Duration,
    plan: &'a Plan,
    format: PlanFormat,
}

impl Progress for ConsoleProgress<'_> {
    fn begins(&self, target: &TargetPlan, section: &Section) {
        self.console.progress(&target.title(), &format!("PATCH {}", section.path));
    }

    fn ended(&self, target: &TargetPlan, call: &CallOutcome) {
        let status = call.status.map_or_else(String::new, |status| format!(" ({status})"));
        self.console.progress(
            &target.title(),
            &format!("PATCH {} {}{status}", call.path, call.outcome.as_str()),
        );
    }

    fn done(&self, target: &TargetOutcome) {
        self.console.finished_one();
        if self.format == PlanFormat::Jsonl {
            if target.calls.iter().any(CallOutcome::may_have_taken_effect) {
                self.console.did(Effect::Some);
            }
            self.console.result(&view::applied_line(target, self.plan));
        }
    }

    fn waits(&self, target: &TargetPlan, held: &StoreError) {
        self.console.wait(
            &target.title(),
            &progress::held(&held.to_string(), whole_seconds(self.patience)),
        );
    }
}
