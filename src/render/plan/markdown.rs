//! A plan as a comment on a pull or merge request: what it comes to, what may go wrong, the changes
//! as a table, a foldable block for each target or for several that do the same, and the command
//! that applies exactly this plan. Data stands in fences, code spans or escaped.

use super::advice::advice;
use super::alerts::warnings;
use super::blocks::{ChangePlaces, SameCalls, folded_if_many, marker_of, silent, summary};
use super::change::{ShownChange, counts, reason, shown, sign};
use super::command;
use super::drift_markdown;
use super::heading;
use super::left_out;
use super::reading::unread;
use super::sentences::{instance_as, narrowed_as, release, state_as, totals_as, uncertain};
use super::table::{ChangeSides, TargetRows, is_abridged, table};
use super::unreflected::NOT_PLANNED;
use crate::plan::{Change, Plan, Release, TargetInfo, TargetPlan, group};
use crate::render::comment::folded::{Block, Fence, FenceLine, Opened, Part};
use crate::render::comment::links::SourceLinks;
use crate::render::comment::{Comment, folded};
use crate::render::text::escape::{name, value};
use crate::render::text::markdown::{code, fence, named, prose};
use crate::render::text::words::count;

/// The first line, by which a pipeline finds its former comment.
pub const MARKER: &str = "<!-- clerkform plan -->";

/// The plan as Markdown. `checksum` is the plan's.
pub fn markdown(plan: &Plan, checksum: &str, links: &SourceLinks<'_>) -> String {
    let rows: Vec<_> = plan.targets.iter().map(rows).collect();
    let found = advice(plan.targets.iter().map(TargetPlan::info));
    Comment {
        marker: MARKER,
        heading: heading::plan(plan),
        verdict: narrowed_as(&plan.only, totals_as(plan, prose)),
        alerts: vec![left_out::alert(&plan.left_out), warnings(&found, plan.targets.len(), links)],
        table: Some(table(ChangeSides::Plan, &rows, links)),
        blocks: blocks(plan),
        foot: foot(plan, &name(checksum)),
    }
    .render()
}

fn rows(target: &TargetPlan) -> TargetRows<'_> {
    TargetRows {
        config: &target.config,
        calls: &target.calls,
        withheld: &target.unreflected,
        released: &target.released,
    }
}

fn blocks(plan: &Plan) -> Vec<Block> {
    let mut same = Vec::new();
    let mut blocks = Vec::new();
    for alike in group::targets(&plan.targets) {
        let members: Vec<_> = alike.members.iter().map(|at| &plan.targets[*at]).collect();
        if members[0].is_in_order() {
            same.extend(members.into_iter().map(TargetPlan::info));
        } else {
            blocks.push(block(&members));
        }
    }
    let mut blocks = folded_if_many(blocks);
    if !same.is_empty() {
        blocks.push(silent(&same, "a difference"));
    }
    blocks
}

/// What there is to say of targets that do the same.
fn block(targets: &[&TargetPlan]) -> Block {
    let first = targets[0];
    let calls: Vec<_> = targets.iter().map(|it| (it.config.as_str(), &it.calls[..])).collect();
    let withheld: Vec<_> =
        targets.iter().map(|it| (it.config.as_str(), &it.unreflected[..])).collect();
    let (calls, withheld) = (SameCalls::of(&calls), SameCalls::of(&withheld));
    let mut parts = vec![about(targets)];
    parts.extend(calls.iter().map(call));
    parts.extend(withheld.iter().map(not_sent));
    parts.extend(uncertain(first).map(|note| Part::Prose(note.to_owned())));
    if !first.released.is_empty() {
        let lines = first.released.iter().map(released).collect();
        let head = Some("# Released".to_owned());
        parts.push(Part::Fence(Fence { language: "diff", head, lines, noun: "setting" }));
    }
    let infos: Vec<TargetInfo<'_>> = targets.iter().map(|target| target.info()).collect();
    let changes = |calls: &[SameCalls<'_>]| -> usize {
        calls.iter().map(|same| same.first().changes.len()).sum()
    };
    let (sent, unsent) = (changes(&calls), changes(&withheld));
    let counts = [
        (calls.len(), count(calls.len(), "call")),
        (sent, count(sent, "setting")),
        (unsent, format!("{unsent} not taken")),
        (first.released.len(), format!("{} no longer managed", first.released.len())),
        (first.advisories.len(), count(first.advisories.len(), "warning")),
    ];
    let is_told_above = !first.sent().any(|(_, change)| is_abridged(change));
    Block {
        markers: infos.iter().map(|target| marker_of(*target)).collect(),
        opened: if is_told_above { Opened::No } else { Opened::Yes },
        summary: summary(&infos, &counts),
        parts,
        targets: targets.len(),
        settings: targets.len() * (sent + unsent + first.released.len()),
    }
}

/// Which instances and states they are.
fn about(targets: &[&TargetPlan]) -> Part {
    if let [only] = targets {
        let told = format!("{}; {}", instance_as(only.info(), named), state_as(only, named));
        let unread = unread(only).map_or_else(String::new, |unread| format!("; {unread}"));
        return Part::Prose(told + &unread);
    }
    let line = |target: &&TargetPlan| {
        let (info, title) = (target.info(), name(&target.title()));
        let unread = unread(target).map_or_else(String::new, |unread| format!("; {unread}"));
        let told = format!("{}; {}{unread}", instance_as(info, name), state_as(target, name));
        FenceLine::start(format!("{title}: {told}"))
    };
    let lines = targets.iter().map(line).collect();
    Part::Fence(Fence { language: "text", head: None, lines, noun: "instance" })
}

fn released(each: &Release) -> FenceLine {
    let field = name(&format!("{}.{}", each.section, each.field));
    FenceLine::start(format!("- {field}  # {}", release(each)))
}

/// The differences that no call is planned for.
fn not_sent(same: &SameCalls<'_>) -> Part {
    let lines = same.changes().flat_map(|(each, at)| drift_markdown::change(each, &at)).collect();
    let head = Some(format!("# {}: {NOT_PLANNED}", same.first().section.name));
    Part::Fence(Fence { language: "diff", head, lines, noun: "setting" })
}

fn call(same: &SameCalls<'_>) -> Part {
    let lines = same.changes().flat_map(|(each, at)| change(each, &at)).collect();
    let head = Some(format!("# PATCH {}", same.first().section.path));
    Part::Fence(Fence { language: "diff", head, lines, noun: "setting" })
}

/// A change as lines of a diff.
fn change(change: &Change, placed: &ChangePlaces<'_>) -> Vec<FenceLine> {
    let field = change.field.name;
    let sign = sign(change.reason);
    let place = placed.place().map_or_else(String::new, |place| format!(", {place}"));
    let why = format!("# {}{place}", reason(change));
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
    let command = fence("sh", &[command::apply_reviewed(plan, checksum)]);
    let content = format!("{told}\nWith the same key and API:\n\n{command}");
    folded("Apply exactly this plan", &content)
}

#[cfg(test)]
mod tests;
