//! `plan`: the calls that `apply` would make. Without `--refresh` it needs no network and no key,
//! and never builds the thing that could make them.

use super::access::Network;
use super::args::{PlanArgs, PlanFormat};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::input::Strictness;
use super::signals::Runner;
use super::targets::{self, Chosen};
use super::{look, write};
use crate::plan::{Plan, checksum, document::PlanDocument};
use crate::render::{self, palette::Palette};

/// Runs the command.
pub fn run(args: &PlanArgs, console: &Console) -> Result<Exit, Failure> {
    let strictness = Strictness::from(args.strict);
    let Chosen { targets, sources: _ } = targets::of(&args.files, &args.targets, strictness)?;
    let mut looked = look::at_states(targets)?;
    if args.refresh {
        let network = Network::of(&args.service);
        look::refresh(&mut looked, &network, console, &Runner::default())?;
    }
    let plan = look::plan(&looked);
    if let Some(path) = &args.out {
        write::over(path, &json(&plan))?;
        console.note(&format!(
            "The plan is saved. `clerkform apply --plan {}` makes exactly these calls.",
            path.display()
        ));
    }
    write::reports(&args.report, |format| render(&plan, format, &Palette::plain()))?;
    let warned = strictness == Strictness::WarningsFail && plan.has_advisories();
    if !warned || args.output_format != PlanFormat::Json {
        console.result(&render(&plan, args.output_format, &console.palette));
    }
    if warned {
        // As JSON the failure is the one document, with the warnings as its diagnostics.
        Err(targets::too_many_warnings(&plan))
    } else if args.detailed_exitcode && !plan.is_empty() {
        Ok(Exit::Changes)
    } else {
        Ok(Exit::Done)
    }
}

/// A plan in one of its formats.
pub(super) fn render(plan: &Plan, format: PlanFormat, palette: &Palette) -> String {
    match format {
        PlanFormat::Text => render::plan::text(plan, palette),
        PlanFormat::Json => json(plan),
        PlanFormat::Markdown => render::plan_markdown::markdown(plan, &checksum(plan)),
    }
}

/// The document that `--out` saves and `--output-format json` prints. What `drift` finds has the
/// same shape.
pub(super) fn json(plan: &Plan) -> String {
    render::document(&PlanDocument::from(plan).to_value())
}
