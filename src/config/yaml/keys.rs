//! Keys, and the entries that a merge key takes in.

use super::node::{Content, Key, Mapping, Node};
use super::scalar::{self, Typed};
use crate::config::place::joined;
use crate::config::quote::quote;
use crate::finding::{Code, Finding, Span};

/// A key that waits for its value.
pub(super) enum PendingKey {
    Key(Key),
    Merge(Span),
    /// One that was told already.
    Unusable,
}

/// A value that is not written stands where its key does.
pub(super) fn placed(node: Node, key: Span) -> Node {
    match node.as_scalar() {
        Some(scalar) if scalar.absent && node.span.line == node.span.end_line => {
            Node { span: key, ..node }
        }
        _ => node,
    }
}

/// What a node means where a key stands. One that can be none is told.
pub(super) fn pending(node: &Node, findings: &mut Vec<Finding>) -> PendingKey {
    let span = node.span;
    if let Some(text) = node.as_text() {
        return PendingKey::Key(Key { text: text.to_owned(), span });
    }
    if is_template(node) {
        let message = "`{{ … }}` is a placeholder that was never replaced";
        let help = "replace it with the value: nothing is substituted when a file is read";
        findings.push(Finding::new("", span, Code::InvalidValue, message).help(help));
        return PendingKey::Unusable;
    }
    let (what, help) = match &*node.content {
        Content::Hole => return PendingKey::Unusable,
        Content::List(_) => ("a list", "a key is a name".to_owned()),
        Content::Map(_) => ("a mapping", "a key is a name".to_owned()),
        Content::Scalar(scalar) => match scalar.typed {
            Typed::Text => return PendingKey::Unusable,
            // As a key, what is a text in YAML 1.2 is a name: `on`, `2024_01`.
            Typed::Ambiguous if scalar::integer(&scalar.text).is_none() => {
                return PendingKey::Key(Key { text: scalar.text.clone(), span });
            }
            Typed::Null => ("null", "a key is a name".to_owned()),
            Typed::Boolean(_) => ("a boolean", quoted_key(&scalar.text)),
            _ => ("a number", quoted_key(&scalar.text)),
        },
    };
    let message = format!("a key must be a string, and this one is {what}");
    findings.push(Finding::new("", span, Code::WrongType, message).help(help));
    PendingKey::Unusable
}

/// Whether a key is the inner half of `{{ name }}`, which YAML takes for two mappings.
pub(super) fn is_template(node: &Node) -> bool {
    let entries = node.as_map().map(Mapping::as_slice).unwrap_or_default();
    let is_bare = |value: &Node| value.as_scalar().is_some_and(|scalar| scalar.absent);
    matches!(entries, [only] if is_bare(&only.value))
}

fn quoted_key(text: &str) -> String {
    format!("put it in quotes if it is a name: {}", quote(&format!("\"{text}\"")))
}

/// The finding about a repeated key. Its path begins at the mapping, whose own is not known yet.
pub(super) fn repeated(name: &str, span: Span, first: Span) -> Finding {
    let path = joined("", name);
    let name = quote(name);
    let message = format!("the key {name} is already in this mapping, on line {}", first.line);
    Finding::new("", span, Code::DuplicateKey, message)
        .help("remove the wrong one; most YAML readers would silently keep one of them")
        .path(path)
}

/// Takes in the value of a merge key.
pub(super) fn merge(value: &Node, key: Span, merges: &mut Vec<Node>) -> Option<Finding> {
    let is_usable = |node: &Node| node.is_hole() || node.as_map().is_some();
    let wrong = match value.as_list() {
        Some(items) => items.iter().find(|item| !is_usable(item)),
        None => Some(value).filter(|value| !is_usable(value)),
    };
    match value.as_list() {
        Some(items) => merges.extend(items.iter().cloned()),
        None => merges.push(value.clone()),
    }
    let at = wrong.map(|node| placed(node.clone(), key).span)?;
    Some(
        Finding::new("", at, Code::WrongType, "`<<` takes a mapping or a list of mappings").help(
            "name one with an alias, as in `<<: *base`, or put `<<` in quotes if it is a name",
        ),
    )
}
