//! Events out of YAML text. The only file that knows the parser's crate: its places, tags and
//! errors end here.

use std::borrow::Cow;

use granit_parser as granit;
use granit_parser::{ErrorKind, ScalarStyle};

use super::block;
use super::scalar::ScalarTag;
use crate::finding::Span;

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
    /// What an anchor before it names.
    Alias(usize),
    /// An alias that no anchor before it explains.
    UnknownAlias(Cow<'t, str>),
}

/// What may stand before a value.
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
pub(super) struct Stop {
    pub span: Span,
    pub message: Cow<'static, str>,
    pub help: Option<&'static str>,
    /// The last line that was looked at: far behind the place for what is never closed.
    pub until: usize,
    /// Whether the rest of the text may still be looked at.
    pub may_resume: bool,
}

/// Reads the events of one document.
pub(super) struct Reader<'t> {
    parser: granit::Parser<'t, granit::StrInput<'t>>,
    text: &'t str,
    lines_before: usize,
    documents: usize,
    /// Where the last event ended.
    before: Option<granit::Marker>,
}

impl<'t> Reader<'t> {
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
        Self { parser, text, lines_before, documents: 0, before: None }
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
        let place = self.span(span);
        let text = |from: Option<usize>, to: Option<usize>| self.text.get(from?..to?);
        let before =
            text(self.before.map_or(Some(0), |b| b.byte_offset()), span.start.byte_offset());
        let from = self.before.map_or((1, 1), |before| (before.line(), before.col() + 1));
        before
            .zip(span.slice(self.text))
            .and_then(|(before, content)| block::places(before, content, from))
            .map_or(place, |((line, column), (end_line, end_column))| Span {
                line: line + self.lines_before,
                column,
                end_line: end_line + self.lines_before,
                end_column,
            })
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

    fn stop(&self, error: &granit::ScanError) -> Stop {
        let marker = *error.marker();
        let offset = marker.byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let next = self.text.get(offset..).and_then(|rest| rest.chars().next());
        let mut span = self.place(marker, marker);
        span.end_column += usize::from(next.is_some_and(|next| !matches!(next, '\n' | '\r')));
        let (message, help) = wording(error.kind());
        let may_resume = *error.kind() != ErrorKind::InvalidDocumentEnd;
        let is_unclosed = matches!(
            error.kind(),
            ErrorKind::UnclosedQuotedScalar | ErrorKind::UnclosedFlowCollection { .. }
        );
        let until = if is_unclosed { usize::MAX } else { span.line };
        Stop { span, message, help, until, may_resume }
    }

