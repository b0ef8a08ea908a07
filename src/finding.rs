//! A problem at a place in a file: what every check yields and every view shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// Whether a finding stops the run.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is planned or applied.
    Error,
    /// Worth knowing; an error only with `--strict`.
    Warning,
}

impl Severity {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $word:literal $severity:ident $meaning:literal;)*) => {
        /// What kind of problem a finding is. The words are stable; tools filter on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, JsonSchema)]
        pub enum Code {
            $(#[doc = $meaning] #[serde(rename = $word)] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word that reports use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Whether it stops the run.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What it means and what to do, in a few sentences.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    UnreadableFile "unreadable-file" Error
        "The file is missing, is a folder or something else that is not a file, is not UTF-8, or is \
         larger than 1 MiB. Nothing in it was checked.";
    YamlSyntax "yaml-syntax" Error
        "The file is not YAML that can be read safely: a mistake in its syntax, several documents \
         in one file, an alias without an anchor, a tag outside YAML's core schema, aliases that \
         expand without bound, or nesting over 64 levels.";
    DuplicateKey "duplicate-key" Error
        "A key stands twice in one mapping. Most readers would keep one of the two in silence, so \
         remove the one that is not meant.";
    UnknownSection "unknown-section" Error
        "The top level of the file has a key that is neither a section of settings nor `target` \
         nor `environments`.";
    UnknownField "unknown-field" Error
        "The section has no such setting. The service would drop it without a word, so the name \
         has to be right before a request leaves.";
    WrongType "wrong-type" Error
        "The value is of another type than the setting: a string for a number, say, or `null` where \
         the service does not accept it.";
    InvalidValue "invalid-value" Error
        "The type is right, but the value cannot be: an e-mail address without a domain, an \
         origin with a path, a negative number of members.";
    DuplicateEntry "duplicate-entry" Error
        "A list that means a set holds the same entry twice.";
    SecretInConfig "secret-in-config" Error
        "Something that looks like a secret stands in the file. Files end up in git and in logs: \
         take it out, put it into the environment, and revoke it if the file was ever shared.";
    ConflictingFields "conflicting-fields" Error
        "A deprecated field and the one that replaces it are both set, or two fields that are one \
         setting ask for two values: only one of them can win. Remove the other.";
    DeprecatedField "deprecated-field" Warning
        "The setting still works, and is to be used no longer. Use its successor where it has one \
         (`fix` does that): one day the service will drop the old name without a word.";
    IgnoredByApi "ignored-by-api" Warning
        "The service accepts the value, or the field, and then ignores it, so the setting will not \
         be what the file says.";
    EnvironmentMismatch "environment-mismatch" Warning
        "The setting has no effect in the environment that the target names.";
    WeakensSecurity "weakens-security" Warning
        "The value takes away a protection of a production instance, or, in a plan, the change \
         takes away one that was there.";
    NotReflected "not-reflected" Warning
        "The value was sent and accepted, and the service then showed another one. No call is \
         planned for it as long as the file asks for the same. `state forget SECTION.FIELD` makes \
         the next run send it again.";
    MayLockOut "may-lock-out" Warning
        "The change can keep everybody out, such as an allowlist that is turned on while nothing \
         is on it.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
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
