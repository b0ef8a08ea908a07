//! Drift as a comment or an issue: what it comes to, a foldable block for each target with both
//! values of each setting that differs, what cannot be read, and the command that puts it right.

use super::advice::advice;
use super::change::{Shown, shown};
use super::comment::{Comment, marker, silent, summary, warnings};
use super::drift_sentences::{Remedy, reasons, remedy, totals, why};
use super::folded::{Block, Fence, Line, Opened, Part};
use super::sentences::instance_as;
use crate::plan::{Call, Change, Plan, Problem, Reading, TargetPlan, sides};
use crate::render::text::escape::{name, sentence, value};
use crate::render::text::markdown::{code, fence, named, prose};
use crate::render::text::place::place;
use crate::render::text::words::count;

/// The first line, by which a pipeline finds its former comment.
pub const MARKER: &str = "<!-- clerkform drift -->";

/// What was found as Markdown.
pub fn markdown(found: &Plan) -> String {
    let (told, same): (Vec<_>, Vec<_>) = found.targets.iter().partition(|target| has_news(target));
    let mut blocks: Vec<_> = told.into_iter().map(block).collect();
    if !same.is_empty() {
        blocks.push(silent(&same, "drift"));
    }
    Comment {
        marker: MARKER,
        headline: totals(found),
        warnings: warnings(&advice(found), found.targets.len()),
        blocks,
        foot: foot(found),
    }
    .render()
}

fn has_news(target: &TargetPlan) -> bool {
    let is_read = |reading: &Reading| {
        reading.unreadable.is_empty() && reading.pending.as_ref().is_none_or(Vec::is_empty)
    };
    !target.is_in_order() || !target.reading.as_ref().is_none_or(is_read)
}

fn block(target: &TargetPlan) -> Block {
    if let Some(problem) = &target.problem {
        return failed(target, problem);
    }
    let mut parts = vec![Part::Prose(instance_as(target, named))];
    parts.extend(target.calls.iter().map(|each| section(each, target)));
    let drifted = target.calls.iter().map(|call| call.changes.len()).sum();
    let (mut unread, mut waiting) = (0, 0);
    if let Some(reading) = &target.reading {
        unread = reading.unreadable.len();
        for (reason, fields) in reasons(reading) {
            let head = format!("# cannot be read: {}", sentence(reason));
            parts.push(fields_of(head, fields));
        }
        let pending = reading.pending.iter().flatten();
        let fields: Vec<_> =
            pending.map(|each| name(&format!("{}.{}", each.section, each.field))).collect();
        waiting = fields.len();
        if waiting > 0 {
            let head = "# not applied yet: the live value is the one that was last applied";
            parts.push(fields_of(head.to_owned(), fields));
        }
    }
    let counts = [
        (drifted, format!("{} drifted", count(drifted, "setting"))),
        (waiting, format!("{waiting} not applied yet")),
        (unread, format!("{unread} cannot be read")),
    ];
    Block {
        markers: vec![marker(target)],
        opened: if drifted == 0 { Opened::No } else { Opened::Yes },
        summary: summary(target, &counts),
        parts,
        targets: 1,
        settings: drifted + waiting + unread,
    }
}

/// A target of which nothing could be compared.
fn failed(target: &TargetPlan, problem: &Problem) -> Block {
    let Problem { code: word, message, help } = problem;
    let told = format!(
        "error {}: {}\\\n  help: {}",
        code(word.as_str()),
        prose(&sentence(message)),
        prose(&sentence(help))
    );
    Block {
        markers: vec![marker(target)],
        opened: Opened::Yes,
        summary: summary(target, &[(1, "not compared".to_owned())]),
        parts: vec![Part::Prose(told)],
        targets: 1,
        settings: 0,
    }
}

fn fields_of(head: String, fields: Vec<String>) -> Part {
    let lines = fields.into_iter().map(Line::start).collect();
    Part::Fence(Fence { language: "text", head: Some(head), lines })
}

fn section(call: &Call, target: &TargetPlan) -> Part {
    let lines = call.changes.iter().flat_map(|each| change(each, &target.config)).collect();
    let head = Some(format!("# {}", call.section.name));
    Part::Fence(Fence { language: "diff", head, lines })
}

/// Both values as lines of a diff from the live instance to the file.
pub(super) fn change(change: &Change, config: &str) -> Vec<Line> {
    let field = change.field.name;
    let place = name(&place(config, change.at.line, change.at.column));
    let source = why(change);
    match shown(change) {
        Shown::Line { before: None, after } => {
            vec![Line::start(format!("! {field}: {after}  # {source}, {place}"))]
        }
        Shown::Line { before: Some(live), after } => vec![
            Line::start(format!("- {field}: {live}  # live, {source}")),
            Line::rest(format!("+ {field}: {after}  # file, {place}")),
        ],
        Shown::Entries { removed, added, kept } => {
            let sides = sides(removed.len(), added.len(), kept);
            let mut lines = vec![Line::start(format!("! {field}: {sides}  # {source}, {place}"))];
            let entry = |sign: char, entry| Line::entry(format!("{sign}   - {}", value(entry)));
            lines.extend(removed.into_iter().map(|it| entry('-', it)));
            lines.extend(added.into_iter().map(|it| entry('+', it)));
            lines
        }
    }
}

fn foot(found: &Plan) -> String {
    let Remedy { command, hints } = remedy(found);
    let command = command.map(|command| {
        format!(
            "\nTo put the files' values back, with the same key and API; it shows its plan and asks \
             first:\n\n{}",
            fence("sh", &[command])
        )
    });
    let hints = hints.iter().map(|hint| format!("\nNote: {}.\n", prose(hint)));
    command.into_iter().chain(hints).collect()
}

#[cfg(test)]
mod tests;
