//! `plan`: the calls that `apply` would make. Without `--refresh` it needs no network and no key,
//! and never builds the thing that could make them.

use std::path::Path;

use super::args::{PlanArgs, PlanFormat};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::files::broken::BrokenFiles;
use super::files::input::Strictness;
use super::files::write;
use super::signals::Runner;
use super::targets::access::Network;
use super::targets::outputs;
use super::targets::refresh::{self, Refreshed};
use super::targets::{self, Chosen};
use super::view::{View, json, tells_refusals};
use crate::apply::FailurePolicy;
use crate::plan::{Plan, TargetProblem};
use crate::render::text::shell::quoted;
use crate::render::text::words;

/// Runs the command.
pub fn run(args: &PlanArgs, console: &Console) -> Result<Exit, Failure> {
    let (strictness, runner) = (Strictness::from(args.strict), Runner::default());
    let broken = BrokenFiles::by(args.policy.policy());
    let Chosen { targets, notes, read, mut left_out, .. } =
        targets::of_run(&args.files, &args.targets, strictness, broken)?
            .narrowed(&args.narrow.scope());
    for note in &notes {
        console.note(note);
    }
    let written = outputs::paths(&args.report).chain(args.out.as_deref());
    outputs::of(&read, &args.service, &targets).written(written)?;
    let mut refreshed = refresh::at_each_state(targets, args.service.at_once(), &runner, console)?;
    if !args.refresh {
        check(args, &refreshed, &left_out)?;
    }
    write::prepare(&args.report)?;
    args.out.as_deref().map_or(Ok(()), write::is_free_for_a_plan)?;
    if args.refresh {
        let network = Network::of(&args.service, console);
        refresh::refresh(&mut refreshed, &network, args.policy.policy(), console, &runner)?;
        check(args, &refreshed, &left_out)?;
    }
    let refused = refresh::refusal(&refreshed, &left_out, None);
    left_out.extend(refresh::leave_out(&mut refreshed));
    let selected_by = targets::selected_by(&args.files, &args.targets);
    let plan =
        Plan { selected_by, shard: args.targets.shard, left_out, ..refresh::plan(&refreshed) };
    if let Some(path) = &args.out {
        write::over(path, &json(&plan))?;
    }
    let view = View::Plan(&plan);
    view.report(&args.report)?;
    let warned = strictness == Strictness::WarningsFail && plan.has_advisories();
    if !warned || args.output_format != PlanFormat::Json {
        view.show(args.output_format, console);
    }
    if let Some(failure) = refused.filter(|_| !tells_refusals(args.output_format, console)) {
        console.complain(&failure.text(&console.error_palette));
    }
    if let Some(path) = &args.out {
        console.note(&saved(path, args, &plan));
    }
    if warned {
        // As JSON the failure is the one document, with the warnings as its diagnostics.
        Err(targets::too_many_warnings(&plan))
    } else if !plan.left_out.is_empty() {
        Ok(Exit::Failed)
    } else if args.detailed_exitcode && !plan.is_empty() {
        Ok(Exit::Changes)
    } else {
        Ok(Exit::Done)
    }
}

/// Where the plan is saved, and the command that makes its calls.
fn saved(path: &Path, args: &PlanArgs, plan: &Plan) -> String {
    let sandbox = if args.targets.sandbox { " --sandbox" } else { "" };
    let state = args.targets.state.as_ref().filter(|state| !state.is_empty());
    let state = state.map_or_else(String::new, |it| format!(" --state {}", quoted(it)));
    let without = match plan.left_out.len() {
        0 => String::new(),
        number => format!(", without {}", words::count(number, "target")),
    };
    format!(
        "The plan is saved{without}. `clerkform apply{sandbox}{state} --plan {}` makes exactly these \
         calls.",
        quoted(&path.display().to_string())
    )
}

/// Refuses the run for what is wrong with any target, unless it keeps going with others.
fn check(
    args: &PlanArgs,
    refreshed: &[Refreshed],
    left_out: &[TargetProblem],
) -> Result<(), Failure> {
    let healthy = refreshed.iter().filter(|it| it.problem.is_none()).count();
    if args.policy.policy() == FailurePolicy::KeepGoing && healthy > 0 {
        return Ok(());
    }
    let may_go_on = args.policy.policy() == FailurePolicy::CheckAll && healthy > 0;
    let way_on = may_go_on.then(|| {
        let others = words::count(healthy, "target");
        let others = if healthy == 1 { "target" } else { &others };
        format!("`--keep-going` plans the other {others}")
    });
    refresh::refusal(refreshed, left_out, way_on).map_or(Ok(()), Err)
}
