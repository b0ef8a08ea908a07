//! A plan as a comment on a pull or merge request: what it comes to, what may go wrong, a foldable
//! block for each target that changes, and the command that applies exactly this plan. Data stands
//! in fences, code spans or escaped.

use super::advice::advice;
use super::change::{ShownChange, counts, reason, shown, sign};
use super::command;
use super::comment::{PlanComment, marker, silent, summary, warnings};
use super::drift_markdown;
use super::folded::{Block, Fence, FenceLine, Opened, Part};
use super::reading::unread;
use super::sentences::{instance_as, narrowed_as, release, state_as, totals_as, uncertain};
use super::unreflected::NOT_PLANNED;
use crate::plan::{Call, Change, Plan, Release, TargetPlan};
use crate::render::text::escape::{name, value};
use crate::render::text::markdown::{code, fence, named, prose};
use crate::render::text::place::place;
use crate::render::text::words::count;

/// The first line, by which a pipeline finds its former comment.
pub const MARKER: &str = "<!-- clerkform plan -->";

/// The plan as Markdown. `checksum` is the plan's.
pub fn markdown(plan: &Plan, checksum: &str) -> String {
    let (told, same): (Vec<_>, Vec<_>) =
        plan.targets.iter().partition(|target| !target.is_in_order());
    let mut blocks: Vec<_> = told.into_iter().map(block).collect();
    if !same.is_empty() {
        let same: Vec<_> = same.into_iter().map(TargetPlan::info).collect();
        blocks.push(silent(&same, "a difference"));
    }
    PlanComment {
        marker: MARKER,
        headline: narrowed_as(&plan.only, totals_as(plan, prose)),
        warnings: warnings(&advice(plan.targets.iter().map(TargetPlan::info)), plan.targets.len()),
        blocks,
        foot: foot(plan, &name(checksum)),
    }
    .render()
}

fn block(target: &TargetPlan) -> Block {
    let about = format!("{}; {}", instance_as(target.info(), named), state_as(target, named));
    let mut parts = vec![Part::Prose(about)];
    parts.extend(unread(target).map(Part::Prose));
    parts.extend(target.calls.iter().map(|each| call(each, target)));
    parts.extend(target.unreflected.iter().map(|each| withheld(each, target)));
    parts.extend(uncertain(target).map(|note| Part::Prose(note.to_owned())));
    if !target.released.is_empty() {
        let lines = target.released.iter().map(released).collect();
        parts.push(Part::Fence(Fence {
            language: "diff",
            head: Some("# Released".to_owned()),
            lines,
        }));
    }
    let changes = changed(&target.calls);
    let withheld = changed(&target.unreflected);
    let counts = [
        (target.calls.len(), count(target.calls.len(), "call")),
        (changes, count(changes, "setting")),
        (withheld, format!("{withheld} not taken")),
        (target.released.len(), count(target.released.len(), "release")),
        (target.advisories.len(), count(target.advisories.len(), "warning")),
    ];
    Block {
        markers: vec![marker(target.info())],
        opened: Opened::Yes,
        summary: summary(target.info(), &counts),
        parts,
        targets: 1,
        settings: changes + withheld + target.released.len(),
    }
}

fn released(each: &Release) -> FenceLine {
    let field = name(&format!("{}.{}", each.section, each.field));
    FenceLine::start(format!("- {field}  # {}", release(each)))
}

fn changed(calls: &[Call]) -> usize {
    calls.iter().map(|call| call.changes.len()).sum()
}

/// The differences that no call is planned for.
fn withheld(section: &Call, target: &TargetPlan) -> Part {
    let changes = section.changes.iter();
    let lines = changes.flat_map(|each| drift_markdown::change(each, &target.config)).collect();
    let head = Some(format!("# {}: {NOT_PLANNED}", section.section.name));
    Part::Fence(Fence { language: "diff", head, lines })
}

fn call(call: &Call, target: &TargetPlan) -> Part {
    let lines = call.changes.iter().flat_map(|each| change(each, &target.config)).collect();
    let head = Some(format!("# PATCH {}", call.section.path));
    Part::Fence(Fence { language: "diff", head, lines })
}

/// A change as lines of a diff.
fn change(change: &Change, config: &str) -> Vec<FenceLine> {
    let field = change.field.name;
    let sign = sign(change.reason);
    let place = name(&place(change.set_in(config), change.at.line, change.at.column));
    let why = format!("# {}, {place}", reason(change));
    match shown(change) {
        ShownChange::Line { before: None, after } => {
            vec![FenceLine::start(format!("{sign} {field}: {after}  {why}"))]
        }
        ShownChange::Line { before: Some(before), after } => vec![
            FenceLine::start(format!("- {field}: {before}")),
            FenceLine::rest(format!("+ {field}: {after}  {why}")),
        ],
        ShownChange::Entries { removed, added, kept } => {
            let counts = counts(removed.len(), added.len(), kept);
            // A diff has no sign for a change, only for lines that come and go.
            let sign = if sign == '~' { ' ' } else { sign };
            let mut lines = vec![FenceLine::start(format!("{sign} {field}: {counts}  {why}"))];
            let entry =
                |sign: char, entry| FenceLine::entry(format!("{sign}   - {}", value(entry)));
            lines.extend(removed.into_iter().map(|it| entry('-', it)));
            lines.extend(added.into_iter().map(|it| entry('+', it)));
            lines
        }
    }
}

/// The checksum, and the command that applies what was reviewed and nothing else.
fn foot(plan: &Plan, checksum: &str) -> String {
    let told = format!("\nChecksum: {}\n", code(checksum));
    if plan.is_empty() {
        return told;
    }
    let command = command::apply_reviewed(plan, checksum);
    format!(
        "{told}\nTo apply exactly this plan, with the same key and API:\n\n{}",
        fence("sh", &[command])
    )
}

#[cfg(test)]
mod tests;
