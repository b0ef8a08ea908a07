//! Words for the mistakes in a file's syntax, as the parser knows them.

use std::borrow::Cow;

use granit_parser::ErrorKind;

/// A problem and its remedy.
pub(super) type Wording = (Cow<'static, str>, Option<&'static str>);

/// Words for the mistakes that people make; the rest in general ones.
/// `next` is the character at which the parser stopped.
pub(super) fn wording(kind: &ErrorKind, next: Option<char>) -> Wording {
    comma_wording(kind, next)
        .or_else(|| brackets_wording(kind))
        .or_else(|| quotes_wording(kind))
        .or_else(|| layout_wording(kind))
        .or_else(|| document_wording(kind))
        .unwrap_or(("this is not valid YAML".into(), None))
}

const fn words(message: &'static str, help: &'static str) -> Wording {
    (Cow::Borrowed(message), Some(help))
}

/// The message about `${` between brackets, where its bracket begins a mapping.
pub(super) const TEMPLATE: (&str, &str) = (
    "a placeholder in brackets was never replaced",
    "replace it with the value: nothing is substituted when a file is read",
);

/// What is told about a tab where only spaces may stand.
pub(super) const TAB: (&str, &str) =
    ("a tab is used where YAML allows only spaces", "indent with spaces");

/// What is told about collections beyond [`NESTING`](super::events::NESTING).
pub(super) const TOO_DEEP: &str = "collections are nested more than 64 levels deep here";

/// Whether a mistake is a tab where it may not be.
pub(super) const fn is_tab(kind: &ErrorKind) -> bool {
    use ErrorKind as E;
    matches!(
        kind,
        E::TabNotAllowed
            | E::TabInBlockIndentation
            | E::TabInIndentation
            | E::TabAtBlockScalarStart
            | E::TabInPlainScalar
            | E::InvalidBlockEntryWhitespace
    )
}

/// Whether a mistake may be a tab's doing that stands before it.
pub(super) const fn is_layout(kind: &ErrorKind) -> bool {
    use ErrorKind as E;
    matches!(
        kind,
        E::ExpectedBlockMappingKey
            | E::InvalidIndentation
            | E::MappingKeyNotAllowed
            | E::BlockSequenceEntryNotAllowed
            | E::ExpectedBlockSequenceEntry
    )
}

/// What the parser calls the end of the text may be a comma with nothing before it.
fn comma_wording(kind: &ErrorKind, next: Option<char>) -> Option<Wording> {
    use ErrorKind as E;
    let is_between = matches!(
        kind,
        E::UnexpectedEofFlowMapping
            | E::UnexpectedEofImplicitFlowMapping
            | E::UnexpectedEofFlowSequence
            | E::ExpectedFlowMappingSeparator
            | E::ExpectedFlowSequenceSeparator
    );
    (is_between && next == Some(',')).then(|| {
        words("an entry is missing before this comma", "remove the comma, or write the entry")
    })
}

/// Whether it may come of keys that begin in different columns: a mistake of the layout, a second
/// key within a value, or one that has no words of its own.
pub(super) fn may_be_uneven(kind: &ErrorKind) -> bool {
    let is_key =
        matches!(kind, ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement);
    is_key || is_layout(kind) || wording(kind, None).1.is_none()
}

fn brackets_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    let unclosed =
        |open: &char| -> Wording { (format!("this `{open}` is never closed").into(), Some(CLOSE)) };
    Some(match kind {
        E::UnclosedFlowCollection { open } => unclosed(open),
        E::UnexpectedEofFlowMapping | E::UnexpectedEofImplicitFlowMapping => unclosed(&'{'),
        E::UnexpectedEofFlowSequence => unclosed(&'['),
        E::MisplacedFlowCollectionEnd => {
            words("this bracket closes nothing", "remove it, or add the opening bracket")
        }
        E::MismatchedFlowCollectionEnd { .. } => words(
            "this bracket does not match the one it closes",
            "`{` is closed by `}`, `[` by `]`",
        ),
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => {
            words("a comma or a closing bracket is missing before this", CLOSE)
        }
        E::RecursionLimitExceeded => words(TOO_DEEP, "a configuration needs only a few levels"),
        _ => return None,
    })
}

fn quotes_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            words("this quote is never closed", "close it on the same line")
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => words(
            "there is text after the closing quote",
            "look for a missing or extra quote, here or on a line above",
        ),
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidUnicodeEscape
        | E::InvalidLowSurrogate
        | E::InvalidLowSurrogateHexEscape
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate => words(
            "this is not a valid escape",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        E::MissingAnchorOrAliasName => words(
            "`*` and `&` start an alias or an anchor, and no name follows",
            "put the value in quotes if the character is part of it",
        ),
        E::UnexpectedCharacter { character } => {
            if matches!(character, '@' | '`' | '%') {
                let message = format!("a value cannot start with `{character}`");
                return Some((message.into(), Some("put the value in quotes")));
            }
            let message =
                format!("the character {} is not allowed here", character.escape_unicode());
            (message.into(), Some("remove it, or write it as an escape between double quotes"))
        }
        _ => return None,
    })
}

fn layout_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    Some(match kind {
        E::MappingValueNotAllowed | E::InvalidColonPlacement => words(
            "there is a `: ` inside a value",
            "put the value in quotes, or start the key on its own line, indented like its neighbors",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => words(
            "this is not a `key: value` pair",
            "a `:` and a space after the key may be missing",
        ),
        kind if is_layout(kind) => words(
            "this does not fit the indentation above it",
            "keys of one mapping, and dashes of one list, start in the same column",
        ),
        E::InvalidQuotedScalarIndent | E::InvalidFlowScalarIndent => words(
            "a value that continues from the line above must be indented",
            "indent it with spaces",
        ),
        E::BlockEntryInFlowCollection => {
            words("entries in brackets take no dash", "separate the entries with commas")
        }
        E::InvalidBlockScalarHeader => words(
            "there is text after `|` or `>` on the same line",
            "start the text on the next line, indented, or put the value in quotes",
        ),
        E::CommentNotSeparated => {
            words("`#` starts a comment only after a space", "put a space before it, or use quotes")
        }
        _ => return None,
    })
}

fn document_wording(kind: &ErrorKind) -> Option<Wording> {
    use ErrorKind as E;
    Some(match kind {
        E::BomInsideDocument => {
            words("there is an invisible byte-order mark inside the text", "remove it")
        }
        E::UndeclaredTagHandle => words("this tag's prefix is not declared", "remove the tag"),
        E::UnsupportedYamlMajorVersion => {
            words("only YAML 1 is supported", "remove the `%YAML` line, or use 1.2")
        }
        E::InvalidDocumentEnd => {
            words("something follows the end of the document", "remove it, or the `...`")
        }
        _ => return None,
    })
}

const CLOSE: &str = "separate entries in brackets with commas, and close the bracket";
