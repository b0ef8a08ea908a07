//! Why nothing can be done with one target of several.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::FailureCode;
use crate::finding::Finding;

/// Why nothing can be done with one target of several.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The code that scripts tell it by.
    #[schemars(with = "String")]
    pub code: FailureCode,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// What is wrong with its file, where that is the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Finding>,
}

/// A target that nothing can be done with, and why. Serializes as one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetProblem {
    /// The configuration, as it was named.
    pub config: String,
    /// The overlay.
    pub environment: Option<String>,
    /// The reason, which does not name the target.
    #[serde(flatten)]
    pub problem: Problem,
}
