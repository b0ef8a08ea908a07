//! How it stands with each target, for a terminal.

use crate::plan::status::{KeyStatus, Status};
use crate::plan::{Call, TargetPlan, TargetProblem};
use crate::render::plan::left_out;
use crate::render::state::others;
use crate::render::text::escape::{name, sentence};
use crate::render::text::palette::{Palette, paint};
use crate::render::text::words::{add, count, quiet, verb};
use crate::state::{Intent, Takeover};

/// All targets, of which many without anything to do are one count, and a last line on them
/// together.
pub fn text(targets: &[Status], left_out: &[TargetProblem], palette: &Palette) -> String {
    let mut out = String::new();
    let quiet = quiet(targets.iter().filter(|status| status.is_in_order()).count());
    for status in targets.iter().filter(|status| quiet.is_none() || !status.is_in_order()) {
        target(&mut out, status, palette);
    }
    let pending = targets.iter().filter(|status| !status.is_in_order()).count();
    if let Some(quiet) = quiet.filter(|_| pending > 0) {
        add(&mut out, format_args!("{quiet}\n\n"));
    }
    out += &left_out::text(left_out, palette);
    let all = count(targets.len(), "target");
    let totals = match pending {
        0 => format!("Nothing to do in {all}."),
        some => format!("{some} of {all} {} attention.", verb(some, "needs", "need")),
    };
    let totals = match left_out::counted(left_out) {
        Some(counted) => format!("{totals} {counted}."),
        None => totals,
    };
    out + &paint(palette.strong, totals) + "\n"
}

fn target(out: &mut String, status: &Status, palette: &Palette) {
    let plan = &status.plan;
    add(out, format_args!("{}\n", paint(palette.strong, name(&plan.title()))));
    let mut row = |word: &str, text: String| add(out, format_args!("  {word:13}{text}\n"));
    let caution = |text: String| paint(palette.caution, text);
    row("state", state(status));
    row("instance", instance(plan));
    if let Some(problem) = &status.problem {
        row("problem", caution(sentence(&problem.message)));
        row("", paint(palette.faint, sentence(&problem.help)));
    } else {
        row("file", file(plan));
    }
    if !plan.released.is_empty() {
        let released: Vec<_> =
            plan.released.iter().map(|it| name(&format!("{}.{}", it.section, it.field))).collect();
        row("released", released.join(", "));
    }
    if !status.uncertain.is_empty() {
        let uncertain: Vec<_> = status.uncertain.iter().map(|it| name(it)).collect();
        row("uncertain", caution(uncertain.join(", ")));
    }
    if !plan.unreflected.is_empty() {
        row("unreflected", caution(fields(&plan.unreflected)));
    }
    if let Some(intent) = &status.in_flight {
        row("in flight", caution(in_flight(intent, status.takeover.as_ref())));
    }
    let (told, help) = key(&status.key);
    row("key", if matches!(status.key, KeyStatus::Unfit { .. }) { caution(told) } else { told });
    if let Some(help) = help {
        row("", paint(palette.faint, sentence(help)));
    }
    out.push('\n');
}

/// The run that holds a state, and how long.
fn in_flight(intent: &Intent, takeover: Option<&Takeover>) -> String {
    let by = name(&intent.by);
    let others = takeover.map(|it| format!("; {}", others(intent, it))).unwrap_or_default();
    match takeover {
        Some(it) if intent.is_tail() && it.is_due => format!("a run by {by} has ended{others}"),
        Some(it) if intent.is_tail() => {
            format!("a run by {by} is waited for, until {}", name(&it.after))
        }
        _ => format!("a run by {by} has not ended{others}"),
    }
}

fn state(status: &Status) -> String {
    let state = &status.plan.state;
    let location = name(&state.location);
    if status.problem.is_some() && state.lineage.is_none() {
        return location;
    }
    if state.lineage.is_none() {
        return format!("{location}: none yet");
    }
    let age = status.committed.as_ref().map(|it| format!(", committed {}", name(&it.age)));
    format!("{location}: serial {}{}", state.serial, age.unwrap_or_default())
}

fn instance(plan: &TargetPlan) -> String {
    let known = plan.instance.as_ref();
    let id = known.and_then(|it| it.id.as_ref()).or(plan.target.instance_id.as_ref());
    let kind = known.and_then(|it| it.environment_type).or(plan.target.environment_type);
    let kind = kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
    format!("{}{kind}", id.map_or_else(|| "not known yet".to_owned(), |id| name(id)))
}

fn file(plan: &TargetPlan) -> String {
    let changes: usize = plan.calls.iter().map(|call| call.changes.len()).sum();
    match changes {
        0 if plan.state.lineage.is_none() => "sets nothing yet".to_owned(),
        0 => "matches what was last applied".to_owned(),
        some => format!(
            "{} {}: {}",
            count(some, "setting"),
            verb(some, "differs", "differ"),
            fields(&plan.calls)
        ),
    }
}

fn fields(calls: &[Call]) -> String {
    let each = calls.iter().flat_map(|call| call.changes.iter().map(move |it| (call, it)));
    let names: Vec<_> =
        each.map(|(call, it)| format!("{}.{}", call.section.name, it.field.name)).collect();
    names.join(", ")
}

fn key(key: &KeyStatus) -> (String, Option<&str>) {
    match key {
        KeyStatus::NotNeeded => ("the sandbox needs none".to_owned(), None),
        KeyStatus::Fits { title, environment_type } => {
            (format!("{} ({environment_type})", sentence(title)), None)
        }
        KeyStatus::Missing { problem, help } | KeyStatus::Unfit { problem, help } => {
            (sentence(problem), Some(help))
        }
    }
}
