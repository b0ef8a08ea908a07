//! Drift as a comment or an issue: what it comes to, a foldable block for each target with both
//! values of each setting that differs, what cannot be read, and the command that puts it right.

use super::advice::advice;
use super::change::{ShownChange, shown};
use super::comment::{PlanComment, marker, silent, summary, warnings};
use super::drift_sentences::{Remedy, reasons, remedy, totals, why};
use super::folded::{Block, Fence, FenceLine, Opened, Part};
use super::sentences::{instance_as, narrowed_as};
use crate::plan::{Call, Change, Compared, Drift, Problem, TargetDrift, sides};
use crate::render::text::escape::{name, sentence, value};
use crate::render::text::markdown::{code, fence, named, prose};
use crate::render::text::place::place;
use crate::render::text::words::count;

/// The first line, by which a pipeline finds its former comment.
pub const MARKER: &str = "<!-- clerkform drift -->";

/// The drift as Markdown.
pub fn markdown(found: &Drift) -> String {
    let (told, same): (Vec<_>, Vec<_>) = found.targets.iter().partition(|target| has_news(target));
    let mut blocks: Vec<_> = told.into_iter().map(block).collect();
    if !same.is_empty() {
        let same: Vec<_> = same.into_iter().map(TargetDrift::info).collect();
        blocks.push(silent(&same, "drift"));
    }
    PlanComment {
        marker: MARKER,
        headline: narrowed_as(&found.only, totals(found)),
        warnings: warnings(
            &advice(found.targets.iter().map(TargetDrift::info)),
            found.targets.len(),
        ),
        blocks,
        foot: foot(found),
    }
    .render()
}

fn has_news(target: &TargetDrift) -> bool {
    let is_quiet = |found: &Compared| {
        found.differences.is_empty()
            && found.reading.unreadable.is_empty()
            && found.pending.is_empty()
    };
    !target.found.as_ref().is_ok_and(is_quiet)
}

fn block(target: &TargetDrift) -> Block {
    let found = match &target.found {
        Ok(found) => found,
        Err(problem) => return failed(target, problem),
    };
    let mut parts = vec![Part::Prose(instance_as(target.info(), named))];
    parts.extend(found.differences.iter().map(|each| section(each, &target.config)));
    for (reason, fields) in reasons(&found.reading) {
        let head = format!("# cannot be read: {}", sentence(reason));
        parts.push(fields_of(head, fields));
    }
    if !found.pending.is_empty() {
        let head = "# not applied yet: the live value is the one last applied";
        let pending = found.pending.iter();
        let fields = pending.map(|each| name(&format!("{}.{}", each.section, each.field)));
        parts.push(fields_of(head.to_owned(), fields.collect()));
    }
    let drifted = found.differences.iter().map(|call| call.changes.len()).sum();
    let (unread, waiting) = (found.reading.unreadable.len(), found.pending.len());
    let counts = [
        (drifted, format!("{} drifted", count(drifted, "setting"))),
        (waiting, format!("{waiting} not applied yet")),
        (unread, format!("{unread} cannot be read")),
    ];
    Block {
        markers: vec![marker(target.info())],
        opened: if drifted == 0 { Opened::No } else { Opened::Yes },
        summary: summary(target.info(), &counts),
        parts,
        targets: 1,
        settings: drifted + waiting + unread,
    }
}

/// A target of which nothing could be compared.
fn failed(target: &TargetDrift, problem: &Problem) -> Block {
    let Problem { code: word, message, help } = problem;
    let told = format!(
        "error {}: {}\\\n  help: {}",
        code(word.as_str()),
        prose(&sentence(message)),
        prose(&sentence(help))
    );
    Block {
        markers: vec![marker(target.info())],
        opened: Opened::Yes,
        summary: summary(target.info(), &[(1, "not compared".to_owned())]),
        parts: vec![Part::Prose(told)],
        targets: 1,
        settings: 0,
    }
}

fn fields_of(head: String, fields: Vec<String>) -> Part {
    let lines = fields.into_iter().map(FenceLine::start).collect();
    Part::Fence(Fence { language: "text", head: Some(head), lines })
}

fn section(call: &Call, config: &str) -> Part {
    let lines = call.changes.iter().flat_map(|each| change(each, config)).collect();
    let head = Some(format!("# {}", call.section.name));
    Part::Fence(Fence { language: "diff", head, lines })
}

/// Both values as lines of a diff from the live instance to the file.
pub(super) fn change(change: &Change, config: &str) -> Vec<FenceLine> {
    let field = change.field.name;
    let place = name(&place(change.set_in(config), change.at.line, change.at.column));
    let source = why(change);
    match shown(change) {
        ShownChange::Line { before: None, after } => {
            vec![FenceLine::start(format!("! {field}: {after}  # {source}, {place}"))]
        }
        ShownChange::Line { before: Some(live), after } => vec![
            FenceLine::start(format!("- {field}: {live}  # live, {source}")),
            FenceLine::rest(format!("+ {field}: {after}  # file, {place}")),
        ],
        ShownChange::Entries { removed, added, kept } => {
            let sides = sides(removed.len(), added.len(), kept);
            let mut lines =
                vec![FenceLine::start(format!("! {field}: {sides}  # {source}, {place}"))];
            let entry =
                |sign: char, entry| FenceLine::entry(format!("{sign}   - {}", value(entry)));
            lines.extend(removed.into_iter().map(|it| entry('-', it)));
            lines.extend(added.into_iter().map(|it| entry('+', it)));
            lines
        }
    }
}

fn foot(found: &Drift) -> String {
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
