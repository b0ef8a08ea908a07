//! `drift`: what somebody changed behind the file's back, as far as it can be read.

use super::args::{DriftArgs, PlanFormat};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::files::broken::BrokenFiles;
use super::files::input::Strictness;
use super::files::write;
use super::signals::Runner;
use super::targets::access::Network;
use super::targets::outputs;
use super::targets::refresh::{self, Means};
use super::targets::{self, Chosen};
use super::view::{View, drift_line, tells_refusals};
use crate::live::FrontendUse;
use crate::plan::{Drift, TargetDrift};
use crate::render;

/// Runs the command.
pub fn run(args: &DriftArgs, console: &Console) -> Result<Exit, Failure> {
    let (strictness, policy) = (Strictness::ErrorsFail, args.policy.policy());
    let broken = BrokenFiles::by(policy);
    let Chosen { targets, notes, left_out, read, .. } =
        targets::of_run(&args.files, &args.targets, strictness, broken)?
            .narrowed(&args.narrow.scope());
    for note in &notes {
        console.note(note);
    }
    outputs::of(&read, &args.service, &targets).written(outputs::paths(&args.report))?;
    let runner = Runner::default();
    let mut refreshed = refresh::at_each_state(targets, args.service.at_once(), &runner, console)?;
    write::prepare(&args.report)?;
    let network = Network::of(&args.service, console);
    let frontend = if args.frontend { FrontendUse::Ask } else { FrontendUse::Leave };
    let listener = |compared: &TargetDrift| console.result(&drift_line(compared));
    let is_told_by_lines = args.output_format == PlanFormat::Jsonl;
    let means = Means {
        network: &network,
        frontend,
        policy,
        console,
        listener: is_told_by_lines.then_some(&listener),
    };
    refresh::at_each_instance(&mut refreshed, &left_out, &means, &runner)?;
    let selected_by = targets::selected_by(&args.files, &args.targets);
    let found =
        Drift { selected_by, shard: args.targets.shard, left_out, ..refresh::drift(&refreshed) };
    let view = View::Drift(&found);
    view.report(&args.report)?;
    if is_told_by_lines {
        view.show_end(console);
    } else {
        view.show(args.output_format, console);
    }
    let refused = refresh::refusal(&refreshed, &[], None);
    let is_whole = refused.is_none() && found.left_out.is_empty();
    if !tells_refusals(args.output_format, console) {
        let refused = refused.map(|failure| failure.text(&console.error_palette));
        console.complain(&refused.unwrap_or_default());
        console.complain(&render::plan::left_out::text(&found.left_out, &console.error_palette));
    }
    if let Some(remedy) = render::plan::drift_sentences::put_right(&found) {
        console.note(&remedy);
    }
    Ok(match (is_whole, found.is_empty()) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::Changes,
        (true, true) => Exit::Done,
    })
}
