//! Reading on after a mistake in the syntax, so that one run tells the problems of a whole file:
//! the text is read again from later keys that stand in the first column.

use std::rc::Rc;

use super::compose::{Composed, UnknownAliases, compose};
use super::events::SyntaxError;
use super::node::{Content, Key, Node};
use super::{keys, survey};
use crate::config::place;
use crate::finding::{Code, Finding};
use crate::text::LineIndex;

/// How often a text is read again.
const MOST: usize = 25;

/// A document, read as far as it can be.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// `None` where the document is empty.
    pub root: Option<Node>,
    /// The problems of its syntax, keys, tags and aliases.
    pub findings: Vec<Finding>,
    /// Whether all of it was read.
    pub is_whole: bool,
}

/// Reads a text as one document.
pub(crate) fn read(text: &str) -> Document {
    if let Some(obstacle) = survey::obstacle(text) {
        return Document { findings: vec![obstacle], ..Document::default() };
    }
    let part = compose(text, 0, UnknownAliases::Told);
    if part.stop.is_none() {
        return Document { root: part.root, findings: part.findings, is_whole: true };
    }
    let is_empty = part.root.as_ref().is_none_or(Node::is_hole);
    let is_block = part.is_block || (is_empty && !text.trim_start().starts_with(['{', '[']));
    let mut reading =
        Recovery { lines: LineIndex::of(text), document: Document::default(), stops: Vec::new() };
    reading.read_on(part, is_block);
    let Recovery { mut document, stops, .. } = reading;
    document.findings.extend(stops.into_iter().map(told));
    document
}

struct Recovery<'t> {
    lines: LineIndex<&'t str>,
    document: Document,
    stops: Vec<SyntaxError>,
}

impl Recovery<'_> {
    /// Reads on from key to key, after a first part that stopped.
    fn read_on(&mut self, mut part: Composed, is_block: bool) {
        let mut from = 1;
        let mut aliases = UnknownAliases::Told;
        for attempt in 0.. {
            let Some(stop) = part.stop.take() else { break };
            let may_resume = is_block && stop.may_resume && attempt < MOST;
            let next = self.next_key(part.last_key_line.max(from), stop.until);
            let Some(line) = next.filter(|_| may_resume) else {
                self.stops.push(stop);
                break;
            };
            let rest = self.part(line, None, UnknownAliases::Passed);
            if line <= stop.until {
                // A quote or a bracket that is never closed swallows what follows, so the lines
                // before the next key are read once more by themselves.
                part = self.part(from, Some(line), aliases);
                let nearer = part.stop.take();
                self.stops.extend(nearer.or(Some(stop).filter(|_| rest.stop.is_none())));
            } else {
                self.stops.push(stop);
            }
            self.take(part);
            part = rest;
            from = line;
            aliases = UnknownAliases::Passed;
        }
        self.take(part);
    }

    /// Reads some lines by themselves.
    fn part(&self, from: usize, to: Option<usize>, aliases: UnknownAliases) -> Composed {
        let start_of = |line| self.lines.offset((line, 1));
        let end = to.map_or(self.lines.text().len(), start_of);
        compose(&self.lines.text()[start_of(from)..end], from - 1, aliases)
    }

    /// The line of the next key in the first column. Up to the stop only the name of a section
    /// will do, since the text may be the inside of a value.
    fn next_key(&self, after: usize, stopped: usize) -> Option<usize> {
        (after + 1..=self.lines.lines()).find(|&line| {
            let key = self.lines.line(line).and_then(|line| key_of(&self.lines.text()[line]));
            key.is_some_and(|key| line > stopped || place::top_names().any(|name| name == key))
        })
    }

    /// Adds the entries of a part to the document.
    fn take(&mut self, part: Composed) {
        self.document.findings.extend(part.findings);
        let Some(root) = part.root else { return };
        let (Some(whole), Some(later)) = (&mut self.document.root, root.as_map()) else {
            self.document.root.get_or_insert(root);
            return;
        };
        if whole.as_map().is_none() {
            *whole = root;
        } else if let Content::Map(mapping) = Rc::make_mut(&mut whole.content) {
            for entry in later.iter() {
                if let Err(first) = mapping.add(entry.clone()) {
                    let Key { text, span } = &entry.key;
                    self.document.findings.push(keys::repeated(text, *span, first));
                }
            }
        }
    }
}

fn told(stop: SyntaxError) -> Finding {
    let finding = Finding::new("", stop.span, Code::YamlSyntax, stop.message);
    match stop.help {
        None => finding,
        Some(help) => finding.help(help),
    }
}

/// The key with which a line begins, if it looks like one.
fn key_of(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let is_end = rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']);
    let name = key.trim_end().trim_matches(['"', '\'']);
    let is_name = !name.is_empty()
        && !key.starts_with([' ', '\t'])
        && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$'));
    (is_end && is_name).then_some(name)
}
