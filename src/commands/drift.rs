//! `drift`: what somebody changed behind the file's back, as far as it can be read.

use super::access::Network;
use super::args::DriftArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::input::Strictness;
use super::look::{self, Looked, Means};
use super::signals::Runner;
use super::targets::{self, Chosen};
use super::view::{Topic, View};
use super::{outputs, write};
use crate::live::FrontendUse;
use crate::plan::{Plan, TargetPlan, drift};
use crate::render;
use crate::state::Live;
use crate::store::Store;

/// Runs the command.
pub fn run(args: &DriftArgs, console: &Console) -> Result<Exit, Failure> {
    let Chosen { targets, sources: _ } =
        targets::of(&args.files, &args.targets, Strictness::ErrorsFail)?;
    outputs::of(&args.files, &args.service, &targets)?.written(outputs::paths(&args.report))?;
    let looked = look::at_states(targets)?;
    write::prepare(&args.report)?;
    let network = Network::of(&args.service, console);
    let frontend = if args.frontend { FrontendUse::Ask } else { FrontendUse::Leave };
    let means = Means { network: &network, frontend, console };
    let lives = look::at_instances(&looked, &means, &Runner::default())?;
    let targets = looked.iter().zip(&lives).map(compare).collect();
    let found = Plan { targets, ..look::plan(&[]) };
    let view = View { plan: &found, topic: Topic::Drift };
    view.report(&args.report)?;
    view.show(args.output_format, console);
    if let Some(remedy) = render::drift::put_right(&found) {
        console.note(&remedy);
    }
    Ok(if found.is_empty() { Exit::Done } else { Exit::Changes })
}

fn compare((looked, live): (&Looked, &Live)) -> TargetPlan {
    let Looked { target, state, digest, live: _ } = looked;
    let location = target.home.store.location();
    drift(&target.desired, state.as_ref(), live, location).read_from(digest.clone())
}
