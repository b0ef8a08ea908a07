//! Events out of YAML text. The only file that knows the parser's crate: its places, tags and
//! errors end here.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use granit_parser as granit;
use granit_parser::{ErrorKind, ScalarStyle};

use super::scalar::ScalarTag;
use super::tabs::Tabs;
use super::{block, mistakes, tabs, uneven};
use crate::finding::Span;
use crate::text::LineIndex;

/// How deep collections may be nested, whatever their style.
pub(super) const NESTING: usize = 64;

/// A step through a document.
pub(super) enum Event<'t> {
    /// A scalar; `plain` where it has neither quotes nor a block style.
    Scalar { text: Cow<'t, str>, plain: bool, properties: Properties },
    /// A list begins.
    List { properties: Properties },
    /// A mapping begins.
    Map { flow: bool, properties: Properties },
    /// A list or mapping ends. Without a closing bracket it has no text, and its place is where
    /// the next thing begins.
    End,
    /// The value that an anchor before it names.
    Alias(usize),
    /// An alias that no anchor before it explains.
    UnknownAlias(Cow<'t, str>),
}

/// The anchor and the tag before a value.
pub(super) struct Properties {
    /// The number of its anchor; 0 without.
    pub anchor: usize,
    /// Its tag and where that stands.
    pub tag: Option<(Tag, Span)>,
}

/// A tag.
#[derive(Debug)]
pub(super) enum Tag {
    Scalar(ScalarTag),
    Map,
    List,
    /// A bare `!`: the value is what its form says, and a scalar is a text.
    Form,
    /// A tag outside the core schema, as written.
    Foreign(String),
}

/// Why the reader cannot go on.
#[derive(Clone, Debug)]
pub(super) struct SyntaxError {
    pub span: Span,
    pub message: Cow<'static, str>,
    pub help: Option<&'static str>,
    /// The last line that was looked at: far behind the place for what is never closed.
    pub until: usize,
    /// Whether the rest of the text may still be looked at.
    pub may_resume: bool,
}

/// Reads the events of one document.
pub(super) struct EventReader<'t> {
    parser: granit::Parser<'t, granit::StrInput<'t>>,
    text: &'t str,
    lines_before: usize,
    /// Made for the first place that the parser does not tell: most texts have none.
    index: OnceCell<LineIndex<&'t str>>,
    documents: usize,
    /// Where the last event ended.
    before: Option<granit::Marker>,
    tabs: Option<Tabs<'t>>,
    misplaced: Vec<Span>,
}

impl<'t> EventReader<'t> {
    /// A reader of text that begins after `lines_before` lines of its file.
    pub fn new(text: &'t str, lines_before: usize) -> Self {
        let options = granit::options! {
            emit_unresolved_aliases: true,
            emit_comments: false,
            flow_nesting_limit: NESTING,
            block_nesting_limit: NESTING,
            // As other readers do, so that a file means the same to all of them.
            block_scalar_eof_without_line_feed: true,
        };
        let parser = granit::Parser::new_from_str_with_options(text, options);
        let (tabs, misplaced) = (Tabs::of(text), Vec::new());
        let index = OnceCell::new();
        Self { parser, text, lines_before, index, documents: 0, before: None, tabs, misplaced }
    }

