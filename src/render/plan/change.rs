//! One change as both the text and the Markdown of a plan show it: a sign, what is before and
//! after, and for a set the entries that come and go.

use std::collections::HashSet;

use serde_json::Value;

use crate::catalog::Kind;
use crate::plan::{Change, Reason, sides};
use crate::render::text::escape::{value, values};
use crate::render::text::words::plural;

/// The form of a change, without indent and colors.
pub(super) enum ShownChange<'a> {
    /// A value that is shown in a line.
    Line {
        /// The value before, where it differs and one is recorded.
        before: Option<String>,
        /// The value after.
        after: String,
    },
    /// A set of which the entries are shown.
    Entries {
        /// Recorded and not wanted, in the recorded order.
        removed: Vec<&'a Value>,
        /// Wanted and not recorded, in the file's order.
        added: Vec<&'a Value>,
        /// How many are in both.
        kept: usize,
    },
}

/// The sign of a change. A field that may have been sent, or that the live instance shows
/// otherwise, stands out whatever its values are.
pub(super) const fn sign(reason: Reason) -> char {
    match reason {
        Reason::New => '+',
        Reason::Changed => '~',
        Reason::Uncertain | Reason::Drifted | Reason::Unreflected => '!',
    }
}

/// The form in which to show a change.
pub(super) fn shown(change: &Change) -> ShownChange<'_> {
    let Change { field, before, after, .. } = change;
    if let (Kind::Set(_), Value::Array(wanted)) = (field.kind, &**after) {
        let recorded = match before {
            Some(Value::Array(recorded)) => Some(recorded.as_slice()),
            None => Some(&[][..]),
            Some(_) => None,
        };
        if let Some(recorded) = recorded
            && !(recorded.is_empty() && wanted.is_empty())
        {
            return entries(recorded, wanted);
        }
    }
    match before {
        Some(before) if !field.same(before, after) => {
            let (before, after) = values(before, after);
            ShownChange::Line { before: Some(before), after }
        }
        _ => ShownChange::Line { before: None, after: value(after) },
    }
}

fn entries<'a>(recorded: &'a [Value], wanted: &'a [Value]) -> ShownChange<'a> {
    let without = |from: &'a [Value], other: &[Value]| -> Vec<&'a Value> {
        let other: HashSet<&Value> = other.iter().collect();
        from.iter().filter(|entry| !other.contains(entry)).collect()
    };
    let added = without(wanted, recorded);
    let kept = wanted.len() - added.len();
    ShownChange::Entries { removed: without(recorded, wanted), added, kept }
}

/// How many entries come, go and stay: "1 removed, 2 added, 3 kept".
pub(super) fn counts(removed: usize, added: usize, kept: usize) -> String {
    let parts: Vec<_> = [(removed, "removed"), (added, "added"), (kept, "kept")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    match (removed, added, kept) {
        (0, _, 0) => format!("{added} {}", plural(added, "entry")),
        _ => parts.join(", "),
    }
}

/// Why a field is sent, as a word or two beside it.
pub(super) fn reason(change: &Change) -> String {
    let word = change.reason.as_str();
    if let Some(source) = change.source {
        return format!("{word} ({})", source.as_str());
    }
    match (change.reason, &change.before) {
        (Reason::Uncertain | Reason::Drifted, None) => format!("{word}, nothing recorded"),
        (Reason::Uncertain, Some(before)) if change.field.same(before, &change.after) => {
            format!("{word}, recorded as wanted")
        }
        (
            Reason::Uncertain
            | Reason::Drifted
            | Reason::New
            | Reason::Changed
            | Reason::Unreflected,
            _,
        ) => word.to_owned(),
    }
}

/// Both values, or how many entries are where.
pub(super) fn sides_of(change: &Change) -> String {
    match shown(change) {
        ShownChange::Line { before: Some(live), after } => format!("live {live}, file {after}"),
        ShownChange::Line { before: None, after } => format!("file {after}"),
        ShownChange::Entries { removed, added, kept } => sides(removed.len(), added.len(), kept),
    }
}
