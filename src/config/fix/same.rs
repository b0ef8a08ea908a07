//! Whether two documents mean the same but for names that were replaced on purpose.

use std::collections::{BTreeMap, HashSet};

use crate::config::place::{SchemaNode, joined};
use crate::config::yaml::node::{Content, Entry, Key, Mapping, Node};
use crate::finding::Span;

/// A name that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Where the old name stood, in the text before.
    pub at: Span,
    /// The old name.
    pub old: &'static str,
    /// The new name.
    pub new: &'static str,
}

/// The names that are replaced, by the line and column of the key.
pub(super) type Renames = BTreeMap<(usize, usize), Replacement>;

/// The first thing that means something else.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Where it stands in the document before.
    pub at: Span,
    /// Its JSON pointer there.
    pub pointer: String,
}

/// Compares a document with what the renames made of it: through aliases and merge keys, so that
/// a name which stands for several is right for all of them or told.
pub(super) fn compare(before: &Node, after: &Node, renames: &Renames) -> Result<(), Difference> {
    Comparison { renames, path: Vec::new() }.nodes(before, after)
}

struct Comparison<'d> {
    renames: &'d Renames,
    /// The names that lead to what is compared.
    path: Vec<&'d str>,
}

impl<'d> Comparison<'d> {
    fn nodes(&mut self, before: &'d Node, after: &Node) -> Result<(), Difference> {
        match (&*before.content, &*after.content) {
            (Content::Map(old), Content::Map(new)) => self.mappings(before.span, old, new),
            (Content::List(old), Content::List(new)) if old.len() == new.len() => {
                // What stands in a list has no place that a name could lead to.
                self.path.push("-");
                let result = old.iter().zip(new).try_for_each(|(old, new)| self.nodes(old, new));
                self.path.pop();
                result
            }
            (Content::Scalar(old), Content::Scalar(new)) if old == new => Ok(()),
            (Content::Hole, Content::Hole) => Ok(()),
            _ => Err(self.difference(before.span)),
        }
    }

    fn mappings(
        &mut self,
        at: Span,
        before: &'d Mapping,
        after: &Mapping,
    ) -> Result<(), Difference> {
        if after.as_slice().len() > before.as_slice().len() {
            // A merge brings what the old name kept out.
            let names: HashSet<&str> = before.iter().map(|entry| self.new_name(entry)).collect();
            let mut others = after.iter().map(|entry| &entry.key);
            let extra = others.find(|key| !names.contains(key.text.as_str()));
            return Err(self.difference(extra.map_or(at, |key| self.before(key.span))));
        }
        for (old, new) in before.iter().zip(after.iter()) {
            self.entry(old, new)?;
        }
        if before.as_slice().len() == after.as_slice().len() {
            Ok(())
        } else {
            Err(self.difference(at))
        }
    }

    /// The new name of an entry.
    fn new_name<'e>(&self, entry: &'e Entry) -> &'e str {
        let Key { text, span } = &entry.key;
        self.renames.get(&(span.line, span.column)).map_or(text, |rename| rename.new)
    }

    /// Where a place of the document after stood before.
    fn before(&self, after: Span) -> Span {
        let line = self.renames.range((after.line, 0)..(after.line + 1, 0));
        let (mut column, mut end_column) = (after.column, after.end_column);
        for rename in line.map(|(_, rename)| rename).filter(|rename| rename.at.is_on_one_line()) {
            let width = rename.at.end_column - rename.at.column;
            let quotes = if width == rename.old.len() { 0 } else { 2 };
            if rename.at.column < column {
                column = (column + width).saturating_sub(rename.new.len() + quotes);
                end_column = (end_column + width).saturating_sub(rename.new.len() + quotes);
            }
        }
        Span { column, end_column, ..after }
    }

    fn entry(&mut self, before: &'d Entry, after: &Entry) -> Result<(), Difference> {
        let Key { text, span } = &before.key;
        let is_right = match self.renames.get(&(span.line, span.column)) {
            None => *text == after.key.text,
            Some(rename) => rename.new == after.key.text && self.is_meant(rename),
        };
        self.path.push(text);
        let result = if is_right {
            self.nodes(&before.value, &after.value)
        } else {
            Err(self.difference(*span))
        };
        self.path.pop();
        result
    }

    /// Whether a name is the deprecated field here, or means nothing before and after.
    fn is_meant(&self, rename: &Replacement) -> bool {
        let place = |name| SchemaNode::of(&[self.path.as_slice(), &[name]].concat());
        match (place(rename.old), place(rename.new)) {
            (SchemaNode::Field(field), SchemaNode::Field(_)) => {
                field.successor() == Some(rename.new)
            }
            (SchemaNode::Elsewhere, SchemaNode::Elsewhere)
            | (SchemaNode::Item(_), SchemaNode::Item(_)) => true,
            _ => false,
        }
    }

    fn difference(&self, at: Span) -> Difference {
        let pointer = self.path.iter().fold(String::new(), |path, name| joined(&path, name));
        Difference { at, pointer }
    }
}
