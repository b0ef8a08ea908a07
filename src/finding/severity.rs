//! Whether a finding stops the run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