    fn event(
        &mut self,
        event: granit::Event<'t>,
        span: &granit::Span,
    ) -> Option<Result<(Event<'t>, Span), Stop>> {
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
                return Some(Err(Stop {
                    span: place,
                    message: "a second document begins here, and a file holds one configuration"
                        .into(),
                    help: Some(
                        "put each configuration into a file of its own, or use `environments` for \
                         what differs between instances",
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

impl<'t> Iterator for Reader<'t> {
    type Item = Result<(Event<'t>, Span), Stop>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.parser.next()? {
                Err(error) => return Some(Err(self.stop(&error))),
                Ok((event, span)) => {
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

/// What is wrong, and what to do.
type Wording = (Cow<'static, str>, Option<&'static str>);

/// Words for the mistakes that people make; the rest in general ones.
fn wording(kind: &ErrorKind) -> Wording {
    brackets_wording(kind)
        .or_else(|| quotes_wording(kind))
        .or_else(|| layout_wording(kind))
        .or_else(|| document_wording(kind))
        .unwrap_or(("this is not valid YAML".into(), None))
}

const fn words(message: &'static str, help: &'static str) -> Wording {
    (Cow::Borrowed(message), Some(help))
}

fn brackets_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    let unclosed = |open: &char| -> Wording {
        (format!("the `{open}` that opens here is never closed").into(), Some(CLOSE))
    };
    Some(match kind {
        E::UnclosedFlowCollection { open } => unclosed(open),
        E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping => unclosed(&'{'),
        E::UnexpectedEofFlowSequence => unclosed(&'['),
        E::MisplacedFlowCollectionEnd => {
            words("a bracket closes here that was never opened", "remove it, or open it before")
        }
        E::MismatchedFlowCollectionEnd { .. } => {
            words("this bracket closes one of the other kind", "`{` is closed by `}`, `[` by `]`")
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => {
            words("a comma or a closing bracket is missing before this", CLOSE)
        }
        E::RecursionLimitExceeded => words(TOO_DEEP, "a configuration needs a handful of levels"),
        _ => return None,
    })
}

fn quotes_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            words("the quote that opens here is never closed", "close it on the same line")
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => words(
            "something follows a closing quote",
            "look for a quote that is missing or too many, here or in a line above",
        ),
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidUnicodeEscape
        | E::InvalidLowSurrogate
        | E::InvalidLowSurrogateHexEscape
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate => words(
            "a backslash is followed by something that is not an escape",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        E::MissingAnchorOrAliasName => words(
            "a `*` or `&` is an alias or an anchor, and no name follows it",
            "put the value in quotes if the sign is part of it",
        ),
        E::UnexpectedCharacter { character } => {
            if matches!(character, '@' | '`' | '%') {
                let message = format!("a value cannot begin with `{character}`");
                return Some((message.into(), Some("put the value in quotes")));
            }
            let message = format!("the character {} cannot stand here", character.escape_unicode());
            (message.into(), Some("remove it, or write it as an escape between double quotes"))
        }
        _ => return None,
    })
}

fn layout_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    Some(match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => {
            words("a tab stands where YAML allows only spaces", "indent with spaces")
        }
        E::MappingValueNotAllowed | E::InvalidColonPlacement => words(
            "a `: ` stands inside a value",
            "put the value in quotes, or begin the key on a line of its own, as far in as its \
             neighbors",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => words(
            "this is not a `key: value` pair",
            "a `:` and a space after the key may be missing",
        ),
        E::ExpectedBlockMappingKey
        | E::InvalidIndentation
        | E::MappingKeyNotAllowed
        | E::BlockSequenceEntryNotAllowed
        | E::ExpectedBlockSequenceEntry => words(
            "this does not fit what stands above it",
            "keys of one mapping, and the dashes of one list, begin in the same column",
        ),
        E::InvalidQuotedScalarIndent | E::InvalidFlowScalarIndent => {
            words("what goes on from the line above has to be indented", "put spaces before it")
        }
        E::BlockEntryInFlowCollection => {
            words("a dash begins no entry between brackets", "separate the entries with commas")
        }
        E::InvalidBlockScalarHeader => words(
            "text follows a `|` or `>` on its line",
            "begin the text on the next line, indented, or put the value in quotes",
        ),
        E::CommentNotSeparated => words(
            "a `#` begins a comment only after a space",
            "put a space before it, or use quotes",
        ),
        _ => return None,
    })
}

fn document_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    Some(match kind {
        E::BomInsideDocument => {
            words("a byte-order mark, which is not seen, stands inside the text", "remove it")
        }
        E::UndeclaredTagHandle => words("this tag's prefix is declared nowhere", "remove the tag"),
        E::UnsupportedYamlMajorVersion => {
            words("only YAML 1 is read", "remove the `%YAML` line, or say 1.2")
        }
        E::InvalidDocumentEnd => {
            words("something follows the end of the document", "remove it, or the `...`")
        }
        _ => return None,
    })
}

/// What is told about collections beyond [`NESTING`].
pub(super) const TOO_DEEP: &str = "collections are nested over 64 levels here";

const CLOSE: &str = "entries between brackets are separated by commas, and the bracket is closed";
