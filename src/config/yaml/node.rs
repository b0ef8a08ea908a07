//! A YAML document as a tree in which everything knows its place. Nothing here knows what a
//! configuration may hold.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use super::scalar::Typed;
use crate::config::MOST_FINDINGS;
use crate::finding::Span;

/// A value and its place. What an alias stands for is shared; the place is then the alias's own.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub span: Span,
    pub content: Rc<Content>,
    /// Whether a mistake in the syntax cut it short: what it holds is told, what it is is not.
    pub is_cut: bool,
}

/// The content of a value.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Mapping),
    /// Something that could not be read and was told as a finding; it fits anywhere.
    Hole,
}

/// A value without parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scalar {
    pub typed: Typed,
    /// The text, after quotes, escapes and folding.
    pub text: String,
    /// Whether nothing is written at all, as after a bare `key:`.
    pub absent: bool,
}

/// A name and its place.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub text: String,
    pub span: Span,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: Key,
    pub value: Node,
}

/// Entries in the file's order, each name once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mapping {
    entries: Vec<Entry>,
    /// Where each name stands; kept only for many, since a file may be full of small mappings.
    #[expect(clippy::box_collection, reason = "one word in the many that have none")]
    index: Option<Box<HashMap<String, usize>>>,
}

/// So many names are looked through faster than looked up.
const FEW: usize = 16;

impl Node {
    pub fn new(span: Span, content: Content) -> Self {
        Self { span, content: Rc::new(content), is_cut: false }
    }

    pub fn hole(span: Span) -> Self {
        Self::new(span, Content::Hole)
    }

    pub fn as_map(&self) -> Option<&Mapping> {
        match &*self.content {
            Content::Map(mapping) => Some(mapping),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Node]> {
        match &*self.content {
            Content::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &*self.content {
            Content::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The value with that name, or at that index.
    pub fn child(&self, name: &str) -> Option<&Self> {
        match &*self.content {
            Content::Map(mapping) => mapping.get(name).map(|entry| &entry.value),
            Content::List(items) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// The text of a value that is a text to every reader.
    pub fn as_text(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| scalar.typed == Typed::Text).map(|s| s.text.as_str())
    }

    pub fn is_hole(&self) -> bool {
        matches!(*self.content, Content::Hole)
    }

    /// The value as JSON. What has no meaning that all readers share becomes a number that is
    /// no integer, which no part of the schema accepts, and a hole becomes null. Of the entries of
    /// a list that are no texts, each of which is a mistake, no more are taken than are told.
    pub fn to_json(&self) -> Value {
        match &*self.content {
            Content::Hole => Value::Null,
            Content::List(items) => {
                let mut mistakes = 0..=MOST_FINDINGS;
                items
                    .iter()
                    .filter(|item| item.as_text().is_some() || mistakes.next().is_some())
                    .map(Node::to_json)
                    .collect()
            }
            Content::Map(mapping) => mapping
                .iter()
                .map(|entry| (entry.key.text.clone(), entry.value.to_json()))
                .collect(),
            Content::Scalar(scalar) => match scalar.typed {
                Typed::Null => Value::Null,
                Typed::Boolean(value) => value.into(),
                Typed::Integer(value) => value.into(),
                Typed::Text => scalar.text.clone().into(),
                Typed::Float | Typed::Huge | Typed::Ambiguous => 0.5.into(),
            },
        }
    }
}

impl Mapping {
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    pub fn as_slice(&self) -> &[Entry] {
        &self.entries
    }

    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.position(name).map(|at| &self.entries[at])
    }

    fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.entries.iter().position(|entry| entry.key.text == name),
        }
    }

    fn push(&mut self, entry: Entry) {
        if let Some(index) = &mut self.index {
            index.insert(entry.key.text.clone(), self.entries.len());
        }
        self.entries.push(entry);
        if self.index.is_none() && self.entries.len() > FEW {
            let names = self.entries.iter().map(|entry| entry.key.text.clone());
            self.index = Some(Box::new(names.enumerate().map(|(at, name)| (name, at)).collect()));
        }
    }

    /// Adds an entry. One whose name is there already comes back with the place of the first,
    /// after the fields of the two have been put together where both are mappings: so that the
    /// later half of a section that was written twice is checked as well.
    pub fn add(&mut self, entry: Entry) -> Result<(), Span> {
        let Some(at) = self.position(&entry.key.text) else {
            self.push(entry);
            return Ok(());
        };
        let first = &mut self.entries[at];
        if let Some(later) = entry.value.as_map()
            && matches!(*first.value.content, Content::Map(_))
            && let Content::Map(mapping) = Rc::make_mut(&mut first.value.content)
        {
            for entry in later.iter() {
                mapping.add_absent(entry);
            }
        }
        Err(first.key.span)
    }

    /// Adds an entry unless its name is there already.
    pub fn add_absent(&mut self, entry: &Entry) {
        if self.position(&entry.key.text).is_none() {
            self.push(entry.clone());
        }
    }
}