    /// The tabs that stood where only spaces may, up to now.
    pub fn misplaced_tabs(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.misplaced)
    }

    /// The place of some bytes.
    fn place_of(&self, range: Range<usize>) -> Span {
        let Span { line, column, end_line, end_column } =
            self.index.get_or_init(|| LineIndex::of(self.text)).span(range);
        let (line, end_line) = (line + self.lines_before, end_line + self.lines_before);
        Span { line, column, end_line, end_column }
    }

    fn place_of_tab(&self, offset: usize) -> Span {
        self.place_of(offset..offset + 1)
    }

    fn place(&self, start: granit::Marker, end: granit::Marker) -> Span {
        Span {
            line: start.line() + self.lines_before,
            column: start.col() + 1,
            end_line: end.line() + self.lines_before,
            end_column: end.col() + 1,
        }
    }

    fn span(&self, span: &granit::Span) -> Span {
        self.place(span.start, span.end)
    }

    /// The place of a block scalar, with its sign, without the line breaks after its last text.
    fn block_span(&self, span: &granit::Span) -> Span {
        let range = || {
            let from = self.before.map_or(Some(0), |before| before.byte_offset())?;
            let lines = span.start.byte_offset()?..span.end.byte_offset()?;
            block::range(self.text, from, lines)
        };
        range().map_or_else(|| self.span(span), |range| self.place_of(range))
    }

    fn properties(
        &self,
        span: &granit::Span,
        anchor: usize,
        tag: Option<&granit::Tag>,
    ) -> Properties {
        let place = span.tag_span().map_or_else(|| self.span(span), |span| self.span(&span));
        Properties { anchor, tag: tag.map(|tag| (tag_of(tag), place)) }
    }

    /// The line of the key beside which the blamed one was meant to stand.
    fn uneven(&self, kind: &ErrorKind, line: usize) -> Option<usize> {
        let may_be = mistakes::may_be_uneven(kind);
        let line = line.checked_sub(self.lines_before)?;
        may_be.then(|| uneven::beside(self.text, line)).flatten()
    }

    fn stop(&self, error: &granit::ScanError) -> SyntaxError {
        let marker = *error.marker();
        let offset = marker.byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let next = self.text.get(offset..).and_then(|rest| rest.chars().next());
        let mut span = self.place(marker, marker);
        span.end_column += usize::from(next.is_some_and(|next| !matches!(next, '\n' | '\r')));
        let kind = error.kind();
        let tab = match kind {
            kind if mistakes::is_tab(kind) => tabs::blamed(self.text, offset),
            kind if mistakes::is_layout(kind) => tabs::leading(self.text, offset),
            _ => None,
        };
        span = tab.map_or(span, |tab| self.place_of_tab(tab));
        let is_template = next == Some('{') && self.text[..offset].ends_with(['$', '#']);
        let (message, help) = if tab.is_some() || mistakes::is_tab(kind) {
            (mistakes::TAB.0.into(), Some(mistakes::TAB.1))
        } else if is_template {
            (mistakes::TEMPLATE.0.into(), Some(mistakes::TEMPLATE.1))
        } else if let Some(sibling) = self.uneven(kind, span.line) {
            let (message, help) = uneven::wording(sibling + self.lines_before);
            (message.into(), Some(help))
        } else {
            mistakes::wording(kind, next)
        };
        let may_resume = *error.kind() != ErrorKind::InvalidDocumentEnd;
        let is_unclosed = matches!(
            error.kind(),
            ErrorKind::UnclosedQuotedScalar | ErrorKind::UnclosedFlowCollection { .. }
        );
        let until = if is_unclosed { usize::MAX } else { span.line };
        SyntaxError { span, message, help, until, may_resume }
    }

    fn event(
        &mut self,
        event: granit::Event<'t>,
        span: &granit::Span,
    ) -> Option<Result<(Event<'t>, Span), SyntaxError>> {
        use granit::Event as E;
        let place = self.span(span);
        let step = match event {
            E::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let properties = self.properties(span, anchor, tag.as_deref());
                let place = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => self.block_span(span),
                    _ => place,
                };
                // The parser writes `~` for a value that is not there.
                let text = if plain && span.is_empty() { Cow::Borrowed("") } else { text };
                return Some(Ok((Event::Scalar { text, plain, properties }, place)));
            }
            E::SequenceStart(_, anchor, tag) => {
                Event::List { properties: self.properties(span, anchor, tag.as_deref()) }
            }
            E::MappingStart(style, anchor, tag) => Event::Map {
                flow: style == granit::StructureStyle::Flow,
                properties: self.properties(span, anchor, tag.as_deref()),
            },
            E::SequenceEnd | E::MappingEnd => Event::End,
            E::Alias(anchor) => Event::Alias(anchor),
            E::UnresolvedAlias(name) => Event::UnknownAlias(name),
            E::DocumentStart(..) => {
                self.documents += 1;
                if self.documents < 2 {
                    return None;
                }
                return Some(Err(SyntaxError {
                    span: place,
                    message: "a second document starts here, and a file holds one configuration"
                        .into(),
                    help: Some(
                        "put each configuration in its own file, or use `environments` for what \
                         differs between instances",
                    ),
                    until: place.line,
                    may_resume: false,
                }));
            }
            _ => return None,
        };
        Some(Ok((step, place)))
    }
}

impl<'t> Iterator for EventReader<'t> {
    type Item = Result<(Event<'t>, Span), SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.parser.next()? {
                Err(error) => return Some(Err(self.stop(&error))),
                Ok((event, span)) => {
                    let tab = self.tabs.as_mut().and_then(|tabs| tabs.before(&event, &span));
                    let tab = tab.map(|tab| self.place_of_tab(tab));
                    self.misplaced.extend(tab);
                    let step = self.event(event, &span);
                    self.before = Some(span.end);
                    if step.is_some() {
                        return step;
                    }
                }
            }
        }
    }
}

fn tag_of(tag: &granit::Tag) -> Tag {
    match tag.core_suffix() {
        Some("null") => Tag::Scalar(ScalarTag::Null),
        Some("bool") => Tag::Scalar(ScalarTag::Boolean),
        Some("int") => Tag::Scalar(ScalarTag::Integer),
        Some("float") => Tag::Scalar(ScalarTag::Float),
        Some("str") => Tag::Scalar(ScalarTag::Text),
        Some("map") => Tag::Map,
        Some("seq") => Tag::List,
        _ if tag.handle().is_empty() && tag.suffix() == "!" => Tag::Form,
        _ => Tag::Foreign(tag.original()),
    }
}
