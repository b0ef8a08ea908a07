//! A state as bytes: read without trust, and written so that equal states have equal bytes.
//! Where the bytes live is the store's business.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::de::Error as _;
use serde_json::{Map, Value};

use super::strict::{NoRepeatedKeys, Object};
use super::{FORMAT_VERSION, InstanceRef, Intent, State, Values};
use crate::catalog::EnvironmentType;
use crate::failure::FailureCode;
use crate::text::{LineIndex, sanitize};

/// How much of a message that quotes the file is kept.
const LONGEST_QUOTE: usize = 160;

/// How the bytes of every state begin: its first member, by their order.
pub const FIRST_BYTES: &[u8] = b"{\n  \"applied\": {";

/// Why bytes are no state. The messages continue the name of the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// It is no JSON, or not of the shape that a state has.
    #[error("line {line}, column {column}: {what}")]
    Damaged {
        /// Counts from 1.
        line: usize,
        /// Counts from 1, in characters.
        column: usize,
        /// The problem there.
        what: String,
    },
    /// A newer version of this program wrote it.
    #[error(
        "the state has version {version} of the format, and this clerkform reads up to version \
         {FORMAT_VERSION}"
    )]
    Newer {
        /// The version that the file names.
        version: u64,
    },
}

impl StateError {
    /// The code that scripts tell it by.
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::Damaged { .. } => FailureCode::StateDamaged,
            Self::Newer { .. } => FailureCode::StateNewer,
        }
    }

    /// The remedy.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => {
                "restore the state from git or a backup; if there is none, move the file away: \
                 everything then counts as new and is sent again once"
            }
            Self::Newer { .. } => {
                "upgrade clerkform to the version that wrote it, here and wherever else the state \
                 is used"
            }
        }
    }
}

impl State {
    /// The state that stands in a file's bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, StateError> {
        // The version comes first: what else a newer format holds is not for us to judge.
        if let Ok(Object(FormatVersion { format_version })) = serde_json::from_slice(bytes)
            && format_version > FORMAT_VERSION
        {
            return Err(StateError::Newer { version: format_version });
        }
        let damaged = |error| damaged(bytes, &error);
        let NoRepeatedKeys = serde_json::from_slice(bytes).map_err(damaged)?;
        let Object(mut state): Object<Self> = serde_json::from_slice(bytes).map_err(damaged)?;
        if state.format_version != FORMAT_VERSION {
            return Err(damaged(serde_json::Error::custom(format!(
                "there is no version {} of the format",
                state.format_version
            ))));
        }
        state.drop_empty_sections();
        Ok(state)
    }

    /// The bytes of its file: sorted keys, two spaces a level, a final newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{:#}\n", self.document()).into_bytes()
    }

    /// The state as a JSON document, without empty sections.
    pub fn document(&self) -> Value {
        let Self {
            format_version,
            lineage,
            serial,
            environment,
            instance: InstanceRef { id, environment_type },
            applied,
            uncertain,
            unreflected,
            in_flight,
        } = self;
        let instance = members([
            ("id", id.clone().into()),
            ("environment_type", environment_type.map(EnvironmentType::as_str).into()),
        ]);
        members([
            ("format_version", (*format_version).into()),
            ("lineage", lineage.clone().into()),
            ("serial", (*serial).into()),
            ("environment", environment.clone().into()),
            ("instance", instance),
            ("applied", values(applied)),
            ("uncertain", names(uncertain)),
            ("unreflected", values(unreflected)),
            ("in_flight", in_flight.as_ref().map_or(Value::Null, intent)),
        ])
    }

    pub(super) fn drop_empty_sections(&mut self) {
        self.applied.retain(|_, fields| !fields.is_empty());
        self.uncertain.retain(|_, fields| !fields.is_empty());
        self.unreflected.retain(|_, fields| !fields.is_empty());
    }
}

fn intent(intent: &Intent) -> Value {
    let Intent { run, by, lease_until, calls } = intent;
    let calls: Vec<Value> = calls
        .iter()
        .map(|call| {
            members([
                ("section", call.section.clone().into()),
                ("body", Value::Object(call.body.clone())),
            ])
        })
        .collect();
    members([
        ("run", run.clone().into()),
        ("by", by.clone().into()),
        ("lease_until", lease_until.clone().into()),
        ("calls", calls.into()),
    ])
}

fn values(values: &Values) -> Value {
    sections(values, |fields| Value::Object(fields.clone().into_iter().collect()))
}

fn names(names: &BTreeMap<String, BTreeSet<String>>) -> Value {
    sections(names, |fields| fields.iter().cloned().collect())
}

fn sections<T>(sections: &BTreeMap<String, T>, document: impl Fn(&T) -> Value) -> Value {
    let is_empty = |value: &Value| {
        value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
    };
    sections
        .iter()
        .map(|(section, fields)| (section.clone(), document(fields)))
        .filter(|(_, fields)| !is_empty(fields))
        .collect()
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn damaged(bytes: &[u8], error: &serde_json::Error) -> StateError {
    let index = LineIndex::of(bytes);
    let is_marker = |line: Range<usize>| bytes[line].starts_with(b"<<<<<<< ");
    if let Some(line) = (1..=index.lines()).find(|line| index.line(*line).is_some_and(is_marker)) {
        let what = "git left the markers of an unresolved merge here".to_owned();
        return StateError::Damaged { line, column: 1, what };
    }
    let line = error.line().max(1);
    // The parser counts bytes, and names the last one that it read.
    let line_of = index.line(line).unwrap_or_default();
    let text = &bytes[line_of.clone()];
    let read = error.column().min(text.strip_suffix(b"\n").unwrap_or(text).len());
    let (_, after) = index.place(line_of.start + read);
    StateError::Damaged { line, column: (after - 1).max(1), what: explain(bytes, error) }
}

/// The parser's message in the words of a state: without its place, and with no more of the file
/// than one can read.
fn explain(bytes: &[u8], error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        "the file is empty".to_owned()
    } else if error.is_eof() {
        "the file ends in the middle".to_owned()
    } else if message == "recursion limit exceeded" {
        "the file is nested too deeply".to_owned()
    } else if let Some(rest) = message.strip_prefix("missing field") {
        format!("missing member{rest}")
    } else if let Some(rest) = message.strip_prefix("unknown field") {
        sanitize(&format!("unknown member{rest}"), LONGEST_QUOTE)
    } else {
        sanitize(message, LONGEST_QUOTE)
    }
}

#[derive(serde::Deserialize)]
struct FormatVersion {
    format_version: u64,
}

#[cfg(test)]
mod tests;
