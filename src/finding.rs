//! A problem at a place in a file: what every check yields and every view shows.

mod code;
mod severity;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use code::{Code, Example, Page};
pub use severity::Severity;

/// A range of a file's text. Lines and columns count from 1, columns in characters (Unicode
/// scalar values); the end is the place after the last character. A byte-order mark at the start
/// of a file is not counted.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
pub struct Span {
    /// The line of the first character.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// The line of the place after the last character.
    pub end_line: usize,
    /// The column of the place after the last character.
    pub end_column: usize,
}

impl Span {
    /// Whether it ends in the line in which it begins.
    pub const fn is_on_one_line(self) -> bool {
        self.line == self.end_line
    }

    /// The very start of a file, for what is wrong with a file as a whole.
    pub const START: Self = Self { line: 1, column: 1, end_line: 1, end_column: 1 };
}

/// A problem at a place. Serializes as the `diagnostics` entry of the JSON documents.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Finding {
    /// The file, as it was named.
    pub file: String,
    /// Where in it.
    #[serde(flatten)]
    pub span: Span,
    /// Whether it stops the run.
    pub severity: Severity,
    /// What kind of problem.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it; `None` where the message says it all.
    pub help: Option<String>,
    /// A JSON pointer to the value concerned; empty for the document as a whole.
    pub path: String,
}

impl Finding {
    /// A finding without help or path; its severity is the code's.
    pub fn new(file: &str, span: Span, code: Code, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            span,
            severity: code.severity(),
            code,
            message: message.into(),
            help: None,
            path: String::new(),
        }
    }

    /// The same with help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with the JSON pointer of the value concerned.
    #[must_use]
    pub fn path(mut self, pointer: impl Into<String>) -> Self {
        self.path = pointer.into();
        self
    }
}
