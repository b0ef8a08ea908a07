//! A tree out of events: aliases, merge keys, repeated keys, and how much all that may grow.

use std::collections::HashMap;

use super::events::{Event, EventReader, NESTING, Properties, SyntaxError, Tag};
use super::keys::{self, PendingKey};
use super::mistakes::{TAB, TOO_DEEP};
use super::node::{Content, Entry, Mapping, Node, Scalar};
use super::scalar::{self, Typed};
use crate::config::MOST_FINDINGS;
use crate::config::quote::quote;
use crate::finding::{Code, Finding, Span};

/// How many values aliases may stand for, all together.
const ALIAS_BUDGET: usize = 100_000;

/// The meaning of an alias without an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnknownAliases {
    /// A mistake.
    Told,
    /// Perhaps one whose anchor stands in a part of the file that could not be read.
    Passed,
}

/// The tree of a text.
#[derive(Debug, Default)]
pub(super) struct Composed {
    /// The document; `None` where it is empty. After a stop, what was complete before it.
    pub root: Option<Node>,
    /// The problems of its syntax, without the stop.
    pub findings: Vec<Finding>,
    /// Why it was not read to its end.
    pub stop: Option<SyntaxError>,
    /// Whether the document is a mapping whose keys stand on lines of their own.
    pub is_block: bool,
    /// The line of the last key at the top level.
    pub last_key_line: usize,
}

/// Reads a text that begins after `lines_before` lines of its file.
pub(super) fn compose(text: &str, lines_before: usize, aliases: UnknownAliases) -> Composed {
    let mut composer = Composer { aliases, ..Composer::default() };
    let mut reader = EventReader::new(text, lines_before);
    while let Some(step) = reader.next() {
        for span in reader.misplaced_tabs() {
            composer.tell(span, Code::YamlSyntax, TAB.0, TAB.1);
        }
        let outcome = step.and_then(|(event, span)| composer.step(event, span));
        if let Err(stop) = outcome {
            composer.abandon(stop);
            break;
        }
        // No more than these are ever told, and a file may hold very many.
        composer.done.findings.truncate(MOST_FINDINGS + 1);
    }
    composer.release();
    composer.done
}

/// A node that is complete, and what it weighs.
#[derive(Clone)]
struct Built {
    node: Node,
    /// How many values it holds, itself included and aliases resolved.
    size: usize,
    /// How deep it is nested.
    depth: usize,
    /// Whether it is an unquoted `<<`.
    is_merge: bool,
}

/// A collection that is open.
struct OpenCollection {
    span: Span,
    anchor: usize,
    size: usize,
    depth: usize,
    parts: Parts,
    /// Whether its tag makes it unreadable.
    is_hole: bool,
}

enum Parts {
    List(Vec<Node>),
    Map { mapping: Mapping, pending: Option<PendingKey>, merges: Vec<Node>, merge_at: Option<Span> },
}

struct Composer {
    aliases: UnknownAliases,
    frames: Vec<OpenCollection>,
    anchors: HashMap<usize, Built>,
    copied: usize,
    /// The last scalar, held back until the next event shows that it was read to its end.
    held: Option<Built>,
    /// The last text that was read: a collection without brackets ends with it.
    last: Span,
    done: Composed,
}

impl Default for Composer {
    fn default() -> Self {
        Self {
            aliases: UnknownAliases::Told,
            frames: Vec::new(),
            anchors: HashMap::new(),
            copied: 0,
            held: None,
            last: Span::START,
            done: Composed::default(),
        }
    }
}

impl Composer {
    fn tell(&mut self, span: Span, code: Code, message: impl Into<String>, help: &str) {
        self.done.findings.push(Finding::new("", span, code, message).help(help));
    }

