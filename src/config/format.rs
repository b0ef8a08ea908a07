//! The text of a file laid out as `init` and `import` write one: sections and fields in the
//! catalogue's order, two spaces a level, each comment beside what it is about. Lines move and are
//! indented, and nothing else changes; what comes out is read again and has to mean the same.

mod block;
mod lines;
mod order;

use std::collections::BTreeMap;

use self::lines::LaidLines;
use self::order::Order;
use super::check::presentable;
use super::yaml::node::{Content, Node};
use super::yaml::outline::{self, Outline, OutlineShape};
use super::yaml::recover::{self, Document};
use super::{LARGEST, SourceFile};
use crate::finding::{Code, Finding};

/// Why a file is left alone.
#[derive(Debug)]
pub enum Unformatted {
    /// It cannot be read as a whole.
    Findings(Vec<Finding>),
    /// Laid out otherwise it would mean something else.
    Unsafe,
}

/// The text of a file as it should be laid out; the same where it already is.
pub fn format(source: &SourceFile) -> Result<String, Unformatted> {
    let Document { root, findings, is_whole } = recover::read(&source.text);
    let is_obstacle =
        |finding: &Finding| matches!(finding.code, Code::YamlSyntax | Code::DuplicateKey);
    let obstacles: Vec<Finding> = findings.into_iter().filter(is_obstacle).collect();
    if !obstacles.is_empty() {
        let told = presentable(obstacles, &source.name, root.as_ref());
        return Err(Unformatted::Findings(told));
    }
    let outline = outline::outline(&source.text).filter(|_| is_whole);
    let outline = outline.ok_or(Unformatted::Unsafe)?;
    // An order that is not the file's may take an anchor away from its alias, and a line break more
    // at the end may belong to a value.
    [(Order::Catalog, End::Break), (Order::File, End::Break), (Order::File, End::AsIs)]
        .into_iter()
        .map(|(order, end)| laid_out(&source.text, &outline, order, end))
        .find(|text| is_same(&source.text, root.as_ref(), text))
        .ok_or(Unformatted::Unsafe)
}

/// How a text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With a line break.
    Break,
    /// As it does now.
    AsIs,
}

fn laid_out(text: &str, outline: &Outline, order: Order, end: End) -> String {
    let lines = LaidLines::of(text);
    let mut laid = match outline.root.as_ref().map(|root| &root.shape) {
        Some(OutlineShape::Mapping(pairs)) => {
            let page = block::LaidPage { lines: &lines, references: &outline.references, order };
            page.whole(pairs).unwrap_or_else(|| lines.all())
        }
        Some(OutlineShape::Collection | OutlineShape::Scalar) | None => lines.all(),
    };
    let is_broken = end == End::Break || text.ends_with('\n');
    if is_broken && !laid.is_empty() {
        laid.push(String::new());
    }
    laid.join(lines.ending)
}

/// Whether a text holds the same lines as the one before, and means the same.
fn is_same(before: &str, root: Option<&Node>, after: &str) -> bool {
    if before == after {
        return true;
    }
    let Document { root: found, findings, is_whole } = recover::read(after);
    let is_sound = is_whole && after.len() <= LARGEST;
    let is_sound = is_sound && findings.iter().all(|finding| finding.code != Code::YamlSyntax);
    let is_same = match (root, found.as_ref()) {
        (None, None) => true,
        (Some(root), Some(found)) => same(root, found),
        _ => false,
    };
    is_sound && is_same && held(before) == held(after)
}

/// How often each line is there, whatever its indentation.
fn held(text: &str) -> BTreeMap<&str, usize> {
    let mut held = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        *held.entry(line).or_default() += 1;
    }
    held
}

/// Whether two values are the same but for the order of their keys.
fn same(one: &Node, other: &Node) -> bool {
    match (&*one.content, &*other.content) {
        (Content::Map(one), Content::Map(other)) => {
            one.as_slice().len() == other.as_slice().len()
                && one.iter().all(|entry| {
                    let found = other.get(&entry.key.text);
                    found.is_some_and(|found| same(&entry.value, &found.value))
                })
        }
        (Content::List(one), Content::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Content::Scalar(one), Content::Scalar(other)) => one == other,
        (Content::Hole, Content::Hole) => true,
        _ => false,
    }
}
