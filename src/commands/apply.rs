//! `apply`: shows the plan, asks, and makes the calls.

mod confirm;
mod going;
mod progress;
mod work;

use std::collections::BTreeSet;

use anyhow::anyhow;

use super::args::{ApplyArgs, PlanFormat};
use super::console::{Console, Effect};
use super::failure::{Exit, Failure};
use super::files::write;
use super::signals::Runner;
use super::targets;
use super::targets::access::Network;
use super::view::{self, Applied};
use crate::apply::FailurePolicy;
use crate::failure::FailureCode;
use crate::plan::outcome::{CallOutcome, Outcome, RunEnd, TargetOutcome, Verdict};
use crate::plan::{Plan, checksum};
use crate::render;

use confirm::is_confirmed;
use going::{Ran, reconcile, untouched, whole};
use work::Work;

/// Runs the command.
pub fn run(args: &ApplyArgs, console: &Console) -> Result<Exit, Failure> {
    let (network, runner) = (Network::of(&args.service, console), Runner::default());
    let (work, problems) = Work::load(args, &network, console, &runner)?;
    let policy = args.policy.policy();
    // What was refused although its instance was looked at needs no further look.
    let is_known =
        policy == FailurePolicy::FailFast || args.refresh || work.busy().next().is_none();
    let goes_on = problems.is_empty() || policy == FailurePolicy::KeepGoing;
    if let Some(failure) = whole(&problems, &work, policy).filter(|_| is_known && !goes_on) {
        return Err(failure);
    }
    if goes_on {
        check_sum(args, &work.without(&problems))?;
    }
    write::prepare(&args.report)?;
    if goes_on {
        show(args, &work.without(&problems), console)?;
    }
    if work.busy().next().is_none() && problems.is_empty() {
        let (outcome, told) = (untouched(&work.plan), BTreeSet::new());
        return Ok(finish(args, &work, &Ran { outcome, told, ended: RunEnd::ByItself }, console));
    }
    let help = "run `clerkform plan` to see whether anything is uncertain";
    let ran = runner.run(help, |stop| reconcile(args, &work, problems, &network, console, stop))?;
    let exit = finish(args, &work, &ran, console);
    let in_order = ran.outcome.is_recorded() && ran.ended == RunEnd::Interrupted;
    Ok(if in_order { Exit::Interrupted } else { exit })
}

/// Shows the plan. With `--strict` one that warns is refused.
fn show(args: &ApplyArgs, plan: &Plan, console: &Console) -> Result<(), Failure> {
    let too_many_warnings = args.strict && plan.has_advisories();
    if !console.is_quiet() || !is_confirmed(args) || too_many_warnings {
        show_plan(args, plan, console);
    }
    if too_many_warnings { Err(targets::too_many_warnings(plan)) } else { Ok(()) }
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

/// Tells what came of a run, apart from the targets that were told of as they ended.
fn finish(args: &ApplyArgs, work: &Work, ran: &Ran, console: &Console) -> Exit {
    let Ran { outcome, told, ended } = ran;
    let applied = Applied { outcome, plan: &work.plan, sources: &work.sources, ended: *ended };
    let is_recorded = |it: &TargetOutcome| it.released > 0 || it.noticed > 0;
    if outcome.calls().any(CallOutcome::may_have_taken_effect)
        || outcome.targets.iter().any(is_recorded)
    {
        console.did(Effect::Some);
    }
    tell_news(outcome, console);
    let is_worth_telling = !work.plan.is_empty() || outcome.verdict() != Verdict::Done;
    if args.output_format == PlanFormat::Jsonl {
        for (number, target) in outcome.targets.iter().enumerate() {
            if !told.contains(&number) {
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
