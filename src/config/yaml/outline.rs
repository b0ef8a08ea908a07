//! Where the keys of a document's block mappings stand, as they are written: aliases and merge keys
//! are only places here.

use super::events::{Event, EventReader, Properties};
use crate::finding::Span;

/// A document as it is laid out.
pub(crate) struct Outline {
    /// The outermost value.
    pub root: Option<Laid>,
    /// Anchors and aliases, in the order in which they stand.
    pub references: Vec<Reference>,
}

/// A value and the lines that it takes.
pub(crate) struct Laid {
    /// Where its first character stands.
    pub line: usize,
    /// The column of it.
    pub column: usize,
    /// The line of its last character.
    pub end_line: usize,
    /// How it is laid out.
    pub shape: OutlineShape,
}

/// How a value is laid out.
pub(crate) enum OutlineShape {
    /// A mapping whose keys stand on lines of their own.
    Mapping(Vec<Pair>),
    /// A list or mapping of another kind.
    Collection,
    /// A scalar or an alias.
    Scalar,
}

/// A key of a block mapping, with its value.
pub(crate) struct Pair {
    /// What the key says; `None` where it is no plain name.
    pub name: Option<String>,
    /// The key's line.
    pub line: usize,
    /// The key's column.
    pub column: usize,
    /// Its value.
    pub value: Laid,
}

/// An anchor or an alias.
pub(crate) struct Reference {
    /// Which anchor.
    pub anchor: usize,
    /// The line of the value that is named, or of the alias.
    pub line: usize,
    /// Whether this is where it is defined.
    pub defines: bool,
}

/// How a text is laid out; `None` where it is no whole document.
pub(crate) fn outline(text: &str) -> Option<Outline> {
    let reader = EventReader::new(text, 0);
    let mut builder = Builder { references: Vec::new(), last: Span::START, reader };
    let root = match builder.next()? {
        None => None,
        Some((event, span)) => Some(builder.value(&event, span)?.0),
    };
    // A second document, or a mistake behind the first one.
    match builder.next()? {
        None => Some(Outline { root, references: builder.references }),
        Some(_) => None,
    }
}

struct Builder<'t> {
    reader: EventReader<'t>,
    references: Vec<Reference>,
    /// The last text that was read: a block ends with it.
    last: Span,
}

impl<'t> Builder<'t> {
    /// The next event; `Some(None)` at the end, and `None` at a mistake.
    #[expect(clippy::option_option, reason = "the end is no mistake")]
    fn next(&mut self) -> Option<Option<(Event<'t>, Span)>> {
        match self.reader.next() {
            None => Some(None),
            Some(Err(_)) => None,
            Some(Ok((event, span))) => {
                let is_written = (span.end_line, span.end_column) > (span.line, span.column);
                if is_written && !matches!(event, Event::End) || span.line == self.last.end_line {
                    self.last = span;
                }
                Some(Some((event, span)))
            }
        }
    }

    fn defined(&mut self, properties: &Properties, line: usize) {
        if properties.anchor != 0 {
            self.references.push(Reference { anchor: properties.anchor, line, defines: true });
        }
    }

    /// The value that begins with an event, and what it says where it is a scalar.
    fn value(&mut self, event: &Event<'t>, span: Span) -> Option<(Laid, Option<String>)> {
        let (shape, name) = match event {
            Event::Scalar { text, properties, .. } => {
                self.defined(properties, span.line);
                (OutlineShape::Scalar, Some(text.to_string()))
            }
            Event::Alias(anchor) => {
                let anchor = *anchor;
                self.references.push(Reference { anchor, line: span.line, defines: false });
                (OutlineShape::Scalar, None)
            }
            Event::UnknownAlias(_) | Event::End => return None,
            Event::List { properties } => {
                self.defined(properties, span.line);
                self.rest()?;
                (OutlineShape::Collection, None)
            }
            Event::Map { flow, properties } => {
                self.defined(properties, span.line);
                let shape = if *flow {
                    self.rest()?;
                    OutlineShape::Collection
                } else {
                    OutlineShape::Mapping(self.pairs()?)
                };
                (shape, None)
            }
        };
        let end_line = match shape {
            OutlineShape::Scalar => span.end_line,
            OutlineShape::Collection | OutlineShape::Mapping(_) => {
                self.last.end_line.max(span.line)
            }
        };
        let Span { line, column, .. } = span;
        Some((Laid { line, column, end_line, shape }, name))
    }

    /// Passes over what a collection holds.
    fn rest(&mut self) -> Option<()> {
        loop {
            match self.next()?? {
                (Event::End, _) => return Some(()),
                (event, span) => self.value(&event, span).map(drop)?,
            }
        }
    }

    fn pairs(&mut self) -> Option<Vec<Pair>> {
        let mut pairs = Vec::new();
        loop {
            let (event, span) = self.next()??;
            if matches!(event, Event::End) {
                return Some(pairs);
            }
            let (key, name) = self.value(&event, span)?;
            let (event, span) = self.next()??;
            let (mut value, _) = self.value(&event, span)?;
            let is_written = (span.end_line, span.end_column) > (span.line, span.column);
            if !is_written && matches!(value.shape, OutlineShape::Scalar) {
                // A value that is not written stands where its key does.
                (value.line, value.end_line) = (key.line, key.end_line);
            }
            pairs.push(Pair { name, line: key.line, column: key.column, value });
        }
    }
}
