//! Drift as a comment or an issue: what it comes to, both values of each setting that differs as a
//! table, a foldable block for each target, what cannot be read, and the command that puts it right.

use super::advice::advice;
use super::alerts::warnings;
use super::blocks::{ChangePlaces, SameCalls, folded_if_many, marker_of, silent, summary};
use super::change::{ShownChange, shown};
use super::drift_sentences::{Remedy, reasons, remedy, totals, why};
use super::heading;
use super::left_out;
use super::sentences::{instance_as, narrowed_as};
use super::table::{ChangeSides, TargetRows, is_abridged, table};
use crate::plan::group::drifts;
use crate::plan::{Change, Compared, Drift, Problem, TargetDrift, TargetInfo, sides};
use crate::render::comment::Comment;
use crate::render::comment::alert::{Alert, Weight};
use crate::render::comment::folded::{Block, Fence, FenceLine, Opened, Part};
use crate::render::comment::links::SourceLinks;
use crate::render::text::escape::{name, sentence, value};
use crate::render::text::markdown::{code, fence, named, prose};
use crate::render::text::words::count;

/// The first line, by which a pipeline finds its former comment.
pub const MARKER: &str = "<!-- clerkform drift -->";

/// The drift as Markdown.
pub fn markdown(found: &Drift, links: &SourceLinks<'_>) -> String {
    let rows: Vec<_> = found.targets.iter().map(rows).collect();
    let advice = advice(found.targets.iter().map(TargetDrift::info));
    Comment {
        marker: MARKER,
        heading: heading::drift(found),
        verdict: narrowed_as(&found.only, totals(found)),
        alerts: vec![
            left_out::alert(&found.left_out),
            shut_out(found),
            warnings(&advice, found.targets.len(), links),
        ],
        table: Some(table(ChangeSides::Drift, &rows, links)),
        blocks: blocks(found),
        foot: foot(found),
    }
    .render()
}

fn rows(target: &TargetDrift) -> TargetRows<'_> {
    let (config, calls) = (target.config.as_str(), target.differences());
    TargetRows { config, calls, withheld: &[], released: &[] }
}

fn blocks(found: &Drift) -> Vec<Block> {
    let (mut same, mut blocks) = (Vec::new(), Vec::new());
    for alike in drifts(&found.targets) {
        let members: Vec<_> = alike.members.iter().map(|at| &found.targets[*at]).collect();
        if has_news(members[0]) {
            blocks.push(block(&members));
        } else {
            same.extend(members.into_iter().map(TargetDrift::info));
        }
    }
    let mut blocks = folded_if_many(blocks);
    if !same.is_empty() {
        blocks.push(silent(&same, "drift"));
    }
    blocks
}

/// The targets of which nothing could be compared.
fn shut_out(found: &Drift) -> Alert {
    let item = |target: &TargetDrift| {
        let Problem { code: word, message, help, .. } = target.found.as_ref().err()?;
        Some(format!(
            "{} was not compared, {}: {}\\\nhelp: {}",
            named(&target.info().title()),
            code(word.as_str()),
            prose(&sentence(message)),
            prose(&sentence(help))
        ))
    };
    let items = found.targets.iter().filter_map(item).collect();
    Alert { weight: Weight::Caution, lead: String::new(), items, noun: "instance" }
}

fn has_news(target: &TargetDrift) -> bool {
    let is_quiet = |found: &Compared| {
        found.differences.is_empty()
            && found.reading.unreadable.is_empty()
            && found.pending.is_empty()
    };
    !target.found.as_ref().is_ok_and(is_quiet)
}

/// What there is to say of targets of which the same was found.
fn block(targets: &[&TargetDrift]) -> Block {
    let Ok(found) = &targets[0].found else { return failed(targets) };
    let infos: Vec<_> = targets.iter().map(|target| target.info()).collect();
    let mut parts = vec![about(&infos)];
    let calls: Vec<_> =
        targets.iter().map(|target| (target.config.as_str(), target.differences())).collect();
    let differences = SameCalls::of(&calls);
    parts.extend(differences.iter().map(section));
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
    let mut changes = found.differences.iter().flat_map(|call| &call.changes);
    Block {
        markers: infos.iter().map(|target| marker_of(*target)).collect(),
        opened: if changes.any(is_abridged) { Opened::Yes } else { Opened::No },
        summary: summary(&infos, &counts),
        parts,
        targets: targets.len(),
        settings: targets.len() * (drifted + waiting + unread),
    }
}

/// Targets of which nothing could be compared: the alert above says why.
fn failed(targets: &[&TargetDrift]) -> Block {
    let infos: Vec<_> = targets.iter().map(|target| target.info()).collect();
    Block {
        markers: infos.iter().map(|target| marker_of(*target)).collect(),
        opened: Opened::No,
        summary: summary(&infos, &[(1, "not compared".to_owned())]),
        parts: vec![about(&infos)],
        targets: targets.len(),
        settings: 0,
    }
}

/// Which instances they are.
fn about(targets: &[TargetInfo<'_>]) -> Part {
    if let [only] = targets {
        return Part::Prose(instance_as(*only, named));
    }
    let line = |target: &TargetInfo<'_>| {
        FenceLine::start(format!("{}: {}", name(&target.title()), instance_as(*target, name)))
    };
    let lines = targets.iter().map(line).collect();
    Part::Fence(Fence { language: "text", head: None, lines, noun: "instance" })
}

fn fields_of(head: String, fields: Vec<String>) -> Part {
    let lines = fields.into_iter().map(FenceLine::start).collect();
    Part::Fence(Fence { language: "text", head: Some(head), lines, noun: "setting" })
}

fn section(same: &SameCalls<'_>) -> Part {
    let lines = same.changes().flat_map(|(each, at)| change(each, &at)).collect();
    let head = Some(format!("# {}", same.first().section.name));
    Part::Fence(Fence { language: "diff", head, lines, noun: "setting" })
}

/// Both values as lines of a diff from the live instance to the file.
pub(super) fn change(change: &Change, placed: &ChangePlaces<'_>) -> Vec<FenceLine> {
    let field = change.field.name;
    let place = placed.place().map_or_else(String::new, |place| format!(", {place}"));
    let source = why(change);
    match shown(change) {
        ShownChange::Line { before: None, after } => {
            vec![FenceLine::start(format!("! {field}: {after}  # {source}{place}"))]
        }
        ShownChange::Line { before: Some(live), after } => vec![
            FenceLine::start(format!("- {field}: {live}  # live, {source}")),
            FenceLine::rest(format!("+ {field}: {after}  # file{place}")),
        ],
        ShownChange::Entries { removed, added, kept } => {
            let sides = sides(removed.len(), added.len(), kept);
            let mut lines =
                vec![FenceLine::start(format!("! {field}: {sides}  # {source}{place}"))];
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