    fn step(&mut self, event: Event<'_>, span: Span) -> Result<(), SyntaxError> {
        self.release();
        let is_written = (span.end_line, span.end_column) > (span.line, span.column);
        if is_written || span.line == self.last.end_line {
            self.last = span;
        }
        match event {
            Event::Scalar { text, plain, properties } => {
                let built = self.scalar(text.into_owned(), plain, properties, span);
                self.held = Some(built);
            }
            Event::Alias(anchor) => {
                let built = self.alias(anchor, span);
                self.attach(built);
            }
            Event::UnknownAlias(name) => {
                if self.aliases == UnknownAliases::Told {
                    let message =
                        format!("no anchor {} is defined before this alias", quote(&name));
                    let help = "define it with `&` above, or put the value in quotes if the `*` is \
                                part of it";
                    self.tell(span, Code::YamlSyntax, message, help);
                }
                self.attach(Built::leaf(Node::hole(span)));
            }
            Event::List { properties } => self.open(Parts::List(Vec::new()), properties, span)?,
            Event::Map { flow, properties } => {
                self.done.is_block |= self.frames.is_empty() && !flow;
                self.open(Parts::map(), properties, span)?;
            }
            Event::End => self.close(self.last),
        }
        Ok(())
    }

    fn scalar(&mut self, text: String, plain: bool, properties: Properties, span: Span) -> Built {
        let absent = plain && text.is_empty() && properties.tag.is_none();
        let is_merge = plain && text == "<<" && properties.tag.is_none();
        let typed = match &properties.tag {
            None if plain => Some(scalar::plain(&text)),
            None | Some((Tag::Form, _)) => Some(Typed::Text),
            Some((Tag::Scalar(tag), _)) => scalar::tagged(&text, *tag),
            Some(_) => None,
        };
        let node = match (typed, properties.tag) {
            (Some(typed), _) => Node::new(span, Content::Scalar(Scalar { typed, text, absent })),
            (None, tag) => {
                self.tell_tag(tag, span);
                Node::hole(span)
            }
        };
        let built = Built { is_merge, ..Built::leaf(node) };
        if properties.anchor != 0 {
            self.anchors.insert(properties.anchor, built.clone());
        }
        built
    }

    fn tell_tag(&mut self, tag: Option<(Tag, Span)>, value: Span) {
        match tag {
            Some((Tag::Foreign(name), span)) => {
                let message = format!("the tag {} is not in YAML's core schema", quote(&name));
                self.tell(span, Code::YamlSyntax, message, "remove it");
            }
            tag => {
                let span = tag.map_or(value, |(_, span)| span);
                let message = "this tag does not fit the value that follows it";
                self.tell(span, Code::YamlSyntax, message, "remove it, or correct the value");
            }
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Built {
        let Some(target) = self.anchors.get(&anchor) else {
            let help = "an alias can only refer to a value that is already complete";
            self.tell(span, Code::YamlSyntax, "this alias is inside the value it refers to", help);
            return Built::leaf(Node::hole(span));
        };
        let built = Built { node: Node { span, ..target.node.clone() }, ..*target };
        let is_within = self.copied <= ALIAS_BUDGET;
        self.copied = self.copied.saturating_add(built.size);
        if self.frames.len() + built.depth > NESTING {
            self.tell(span, Code::YamlSyntax, TOO_DEEP, "write the value out, with less nesting");
        } else if self.copied <= ALIAS_BUDGET {
            return built;
        } else if is_within {
            let message =
                format!("from here on, aliases expand to more than {ALIAS_BUDGET} values");
            self.tell(span, Code::YamlSyntax, message, "write the values out");
        }
        Built::leaf(Node::hole(span))
    }

    fn open(
        &mut self,
        parts: Parts,
        properties: Properties,
        span: Span,
    ) -> Result<(), SyntaxError> {
        if self.frames.len() == NESTING {
            let help = Some("a configuration needs only a few levels");
            let message = TOO_DEEP.into();
            return Err(SyntaxError { span, message, help, until: span.line, may_resume: true });
        }
        let fits = match (&properties.tag, &parts) {
            (None | Some((Tag::Form, _)), _)
            | (Some((Tag::List, _)), Parts::List(_))
            | (Some((Tag::Map, _)), Parts::Map { .. }) => true,
            (Some(_), _) => false,
        };
        if !fits {
            self.tell_tag(properties.tag, span);
        }
        let anchor = properties.anchor;
        self.frames.push(OpenCollection { span, anchor, size: 1, depth: 0, parts, is_hole: !fits });
        Ok(())
    }

    fn close(&mut self, end: Span) {
        let Some(frame) = self.frames.pop() else { return };
        let OpenCollection { mut span, anchor, mut size, depth, parts, is_hole } = frame;
        if (end.end_line, end.end_column) > (span.line, span.column) {
            (span.end_line, span.end_column) = (end.end_line, end.end_column);
        }
        let content = match parts {
            _ if is_hole => Content::Hole,
            Parts::List(items) => Content::List(items),
            Parts::Map { mut mapping, merges, .. } => {
                for entry in merges.iter().filter_map(Node::as_map).flat_map(Mapping::iter) {
                    mapping.add_absent(entry);
                    size += 1;
                }
                Content::Map(mapping)
            }
        };
        let is_cut = self.done.stop.is_some();
        let node = Node { is_cut, ..Node::new(span, content) };
        let built = Built { node, size, depth: depth + 1, is_merge: false };
        if anchor != 0 {
            self.anchors.insert(anchor, built.clone());
        }
        self.attach(built);
    }

    /// Puts the scalar that was held back into its place.
    fn release(&mut self) {
        if let Some(built) = self.held.take() {
            self.attach(built);
        }
    }

    fn attach(&mut self, built: Built) {
        let is_top = self.frames.len() == 1;
        let Some(frame) = self.frames.last_mut() else {
            self.done.root = Some(built.node);
            return;
        };
        frame.size = frame.size.saturating_add(built.size);
        frame.depth = frame.depth.max(built.depth);
        match &mut frame.parts {
            Parts::List(items) => items.push(built.node),
            Parts::Map { mapping, pending, merges, merge_at } => match pending.take() {
                None => {
                    if is_top {
                        self.done.last_key_line = built.node.span.line;
                    }
                    let key = if built.is_merge {
                        PendingKey::Merge(built.node.span)
                    } else {
                        // What a template should have filled in is told once.
                        frame.is_hole |= keys::is_template(&built.node);
                        keys::pending(&built.node, &mut self.done.findings)
                    };
                    if let PendingKey::Merge(span) = key
                        && let Some(first) = merge_at.replace(span)
                    {
                        self.done.findings.push(keys::repeated("<<", span, first));
                    }
                    *pending = Some(key);
                }
                Some(PendingKey::Unusable) => {}
                Some(PendingKey::Merge(span)) => {
                    self.done.findings.extend(keys::merge(&built.node, span, merges));
                }
                Some(PendingKey::Key(key)) => {
                    let (name, span) = (key.text.clone(), key.span);
                    let value = keys::placed(built.node, span);
                    if let Err(first) = mapping.add(Entry { key, value }) {
                        self.done.findings.push(keys::repeated(&name, span, first));
                    }
                }
            },
        }
    }

    /// Keeps what was complete before a stop. The scalar right before it may have swallowed what
    /// follows, so it is only known to be there.
    fn abandon(&mut self, stop: SyntaxError) {
        if let Some(built) = self.held.as_mut() {
            let span = built.node.span;
            if span.end_line > span.line || span.end_line >= stop.span.line {
                built.node = Node::hole(span);
            }
        }
        self.release();
        self.done.stop = Some(stop);
        // A collection that is cut short may turn out to be a key, which is nobody's mistake.
        let told = self.done.findings.len();
        while let Some(frame) = self.frames.last() {
            let end = frame.span;
            self.close(end);
        }
        self.done.findings.truncate(told);
    }
}

impl Built {
    fn leaf(node: Node) -> Self {
        Self { node, size: 1, depth: 0, is_merge: false }
    }
}

impl Parts {
    fn map() -> Self {
        Self::Map { mapping: Mapping::default(), pending: None, merges: Vec::new(), merge_at: None }
    }
}
